"""Whether the configured certificates can be used at all, looked at before anything is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from infra.errors import BadSetting
from infra.settings.identity import LONGEST_CERTIFICATE, Certificate
from infra.stack import PROJECT, StackName


def check_certificates(stack: StackName, certificates: Sequence[Certificate], today: date) -> None:
    """Look at the dates of each against *today*, in UTC, and against those inside the certificate.

    Raises:
        BadSetting: one has expired, cannot be read, or is used on days on which it is not valid.
    """
    for number, certificate in enumerate(certificates):
        problem = _problem(certificate, today)
        if problem:
            field, words, allowed = problem
            raise BadSetting(
                stack=str(stack),
                key=f"{PROJECT}:certificates[{number}].{field}",
                problem=words,
                allowed=allowed,
            )


def _problem(certificate: Certificate, today: date) -> tuple[str, str, str] | None:
    """The field, what is wrong with it, and what is allowed."""
    if certificate.expires <= today:
        return (
            "expires",
            f'is "{certificate.expires}", which has passed',
            f"a day after today, {today}, and at most {LONGEST_CERTIFICATE.days} days after the first",
        )
    valid = _valid(certificate.pem)
    if valid is None:
        return "pem", "is not a certificate that can be read", "an X.509 certificate in PEM"
    first, last = valid
    if certificate.starts < first:
        return "starts", f'is "{certificate.starts}", before it is valid', f"{first} or later"
    if certificate.expires > last:
        return "expires", f'is "{certificate.expires}", when it is no longer valid', f"{last} or earlier"
    return None


def _valid(pem: str) -> tuple[date, date] | None:
    """The first and the last day that the certificate itself says; None if it cannot be read."""
    from cryptography.x509 import load_pem_x509_certificate  # most stacks have no certificate to read

    try:
        read = load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None
    return read.not_valid_before_utc.date(), read.not_valid_after_utc.date()
