"""Who is a direct member of what."""

from __future__ import annotations

from collections.abc import KeysView

from rehearsal.clock import VirtualClock
from rehearsal.directory.history import Change, History
from rehearsal.directory.objects import DirectoryObject

_NONE: dict[str, None] = {}


class Links:
    """The memberships of groups and administrative units, in the order in which they were made."""

    def __init__(self, history: History[DirectoryObject], clock: VirtualClock) -> None:
        self._history = history
        self._clock = clock
        self._members: dict[str, dict[str, None]] = {}
        self._member_of: dict[str, dict[str, None]] = {}

    def members(self, owner: str) -> KeysView[str]:
        """The ids of the direct members of *owner*."""
        return self._members.get(owner, _NONE).keys()

    def member_of(self, member: str) -> KeysView[str]:
        """The ids of what *member* is directly in."""
        return self._member_of.get(member, _NONE).keys()

    def linked(self, owner: str, member: str) -> bool:
        """Whether *member* is directly in *owner*."""
        return member in self._members.get(owner, _NONE)

    def join(self, owner: str, member: str, kind: str) -> bool:
        """Make *member* one of *owner*, of this *kind*; tell whether it was not one yet."""
        if self.linked(owner, member):
            return False
        self._members.setdefault(owner, {})[member] = None
        self._member_of.setdefault(member, {})[owner] = None
        self._note(kind, owner, member, joined=True)
        return True

    def leave(self, owner: str, member: str, kind: str) -> bool:
        """End a membership; tell whether there was one."""
        if not self.linked(owner, member):
            return False
        del self._members[owner][member]
        del self._member_of[member][owner]
        self._note(kind, owner, member, joined=False)
        return True

    def _note(self, kind: str, owner: str, member: str, *, joined: bool) -> None:
        change = Change(self._clock.now, kind, owner, ("members",), member=member, joined=joined)
        self._history.note(change, None)
