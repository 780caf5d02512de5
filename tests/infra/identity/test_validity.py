"""Certificates that are looked at before anything is planned."""

from __future__ import annotations

from datetime import date

import pytest

from infra.errors import BadSetting
from infra.identity.validity import check_certificates
from infra.settings.identity import Certificate
from infra.stack import StackName
from tests.infra.identity.certificates import a_certificate

STACK = StackName("identity", "pilot")
TODAY = date(2026, 11, 21)
GOOD = a_certificate(holder="reader", starts=date(2026, 11, 1), expires=date(2027, 4, 1))


def test_takes_a_good_one() -> None:
    """It should take a certificate that is valid on all the days for which it is configured."""
    check_certificates(STACK, [GOOD], TODAY)


@pytest.mark.parametrize(
    ("certificate", "field", "words", "allowed"),
    [
        (
            a_certificate(holder="reader", starts=date(2026, 6, 1), expires=TODAY),
            "expires",
            'is "2026-11-21", which has passed',
            "a day after today, 2026-11-21, and at most 180 days after the first",
        ),
        (
            a_certificate(
                holder="reader",
                starts=date(2026, 11, 1),
                expires=date(2027, 4, 1),
                pem="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
            "pem",
            "is not a certificate that can be read",
            "an X.509 certificate in PEM",
        ),
        (
            a_certificate(holder="reader", starts=date(2027, 11, 1), expires=date(2028, 2, 1)),
            "expires",
            'is "2028-02-01", when it is no longer valid',
            "2027-12-31 or earlier",
        ),
        (
            GOOD.model_copy(update={"starts": date(2025, 12, 1)}),
            "starts",
            'is "2025-12-01", before it is valid',
            "2026-01-01 or later",
        ),
    ],
)
def test_refuses_what_cannot_be_used(certificate: Certificate, field: str, words: str, allowed: str) -> None:
    """It should name the certificate by its place, what is wrong with it, and what is allowed."""
    with pytest.raises(BadSetting) as refused:
        check_certificates(STACK, [GOOD, certificate], TODAY)

    assert f"mailwave:certificates[1].{field}" == refused.value.key
    assert (words, allowed) == (refused.value.problem, refused.value.allowed)
