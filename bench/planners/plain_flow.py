"""The earliest last night, by a flow from calendars into nights, in plain Python.

Earliest deadline first; what is left then finds paths on which others give way.
"""

from __future__ import annotations

from collections import defaultdict, deque


def last_night(demand: dict[int, int], room: list[int], start: int) -> int:
    """The first night from *start* on by which all of *demand* fits; the last of all when it never does.

    *demand* is by calendar, a whole number with a bit a night; *room* is what each night takes.
    """
    low, high, total = start, len(room) - 1, sum(demand.values())
    taken = 0
    for night, most in enumerate(room):
        taken += most
        if taken >= total:
            low = max(low, night)
            break
    step = 1
    while low < high and not _fits(demand, room, min(low + step - 1, high)):
        low, step = low + step, 2 * step
    high = min(low + step - 1, high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(demand, room, middle) else (middle + 1, high)
    return low


def _fits(demand: dict[int, int], room: list[int], last: int) -> bool:
    until = (1 << (last + 1)) - 1
    left = {may & until: 0 for may in demand}
    for may, amount in demand.items():
        left[may & until] += amount
    if left.pop(0, 0):
        return False
    spare = room[: last + 1]
    flow: list[dict[int, int]] = [defaultdict(int) for _ in spare]
    waiting = sorted(left, key=lambda may: (may.bit_length(), may.bit_count()))
    for night in range(last + 1):
        for may in waiting:
            if not spare[night]:
                break
            if may >> night & 1 and left[may]:
                some = min(left[may], spare[night])
                left[may] -= some
                spare[night] -= some
                flow[night][may] += some
        waiting = [may for may in waiting if left[may]]
    return all(_augmented(may, left[may], spare, flow) for may in waiting)


def _augmented(may: int, amount: int, spare: list[int], flow: list[dict[int, int]]) -> bool:
    """Whether *amount* more of the calendar *may* fits, by moving others to other nights where it does not."""
    while amount:
        path = _path(may, spare, flow)
        if path is None:
            return False
        some = min([amount, spare[path[-1][0]], *(flow[before][moved] for before, moved in _moves(path))])
        for night, moved in path:
            flow[night][moved] += some
        for before, moved in _moves(path):
            flow[before][moved] -= some
            if not flow[before][moved]:
                del flow[before][moved]
        spare[path[-1][0]] -= some
        amount -= some
    return True


def _moves(path: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """From which night each calendar but the first moves."""
    return [(path[n][0], path[n + 1][1]) for n in range(len(path) - 1)]


def _path(may: int, spare: list[int], flow: list[dict[int, int]]) -> list[tuple[int, int]] | None:
    """Nights, each with the calendar that moves to it, of which the last has room; None when there is no such path."""
    came: dict[int, tuple[int | None, int]] = {}
    queue: deque[int] = deque()
    unseen = (1 << len(spare)) - 1

    def reach(before: int | None, moved: int) -> None:
        nonlocal unseen
        found = moved & unseen
        unseen &= ~found
        while found:
            night = (found & -found).bit_length() - 1
            found &= found - 1
            came[night] = (before, moved)
            queue.append(night)

    reach(None, may)
    while queue:
        night = queue.popleft()
        if spare[night]:
            return _back(night, came)
        for moved in flow[night]:
            if moved & unseen:
                reach(night, moved)
    return None


def _back(night: int | None, came: dict[int, tuple[int | None, int]]) -> list[tuple[int, int]]:
    path: list[tuple[int, int]] = []
    while night is not None:
        before, moved = came[night]
        path.append((night, moved))
        night = before
    return path[::-1]
