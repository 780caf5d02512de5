"""The sizes of mailboxes and archives: a store is asked, which knows nothing of domains and recipient scopes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from rehearsal.clock import VirtualClock
from rehearsal.estate import Mailbox
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.offer import Offer, offered
from rehearsal.site.organisation import Organisation
from rehearsal.site.recipient_rows import archive_statistics, statistics_row
from rehearsal.site.surroundings import Row
from rehearsal.site.values import span
from rehearsal.wire import CmdletResult


class Statistics:
    """Get-MailboxStatistics at a site of *organisation*, whose own *directory* *one* finds a mailbox in."""

    def __init__(
        self,
        seed: int,
        clock: VirtualClock,
        directory: Directory,
        organisation: Organisation,
        one: Callable[[Bound], Mailbox],
    ) -> None:
        self._seed = seed
        self._clock = clock
        self._directory = directory
        self._organisation = organisation
        self._around = organisation.around
        self._one = one
        self.cmdlets: Offer = {
            "Get-MailboxStatistics": offered("Archive Database Identity NoADLookup Server", self._statistics),
        }

    def _statistics(self, bound: Bound) -> CmdletResult:
        if bound.get("Identity") is not None:
            return CmdletResult(rows=[self._of_one(bound)])
        databases = self._organisation.databases.meant(bound) or set()
        directories = self._organisation.directories
        self._take_time(sum(any(each.mailboxes([name]) for each in directories) for name in databases))
        live = [(each, box) for each in directories for box in each.mailboxes(databases)]
        rows = [self._row(directory, box, box.database) for directory, box in live]
        rows += [
            self._archive(directory, box, name)
            for directory in directories
            for name in sorted(databases)
            for box in directory.archives([name])
        ]
        rows += [row for directory in directories for row in self._rests(directory, databases, bound)]
        return CmdletResult(rows=rows)

    def _of_one(self, bound: Bound) -> Row:
        mailbox = self._one(bound)
        if not bound.get("Archive"):
            return self._row(self._directory, mailbox, mailbox.database)
        database = self._directory.archive_of(mailbox)
        if database is None:
            raise failures.no_archive(bound.get("Identity"))
        return self._archive(self._directory, mailbox, database)

    def _rests(self, directory: Directory, databases: set[str], bound: Bound) -> Iterator[Row]:
        """What their databases still keep of mailboxes that moved (fact B50)."""
        for mailbox, moved in directory.remote_mailboxes():
            if mailbox.database in databases and self._is_kept(mailbox, moved, bound):
                yield self._row(directory, mailbox, mailbox.database, moved)

    def _is_kept(self, mailbox: Mailbox, moved: datetime, bound: Bound) -> bool:
        if not self._around.options.rests_are_purged:
            return True
        database = self._organisation.databases.databases.find(
            mailbox.database, self._around.controller(bound)
        )
        return self._clock.now < moved + span(str(database["MailboxRetention"]))

    def _take_time(self, databases: int) -> None:
        """Let the time pass that the stores of so many *databases* need to count what is in every mailbox."""
        seconds = self._around.options.statistics_seconds * databases
        self._clock.advance_to(self._clock.now + timedelta(seconds=seconds))

    def _archive(self, directory: Directory, mailbox: Mailbox, database: str) -> Row:
        return archive_statistics(self._row(directory, mailbox, database), mailbox)

    def _row(
        self, directory: Directory, mailbox: Mailbox, database: str, moved: datetime | None = None
    ) -> Row:
        name = self._organisation.databases.server_of(database)
        place = database, name, self._around.server(name, "").fqdn
        return statistics_row(mailbox, directory, place, moved, self._seed)
