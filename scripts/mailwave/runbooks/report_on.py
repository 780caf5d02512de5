"""Report on a wave, an organisation or the programme: read only, and whatever it finds is a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from mailwave.core.intents import Intent, Outcome
from mailwave.core.licences import JOIN, LEAVE, PEOPLE
from mailwave.core.prices import PriceList
from mailwave.core.readiness.scope import NoSuchOrganisation
from mailwave.core.refusals import NoScope
from mailwave.core.reports import of_ledger, programme
from mailwave.core.reports.document import Document
from mailwave.core.reports.facts import Checked, Facts, Part
from mailwave.ports.reported import Reported
from mailwave.runbooks.aftercare.check import CHECK
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.wave.holding import CONTACTS
from mailwave.runbooks.wave.run import NoPlan
from mailwave.runbooks.wave.stop_loss import CALLED


@dataclass(frozen=True)
class ReportOn:
    """Counts what *ledger* has of a part of the estate, at the moment that *now* tells.

    *prices* are those agreed, *deadline* is the season's.
    """

    now: Callable[[], datetime]
    ledger: Reported
    environment: str
    deadline: date | None
    prices: PriceList

    def wave(self, wave: str) -> Document:
        """The report on *wave*.

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: the plan has no such wave.
        """
        known = [each.wave for each in self.ledger.nights()]
        if not known:
            raise NoPlan
        if wave not in known:
            raise NoSuchWave(wave=wave, known=known)
        return of_ledger.of_wave(self.facts(Part(wave=wave)))

    def organisation(self, code: str) -> Document:
        """The report on the organisation *code*.

        Raises:
            NoSuchOrganisation: it has no mailbox in the estate.
        """
        facts = self.facts(Part(organisation=code))
        if not facts.clusters:
            raise NoSuchOrganisation(code=code)
        return of_ledger.of_organisation(facts)

    def programme(self) -> Document:
        """The report on everything.

        Raises:
            NoScope: nothing was imported.
        """
        if self.ledger.scope() is None:
            raise NoScope
        return programme.of_ledger(self.facts(Part()))

    def facts(self, part: Part) -> Facts:
        """What the ledger says of *part*."""
        ledger, nights = self.ledger, self.ledger.nights()
        waves = {each.wave for each in nights if part.wave in ("", each.wave)}
        every = part == Part()
        return Facts(
            environment=self.environment,
            at=self.now(),
            part=part,
            clusters=tuple(ledger.clusters(part)),
            nights=tuple(each for each in nights if each.wave in waves),
            organisations={each.code: each for each in ledger.organisations()},
            told=tuple(ledger.told(part)),
            sent=tuple(ledger.sent(part)),
            reasons=tuple(ledger.reasons_in(part)),
            groups=self._groups(part),
            contacts={} if part.organisation else _contacts(ledger.intents(CALLED), waves),
            checks=() if part.organisation else _checks(ledger.intents(CHECK), waves),
            doubtful=_doubtful(ledger.intents()) if every else {},
            prices=self.prices,
            deadline=self.deadline,
        )

    def _groups(self, part: Part) -> dict[str, int]:
        """How many people of *part* are in which licence group, as the journal has it."""
        group_of: dict[str, str] = {}
        acts = [*self.ledger.intents(JOIN), *self.ledger.intents(LEAVE)]
        for intent in sorted(acts, key=lambda each: each.id):
            if intent.outcome is Outcome.OK:
                for guid in intent.detail[PEOPLE]:
                    if intent.act == LEAVE:
                        group_of.pop(guid, None)
                    else:
                        group_of[guid] = intent.detail["group"]
        if part == Part():
            return dict(Counter(group_of.values()))
        records = (
            self.ledger.mailboxes(wave=part.wave) if part.wave else self.ledger.records_of(part.organisation)
        )
        return dict(Counter(group_of[each.mailbox.guid] for each in records if each.mailbox.guid in group_of))


def _contacts(told: Iterable[Intent], waves: set[str]) -> dict[str, int]:
    """What the service desk said last of each of *waves*."""
    return {each.subject: int(each.detail[CONTACTS]) for each in told if each.subject in waves}


def _checks(looked: Iterable[Intent], waves: set[str]) -> tuple[Checked, ...]:
    """What the last look at each of *waves* after its move found."""
    last = {each.subject: each.detail for each in looked if each.subject in waves}
    return tuple(
        Checked(wave, detail["mailboxes"], detail["open"], detail["excepted"])
        for wave, detail in sorted(last.items())
    )


def _doubtful(intents: Iterable[Intent]) -> dict[str, int]:
    return dict(sorted(Counter(each.act for each in intents if each.is_doubtful).items()))
