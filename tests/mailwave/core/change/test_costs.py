"""What a change costs: what its steps take, at the prices of a list, and nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from mailwave.core.change.classes import CLASSES
from mailwave.core.change.costs import Costs, costs_of, uses_of_wave
from mailwave.core.change.meters import FREE, METERS, Use, is_item, uses_of
from mailwave.core.change.steps import UNKNOWN, Step, canonical_steps
from mailwave.core.prices import Price, PriceList
from tests.mailwave.builders import a_mailbox

SERVER = "azure-native:dbforpostgresql:Server"
WORKSPACE = "azure-native:operationalinsights:Workspace"
SMALL = {"sku": {"name": "D2"}, "highAvailability": {"mode": "Disabled"}, "storage": {"storageSizeGB": 64.0}}
LARGE = {"sku": {"name": "D4"}, "highAvailability": {"mode": "Disabled"}, "storage": {"storageSizeGB": 256.0}}


def step(op: str, kind: str, inputs: Mapping[str, Any] = {}, was: Mapping[str, Any] = {}) -> Step:
    """One of the engine's."""
    return Step(urn=f"urn:pulumi:s::mailwave::{kind}::it", op=op, type=kind, inputs=inputs, was=was)


def uses(*steps: Step) -> dict[str, Decimal | None]:
    """What they take more of, by item."""
    return {use.item: use.more for use in uses_of(canonical_steps(steps))}


def price(amount: str, *, per: str = "month", currency: str = "GBP", expected: str | None = None) -> Price:
    """A price of the list."""
    return Price(
        unit="one",
        price=Decimal(amount),
        currency=currency,
        per=per,
        source="contract",
        dated=date(2026, 9, 1),
        expected=Decimal(expected) if expected else None,
    )


def costs(uses: list[Use], **prices: Price) -> Costs:
    """What they cost."""
    return costs_of(uses, PriceList(prices=prices))


@pytest.mark.parametrize("kind", CLASSES)
def test_every_type_is_charged_for_or_free(kind: str) -> None:
    """It should know of each type that the stacks have whether it is charged for, and not both."""
    assert (kind in METERS) is not bool(FREE.match(kind))


def test_what_is_made_and_deleted() -> None:
    """It should take what is made, give back what is deleted, by the size of each, and keep what a label changes."""
    made = {"database server D2 Disabled": 1, "database storage Disabled": 64, "database backup": 1}

    assert made == uses(step("create", SERVER, SMALL))
    assert {item: -units for item, units in made.items()} == uses(step("delete", SERVER, was=SMALL))
    assert {} == uses(step("update", SERVER, {**SMALL, "tags": {"a": "b"}}, SMALL))
    assert {} == uses(step("same", SERVER, SMALL, SMALL), step("import", SERVER, SMALL))


@pytest.mark.parametrize("op", ["update", "create-replacement"])
def test_another_size(op: str) -> None:
    """It should give the smaller back, take the larger, and count only the storage that is more."""
    halves = (step("delete-replaced", SERVER, was=SMALL), step("replace", SERVER, LARGE, SMALL))
    found = uses(step(op, SERVER, LARGE, SMALL), *(halves if op != "update" else ()))

    assert {
        "database server D2 Disabled": -1,
        "database server D4 Disabled": 1,
        "database storage Disabled": 192,
    } == found


def test_a_size_that_is_not_known_yet() -> None:
    """It should take so much that nobody can tell."""
    found = uses(
        step("create", SERVER, {**SMALL, "sku": {"name": UNKNOWN}, "storage": {"storageSizeGB": UNKNOWN}})
    )

    assert {"database server ? ?": None, "database storage Disabled": None, "database backup": 1} == found


def test_a_type_that_nobody_has_looked_at() -> None:
    """It should say so, and never call it free."""
    told = costs(list(uses_of(canonical_steps([step("create", "azure-native:new:Thing")]))))

    assert ["azure-native:new:Thing it: what it is charged for is not known"] == [
        str(gap) for gap in told.gaps
    ]
    assert "Unknown for 1 item." == told.says


