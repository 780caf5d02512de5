"""Licences: after a mailbox has moved its person joins a licence group, and the wave ends once the licence is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from mailwave.core.estate import Record
from mailwave.core.intents import Outcome
from mailwave.core.licence_seats import GroupRoom
from mailwave.core.licences import (
    JOIN,
    LEAVE,
    MOST_IN_GROUP,
    PEOPLE,
    Held,
    Joined,
    Standing,
    group_of,
    joined,
    needs_licence,
    to_license,
)
from mailwave.core.outcomes import ActError
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import IN_FLIGHT, MailboxState
from mailwave.ports import Ledger, Licences, Target
from mailwave.runbooks.acting import acting

AT_ONCE = 20
"""People whose joining is one act: as many as one batch of requests to the directory holds (fact E4)."""

PATIENCE = timedelta(days=1)
"""How long a licence of a group may take before a person must look (fact C19)."""


class SeatsMissing(Exception):
    """There are fewer seats of *licence* than people of *wave*, and of the waves that were started, who need one."""

    def __init__(self, *, wave: str, needed: int, free: int, licence: str = "the licence") -> None:
        self.wave = wave
        self.needed = needed
        self.free = free
        self.licence = licence
        super().__init__(
            f"wave {wave} is held: {needed} people need a seat of {licence}, and {free} are free: "
            f"{needed - free} are short"
        )


class GroupFull(Exception):
    """The licence group of *room* has no place for everybody of *wave* who is to join it (fact C19)."""

    def __init__(self, *, wave: str, room: GroupRoom) -> None:
        self.wave = wave
        self.room = room
        super().__init__(
            f"wave {wave} is held: the licence group {room.name} has {room.members:,} members, {room.coming:,} are to "
            f"join it, and it takes {room.most:,}"
        )


class NotLicensed(Exception):
    """People of *wave* have moved and are without a licence, the first of them for the reason *why*."""

    def __init__(self, *, wave: str, mailboxes: Sequence[str], why: str) -> None:
        self.wave = wave
        self.mailboxes = tuple(mailboxes)
        self.why = why
        super().__init__(
            f"{len(mailboxes)} moved mailboxes of wave {wave} have no licence, the first {mailboxes[0]}: {why}"
        )


@dataclass(frozen=True)
class Licenser:
    """Puts people into the groups of *licences*. An act is a handful of people, whose list the journal has before.

    A group takes *most_in_group* people.

    *fresh* are the ExchangeGuids of those who have joined in this run, *licensed* of those who were seen to have their
    licence: they are not asked for at the next poll again, which would cost as many calls as the wave has people.
    """

    ledger: Ledger
    licences: Licences
    target: Target
    reason: Reason
    say: Callable[[str], None]
    most_in_group: int = MOST_IN_GROUP
    fresh: set[str] = field(default_factory=set)
    licensed: set[str] = field(default_factory=set)
    _joined: dict[str, Joined] = field(default_factory=dict, init=False)

    def check_seats(self, wave: Wave, starting: Sequence[Record]) -> None:
        """Hold *wave* back while there is no seat for each of *starting* and of those who are under way already.

        Raises:
            SeatsMissing: there is none for somebody.
            GroupFull: the group that somebody is to join has no place for them.
        """
        done = have_joined(self.ledger)
        states = (*sorted(IN_FLIGHT), MailboxState.UNKNOWN, MailboxState.MOVED)
        under_way = [record for state in states for record in self.ledger.mailboxes(state)]
        needing = {r.mailbox.guid for r in (*starting, *under_way) if needs_licence(r.mailbox)} - done
        if not needing:
            return
        stock = self.licences.stock()
        if len(needing) > stock.free:
            raise SeatsMissing(wave=wave.id, needed=len(needing), free=stock.free, licence=stock.name)
        for room in rooms(self.licences, needing, self.most_in_group):
            if room.over:
                raise GroupFull(wave=wave.id, room=room)

    def give(self, wave: Wave, records: Sequence[Record]) -> None:
        """Let the people of *records*, all of *wave*, who have moved and are in no group yet join theirs."""
        done = self._have_joined(wave)
        left = [record for record in to_license(records) if record.mailbox.guid not in done]
        if not left:
            return
        try:
            self._give(wave, left)
        except ActError as error:
            self.say(f"{wave.id}: licences: {error}; tried again at the next poll")

    def is_complete(self, wave: Wave, records: Sequence[Record], now: datetime, began: datetime) -> bool:
        """Whether everybody of *records* who has moved and needs a licence is seen to have it.

        Of a wave that was over a day before the run *began*, only who has joined in this run is looked at: the others
        are for `wave verify`.

        Raises:
            NotLicensed: somebody's licence was refused, or does not come within a day.
        """
        moved = to_license(records)
        done = self._have_joined(wave)
        outside = [record.mailbox.address for record in moved if record.mailbox.guid not in done]
        late = now > max(wave.window_end, began) + PATIENCE
        if outside and late:
            raise NotLicensed(wave=wave.id, mailboxes=outside, why="they could not join a licence group")
        if began > wave.window_end + PATIENCE:
            moved = [record for record in moved if record.mailbox.guid in self.fresh]
        moved = [record for record in moved if record.mailbox.guid not in self.licensed]
        if outside or not moved:
            return not outside
        found = self._without(moved)
        self.licensed.update(r.mailbox.guid for r in moved if r.mailbox.address not in found)
        if found and (late or all(held.standing is Standing.REFUSED for held in found.values())):
            why = next(iter(found.values())).why or "it did not come within a day"
            raise NotLicensed(wave=wave.id, mailboxes=list(found), why=why)
        return not found

    def _have_joined(self, wave: Wave) -> frozenset[str]:
        """Those of *wave* who are in a licence group; the journal is read on from where it was read last."""
        known = self._joined.get(wave.id) or Joined()
        since = [intent for act in (JOIN, LEAVE) for intent in self.ledger.intents(act, after=known.upto)]
        self._joined[wave.id] = known.read_on(since, wave.mailboxes)
        return self._joined[wave.id].inside

    def _without(self, moved: Sequence[Record]) -> dict[str, Held]:
        """Those of *moved* who have no licence yet, by address, and what they have."""
        ids = self._ids(moved)
        held = self.licences.standing(ids.values())
        shown = {
            record.mailbox.address: held.get(
                ids.get(record.mailbox.guid, ""), Held(Standing.OUTSIDE, "the mailbox is not at the target")
            )
            for record in moved
        }
        return {address: each for address, each in shown.items() if each.standing is not Standing.LICENSED}

    def _ids(self, records: Sequence[Record]) -> dict[str, str]:
        """The ids in Entra of the people of *records*, by ExchangeGuid."""
        found = self.target.mailboxes_of(record.mailbox.guid for record in records)
        return {mailbox.exchange_guid: mailbox.directory_id for mailbox in found}

    def _give(self, wave: Wave, left: Sequence[Record]) -> None:
        ids = self._ids(left)
        held = self.licences.standing(ids.values())
        inside = {guid for guid, key in ids.items() if held[key].standing is not Standing.OUTSIDE}
        settled = self._settle(inside, set(ids))
        outside = [guid for guid in ids if guid not in inside]
        free = self.licences.free_seats() if outside else 0
        if len(outside) > free:
            self.say(f"{wave.id}: {len(outside)} people need a licence, and {free} seats are free")
        told = [*sorted(inside - settled), *outside[:free]]
        for group in self.licences.names:
            mine = [guid for guid in told if group_of(guid, self.licences.names) == group]
            for some in batched(mine, AT_ONCE):
                self._join(group, some, [ids[guid] for guid in some if guid not in inside])
        self.say(f"{wave.id}: {len(told)} people are now in their licence group")

    def _join(self, group: str, guids: Sequence[str], keys: Sequence[str]) -> None:
        """Let *keys* join *group*, and record that all of *guids* are in one."""
        detail = {"group": group, PEOPLE: list(guids)}
        with acting(self.ledger, act=JOIN, subject=guids[0], reason=self.reason, detail=detail):
            if keys:
                self.licences.join(group, keys)
        self.fresh.update(guids)

    def _settle(self, inside: set[str], read: set[str]) -> set[str]:
        """Say of every act whose outcome was unknown, and whose people were all *read* back, how it ended.

        Return the people of those that ended well.
        """
        well: set[str] = set()
        for intent in self.ledger.doubtful(JOIN):
            people = set(intent.detail[PEOPLE])
            if people <= read:
                outcome = Outcome.OK if people <= inside else Outcome.FAILED
                self.ledger.outcome(intent.id, outcome, {"why": f"read back: {len(people & inside)} are in"})
                well |= people if outcome is Outcome.OK else set()
        return well


def rooms(licences: Licences, coming: Iterable[str], most: int) -> list[GroupRoom]:
    """How full each licence group is once those *coming*, by ExchangeGuid, have joined theirs; it may hold *most*."""
    names = licences.names
    joining = Counter(group_of(guid, names) for guid in coming)
    return [GroupRoom(name, size, joining[name], most) for name, size in licences.sizes().items()]


def have_joined(ledger: Ledger) -> set[str]:
    """The ExchangeGuids of everybody who is in a licence group, as the journal has it."""
    return joined([*ledger.intents(JOIN), *ledger.intents(LEAVE)])
