"""What things cost in an environment: a list of its own, by the names under which changes and reports count them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

MONTH, ONCE = "month", "once"

LICENCE, TRANSFER = "licence-{name}", "transfer"
"""The items of a seat in a licence group, and of a gigabyte on its way from the sites to the service."""

NOTICE, CONTACT = "notice", "contact"
"""The items of a notice to a person, and of a contact at the service desk: reports count them, no change takes them."""


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What one *unit* of an item costs: *price* in *currency*, a month or once, by *source* on the day *dated*.

    *expected* is how many units one resource is expected to take a month, where that is seen only when it is used.
    """

    unit: str
    price: Decimal
    currency: str
    per: str
    source: str
    dated: date
    expected: Decimal | None = None


class PriceList(msgspec.Struct, frozen=True):
    """The prices of an environment by item; *example*: they are made up, and nobody pays them."""

    example: bool = False
    prices: Mapping[str, Price] = {}
