"""Everything outside at the level of the ports: moves whose fate is drawn from their number, and that cost little.

What the service shows is a function of the draws, of what it was asked, and of the time; nothing happens between two
questions. Calls are counted as the real clients make them: a page of a batch's users, a filter of so many GUIDs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec

from mailwave.core.estate import Mailbox
from mailwave.core.letters import Letter, Returned
from mailwave.core.licence_seats import Stock
from mailwave.core.licences import Held, Standing
from mailwave.core.move_reports import Figures
from mailwave.core.moves import Move
from mailwave.core.outcomes import ActRefused
from mailwave.core.rollback import Room
from mailwave.core.skipped import SkippedItem
from mailwave.core.targets import TargetMailbox
from mailwave.ports import endpoints

PAGE, A_FILTER, JOINED_AT_ONCE = 1_000, 50, 20
"""Users of one page, GUIDs of one filter, people of one request to Graph."""

GROUP = "office"
EVERYBODY = 10**9
"""More seats, and more room in the one group, than anybody asks for."""

PERMANENT = "MigrationPermanentException: the mailbox is over the limit"
TRANSIENT = "MigrationTransientException: the connection was lost"


class Fate(msgspec.Struct, frozen=True):
    """What becomes of a move: how long it copies and completes, what it *fails* with, and whether only once."""

    copies: timedelta
    completes: timedelta
    fails: str = ""
    once: bool = False


def guid_of(number: int) -> str:
    """The ExchangeGuid of mailbox *number*."""
    return str(UUID(int=number + 1))


def number_of(address: str) -> int:
    """The number of the mailbox with *address*."""
    return int(address[1 : address.index("@")])


class Clock:
    """Virtual time: whoever sleeps moves it on."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._now

    def sleep_until(self, when: datetime) -> None:
        """Move on to *when*."""
        self._now = max(self._now, when)


@dataclass
class User:
    """One migration user, as far as it was asked to go."""

    number: int
    batch: str
    since: datetime
    retried: bool = False
    released: datetime | None = None
    stopped: bool = False


