"""What discovery reads of one database, kept on disk as soon as it is whole.

Exchange has no cursor for a list of mailboxes, so a site is read database by database: the part that a mailbox is in
is the server's own, and a reading that was killed goes on with the databases that it has not read.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import msgspec

from exchange_admin.port import Row

LONGEST = timedelta(hours=12)
"""An older reading is begun again: pages of different days do not make one inventory."""

BEGUN = "begun"
"""By this file a folder is known to hold pages; it says since when."""


class Right(msgspec.Struct, frozen=True):
    """A right as Exchange shows it: on the mailbox *identity*, held by whoever is called *trustee*."""

    identity: str
    trustee: str
    kind: str


class Page(msgspec.Struct, frozen=True):
    """The mailboxes of one database, their statistics, and the rights on them."""

    mailboxes: list[Row]
    statistics: list[Row]
    rights: list[Right]


class Pages(Protocol):
    """Keeps pages until the inventory that they make is kept."""

    def find(self, site: str, database: str) -> Page | None:
        """Return the page, if it was kept before."""
        ...

    def keep(self, site: str, database: str, page: Page) -> None:
        """Keep the page, whole or not at all."""
        ...


class NoPages:
    """Keeps nothing: what is read at once."""

    def find(self, site: str, database: str) -> None:
        """See `Pages.find`."""

    def keep(self, site: str, database: str, page: Page) -> None:
        """See `Pages.keep`."""


class PageFolder:
    """Pages as files in *folder*, which is theirs alone; *now* is the present moment, in UTC.

    The pages of a reading that began longer than `LONGEST` ago are removed.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        if not _is_fresh(folder / BEGUN, now):
            self.clear()
        if not folder.exists():
            folder.mkdir(parents=True)
            (folder / BEGUN).write_text(now.isoformat(), encoding="ascii")

    def find(self, site: str, database: str) -> Page | None:
        """See `Pages.find`; one that cannot be read is as one that is not there."""
        try:
            return msgspec.json.decode(self._file(site, database).read_bytes(), type=Page)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def keep(self, site: str, database: str, page: Page) -> None:
        """See `Pages.keep`."""
        file = self._file(site, database)
        part = file.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(page))
        part.rename(file)

    def clear(self) -> None:
        """Remove the folder: its pages have become an inventory, or are of no use."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _file(self, site: str, database: str) -> Path:
        return self._folder / f"{quote(site, safe='')}--{quote(database, safe='')}.json"


def _is_fresh(begun: Path, now: datetime) -> bool:
    try:
        since = datetime.fromisoformat(begun.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return False
    return timedelta() <= now - since <= LONGEST
