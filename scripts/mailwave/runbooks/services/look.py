"""Look how far each service is for everybody: the directory and both sides, read by sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec

from mailwave.core.estate import Record
from mailwave.core.intents import Outcome
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.core.services.judge import Place, Seen, Stage, counts, judged
from mailwave.core.services.table import (
    ATTEST,
    LOOK,
    PEOPLE,
    SERVICE,
    STEP,
    Attested,
    Joins,
    Service,
    Sets,
)
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.ports.aftercare import Kept
from mailwave.ports.services import Entitlements, ServiceTenant
from mailwave.runbooks.aftercare.reported import Reported
from mailwave.runbooks.approve_waves import wave_of_plan

AT = "at"
"""The key of a step's detail under which its moment stands."""


@dataclass(frozen=True)
class Looked:
    """How far each service is for each of *records*, and what the steps need: *keys* in Entra by ExchangeGuid."""

    places: Sequence[Place]
    records: Mapping[str, Record]
    keys: Mapping[str, str]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """People by service and stage."""
        return counts(self.places)

    def of(self, service: str, stage: Stage) -> list[Place]:
        """Those of *service* that are at *stage*."""
        return [each for each in self.places if (each.service, each.stage) == (service, stage)]


@dataclass(frozen=True)
class LookAtServices:
    """Reads what there is; it changes nothing but the journal."""

    clock: Clock
    ledger: Ledger
    services: Sequence[Service]
    tenant: ServiceTenant
    entitlements: Entitlements
    kept: Kept
    reason: Reason

    def run(self, wave: str | None = None) -> Looked:
        """Look at everybody, or at a *wave*, and keep what was seen under a digest that the journal has."""
        found = self.look(wave)
        subject = wave or "everybody"
        made = Reported.of(LOOK, subject, f"services-{subject}", report(found), {"counts": found.counts})
        made.keep(self.ledger, self.kept, self.reason)
        return found

    def look(self, wave: str | None = None) -> Looked:
        """Read, and judge.

        Raises:
            NoScope: nothing was imported.
            NoPlan, NoSuchWave: nothing was planned, or the plan has no such *wave*.
        """
        if self.ledger.scope() is None:
            raise NoScope
        if wave:
            wave_of_plan(self.ledger, wave)
        every = self.ledger.mailboxes(wave=wave) if wave else self.ledger.mailboxes()
        mine = [
            each
            for each in every
            if each.state is not MailboxState.EXCLUDED
            and any(
                service.is_for(each.mailbox) and service.is_open_to(each.state) for service in self.services
            )
        ]
        records = {each.mailbox.guid: each for each in every}
        seen = self._seen([each.mailbox.guid for each in mine])
        return Looked(judged(self.services, every, seen, self.clock.now()), records, seen.keys)

    def _seen(self, guids: Sequence[str]) -> Seen:
        hows = [service.how for service in self.services]
        said = Seen(asked=asked(self.ledger), attested=attested(self.ledger, self.clock.now().date()))
        if not guids:
            return said
        keys: Mapping[str, str] = {}
        entitled = {}
        if any(isinstance(how, Joins) for how in hows):
            keys = self.tenant.keys(guids)
            found = self.entitlements.entitled(list(keys.values()))
            entitled = {guid: found[key] for guid, key in keys.items() if key in found}
        nouns = dict.fromkeys(how.noun for how in hows if isinstance(how, Sets))
        settings: dict[str, Mapping[str, Mapping[str, Any]]] = {
            noun: self.tenant.settings(noun, guids) for noun in nouns
        }
        return replace(said, keys=keys, entitled=entitled, settings=settings)


def asked(ledger: Ledger) -> dict[tuple[str, str], datetime]:
    """When the last step of a service for somebody ended well, by service and ExchangeGuid."""
    found: dict[tuple[str, str], datetime] = {}
    for intent in ledger.intents(STEP):
        if intent.outcome is Outcome.OK:
            at = datetime.fromisoformat(str(intent.detail[AT]))
            found |= {(str(intent.detail[SERVICE]), str(guid)): at for guid in intent.detail[PEOPLE]}
    return found


def attested(ledger: Ledger, today: date) -> frozenset[tuple[str, str]]:
    """The services whose owner has spoken for an organisation, as it counts *today*."""
    said = [each.detail["attested"] for each in ledger.intents(ATTEST) if each.outcome is Outcome.OK]
    return frozenset(
        (each.service, each.organisation)
        for each in msgspec.convert(said, list[Attested])
        if each.until >= today
    )


def report(found: Looked) -> dict[str, object]:
    """What was seen, for programs: the counts, and everybody for whom a service is not there."""
    return {
        "counts": found.counts,
        "open": [
            {"service": each.service, "mailbox": each.guid, "organisation": each.organisation}
            | {"stage": each.stage.value, "why": each.why}
            for each in found.places
            if each.stage is not Stage.THERE
        ],
    }


def by_organisation(places: Iterable[Place]) -> dict[str, dict[str, dict[str, int]]]:
    """People by organisation, service and stage."""
    mine: dict[str, list[Place]] = {}
    for each in places:
        mine.setdefault(each.organisation, []).append(each)
    return {code: counts(its) for code, its in sorted(mine.items())}
