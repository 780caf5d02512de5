"""England's bank holidays, held to what the government lists."""

from datetime import date

from estate_schema.bank_holidays import bank_holidays


def test_are_englands() -> None:
    """It should have the eight of England, those of Scotland not, and none twice."""
    found = bank_holidays([2026])

    expected = {(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)}
    assert expected <= {(day.month, day.day) for day in found}
    assert not {(1, 2), (11, 30), (7, 12)} & {(day.month, day.day) for day in found}
    assert found[date(2026, 4, 6)] == "Easter Monday"


def test_have_substitutes_and_single_ones() -> None:
    """It should have the substitutes of Christmas 2027, and the coronation's Monday of 2023."""
    found = bank_holidays([2023, 2027])

    assert {date(2027, 12, 27), date(2027, 12, 28), date(2023, 5, 8)} <= set(found)
    assert sorted(found) == list(found)
