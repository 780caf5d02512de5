"""Why a move failed, of what nature that is, and how often it may be tried again (section B.10, facts B51b and B52)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec


class Nature(StrEnum):
    """What follows from a cause."""

    TRANSIENT = "transient"
    """It is tried again; who has been tried too often needs a person."""
    PERMANENT = "permanent"
    """The mailbox has failed."""
    PERSON = "needs-a-person"
    """The mailbox stays where it stands until somebody has mended the cause."""


class Cause(msgspec.Struct, frozen=True):
    """A row of environments/causes.yaml.

    Each of *signs* is pieces of the service's text that must all be there. *retries* is how often one mailbox is tried
    again for it. *way_shut*: Exchange Online does not get into the site.
    """

    name: str
    signs: tuple[tuple[str, ...], ...]
    nature: Nature
    retries: int
    remedy: str
    owner: str
    error: int | None = None
    way_shut: bool = False

    def budget(self, mended: bool) -> int:  # noqa: FBT001  the only thing that it depends on
        """How often a mailbox may be tried again for it; once where it is not transient, and somebody *mended* it."""
        return max(self.retries, int(mended))

    @property
    def asks(self) -> str:
        """Who has to do what."""
        return f"{self.name}, for the {self.owner}: {self.remedy}"


class Causes(msgspec.Struct, frozen=True):
    """Every cause, the most exact first; the last fits any text."""

    rows: tuple[Cause, ...]

    def of(self, text: str) -> Cause:
        """The cause that the service's *text* names."""
        folded = text.casefold()
        return next(row for row in self.rows if _shows(row.signs, folded))

    def named(self, name: str) -> Cause | None:
        """The cause called *name*, None where there is none."""
        return next((row for row in self.rows if row.name == name), None)


def _shows(signs: Sequence[Sequence[str]], folded: str) -> bool:
    return any(all(piece.casefold() in folded for piece in sign) for sign in signs)
