"""Exchange's values as Python values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange_admin import values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.5 GB (2,684,354,648 bytes)", 2_684_354_648),  # fact A31
        ("152.1 MB (159,449,088 bytes)", 159_449_088),  # fact D6
        ("0 B (0 bytes)", 0),
        ("60 GB", 60 * 1024**3),  # fact A31
        ("1.5 kb", 1536),
        ("Unlimited", None),
    ],
)
def test_a_size_is_its_bytes(text: str, expected: int | None) -> None:
    """It should read the exact bytes where they are given, and none from Unlimited."""
    assert expected == values.size_bytes(text)


@pytest.mark.parametrize("text", ["", "lots", "12", "GB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """It should refuse a text that is no size, and keep it."""
    with pytest.raises(values.NotASize) as caught:
        values.size_bytes(text)
    assert text == caught.value.text


def test_wrappers_come_off() -> None:
    """It should take off wrappers and companion keys at any depth (fact A31)."""
    wrapped = {
        "Count": {"Value": 42, "@odata.type": "#Int"},
        "Guid": {"Guid": "b1c3"},
        "EmailAddresses": [{"ProxyAddressString": "SMTP:a@b.example"}, "smtp:c@d.example"],
        "EmailAddresses@odata.type": "#Collection(String)",
        "Size@data.type": "x",
        "Nested": {"Value": {"Value": 1}},
        "Kept": {"Value": 1, "Other": 2},
    }
    expected = {
        "Count": 42,
        "Guid": "b1c3",
        "EmailAddresses": ["SMTP:a@b.example", "smtp:c@d.example"],
        "Nested": 1,
        "Kept": {"Value": 1, "Other": 2},
    }
    assert expected == values.plain(wrapped)


def test_a_guid_is_canonical() -> None:
    """It should bring a GUID into one form, and tell that one was never stamped (fact B49)."""
    assert "0a1b2c3d-0000-4000-8000-000000000001" == values.guid("{0A1B2C3D-0000-4000-8000-000000000001}")
    assert values.guid("00000000-0000-0000-0000-000000000000") is None


@pytest.mark.parametrize(
    ("value", "items"),
    [(["a", "b"], ["a", "b"]), (("a",), ["a"]), ("a", ["a"]), ([], []), ("", []), (None, [])],
)
def test_a_property_of_several_values_is_a_list(value: object, items: list[str]) -> None:
    """It should make a list of what stands alone, and an empty one of nothing."""
    assert items == values.listed(value)


@pytest.mark.parametrize(
    "shown",
    [
        "2026-09-01T08:00:00Z",
        "2026-09-01T08:00:00",
        "2026-09-01T09:00:00+01:00",
        "2026-09-01T08:00:00.0000000Z",
        datetime(2026, 9, 1, 8),  # noqa: DTZ001
        datetime(2026, 9, 1, 9, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_moment_is_utc(shown: object) -> None:
    """It should read a time in UTC, taking one without a zone as UTC (fact B9)."""
    found = values.moment(shown)

    assert (datetime(2026, 9, 1, 8, tzinfo=UTC), UTC) == (found, found.tzinfo)


def test_what_is_no_moment_is_refused() -> None:
    """It should refuse nothing, which is no time."""
    with pytest.raises(ValueError, match="None"):
        values.moment(None)


def test_a_moment_is_written_with_seven_decimals() -> None:
    """It should write a time in UTC with seven decimals (fact A18)."""
    summer = timezone(timedelta(hours=1))
    assert "2026-09-01T07:30:00.1234560Z" == values.moment_text(
        datetime(2026, 9, 1, 8, 30, 0, 123456, summer)
    )


def test_a_time_without_a_zone_is_not_written() -> None:
    """It should refuse to guess the zone of a time."""
    with pytest.raises(ValueError, match="no zone"):
        values.moment_text(datetime(2026, 9, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(hours=24), "1.00:00:00"),
        (timedelta(0), "00:00:00"),
        (timedelta(minutes=-90), "-01:30:00"),
        (timedelta(seconds=1, microseconds=5), "00:00:01.0000050"),
    ],
)
def test_a_span_is_written_as_dotnet_does(span: timedelta, expected: str) -> None:
    """It should write a span in .NET's constant form."""
    assert expected == values.span_text(span)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10_000_000)))
def test_a_span_is_read_as_it_is_written(span: timedelta) -> None:
    """It should read back what it has written, to the microsecond."""
    assert span == values.span(values.span_text(span))


@pytest.mark.parametrize(
    "text", ["", "30", "30.00", "-01:30:00", "1.2.00:00:00", "00:10", "ten minutes", "00:10:00\n"]
)
def test_what_is_no_span_is_refused(text: str) -> None:
    """It should refuse a text that is no length of time, and name it."""
    with pytest.raises(ValueError, match="is no time span") as caught:
        values.span(text)
    assert repr(text) in str(caught.value)
