"""Give people their services: each step an intent and its outcome, what was made read back, and nothing made twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from mailwave.core.intents import Outcome
from mailwave.core.licences import group_of
from mailwave.core.outcomes import ActError
from mailwave.core.reason import Reason
from mailwave.core.services.judge import Place, Stage
from mailwave.core.services.table import PEOPLE, SERVICE, STEP, Joins, Service, Sets
from mailwave.ports import Clock, Ledger
from mailwave.ports.services import Entitlements, ServiceTenant
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.services.look import AT, LookAtServices, Looked
from mailwave.runbooks.wave.licences import AT_ONCE


@dataclass(frozen=True)
class Given:
    """How many *steps* were made, and what was *left* when everything was read back."""

    steps: int
    left: Looked


@dataclass(frozen=True)
class RunServices:
    """Makes the steps that *looker* finds due, service by service, so that what one needs is looked at before it."""

    clock: Clock
    ledger: Ledger
    looker: LookAtServices
    tenant: ServiceTenant
    entitlements: Entitlements
    reason: Reason
    say: Callable[[str], None]

    def run(self, wave: str | None = None) -> Given:
        """Make what is due for everybody, or for a *wave*. Done again it changes nothing; killed, it goes on."""
        close_cut_off(self.ledger, STEP)
        found = self.looker.look(wave)
        steps = 0
        for service in self.looker.services:
            if due := found.of(service.name, Stage.DUE):
                steps += self._make(service, due, found)
                found = self.looker.look(wave)
        left = self.looker.run(wave)
        self._settle(left)
        return Given(steps, left)

    def _make(self, service: Service, due: Sequence[Place], found: Looked) -> int:
        """Make the steps of *service*; one that goes wrong is said, and is due again at the next run."""
        steps = 0
        for people, act in self._acts(service, [each.guid for each in due], found):
            detail = {SERVICE: service.name, PEOPLE: list(people), AT: self.clock.now().isoformat()}
            subject = f"{service.name} {people[0]}"
            try:
                with acting(self.ledger, act=STEP, subject=subject, reason=self.reason, detail=detail):
                    act()
                steps += 1
            except ActError as error:
                self.say(f"{service.title}: {error}")
        if steps:
            self.say(f"{service.title}: {steps} steps made for {len(due)} people")
        return steps

    def _acts(
        self, service: Service, guids: Sequence[str], found: Looked
    ) -> Iterator[tuple[Sequence[str], Callable[[], None]]]:
        """The acts of *service*, each with whom it is for; an owner's word is nobody's act here."""
        match service.how:
            case Joins(groups=groups):
                for group in groups:
                    mine = [guid for guid in guids if group_of(guid, groups) == group]
                    for some in batched(mine, AT_ONCE):
                        yield some, self._joining(group, [found.keys[guid] for guid in some])
            case Sets() as how:
                for guid in guids:
                    yield (guid,), self._setting(how, guid, found.records[guid].mailbox.site)

    def _joining(self, group: str, keys: Sequence[str]) -> Callable[[], None]:
        return lambda: self.entitlements.join(group, keys)

    def _setting(self, how: Sets, guid: str, site: str) -> Callable[[], None]:
        def act() -> None:
            for each in how.changes:
                self.tenant.change(each.side, each.cmdlet, {"Identity": guid, **each.parameters}, site)

        return act

    def _settle(self, left: Looked) -> None:
        """Say of every step whose outcome is unknown whether what it was for is there now, or asked for at least."""
        done = {(each.service, each.guid) for each in left.places if each.stage in (Stage.THERE, Stage.ASKED)}
        read = {(each.service, each.guid) for each in left.places}
        for intent in self.ledger.doubtful(STEP):
            its = {(str(intent.detail[SERVICE]), str(guid)) for guid in intent.detail[PEOPLE]}
            if its <= read:
                outcome = Outcome.OK if its <= done else Outcome.FAILED
                self.ledger.outcome(intent.id, outcome, {"why": "read back"})
