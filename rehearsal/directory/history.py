"""What changed and when: for readers that lag behind, and for those who ask for changes only (facts E2, E3, E10)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

LONGEST_LAG = timedelta(minutes=5)
"""How far back a reader may lag; older states are forgotten."""


class Change(msgspec.Struct, frozen=True):
    """One write: *kind* of object, its *id*, and the *fields* that changed; none for an object made or restored.

    *gone* is set for a deletion. *member* names the object that joined or left a group, with *joined*.
    """

    at: datetime
    kind: str
    id: str
    fields: tuple[str, ...] = ()
    gone: bool = False
    member: str | None = None
    joined: bool = False


class History[Entity]:
    """The changes of one directory, by rising version, and what was there before the recent ones.

    The version of a directory is the number of changes that it has seen.
    """

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._before: deque[tuple[datetime, str, Entity | None]] = deque()
        self._links: deque[tuple[datetime, tuple[str, str], bool]] = deque()
        self._settled = 0

    @property
    def version(self) -> int:
        """The present version."""
        return len(self._changes)

    def settle(self) -> None:
        """Have every reader know all that is there: it was made long ago."""
        self._settled = len(self._changes)
        self._before.clear()
        self._links.clear()

    def note(self, change: Change, before: Entity | None) -> None:
        """Remember a change of an object, which was *before* until now, or of a link of it."""
        self._changes.append(change)
        if change.member is None:
            self._before.append((change.at, change.id, before))
        else:
            self._links.append((change.at, (change.id, change.member), not change.joined))
        oldest = change.at - LONGEST_LAG
        while self._before and self._before[0][0] < oldest:
            self._before.popleft()
        while self._links and self._links[0][0] < oldest:
            self._links.popleft()

    def since(self, version: int, until: datetime) -> Iterator[Change]:
        """Every change after *version* that was made up to *until*, oldest first."""
        for change in self._changes[version:]:
            if change.at > until:
                return
            yield change

    def version_at(self, moment: datetime) -> int:
        """The version that a reader of the state at *moment* knows."""
        version = len(self._changes)
        while version > self._settled and self._changes[version - 1].at > moment:
            version -= 1
        return version

    def undone(self, moment: datetime) -> Mapping[str, Entity | None]:
        """The objects changed after *moment* as they were then, None for those that were not there."""
        if not self._before or self._before[-1][0] <= moment:
            return {}
        found: dict[str, Entity | None] = {}
        for at, key, before in self._before:
            if at > moment:
                found.setdefault(key, before)
        return found

    def unlinked(self, moment: datetime) -> Mapping[tuple[str, str], bool]:
        """The links changed after *moment*, as (group, member), and whether each was there then."""
        if not self._links or self._links[-1][0] <= moment:
            return {}
        found: dict[tuple[str, str], bool] = {}
        for at, link, was in self._links:
            if at > moment:
                found.setdefault(link, was)
        return found
