"""Look at everybody of a wave after its move, on both sides, and say what is not as promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from mailwave.core.aftercare.differences import Difference, Tenant
from mailwave.core.aftercare.exceptions import ACCEPT, live, parted
from mailwave.core.aftercare.judge import Judge
from mailwave.core.aftercare.pictures import Arrival, Found, Picture
from mailwave.core.aftercare.rights import People
from mailwave.core.estate import Record
from mailwave.core.intents import Outcome
from mailwave.core.licences import Held, Standing, needs_licence
from mailwave.core.moves import Move
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger, Licences
from mailwave.ports.aftercare import Around, Cloud, Kept, Premises
from mailwave.runbooks.aftercare.reported import Reported, rows
from mailwave.runbooks.aftercare.snapshots import NoSnapshot, Snapshots, latest

CHECK, REPAIR = "aftercare.check", "aftercare.repair"
_MAPPINGS = (" automapping-lost ", " full-access-lost ")

Moves = Callable[[str], Sequence[Move]]
"""What the service, or what was kept of it, says of the users of a batch."""


@dataclass(frozen=True)
class Checked:
    """What was seen of *mailboxes*: what is *open*, and what an exception *covered*.

    *keys* are the owners' ids in Entra, *sites* the mailboxes' sites, both by ExchangeGuid.
    """

    wave: str
    mailboxes: int
    open: Sequence[Difference]
    covered: Sequence[Difference]
    keys: Mapping[str, str]
    sites: Mapping[str, str]

    @property
    def kinds(self) -> dict[str, int]:
        """How many are open, by kind."""
        return dict(sorted(Counter(each.kind for each in self.open).items()))


@dataclass(frozen=True)
class Checker:
    """Compares what *snapshots* has of a wave with both sides, and looks *around*; it changes only the journal."""

    clock: Clock
    ledger: Ledger
    snapshots: Snapshots
    premises: Premises
    cloud: Cloud
    licences: Licences
    moves: Moves
    kept: Kept
    routing_domain: str
    reason: Reason
    around: Around | None = None

    def run(self, wave: Wave) -> Checked:
        """Look, and keep what was seen, under a digest that the journal has.

        Raises:
            NoSnapshot: what somebody was who has moved was not kept.
        """
        checked = self.look(wave)
        detail = {
            "mailboxes": checked.mailboxes,
            "open": checked.kinds,
            "excepted": len(checked.covered),
        }
        made = Reported.of(CHECK, wave.id, f"aftercare-{wave.id}-check", as_json(checked), detail)
        made.keep(self.ledger, self.kept, self.reason)
        return checked

    def look(self, wave: Wave) -> Checked:
        """Read both sides, and compare."""
        every = self.snapshots.all()
        own, others = latest(every.pop(wave.id, ()))
        records = {each.mailbox.guid: each for each in self.ledger.mailboxes(wave=wave.id)}
        moved = [each for each in records.values() if each.state is MailboxState.MOVED]
        if missing := [each.mailbox.address for each in moved if each.mailbox.guid not in own]:
            raise NoSnapshot(wave=wave.id, missing=missing)
        movers = {each.mailbox.smtp for each in moved}
        for snapshots in every.values():
            others |= _held_by(movers, latest(snapshots)[0])
        pictures = [own[guid] for guid in records if guid in own]
        beside = [each for guid, each in others.items() if guid not in records]
        found, keys = self._found(wave, [*pictures, *beside], records)
        tenant = Tenant(self.routing_domain, self.clock.now(), wave.window_end)
        judge = Judge(found, tenant, self._people())
        differences = [*judge.wave(pictures), *judge.beside(beside, movers)]
        if self.around is not None:
            differences += self.around.differences({who.rpartition("@")[2] for who in movers})
        exceptions = live(self.ledger.intents(ACCEPT), self.clock.now().date())
        sites = {each.guid: each.site for each in (*pictures, *beside)}
        return Checked(wave.id, len(pictures), *parted(differences, exceptions), keys, sites)

    def _people(self) -> People:
        moved = self.ledger.mailboxes(MailboxState.MOVED)
        mapped = {
            each.subject
            for each in self.ledger.intents(REPAIR)
            if each.outcome is Outcome.OK and any(kind in each.subject for kind in _MAPPINGS)
        }
        batches = {each.mailbox.smtp: each.batch or "" for each in moved}
        return People(batches, frozenset(batches), frozenset(mapped))

    def _found(
        self, wave: Wave, pictures: Sequence[Picture], records: Mapping[str, Record]
    ) -> tuple[dict[str, Found], dict[str, str]]:
        """What both sides show of each of *pictures*, and the ids of their owners in Entra."""
        seen, homes = self.cloud.found(pictures), self.premises.homes(pictures)
        arrivals = {
            move.exchange_guid: Arrival(move.synced, move.skipped, str(move.score.value))
            for batch in wave.batches
            for move in self.moves(batch.name)
        }
        keys = {guid: key for guid, (_, key) in seen.items() if key}
        held = self._licences({guid: key for guid, key in keys.items() if _is_licensed(records.get(guid))})
        found = {
            guid: msgspec.structs.replace(
                now,
                at_site=homes[guid].live,
                routing=homes[guid].routing,
                send_as_at_site=homes[guid].send_as,
                arrival=arrivals.get(guid),
                licence=held.get(guid),
            )
            for guid, (now, _) in seen.items()
        }
        return found, keys

    def _licences(self, keys: Mapping[str, str]) -> dict[str, Held]:
        """What everybody who needs a licence has; whoever has none in one read of all is asked for alone."""
        if not keys:
            return {}
        there = self.licences.licensed()
        missing = self.licences.standing([key for key in keys.values() if key not in there])
        return {guid: missing.get(key, Held(Standing.LICENSED)) for guid, key in keys.items()}


def _is_licensed(record: Record | None) -> bool:
    return record is not None and record.state is MailboxState.MOVED and needs_licence(record.mailbox)


def _held_by(movers: set[str], pictures: Mapping[str, Picture]) -> dict[str, Picture]:
    """Those of *pictures* on which *movers* hold a right."""
    return {
        guid: each
        for guid, each in pictures.items()
        if any(right.trustee in movers and not right.folder for right in each.rights)
    }


def as_json(checked: Checked) -> dict[str, object]:
    """All that was found, as the artifact has it."""
    return {
        "wave": checked.wave,
        "mailboxes": checked.mailboxes,
        "open": rows(checked.open),
        "excepted": rows(checked.covered),
    }
