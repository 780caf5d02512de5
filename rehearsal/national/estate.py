"""The national estate as four tables, and how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from rehearsal.errors import NumberRefused
from rehearsal.national import mailboxes, ods, organisations, people, permissions, sites
from rehearsal.national.shape import LEAST_MAILBOXES, MOST_MAILBOXES, RECORD_MAILBOXES
from rehearsal.national.streams import Streams

MOST_SEED = 2**64 - 1
KEYS: Mapping[str, tuple[str, ...]] = {
    "organisations": ("code",),
    "sites": ("database",),
    "mailboxes": ("number",),
    "permissions": ("mailbox", "trustee", "kind"),
}
"""The tables, and the columns that tell the rows of each apart."""


@dataclass(frozen=True)
class NationalEstate:
    """Everything that stands on premises before the first move; README.md gives the columns.

    Both ends of a permission are mailbox numbers; a mailbox's organisation is a code, its database a row of *sites*.
    """

    seed: int
    organisations: pl.DataFrame
    sites: pl.DataFrame
    mailboxes: pl.DataFrame
    permissions: pl.DataFrame

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The four tables by name."""
        return {name: getattr(self, name) for name in KEYS}


def generate(
    seed: int, count: int = RECORD_MAILBOXES, *, progress: Callable[[str], None] = lambda _: None
) -> NationalEstate:
    """Make the estate of *seed* with *count* mailboxes; the same two numbers give the same rows.

    *progress* is told what is made next.

    Raises:
        NumberRefused: a number out of bounds.
        BadOrganisations, FolderUnusable: the carried organisations cannot be read.
    """
    NumberRefused.unless_within("the seed", seed, 0, MOST_SEED)
    NumberRefused.unless_within("the number of mailboxes", count, LEAST_MAILBOXES, MOST_MAILBOXES)
    streams = Streams(seed)
    progress("organisations and sites")
    owners = organisations.choose(streams, ods.read(), count)
    where = organisations.layout(owners)
    databases = sites.build(owners)
    placed = sites.place(streams, owners, databases, where)
    progress("teams")
    skeleton = people.assemble(streams, where)
    progress("mailboxes")
    boxes = mailboxes.build(streams, skeleton, owners, databases, placed)
    progress("permissions")
    rights = permissions.build(streams, skeleton, owners)
    return NationalEstate(seed, owners, databases, boxes, rights)
