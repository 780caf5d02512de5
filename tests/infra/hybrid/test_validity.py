"""Dates after which something outside the stack stops working."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.errors import BadSetting
from infra.hybrid.validity import check_certificates, warnings
from tests.infra.hybrid.shipped import STACK, shipped

TODAY = date(2026, 11, 21)


def certificates(*days: str) -> list[dict[str, str]]:
    """Certificates with these last days."""
    return [{"name": f"mail{number}.example", "expires": day} for number, day in enumerate(days)]


def endpoint(expires: str) -> dict[str, Any]:
    """An endpoint whose credentials expire then."""
    bounds = {"minimum": 1, "maximum": 9}
    return {
        "name": "leeds",
        "remote_server": "mail.leeds.example",
        "migrations": bounds,
        "incremental_syncs": bounds,
        "credentials_expire": expires,
    }


def test_an_expired_certificate_is_refused() -> None:
    """It should name the key, the day that has passed, and what is allowed."""
    settings = shipped(certificates=certificates("2026-12-31", "2026-11-20"))
    with pytest.raises(BadSetting) as refused:
        check_certificates(STACK, settings, TODAY)
    assert "mailwave:certificates[1].expires" == refused.value.key
    assert 'is "2026-11-20", which has passed' == refused.value.problem
    assert "a day from 2026-11-21 on" in refused.value.allowed


def test_the_last_day_is_a_valid_one() -> None:
    """It should take a certificate on its last day."""
    check_certificates(STACK, shipped(certificates=certificates("2026-11-21")), TODAY)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(["2026-12-21"], 1), (["2026-12-22"], 0), (["2026-12-01", "2027-12-01"], 0)],
)
def test_somebody_is_told_of_the_next_certificate(days: list[str], expected: int) -> None:
    """It should warn 30 days before a certificate without a successor ends, and say in which order to act."""
    told = list(warnings(shipped(certificates=certificates(*days)), TODAY))
    assert expected == len(told)
    assert all("mail0.example expires" in text and "add the next" in text for text in told)


@pytest.mark.parametrize(("day", "expected"), [("2026-12-05", 1), ("2026-12-06", 0), ("2026-01-01", 1)])
def test_somebody_is_told_of_credentials(day: str, expected: int) -> None:
    """It should say which command a person runs elsewhere for credentials that are old or soon will be (fact A19)."""
    told = list(warnings(shipped(endpoints=[endpoint(day)]), TODAY))
    assert expected == len(told)
    assert all("Set-MigrationEndpoint -Identity leeds -Credentials" in text for text in told)


def test_what_is_shipped_needs_nothing() -> None:
    """It should have nothing to say of the rehearsal as it is shipped."""
    check_certificates(STACK, shipped(), TODAY)
    assert [] == list(warnings(shipped(), TODAY))
