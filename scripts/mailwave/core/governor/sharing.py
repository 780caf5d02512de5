"""Slots that all endpoints have in common, shared out by what is left to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ask:
    """What one site asks for: *least* it must have, *most* it can use; *weight* is how much it has to do."""

    least: int
    most: int
    weight: float


class TooLittle(Exception):
    """What the sites must have at least is more than there is."""

    def __init__(self, *, least: int, total: int) -> None:
        self.least = least
        self.total = total
        super().__init__(
            f"the endpoints' minimums come to {least} slots and the tenant has {total}; lower the minimums in the stack"
        )


def shared(total: int, asks: Mapping[str, Ask]) -> dict[str, int]:
    """Share *total* slots out in proportion to weights; what one cannot use is the others' (weighted max-min fairness).

    Sites that end at the same time waste nobody's slots, so the weight is the work that is left. The same asks give the
    same shares, in whatever order they come.

    Raises:
        TooLittle: the sum of the least is above *total*.
    """
    given = {site: ask.least for site, ask in sorted(asks.items())}
    if (least := sum(given.values())) > total:
        raise TooLittle(least=least, total=total)
    for _ in range(total - least):
        open_ = [site for site in given if given[site] < asks[site].most]
        if not open_:
            break
        given[max(open_, key=lambda site: (asks[site].weight / (given[site] + 1), -given[site]))] += 1
    return given
