"""One person's consent to parts of one change: an in-toto statement in a DSSE envelope.

Both are the field's own: in-toto Attestation Framework, Statement v1; Dead Simple Signing Envelope v1, by the library
securesystemslib, whose keys may lie in a file, an HSM, AWS KMS or Azure Key Vault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signer

from change_control.contents import Window, canonical
from change_control.folder import LIST

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://mailwave.example/attestations/approval/v1"
PAYLOAD = "application/vnd.in-toto+json"


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """That *who*, as *role*, consents to *parts* of a change in *environment*, inside *window*; times are UTC.

    *nonce*: 32 hexadecimal digits that are used once.
    """

    environment: str
    tenant: str
    parts: tuple[str, ...]
    window: Window
    who: str
    role: str
    ticket: str
    nonce: str
    approved_at: datetime


class Signed(msgspec.Struct, frozen=True):
    """An approval as it came: what it says, the digests of what it is about by file, and the envelope around it."""

    approval: Approval
    subjects: Mapping[str, str]
    envelope: Envelope

    @property
    def digest(self) -> str:
        """The digest of the change that it is about; empty where it names none."""
        return self.subjects.get(LIST, "")

    def is_good(self, key: Key) -> bool:
        """Whether it was signed with the other half of *key*."""
        try:
            self.envelope.verify([key], 1)
        except (VerificationError, UnverifiedSignatureError):
            return False
        return True


class NoApproval(ValueError):
    """A file that is no approval, and *why*."""


def sign(approval: Approval, subjects: Mapping[str, str], signer: Signer) -> bytes:
    """The file of an approval: of *subjects*, digests (``sha256:…``) by the names of the change's files."""
    statement = {
        "_type": STATEMENT,
        "subject": [_subject(name, digest) for name, digest in sorted(subjects.items())],
        "predicateType": PREDICATE,
        "predicate": approval,
    }
    envelope = Envelope(canonical(statement), PAYLOAD, {})
    envelope.sign(signer)
    return canonical(envelope.to_dict())


def read(data: bytes) -> Signed:
    """What an approval's file says, whoever signed it.

    Raises:
        NoApproval: it is none.
    """
    try:
        envelope = Envelope.from_dict(msgspec.json.decode(data))
        statement = msgspec.json.decode(envelope.payload)
        kinds = envelope.payload_type, statement["_type"], statement["predicateType"]
        approval = msgspec.convert(statement["predicate"], Approval)
        subjects = dict(map(_digest, statement["subject"]))
        whole = canonical(envelope.to_dict()) == data and canonical(statement) == envelope.payload
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, msgspec.DecodeError) as error:
        raise NoApproval("it is no signed statement") from error
    if kinds != (PAYLOAD, STATEMENT, PREDICATE):
        raise NoApproval("it is a statement of another kind")
    if not whole:
        raise NoApproval("it is not in canonical form")
    return Signed(approval, subjects, envelope)


def _subject(name: str, digest: str) -> Mapping[str, Any]:
    kind, _, digits = digest.partition(":")
    return {"name": name, "digest": {kind: digits}}


def _digest(subject: Mapping[str, Any]) -> tuple[str, str]:
    return subject["name"], f"sha256:{subject['digest']['sha256']}"


def all_of(files: Sequence[bytes]) -> tuple[list[Signed], list[str]]:
    """The approvals in *files*, and what is wrong with those that are none."""
    found, wrong = [], []
    for data in files:
        try:
            found.append(read(data))
        except NoApproval as error:
            wrong.append(str(error))
    return found, wrong
