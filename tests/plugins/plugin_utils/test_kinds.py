"""Two ways of writing one value of an Exchange property."""

from __future__ import annotations

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import kinds


@pytest.mark.parametrize(
    ("kind", "written", "shown"),
    [
        (kinds.SIZE, "36MB", "36 MB (37,748,736 bytes)"),
        (kinds.SIZE, "unlimited", "Unlimited"),
        (kinds.SPAN, "00:10:00", "00:10:00"),
        (kinds.LIMIT, "5000", "5000"),
        (kinds.LIMIT, "UNLIMITED", "Unlimited"),
        (kinds.FLAGS, ["Tls", "Integrated"], "Integrated, Tls"),
        (kinds.FLAGS, ["None"], "None"),
        (kinds.SET, ["B:25", "a:25"], ["A:25", "b:25"]),
        (kinds.NAME, "FrontendTransport", "frontendtransport"),
        (kinds.FLAG, True, "True"),
    ],
)
def test_spellings(kind: kinds.Kind, written: object, shown: object) -> None:
    """It should compare what a person wrote with what Exchange shows by meaning."""
    assert kind.canonical(written) == kind.canonical(shown)


def test_span_with_days() -> None:
    """It should count the days of a span."""
    assert kinds.SPAN.canonical("1.00:00:05") == 86_405


def test_flags_travel_as_text() -> None:
    """It should send flags as one text, as Exchange shows them."""
    assert kinds.FLAGS.wire(["Tls", "Integrated"]) == "Integrated, Tls"


@pytest.mark.parametrize(
    ("kind", "value"),
    [(kinds.SPAN, "ten minutes"), (kinds.LIMIT, "many"), (kinds.FLAG, "yes"), (kinds.SIZE, "big")],
)
def test_no_value(kind: kinds.Kind, value: str) -> None:
    """It should refuse a text that is not of the kind."""
    with pytest.raises(ValueError, match=value):
        kind.canonical(value)
