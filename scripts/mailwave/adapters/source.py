"""The on-premises side of a move, read through remote PowerShell.

Discovery writes what `Export-Csv` would write, so an estate that was discovered and one that was exported by hand go
through the same door.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Lock
from typing import Self

from estate_schema import Endpoints, Estate
from exchange_admin import connect, find_by_guid
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Row
from mailwave.adapters.source_pages import NoPages, Page, Pages, Right
from mailwave.core.estate import Mailbox
from mailwave.core.exchange_export import MAILBOX_COLUMNS, ORGANISATION_COLUMN, STATISTICS_COLUMNS
from mailwave.core.permissions import COLUMNS as PERMISSION_COLUMNS
from mailwave.core.source import Inventory
from mailwave.core.trustees import Named, Trustees

ALL: dict[str, object] = {"ResultSize": "Unlimited"}
_KEPT = (*MAILBOX_COLUMNS, ORGANISATION_COLUMN)
_READ = (*_KEPT, "Identity", "DistinguishedName", "SamAccountName")
_NO_PAGES = NoPages()

Progress = Callable[[str, int, int], None]
"""Told what is being read, how many of it were, and how many there are."""


class Source:
    """The *sites* by name; use it as a context manager, so that no shell is left open (fact D7).

    *site_of_server* tells the site of a server by its name in capitals: where all sites are one domain, each shows the
    mailboxes of all, and those on another's servers are not its own.
    """

    def __init__(self, sites: Mapping[str, OnPremises], site_of_server: Mapping[str, str]) -> None:
        self._stack = ExitStack()
        self._sites = {name: self._stack.enter_context(site) for name, site in sites.items()}
        self._site_of_server = site_of_server

    @classmethod
    def connect(cls, endpoints: Endpoints, estate: Estate, *, sleep: Callable[[float], None]) -> Source:
        """The sites of *estate*, to be read only; nothing connects before the first read."""
        sites = {site.name: connect.on_premises(endpoints, site.name, sleep=sleep) for site in estate.sites}
        return cls(sites, estate.site_of_server)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def live(self) -> set[str]:
        """The ExchangeGuids, in lower case, of the mailboxes that live on premises now."""
        found = self._everywhere(
            lambda site, admin: {
                _guid(row)
                for database in self._databases(site, admin)
                for row in self._mailboxes(site, admin, database)
            }
        )
        return {guid for guids in found.values() for guid in guids}

    def live_of(self, mailboxes: Iterable[Mailbox]) -> set[str]:
        """The ExchangeGuids of those of *mailboxes* that live on premises now, each looked for at its own site."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for mailbox in mailboxes:
            wanted[mailbox.site].append(mailbox.guid)
        found = (find_by_guid(self._sites[site], "Get-Mailbox", guids) for site, guids in wanted.items())
        return {guid for live in found for guid in live}

    def inventory(self, progress: Progress, pages: Pages = _NO_PAGES) -> Inventory:
        """Everything that an import needs, by file name; all sites are read at once, each by its own shell.

        What *pages* has kept of an earlier reading is not read again.
        """
        databases = self._everywhere(self._databases)
        told = _Told(progress, "databases", sum(map(len, databases.values())))
        read = self._everywhere(
            lambda site, admin: [
                told.after(self._page(site, admin, database, pages)) for database in databases[site]
            ]
        )
        found = {site: _joined(its) for site, its in read.items()}
        trustees = Trustees(
            [_named(row) for its in found.values() for row in its.mailboxes],
            [right.trustee for its in found.values() for right in its.rights],
        )
        return Inventory(
            _files("mailboxes", _KEPT, {site: its.mailboxes for site, its in found.items()}),
            _files("statistics", STATISTICS_COLUMNS, {site: its.statistics for site, its in found.items()}),
            _files(
                "permissions",
                PERMISSION_COLUMNS,
                {site: _resolved(its.rights, trustees) for site, its in found.items()},
            ),
        )

    def _everywhere[Read](self, read: Callable[[str, OnPremises], Read]) -> dict[str, Read]:
        """What *read* finds at each site; all are asked at the same time, and one failure is the failure of all."""
        with ThreadPoolExecutor(max_workers=len(self._sites)) as threads:
            begun = {site: threads.submit(read, site, admin) for site, admin in self._sites.items()}
            return {site: reading.result() for site, reading in begun.items()}

    def _databases(self, site: str, admin: OnPremises) -> list[str]:
        """The databases on servers of *site*, and on those that nobody has put into a site."""
        rows = admin.invoke("Get-MailboxDatabase").rows
        return [str(row["Name"]) for row in rows if self._is_of(site, str(row["Server"]))]

    def _is_of(self, site: str, server: str) -> bool:
        return self._site_of_server.get(server.upper(), site) == site

    def _mailboxes(self, site: str, admin: OnPremises, database: str) -> list[Row]:
        rows = admin.invoke("Get-Mailbox", ALL | {"Database": database}).rows
        return [row for row in rows if self._is_of(site, str(row["ServerName"]))]

    def _page(self, site: str, admin: OnPremises, database: str, pages: Pages) -> Page:
        """What *pages* has kept of *database*, or else what is read of it now, and kept."""
        page = pages.find(site, database)
        if page is None:
            rows = self._mailboxes(site, admin, database)
            rights = list(_rights(admin, database, rows)) if rows else []
            page = Page([_only(row, _READ) for row in rows], _statistics(admin, database, rows), rights)
            pages.keep(site, database, page)
        return page


