"""The price lists: what they take, what they refuse, and that each item of ours can be charged for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from estate_schema.prices import load_prices
from mailwave.wiring.prices import prices_of
from mailwave.wiring.settings import Settings

FOLDER = Path(__file__).parents[2] / "environments"
FILE = FOLDER / "prices.rehearsal.yaml"


@pytest.mark.parametrize("environment", ["dev", "pilot", "production", "rehearsal"])
def test_every_environments_prices_are_taken(environment: str) -> None:
    """It should be a list of what changes can be charged for; only the rehearsal's prices are made up."""
    found = prices_of(Settings.load(environment))

    assert (environment == "rehearsal") is found.example is bool(found.prices)


def test_a_price_is_exact() -> None:
    """It should be the number that is written, to the last place."""
    assert Decimal("0.07") == load_prices(FILE).prices["data out to a site"].price


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("price: 150.00", "price: -150.00", "prices.gateway VpnGw1AZ.price"),
        ("price: 150.00", "price: free", "prices.gateway VpnGw1AZ.price"),
        ("currency: GBP", "currency: pounds", "prices.gateway VpnGw1AZ.currency"),
        ("per: month", "per: year", "prices.gateway VpnGw1AZ.per"),
        ("source: example, ", "", "prices.gateway VpnGw1AZ.source: is missing"),
        ("dated: 2026-09-01", "dated: yesterday", "prices.gateway VpnGw1AZ.dated"),
        ("expected: 200", "expected: 0", "prices.data out to a site.expected"),
        ("gateway VpnGw1AZ", "gatway VpnGw1AZ", "prices.gatway VpnGw1AZ: is nothing that is counted"),
        ("  gateway connection:", "  gateway VpnGw1AZ:", "is given twice"),
    ],
)
def test_a_wrong_file_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    """It should say in one sentence what is wrong with it."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    for file in FOLDER.glob("*.rehearsal.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / FILE.name).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        prices_of(Settings.load("rehearsal").ruled_by(tmp_path))
