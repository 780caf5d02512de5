"""Look at licences: seats for the waves to come, room in the groups, and who has moved and is without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailwave.core.estate import Mailbox, Record
from mailwave.core.events import Announce, Event, Kind
from mailwave.core.licence_errors import error_of
from mailwave.core.licence_seats import (
    Demand,
    GroupRoom,
    Seats,
    Stock,
    Unlicensed,
    day_of,
    first_short,
    forecast,
    urgent,
)
from mailwave.core.licences import Held, Standing, needs_licence
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import IN_FLIGHT, MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.ports.aftercare import Kept
from mailwave.ports.licences import Seats as Tenant
from mailwave.runbooks.aftercare.reported import Reported
from mailwave.runbooks.wave.licences import have_joined, rooms
from mailwave.runbooks.wave.run import NoPlan

LOOK = "licence.look"
NOBODY_THERE = "the directory shows nobody of this address"
_NEEDED = frozenset({MailboxState.WAITING, MailboxState.UNKNOWN, MailboxState.MOVED, *IN_FLIGHT})

Extra = Mapping[str, Callable[[Mailbox], bool]]
"""Licences beside that of the mailbox, by id, each with whom it is for."""


@dataclass(frozen=True)
class Licensing:
    """What was seen: *stocks* by licence, *seats* by wave, *groups* and who is *without*."""

    stocks: Sequence[Stock]
    seats: Sequence[Seats]
    groups: Sequence[GroupRoom]
    without: Sequence[Unlicensed]

    @property
    def urgent(self) -> list[Unlicensed]:
        """Of whom somebody must be woken."""
        return urgent(self.without)

    @property
    def is_well(self) -> bool:
        """Whether seats and groups suffice, and nobody's days run out."""
        return not (first_short(self.seats) or any(each.over for each in self.groups) or self.urgent)


@dataclass(frozen=True)
class LookAtLicences:
    """Reads the *tenant* and compares it with the plan; *extra* are the licences that services give beside it."""

    clock: Clock
    ledger: Ledger
    tenant: Tenant
    kept: Kept
    reason: Reason
    most_in_group: int
    announce: Announce
    extra: Extra

    def run(self) -> Licensing:
        """Look, keep what was seen under a digest that the journal has, and announce whose days run out.

        Raises:
            NoPlan: there are no waves.
        """
        found = self.look()
        detail = {"without": len(found.without), "urgent": len(found.urgent)}
        made = Reported.of(LOOK, "licences", "licences", as_json(found), detail)
        made.keep(self.ledger, self.kept, self.reason)
        if found.urgent:
            first = found.urgent[0]
            text = f"{len(found.urgent)} moved mailboxes are lost for want of a licence, the first on day {first.day}"
            self.announce(Event(Kind.LICENCE_MISSING, first.wave, text))
        return found

    def look(self) -> Licensing:
        """Read, and change nothing."""
        plan = self.ledger.plan()
        if plan is None:
            raise NoPlan
        stocks, own, done = self.tenant.stocks(), self.tenant.stock().sku, have_joined(self.ledger)
        demands: list[Demand] = []
        coming: set[str] = set()
        moved: dict[str, tuple[Wave, Mailbox]] = {}
        for wave in plan.waves:
            records = [each for each in self.ledger.mailboxes(wave=wave.id) if each.state in _NEEDED]
            holders = [each for each in records if needs_licence(each.mailbox)]
            needing = {each.mailbox.guid for each in holders} - done
            coming |= needing
            demands += [Demand(wave.id, wave.night, own, len(needing)), *self._extra(wave, records, own)]
            moved |= {
                each.mailbox.guid: (wave, each.mailbox)
                for each in holders
                if each.state is MailboxState.MOVED
            }
        seats = [row for row in forecast(demands, stocks) if row.needed]
        groups = rooms(self.tenant, coming, self.most_in_group)
        return Licensing(list(stocks.values()), seats, groups, self._without(moved))

    def _extra(self, wave: Wave, records: Sequence[Record], own: str) -> list[Demand]:
        """Seats of the licences that services give, for those of *wave* who have not moved yet."""
        boxes = [each.mailbox for each in records if each.state is not MailboxState.MOVED]
        counts = {sku: sum(map(wanted, boxes)) for sku, wanted in self.extra.items() if sku != own}
        return [Demand(wave.id, wave.night, sku, people) for sku, people in counts.items()]

    def _without(self, moved: Mapping[str, tuple[Wave, Mailbox]]) -> list[Unlicensed]:
        """Who of *moved* has no licence: told by one list of everybody, and then each of them asked for."""
        people, now = self.tenant.people(), self.clock.now()
        there = {guid: people.get(box.smtp) for guid, (_, box) in moved.items()}
        missing = [guid for guid, person in there.items() if person is None or not person.licensed]
        held = self.tenant.standing([person.id for guid in missing if (person := there[guid]) is not None])
        found = []
        for guid in missing:
            wave, box = moved[guid]
            person = there[guid]
            why = NOBODY_THERE if person is None else _why(held[person.id])
            if why:
                found.append(Unlicensed(guid, box.address, wave.id, day_of(wave.window_start, now), why))
        return sorted(found, key=lambda each: (-each.day, each.address))


def _why(held: Held) -> str:
    """Why somebody has no licence; empty where they have one by now."""
    match held.standing:
        case Standing.LICENSED:
            return ""
        case Standing.OUTSIDE:
            return "in no licence group"
        case Standing.JOINED:
            return "in a group, whose licence has not come"
        case Standing.REFUSED:
            error = error_of(held.why)
            return f"{held.why}: {error.says}; {error.owner}: {error.remedy}"


def as_json(found: Licensing) -> dict[str, object]:
    """What was seen, for programs."""
    short = first_short(found.seats)
    return {
        "licences": [
            {"name": each.name, "bought": each.bought, "used": each.used, "free": each.free}
            for each in found.stocks
        ],
        "waves": [
            {"wave": row.wave, "night": row.night.isoformat(), "licence": row.licence, "needed": row.needed}
            | {"free": row.free, "short": row.short}
            for row in found.seats
        ],
        "short_from": short and short.wave,
        "groups": [
            {
                "name": each.name,
                "members": each.members,
                "coming": each.coming,
                "most": each.most,
                "over": each.over,
            }
            for each in found.groups
        ],
        "without": [
            {"mailbox": each.guid, "address": each.address, "wave": each.wave, "day": each.day}
            | {"band": each.band.value, "days_left": each.left, "why": each.why}
            for each in found.without
        ],
    }
