"""Dates after which something outside the stack stops working, looked at before anything is planned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from infra.errors import BadSetting
from infra.settings.hybrid import HybridSettings
from infra.stack import PROJECT, StackName

CERTIFICATE_NOTICE = timedelta(days=30)
"""How long before its last day somebody is told of a certificate that has no successor."""
CREDENTIALS_NOTICE = timedelta(days=14)
"""The same for the account of a migration endpoint."""


def check_certificates(stack: StackName, settings: HybridSettings, today: date) -> None:
    """Look at the last day of each certificate against *today*, in UTC.

    Raises:
        BadSetting: one has expired: Exchange Online would refuse the mail of the servers that present it.
    """
    for number, certificate in enumerate(settings.certificates):
        if certificate.expires < today:
            raise BadSetting(
                stack=str(stack),
                key=f"{PROJECT}:certificates[{number}].expires",
                problem=f'is "{certificate.expires}", which has passed',
                allowed=f"a day from {today} on: put a valid certificate on the servers first",
            )


def warnings(settings: HybridSettings, today: date) -> Iterator[str]:
    """Say what must be done elsewhere, by whom, and how."""
    current = settings.certificates[0]
    if len(settings.certificates) == 1 and current.expires - today <= CERTIFICATE_NOTICE:
        yield (
            f"{PROJECT}:certificates: {current.name} expires on {current.expires}: add the next certificate to the "
            "list and deploy, then run play 04_certificates with it, then take this one out"
        )
    for endpoint in settings.endpoints:
        expire = endpoint.credentials_expire
        if expire is not None and expire - today <= CREDENTIALS_NOTICE:
            yield (
                f"{PROJECT}:endpoints: the credentials of {endpoint.name} expire on {expire}, and this stack cannot "
                "set them (fact A19): run play 34_credential_rotation, then let a person run Set-MigrationEndpoint "
                f"-Identity {endpoint.name} -Credentials in PowerShell 7 with ExchangeOnlineManagement, then write the "
                "new day into credentials_expire"
            )
