"""The dates that an organisation asks for itself: what it may ask, and what rules follow from what it asked last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from mailwave.core.hostile import harm
from mailwave.core.placement.own_dates import KINDS
from mailwave.core.placement.season import Rule, Scope
from mailwave.core.refusals import Refusal

LONGEST_DAYS = 60
"""How many days may be asked for at once: our own choice, so that nobody postpones themselves out of the season."""

LONGEST_WHY = 200


class Asks(StrEnum):
    """What an organisation asks: nights on certain days only, none on certain days, or no longer what it asked."""

    CHOSEN = "chosen"
    POSTPONED = "postponed"
    NOTHING = "nothing"


class Asked(msgspec.Struct, frozen=True):
    """What the *organisation* asks of the days from *first* to *last*, both included, and *why*."""

    organisation: str
    asks: Asks
    first: date
    last: date
    why: str


class DatesRefused(Refusal):
    """Dates that an organisation may not ask for: it *problem*."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the dates were not taken: {problem}")


def check_asked(asked: Asked, today: date, deadline: date | None, begun: Sequence[date]) -> None:
    """Raise `DatesRefused` unless the dates lie ahead of *today*, end by the *deadline*, and touch no night *begun*.

    *begun* are the nights of the organisation whose moves are under way.
    """
    problem = _problem(asked, today, deadline, begun)
    if problem:
        raise DatesRefused(problem)


def _problem(asked: Asked, today: date, deadline: date | None, begun: Sequence[date]) -> str:
    """The first thing that is wrong, empty for nothing."""
    written = harm("reason", asked.why)
    problems = {
        f"a reason of at most {LONGEST_WHY} letters must be given": not asked.why.strip()
        or len(asked.why) > LONGEST_WHY,
        f"what was written {written}": bool(written),
    }
    if asked.asks is not Asks.NOTHING:
        touched = any(asked.first <= night <= asked.last for night in begun)
        problems |= {
            "the last day is before the first": asked.last < asked.first,
            "the first day must be after today": asked.first <= today,
            f"at most {LONGEST_DAYS} days can be asked for": asked.last - asked.first
            >= timedelta(days=LONGEST_DAYS),
            f"the move ends on {deadline}, and some days must be left before": deadline is not None
            and asked.last >= deadline,
            "mailboxes of yours are on their way for a night in these days; ask the operators": touched
            and asked.asks is Asks.POSTPONED,
        }
    return next((problem for problem, is_so in problems.items() if is_so), "")


def rules_of(details: Iterable[Any]) -> tuple[Rule, ...]:
    """The rules that follow from every *Asked* (as kept), of which each organisation's last counts."""
    last = {each.organisation: each for each in (msgspec.convert(detail, Asked) for detail in details)}
    return tuple(
        Rule(KINDS[each.asks.value], Scope.ORGANISATION, each.organisation, each.first, each.last, each.why)
        for _, each in sorted(last.items())
        if each.asks is not Asks.NOTHING
    )
