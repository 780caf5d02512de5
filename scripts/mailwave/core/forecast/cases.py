"""What-if cases as people write them: `slots=800`, `delta-slots=100`, `sites=+1`, or any limit by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mailwave.core.forecast.of_plan import Ahead
from mailwave.core.forecast.what_if import Granting
from mailwave.core.placement.granted import Granted
from mailwave.core.refusals import Refusal

SHORT: Mapping[str, tuple[str, ...]] = {
    "slots": ("concurrent_moves_tenant", "concurrent_moves"),
    "delta-slots": ("incremental_syncs",),
}
"""Short names, and the limits that get the figure. A tenant's slots help only when each endpoint may have as many."""

SITES = "sites"

USUAL = ("slots=800", "delta-slots=100", "sites=+1")
"""The cases that are looked at when none is asked for."""

MOST_SITES = 20
"""More sites than this are no plan but a slip of the hand."""


class CaseUnclear(Refusal):
    """A what-if case that cannot be reckoned: its *text*, what is wrong with it, and what it may name."""

    def __init__(self, *, text: str, problem: str, known: Iterable[str]) -> None:
        self.text = text
        self.problem = problem
        self.known = tuple(known)
        super().__init__(
            f"the what-if {text!r} {problem}; it may name {', '.join(self.known)}, as in slots=800"
        )


class Case(NamedTuple):
    """One case: the limits that are raised to *figure*, or by it when it is *more*; or the sites."""

    text: str
    names: tuple[str, ...]
    figure: int
    more: bool


def read_cases(texts: Sequence[str], granted: Granted) -> list[Case]:
    """The cases that *texts* name.

    Raises:
        CaseUnclear: one is not NAME=FIGURE, names no limit, or has a figure that cannot be.
    """
    known = [*SHORT, SITES, *sorted(granted.limits)]
    return [_read(text, known) for text in texts]


def _read(text: str, known: Sequence[str]) -> Case:
    name, equals, figure = text.partition("=")
    name = name if name in SHORT else name.replace("-", "_")
    number = figure.removeprefix("+")
    if not equals:
        raise CaseUnclear(text=text, problem="is not NAME=FIGURE", known=known)
    if name not in known:
        raise CaseUnclear(text=text, problem=f"names no limit {name!r}", known=known)
    if not (number.isascii() and number.isdigit() and len(number) <= 15):
        raise CaseUnclear(text=text, problem=f"has no figure, a whole number, but {figure!r}", known=known)
    return Case(text, SHORT.get(name, (name,)), int(number), figure.startswith("+"))


def granted_in(case: Case, ahead: Ahead, granted: Granted) -> tuple[str, Granting]:
    """The name of *case* and what would be granted in it.

    Raises:
        CaseUnclear: it asks for fewer sites than there are, or for far too many.
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    if case.names != (SITES,):
        for name in case.names:
            held = granted.limits[name].granted if case.more and name in granted.limits else 0
            granted = granted.with_figure(name, held + case.figure)
        return case.text, ahead.granting(granted)
    there = len(ahead.population.sites)
    wanted = there + case.figure if case.more else case.figure
    if not there <= wanted <= MOST_SITES:
        problem = (
            f"asks for {wanted} sites where there are {there} now, and up to {MOST_SITES} can be looked at"
        )
        raise CaseUnclear(text=case.text, problem=problem, known=(SITES,))
    for _ in range(wanted - there):
        ahead, granted = ahead.with_site(granted)
    return case.text, ahead.granting(granted)
