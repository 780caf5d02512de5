"""England's bank holidays, from the library that keeps them; nothing else of it is used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def bank_holidays(years: Iterable[int]) -> dict[date, str]:
    """England's bank holidays of *years* by day, in order, with substitute days and those proclaimed for one year."""
    import holidays

    found = holidays.country_holidays("GB", subdiv="ENG", years=list(years))
    return {day: str(found[day]) for day in sorted(found)}
