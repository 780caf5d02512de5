"""The plan that people make in a spreadsheet: organisations one after the other, each filled into the next nights.

`python -m bench.planners.spreadsheet ESTATE OUT`. Calendars and limits are kept; rights are not looked at, so whoever
shares a mailbox with somebody of another night finds it on the other side.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.planners.plain import nights_allowed, read_estate, write_plan
from bench.planners.terms import Terms, read


def main(estate: Path, out: Path) -> None:
    """Plan *estate* and write the plan into *out*."""
    terms = read(estate)
    boxes, rights = read_estate(estate, terms)
    rows = sorted(range(len(boxes)), key=lambda place: (boxes[place].organisation, boxes[place].guid))
    may_move = nights_allowed(terms)
    left = rooms(terms)
    night_of = [-1] * len(boxes)
    code, begin = "", 0
    for place in rows:
        box = boxes[place]
        if box.organisation != code:
            code, begin = box.organisation, 0
        needs = [
            (n, terms.units[limit.unit].amount(box.size))
            for n, limit in enumerate(terms.limits)
            if limit.site in {None, box.site}
        ]
        night = _first(may_move[code], begin, left, needs)
        if night is None:
            continue
        # the rest of the organisation goes on where this one went
        begin, night_of[place] = night, night
        for n, amount in needs:
            left[night][n] -= amount
    write_plan(out, boxes, rights, [[place] for place in range(len(boxes))], night_of)


def rooms(terms: Terms) -> list[list[int]]:
    """What each night has of each limit, when nothing is carried over to a later night."""
    return [[limit.refill[night] for limit in terms.limits] for night in range(terms.nights)]


def _first(may: int, begin: int, left: list[list[int]], needs: list[tuple[int, int]]) -> int | None:
    for night in range(begin, len(left)):
        if may >> night & 1 and all(amount <= left[night][n] for n, amount in needs):
            return night
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
