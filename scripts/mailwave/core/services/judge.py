"""How far a service is for one person: from what was read, what was asked, and what its owner said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from mailwave.core.estate import Record
from mailwave.core.licence_errors import error_of
from mailwave.core.services.table import Attests, Joins, Service, Sets
from mailwave.core.states import MailboxState

PATIENCE = timedelta(days=1)
"""How long what was asked for may take to show: a licence of a group (fact C19) or a synchronisation."""


class Stage(StrEnum):
    """How far a service is.

    *waiting*: for the move or for another service; *due*: its step is to be made, or its owner to speak; *asked*: the
    step was made and does not show yet; *there*; *refused*, or asked for and still not there after a day.
    """

    WAITING = "waiting"
    DUE = "due"
    ASKED = "asked"
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True)
class Place:
    """How far *service* is for the mailbox *guid* of *organisation*, and *why* where it is not there."""

    service: str
    guid: str
    organisation: str
    stage: Stage
    why: str = ""


@dataclass(frozen=True)
class Entitled:
    """What the directory shows of somebody: the *groups* they are in, their service *plans*, a *refused* licence."""

    groups: frozenset[str] = frozenset()
    plans: frozenset[str] = frozenset()
    refused: str = ""


@dataclass(frozen=True)
class Seen:
    """What was read: *keys* of people in Entra, what they are *entitled* to, and *settings* by noun; by ExchangeGuid.

    *asked* is when the last step of a service for somebody ended well, by service and ExchangeGuid; *attested* are the
    services whose owner has spoken, each with its organisation.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    entitled: Mapping[str, Entitled] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    asked: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    attested: AbstractSet[tuple[str, str]] = frozenset()


def judged(services: Sequence[Service], records: Iterable[Record], seen: Seen, now: datetime) -> list[Place]:
    """How far each of *services* is for each of *records* that it is for, in that order."""
    people = list(records)
    there: dict[str, set[str]] = {}
    places = []
    for service in services:
        mine = there[service.name] = set()
        for record in people:
            if service.is_for(record.mailbox) and record.state is not MailboxState.EXCLUDED:
                place = _place(service, record, seen, now, there)
                places.append(place)
                mine |= {place.guid} if place.stage is Stage.THERE else set()
    return places


def _place(
    service: Service, record: Record, seen: Seen, now: datetime, there: Mapping[str, Collection[str]]
) -> Place:
    guid, organisation = record.mailbox.guid, record.mailbox.organisation
    if not service.is_open_to(record.state):
        return Place(service.name, guid, organisation, Stage.WAITING, "the mailbox has not moved")
    if missing := [name for name in service.needs if guid not in there.get(name, ())]:
        return Place(service.name, guid, organisation, Stage.WAITING, f"{missing[0]} is not there")
    stage, why = _stage(service, guid, organisation, seen)
    if stage in (Stage.DUE, Stage.ASKED) and (asked := seen.asked.get((service.name, guid))) is not None:
        late = now > asked + PATIENCE
        stage, why = (Stage.REFUSED, "asked for over a day ago, and not there") if late else (Stage.ASKED, "")
    return Place(service.name, guid, organisation, stage, why)


def _stage(service: Service, guid: str, organisation: str, seen: Seen) -> tuple[Stage, str]:
    match service.how:
        case Attests(question=question):
            spoken = (service.name, organisation) in seen.attested
            return (Stage.THERE, "") if spoken else (Stage.DUE, f"{service.owner}: {question}")
        case Joins() as how:
            return _joined(how, guid, seen)
        case Sets() as how:
            row = seen.settings.get(how.noun, {}).get(guid)
            if row is None:
                return Stage.WAITING, "the tenant has no mailbox of it"
            return (Stage.THERE if how.is_met(row.get(how.name)) else Stage.DUE), ""


def _joined(how: Joins, guid: str, seen: Seen) -> tuple[Stage, str]:
    """Nobody joins whom the directory does not have by their ExchangeGuid: it may make a second mailbox (fact D25)."""
    if guid not in seen.keys:
        return Stage.WAITING, "the directory shows nobody of its ExchangeGuid"
    found = seen.entitled.get(guid, Entitled())
    if how.plan in found.plans:
        return Stage.THERE, ""
    if found.groups.isdisjoint(how.groups):
        return Stage.DUE, ""
    if found.refused:
        error = error_of(found.refused)
        return Stage.REFUSED, f"{found.refused}: {error.says}; {error.owner}: {error.remedy}"
    return Stage.ASKED, ""


def counts(places: Iterable[Place]) -> dict[str, dict[str, int]]:
    """How many people each service is at which stage for."""
    found: dict[str, Counter[str]] = {}
    for each in places:
        found.setdefault(each.service, Counter())[each.stage.value] += 1
    return {name: {stage.value: its[stage.value] for stage in Stage} for name, its in found.items()}