class _Told:
    """Tells *progress* how many of *total* are done, whichever thread did them."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._what = what
        self._total = total
        self._done = 0
        self._lock = Lock()

    def after(self, page: Page) -> Page:
        """Count *page* and return it."""
        with self._lock:
            self._done += 1
            self._progress(self._what, self._done, self._total)
        return page


def _joined(pages: Iterable[Page]) -> Page:
    """*pages* as one; a mailbox that was moved to another database meanwhile counts where it was read last."""
    mailboxes: dict[str, Row] = {}
    statistics: dict[str, Row] = {}
    rights: dict[Right, None] = {}
    for page in pages:
        mailboxes |= {_guid(row): row for row in page.mailboxes}
        statistics |= {str(row["MailboxGuid"]).lower(): row for row in page.statistics}
        rights |= dict.fromkeys(page.rights)
    return Page(list(mailboxes.values()), list(statistics.values()), list(rights))


def _only(row: Row, columns: Iterable[str]) -> Row:
    return {column: row.get(column, "") for column in columns}


def _files(what: str, columns: Sequence[str], rows: Mapping[str, Iterable[Row]]) -> dict[str, bytes]:
    return {f"{what}-{site}.csv": _csv(columns, its) for site, its in rows.items()}


def _guid(row: Row) -> str:
    return str(row["ExchangeGuid"]).lower()


def _statistics(admin: OnPremises, database: str, mailboxes: Iterable[Row]) -> list[Row]:
    """The sizes of *mailboxes*; what is left in *database* of a mailbox that was moved away is passed over."""
    here = {_guid(row) for row in mailboxes}
    if not here:
        return []
    rows = admin.invoke("Get-MailboxStatistics", {"Database": database}).rows
    return [_only(row, STATISTICS_COLUMNS) for row in rows if str(row["MailboxGuid"]).lower() in here]


def _rights(admin: OnPremises, database: str, mailboxes: Iterable[Row]) -> Iterator[Right]:
    """Every explicit right on the *mailboxes* of *database*: two pipelines, however many there are."""
    those = ALL | {"Database": database}
    for entry in admin.invoke_each("Get-Mailbox", those, "Get-MailboxPermission").rows:
        if "FullAccess" in _values(entry["AccessRights"]) and _gives(entry):
            yield Right(str(entry["Identity"]), str(entry["User"]), "FullAccess")
    for entry in admin.invoke_each("Get-Mailbox", those, "Get-ADPermission").rows:
        if "Send-As" in _values(entry.get("ExtendedRights")) and _gives(entry):
            yield Right(str(entry["Identity"]), str(entry["User"]), "SendAs")
    for row in mailboxes:
        for trustee in _values(row.get("GrantSendOnBehalfTo")):
            yield Right(str(row["Identity"]), trustee, "SendOnBehalf")


def _resolved(rights: Iterable[Right], trustees: Trustees) -> Iterator[Row]:
    """One row a right that another mailbox of the inventory holds, whatever its site."""
    for right in rights:
        guid, holder = trustees.mailbox(right.identity), trustees.mailbox(right.trustee)
        if guid is not None and holder is not None and holder != guid:
            yield {"Mailbox": guid, "Trustee": holder, "Right": right.kind}


def _named(row: Row) -> Named:
    identity = str(row["Identity"])
    names = (identity, str(row["DistinguishedName"]), str(row["PrimarySmtpAddress"]))
    return Named(_guid(row), names, identity.partition("/")[0], str(row["SamAccountName"]))


def _values(value: object) -> list[str]:
    """A multi-valued property as texts, whether it came as a list, as text with commas, or not at all."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",")]


def _gives(entry: Row) -> bool:
    """Whether an entry of an access list gives a right by itself: it may also be inherited, or a refusal."""
    return not _true(entry["IsInherited"]) and not _true(entry["Deny"])


def _true(value: object) -> bool:
    return str(value).casefold() == "true"


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")
