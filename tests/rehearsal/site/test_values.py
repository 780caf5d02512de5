"""Exchange's values as text."""

from __future__ import annotations

import pytest

from rehearsal.site.values import NotAValue, parse_binding, parse_range, parse_size, parse_span, size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B (0 bytes)"),
        (262_144, "256 KB (262,144 bytes)"),
        (159_449_088, "152.1 MB (159,449,088 bytes)"),
        (1_610_612_736, "1.5 GB (1,610,612,736 bytes)"),
        (246_960_619_520, "230 GB (246,960,619,520 bytes)"),
    ],
)
def test_sizes_read_as_exchange_writes_them(size: int, text: str) -> None:
    """It should write a size as Exchange does and read it back (fact D6)."""
    assert text == size_text(size)
    assert size == parse_size(text)


def test_sizes_are_read_in_units() -> None:
    """It should read a size with a unit, with or without a space."""
    assert [41_943_040] * 2 == [parse_size("40MB"), parse_size("40 mb")]


def test_spans_are_normalised() -> None:
    """It should write spans with two digits each and days only where there are some."""
    assert ["00:05:00", "30.00:00:00"] == [parse_span("0:5:0"), parse_span("30.00:00:00")]


def test_addresses_are_normalised() -> None:
    """It should take one address, a network or two ends, of either version."""
    given = ["10.0.0.1", "10.0.0.0/24", "10.0.0.1 - 10.0.0.9", "::-::ffff"]
    assert ["10.0.0.1", "10.0.0.0/24", "10.0.0.1-10.0.0.9", "::-::ffff"] == [
        parse_range(text) for text in given
    ]
    assert ["0.0.0.0:25", "[::]:25"] == [parse_binding("0.0.0.0:25"), parse_binding("[::]:25")]


@pytest.mark.parametrize("text", ["::25", "0.0.0.0:0", "host:25", "[0.0.0.0]:25"])
def test_bad_bindings_are_refused(text: str) -> None:
    """It should refuse what cannot be listened on."""
    with pytest.raises(NotAValue):
        parse_binding(text)
