"""Show what one person is sent, when, and by which route; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailwave.core.estate import Record
from mailwave.core.explain import NotInPlan
from mailwave.core.letters import Letter
from mailwave.core.notices import Milestone, NoticeRules, NoticeState
from mailwave.core.planner import Wave
from mailwave.ports import Ledger
from mailwave.runbooks.wave.notices import Teller


class NobodyToTell(NotInPlan):
    """No notice can be shown for *person*, and *why*."""

    def __init__(self, *, person: str, why: str) -> None:
        super().__init__(person)
        self.person = person
        self.why = why
        self.args = (f"no notice can be shown for {person!r}: {why}",)


@dataclass(frozen=True)
class Shown:
    """One notice as *letter* and as it is read, when it falls *due* (None: when it happens), and where it *stands*."""

    letter: Letter
    subject: str
    body: str
    due: datetime | None
    stands: NoticeState | None


@dataclass(frozen=True)
class PreviewNotice:
    """Fills the notice that *teller* would send, by the service's own means."""

    ledger: Ledger
    rules: NoticeRules
    teller: Teller

    def run(self, person: str, milestone: Milestone) -> list[Shown]:
        """What is sent to *person*, an address or an ExchangeGuid; of a shared mailbox, to those who work in it.

        Raises:
            NobodyToTell: there is no such person, no night is planned for them, or nobody is told of it.
        """
        record = self._record(person)
        wave = self._wave(record, person)
        readers = self.teller.readers.users([record]) or self.teller.readers.others(wave, [record])
        shown = [
            self._shown(letter, milestone, wave, reader.guid)
            for reader in readers
            if (letter := self.teller.letter(milestone, wave, reader)) is not None
        ]
        if not shown:
            raise NobodyToTell(person=person, why="nobody reads that mailbox's notices, or works in it")
        return shown

    def _record(self, person: str) -> Record:
        wanted = person.lower()
        found = (each for each in self.ledger.mailboxes() if wanted in (each.mailbox.guid, each.mailbox.smtp))
        record = next(found, None)
        if record is None:
            raise NobodyToTell(person=person, why="the ledger has no such address or ExchangeGuid")
        return record

    def _wave(self, record: Record, person: str) -> Wave:
        plan = self.ledger.plan()
        for wave in plan.waves if plan else ():
            if wave.id == record.wave:
                return wave
        raise NobodyToTell(person=person, why="no night is planned for that mailbox")

    def _shown(self, letter: Letter, milestone: Milestone, wave: Wave, guid: str) -> Shown:
        subject, body = self.teller.notifier.shown(letter)
        told = self.ledger.notices_of(milestone, [guid], wave.night, letter.template.audience)
        return Shown(letter, subject, body, self.rules.due(milestone, wave.night), told.get(guid))
