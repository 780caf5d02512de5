"""What a change costs: what it takes more and less of, at the prices of the environment's own list.

What has no price is named and never counted as nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from mailwave.core.change.meters import Use
from mailwave.core.estate import Mailbox
from mailwave.core.licences import group_of, needs_licence
from mailwave.core.prices import LICENCE, MONTH, TRANSFER, Price, PriceList

_GIGABYTE = 10**9
_CENT = Decimal("0.01")


class Cost(msgspec.Struct, frozen=True):
    """So many *units* more of an *item*, fewer where they are negative, at its *price*; *resources* take them."""

    item: str
    units: Decimal
    resources: int
    price: Price

    @property
    def amount(self) -> Decimal:
        """What that costs more, in the price's currency."""
        return (self.units * self.price.price).quantize(_CENT)


class Gap(msgspec.Struct, frozen=True):
    """What nobody can say the cost of: an *item*, or *what* takes something that has no name here, and *why*."""

    item: str
    what: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        shown = ", ".join(self.what[:3]) + (f" and {len(self.what) - 3} more" if len(self.what) > 3 else "")
        return f"{f'{self.item} ({shown})' if self.item else shown}: {self.why}"


class Costs(msgspec.Struct, frozen=True):
    """What a change costs, as far as it is *known*, and its *gaps*; *example*: at made-up prices."""

    known: tuple[Cost, ...] = ()
    gaps: tuple[Gap, ...] = ()
    example: bool = False

    @property
    def totals(self) -> tuple[tuple[str, str, Decimal], ...]:
        """The sums of what is known: `MONTH` or `ONCE`, currency, amount."""
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for each in self.known:
            sums[each.price.per, each.price.currency] += each.amount
        return tuple((*key, sums[key]) for key in sorted(sums))

    @property
    def says(self) -> str:
        """The cost in one sentence."""
        if not (self.known or self.gaps):
            return "Nothing that is charged for becomes more or less."
        told = [_told(*total) for total in self.totals]
        if self.gaps:
            told.append(f"unknown for {len(self.gaps)} item{'' if len(self.gaps) == 1 else 's'}")
        said = "; ".join(told)
        return f"{said[:1].upper()}{said[1:]}{', at example prices' if self.example and self.known else ''}."


def costs_of(uses: Iterable[Use], prices: PriceList, unread: Sequence[str] = ()) -> Costs:
    """What *uses* cost by *prices*; of *unread*, parts that could not be read, nobody can tell."""
    by_item: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        by_item[use.item].append(use)
    known, gaps = [], []
    for item, those in sorted(by_item.items()):
        price = prices.prices.get(item)
        told = [each for each in those if _units(each, price) is not None]
        if price and told:
            units = sum((_units(each, price) or Decimal(0) for each in told), Decimal(0))
            known.append(Cost(item, units, len(told), price))
        left = tuple(each.what for each in those if each not in told or not price)
        if left:
            gaps.append(Gap(item, left, _why(item, price)))
    gaps.extend(Gap("", (what,), "it could not be read") for what in unread)
    return Costs(tuple(known), tuple(gaps), prices.example)


def uses_of_wave(mailboxes: Iterable[Mailbox], groups: Sequence[str]) -> tuple[Use, ...]:
    """The seats in licence *groups* that a wave's *mailboxes* will need, and the gigabytes that they send once."""
    boxes = list(mailboxes)
    seats: dict[str, int] = defaultdict(int)
    for box in filter(needs_licence, boxes):
        seats[group_of(box.guid, groups) if groups else "?"] += 1
    sized = [box.size_bytes for box in boxes if box.size_bytes is not None]
    moved = (Decimal(sum(sized)) / _GIGABYTE).quantize(Decimal("0.001"))
    found = [
        Use(LICENCE.format(name=group), f"{count} people", Decimal(count))
        for group, count in sorted(seats.items())
    ]
    if sized:
        found.append(Use(TRANSFER, f"{len(sized)} mailboxes", moved))
    if without := len(boxes) - len(sized):
        found.append(Use(TRANSFER, f"{without} mailboxes of unknown size", None))
    return tuple(found)


def _units(use: Use, price: Price | None) -> Decimal | None:
    """How many units *use* is, None where that cannot be told."""
    if use.more is None or not use.by_use:
        return use.more
    return use.more * price.expected if price and price.expected is not None else None


def _why(item: str, price: Price | None) -> str:
    if not item:
        return "what it is charged for is not known"
    if price is None:
        return "the price list has no price for it"
    return "how much of it will be taken cannot be told"


def _told(per: str, currency: str, amount: Decimal) -> str:
    often = "a month " if per == MONTH else "once "
    return f"{currency} {abs(amount):,.2f} {often}{'less' if amount < 0 else 'more'}".strip()