def test_sums_are_of_what_has_a_price() -> None:
    """It should sum by month, once and currency, and name what has no price instead of counting it as nothing."""
    told = costs(
        [
            Use("a", "x", Decimal(3)),
            Use("a", "y", Decimal(-1)),
            Use("b", "z", Decimal(1)),
            Use("c", "w", Decimal(9)),
        ],
        a=price("10.10"),
        b=price("5", per="once", currency="EUR"),
    )

    assert (("month", "GBP", Decimal("20.20")), ("once", "EUR", Decimal("5.00"))) == told.totals
    assert "GBP 20.20 a month more; EUR 5.00 once more; unknown for 1 item." == told.says
    assert ["c (w): the price list has no price for it"] == [str(gap) for gap in told.gaps]


def test_what_only_use_shows() -> None:
    """It should be reckoned with what the list expects, and else stay unknown though it has a price."""
    (ingestion, _) = uses_of(canonical_steps([step("create", WORKSPACE, {"sku": {"name": "PerGB2018"}})]))

    known = costs([ingestion], **{ingestion.item: price("2", expected="60")})
    unknown = costs([ingestion], **{ingestion.item: price("2")})

    assert (("month", "GBP", Decimal("120.00")),) == known.totals
    assert ((), "how much of it will be taken cannot be told") == (unknown.totals, unknown.gaps[0].why)


def test_less_is_said_as_less() -> None:
    """It should tell what is saved, and that nothing changes."""
    assert "GBP 4.00 a month less." == costs([Use("a", "x", Decimal(-2))], a=price("2")).says
    assert "Nothing that is charged for becomes more or less." == costs([]).says


def test_made_up_prices_are_called_so() -> None:
    """It should say of a sum at example prices that it is one."""
    told = costs_of([Use("a", "x", Decimal(1))], PriceList(example=True, prices={"a": price("2")}))

    assert "GBP 2.00 a month more, at example prices." == told.says


def test_what_could_not_be_read() -> None:
    """It should be unknown, as nobody can tell what it would take."""
    told = costs_of([], PriceList(), unread=["stack hybrid-pilot"])

    assert ["stack hybrid-pilot: it could not be read"] == [str(gap) for gap in told.gaps]


def test_a_wave() -> None:
    """It should take a seat for each person who needs one, in their group, and send what its mailboxes hold."""
    boxes = [
        a_mailbox(1, size_bytes=2 * 10**9),
        a_mailbox(2, size_bytes=None),
        a_mailbox(3, size_bytes=10**9, recipient_type="SharedMailbox"),
    ]

    found = [(use.item, use.more) for use in uses_of_wave(boxes, ["office"])]

    assert [("licence-office", Decimal(2)), ("transfer", Decimal("3.000")), ("transfer", None)] == found
    assert ["licence-a", "licence-b"] == sorted(
        {use.item for use in uses_of_wave([a_mailbox(number) for number in range(9)], ["a", "b"])}
        - {"transfer"}
    )


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("gateway VpnGw1AZ", True),
        ("database server Standard_D2ds_v5 ZoneRedundant", True),
        ("licence-office", True),
        ("transfer", True),
        ("gatway VpnGw1AZ", False),
        ("transfers", False),
    ],
)
def test_what_could_be_charged_for(name: str, known: bool) -> None:  # noqa: FBT001  a parameter of the table
    """It should know the names that a price list can have, whatever the size in them."""
    assert known is is_item(name)


def test_it_is_kept_to_the_penny() -> None:
    """It should come back from a file as it was put there, numbers and all."""
    use = Use("a", "x", Decimal("0.001"), by_use=True)

    assert use == msgspec.json.decode(msgspec.json.encode(use), type=Use)
