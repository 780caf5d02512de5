"""What things cost in an environment, by its own price list."""

from __future__ import annotations

from estate_schema import ConfigurationError
from estate_schema.prices import load_prices
from mailwave import rules
from mailwave.core.change.meters import is_item
from mailwave.core.prices import PriceList
from mailwave.wiring.settings import Settings


def prices_of(settings: Settings) -> PriceList:
    """What things cost in the environment, by its own price list.

    Raises:
        ConfigurationError: it is not there, not right, or has a price for something that nothing here takes.
    """
    file = settings.rules / f"prices.{settings.environment}.yaml"
    found = rules.prices(load_prices(file))
    for item in found.prices:
        if not is_item(item):
            raise ConfigurationError(
                file=file,
                key=f"prices.{item}",
                problem="is nothing that is counted here",
                allowed="an item as reports and changes call it",
            )
    return found
