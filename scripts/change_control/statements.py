"""What somebody signs about files or about code: an in-toto statement in a DSSE envelope.

Both are the field's own: in-toto Attestation Framework, Statement v1; Dead Simple Signing Envelope v1, by the library
securesystemslib, whose keys may lie in a file, an HSM, AWS KMS or Azure Key Vault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, Signer

from change_control.contents import canonical

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD = "application/vnd.in-toto+json"


class NoStatement(ValueError):
    """A file that is no statement of the kind that was looked for, and why."""


class Statement[Said](msgspec.Struct, frozen=True):
    """A statement as it came: what it says, the digests of what it is about by name, and the envelope around it."""

    said: Said
    subjects: Mapping[str, str]
    envelope: Envelope

    def is_good(self, key: Key) -> bool:
        """Whether it was signed with the other half of *key*."""
        try:
            self.envelope.verify([key], 1)
        except (VerificationError, UnverifiedSignatureError):
            return False
        return True


def sign(kind: str, said: object, subjects: Mapping[str, str], signer: Signer) -> bytes:
    """The file of a statement of *kind*, about *subjects*: digests (``sha256:…``) by name."""
    statement = {
        "_type": STATEMENT,
        "subject": [_subject(name, digest) for name, digest in sorted(subjects.items())],
        "predicateType": kind,
        "predicate": said,
    }
    envelope = Envelope(canonical(statement), PAYLOAD, {})
    envelope.sign(signer)
    return canonical(envelope.to_dict())


def read[Said](data: bytes, kind: str, form: type[Said]) -> Statement[Said]:
    """What the file of a statement of *kind* says, whoever signed it.

    Raises:
        NoStatement: it is none.
    """
    try:
        envelope = Envelope.from_dict(msgspec.json.decode(data))
        statement = msgspec.json.decode(envelope.payload)
        kinds = envelope.payload_type, statement["_type"], statement["predicateType"]
        said = msgspec.convert(statement["predicate"], form)
        subjects = dict(map(_digest, statement["subject"]))
        whole = canonical(envelope.to_dict()) == data and canonical(statement) == envelope.payload
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, msgspec.DecodeError) as error:
        raise NoStatement("it is no signed statement") from error
    if kinds != (PAYLOAD, STATEMENT, kind):
        raise NoStatement("it is a statement of another kind")
    if not whole:
        raise NoStatement("it is not in canonical form")
    return Statement(said, subjects, envelope)


def _subject(name: str, digest: str) -> Mapping[str, Any]:
    kind, _, digits = digest.partition(":")
    return {"name": name, "digest": {kind: digits}}


def _digest(subject: Mapping[str, Any]) -> tuple[str, str]:
    return subject["name"], f"sha256:{subject['digest']['sha256']}"