class Outside:
    """The tenant, the sites, Notify and Graph; *calls* counts what was asked of each."""

    def __init__(self, now: Callable[[], datetime], fate_of: Callable[[int], Fate]) -> None:
        self.calls: Counter[str] = Counter()
        self.sent: dict[str, int] = {}
        self.made: Counter[str] = Counter()
        self._now = now
        self._fate_of = cache(fate_of)
        self._batches: dict[str, dict[int, User]] = {}
        self._arrived: set[int] = set()
        self._licensed: set[str] = set()

    # --- batches

    def start(self, manifest: Path, digest: str) -> None:
        """Make and start the batch; one of the same name is adopted."""
        self._count("exchange", 4)
        if manifest.stem in self._batches:
            return
        read = msgspec.json.decode(manifest.read_bytes())
        self.made[manifest.stem] += 1
        users = (number_of(user["EmailAddress"]) for user in read["users"])
        self._batches[manifest.stem] = {each: User(each, manifest.stem, self._now()) for each in users}

    def remove(self, manifest: Path, digest: str) -> None:
        """Remove the batch."""
        self._count("exchange", 3)
        self._batches.pop(manifest.stem, None)

    def stop(self, *_: object) -> None:
        """Stop a whole batch, or one move."""
        raise NotImplementedError

    # --- the target

    def batches(self) -> set[str]:
        """The names of all batches."""
        self._count("exchange")
        return set(self._batches)

    def moves(self, batch: str) -> list[Move]:
        """Every user of *batch*."""
        users = self._batches.get(batch, {})
        self._count("exchange", max(1, -(-len(users) // PAGE)))
        now = self._now()
        return [self._shown(user, now) for user in users.values()]

    def figures(self) -> dict[str, Figures]:
        """No more than that it was asked, a page a thousand moves."""
        self._count("exchange", max(1, -(-sum(map(len, self._batches.values())) // PAGE)))
        return {}

    def report(self, move: Move) -> list[str]:
        """Nothing of interest."""
        self._count("exchange")
        return []

    def complete(self, move: Move, at: datetime) -> None:
        """Let *move* be completed from *at* on."""
        self._count("exchange")
        self._user(move).released = at

    def retry(self, move: Move) -> None:
        """Start a failed *move* again."""
        self._count("exchange")
        user = self._user(move)
        user.retried, user.since = True, self._now()

    def withdraw(self, move: Move) -> None:
        """Take *move* out."""
        self._count("exchange")
        del self._batches[move.batch][number_of(move.address)]

    def mailboxes_of(self, guids: Iterable[str]) -> list[TargetMailbox]:
        """Those of *guids* that have arrived."""
        asked = [UUID(guid).int - 1 for guid in guids]
        self._count("exchange", -(-len(asked) // A_FILTER))
        return [
            TargetMailbox(guid_of(n), f"m{n}@evening.example", "UserMailbox", "", guid_of(n))
            for n in asked
            if n in self._arrived
        ]

    def mailboxes(self) -> list[TargetMailbox]:
        """Every mailbox that has arrived."""
        return self.mailboxes_of(guid_of(n) for n in sorted(self._arrived))

    def skipped_items(self, move: Move) -> list[SkippedItem]:
        """None: every score is good."""
        return []

    def approve_skipped(self, move: Move) -> None:
        """Never asked for."""
        raise ActRefused(act="approve skipped items", subject=move.address, why="nothing was skipped")

    # --- endpoints

    def endpoints(self) -> dict[str, endpoints.Standing]:
        """None that anybody governs."""
        self._count("exchange")
        return {}

    # --- the sites

    def live(self) -> set[str]:
        """Not asked for: it is a question of the whole estate."""
        raise NotImplementedError

    def live_of(self, mailboxes: Iterable[Mailbox]) -> set[str]:
        """Those of *mailboxes* that have not moved."""
        asked = list(mailboxes)
        self._count("sites", -(-len(asked) // A_FILTER))
        return {each.guid for each in asked if number_of(each.address) not in self._arrived}

    def room(self) -> Mapping[str, Room]:
        """Nobody asks."""
        return {}

    # --- notices

    def send(self, letter: Letter) -> str:
        """Send one notice."""
        self._count("notify")
        self.sent[letter.reference] = self.sent.get(letter.reference, 0) + 1
        return letter.reference

    def find(self, reference: str) -> str | None:
        """The notice sent under *reference*."""
        self._count("notify")
        return reference if reference in self.sent else None

    def shown(self, _letter: Letter) -> tuple[str, str]:
        """Nobody asks."""
        return "", ""

    def returned(self) -> list[Returned]:
        """All of them arrive."""
        return []

    # --- licences

    @property
    def names(self) -> tuple[str, ...]:
        """The one group."""
        return (GROUP,)

    def free_seats(self) -> int:
        """Enough."""
        return self.stock().free

    def stock(self) -> Stock:
        """Enough of one licence."""
        self._count("graph")
        return Stock("sku", GROUP, EVERYBODY, 0)

    def sizes(self) -> dict[str, int]:
        """How many are in the one group."""
        self._count("graph")
        return {GROUP: len(self._licensed)}

    def standing(self, people: Iterable[str]) -> dict[str, Held]:
        """Who is licensed."""
        asked = list(people)
        self._count("graph", -(-len(asked) // JOINED_AT_ONCE))
        shown = {True: Held(Standing.LICENSED), False: Held(Standing.OUTSIDE)}
        return {each: shown[each in self._licensed] for each in asked}

    def join(self, group: str, people: Sequence[str]) -> None:
        """Make *people* members."""
        self._count("graph")
        self._licensed.update(people)

    def leave(self, people: Sequence[str]) -> None:
        """End their memberships."""
        self._licensed.difference_update(people)

    def licensed(self) -> set[str]:
        """Everybody who has a licence."""
        return set(self._licensed)

    # --- what becomes of a move

    def _user(self, move: Move) -> User:
        return self._batches[move.batch][number_of(move.address)]

    def _shown(self, user: User, now: datetime) -> Move:
        fate = self._fate_of(user.number)
        address = f"m{user.number}@evening.example"
        status, error = self._status(user, fate, now)
        return Move(guid_of(user.number), address, user.batch, status, error=error)

    def _status(self, user: User, fate: Fate, now: datetime) -> tuple[str, str]:
        copied = user.since + fate.copies
        if fate.fails and not (fate.once and user.retried):
            return ("Failed", fate.fails) if now >= copied else ("Syncing", "")
        if now < copied:
            return "Syncing", ""
        if user.released is None:
            return "Synced", ""
        if now < user.released + fate.completes:
            return "Completing", ""
        self._arrived.add(user.number)
        return "Completed", ""

    def _count(self, side: str, calls: int = 1) -> None:
        self.calls[side] += calls
