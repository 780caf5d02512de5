"""The model of environments/prices.<environment>.yaml: what things cost, so that a change can be told with its cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from estate_schema.errors import validated
from estate_schema.reading import read_yaml
from estate_schema.values import Model

Text = Annotated[str, Field(min_length=1)]


class ItemPrice(Model):
    """What one *unit* of an item costs, without tax.

    *price* is in *currency*, for a month or once. *source* is where it stands (a contract, a quotation, a published
    list), *dated* the day of that. *expected* is how many units one resource is expected to take a month, where only
    use shows it; without it the cost stays unknown.
    """

    unit: Text
    price: Annotated[Decimal, Field(ge=0, decimal_places=6)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, such as GBP")]
    per: Literal["month", "once"]
    source: Text
    dated: date
    expected: Annotated[Decimal, Field(gt=0, decimal_places=3)] | None = None


class Prices(Model):
    """The price list of an environment, by item; what is not in it has an unknown price.

    *example*: the prices are made up, and every report says so. A change that takes something without a price names the
    item as it has to be called here.
    """

    example: bool = False
    prices: dict[Text, ItemPrice]


def load_prices(path: Path) -> Prices:
    """Read the price list at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Prices, read_yaml(path), path)
