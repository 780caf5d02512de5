"""One person's consent to parts of one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from securesystemslib.signer import Key, Signer

from change_control import statements
from change_control.contents import Window
from change_control.folder import LIST
from change_control.statements import NoStatement, Statement

PREDICATE = "https://mailwave.example/attestations/approval/v1"


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
    """An approval as it came: the signed *statement* about the change's list and reports."""

    statement: Statement[Approval]

    @property
    def approval(self) -> Approval:
        """What it says."""
        return self.statement.said

    @property
    def subjects(self) -> Mapping[str, str]:
        """The digests of what it is about, by file."""
        return self.statement.subjects

    @property
    def digest(self) -> str:
        """The digest of the change that it is about; empty where it names none."""
        return self.subjects.get(LIST, "")

    def is_good(self, key: Key) -> bool:
        """Whether it was signed with the other half of *key*."""
        return self.statement.is_good(key)


def sign(approval: Approval, subjects: Mapping[str, str], signer: Signer) -> bytes:
    """The file of an approval: of *subjects*, digests (``sha256:…``) by the names of the change's files."""
    return statements.sign(PREDICATE, approval, subjects, signer)


def read(data: bytes) -> Signed:
    """What an approval's file says, whoever signed it; raise `NoStatement` where it is none."""
    return Signed(statements.read(data, PREDICATE, Approval))


def all_of(files: Sequence[bytes]) -> tuple[list[Signed], list[str]]:
    """The approvals in *files*, and what is wrong with those that are none."""
    found, wrong = [], []
    for data in files:
        try:
            found.append(read(data))
        except NoStatement as error:
            wrong.append(str(error))
    return found, wrong
