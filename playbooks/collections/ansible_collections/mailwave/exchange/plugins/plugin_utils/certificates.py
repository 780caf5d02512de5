# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Which certificate Exchange uses for what on one server, changed so that mail and web never stand without one.

A new certificate is bound first and works beside the old one; the old one is taken away later, and only where another
stands in for each of its services.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotTaken, PlayError

from exchange_admin.errors import OutcomeUnknown
from exchange_admin.port import ExchangeAdmin


class CertificateMissing(PlayError):
    """*server* has no certificate with *thumbprint*, or none with a private key."""

    def __init__(self, *, server: str, thumbprint: str) -> None:
        self.server = server
        self.thumbprint = thumbprint
        super().__init__(f"{server} has no certificate {thumbprint} with a private key; import it first")


class StillNeeded(PlayError):
    """The certificate with *thumbprint* is the only one of *server* for *services*."""

    def __init__(self, *, server: str, thumbprint: str, services: Sequence[str]) -> None:
        self.server = server
        self.thumbprint = thumbprint
        self.services = list(services)
        super().__init__(
            f"certificate {thumbprint} of {server} is the only one for {', '.join(services)}; bind another first"
        )


@dataclass(frozen=True)
class Held:
    """One certificate as Exchange shows it."""

    thumbprint: str
    services: frozenset[str]
    has_private_key: bool
    self_signed: bool


def held(admin: ExchangeAdmin, server: str) -> dict[str, Held]:
    """The certificates of *server* by thumbprint, in capitals."""
    rows = admin.invoke("Get-ExchangeCertificate", {"Server": server}).rows
    found = [
        Held(
            thumbprint=str(row["Thumbprint"]).upper(),
            services=frozenset(each.strip() for each in str(row["Services"]).split(",")) - {"None"},
            has_private_key=bool(row["HasPrivateKey"]),
            self_signed=bool(row["IsSelfSigned"]),
        )
        for row in rows
    ]
    return {each.thumbprint: each for each in found}


def bind(
    admin: ExchangeAdmin, server: str, thumbprint: str, services: Sequence[str], *, check: bool
) -> list[str]:
    """Use the certificate for *services* and return those that it was not used for before.

    Raises:
        CertificateMissing: it is not there, unless in *check*, where a task before may be what brings it.
        NotTaken: Exchange accepted the change, and reading it back shows something else.
    """
    found = held(admin, server).get(thumbprint.upper())
    if found is None and check:
        return sorted(services)
    if found is None or not found.has_private_key:
        raise CertificateMissing(server=server, thumbprint=thumbprint)
    missing = sorted(set(services) - found.services)
    if not missing or check:
        return missing
    wanted = ", ".join(sorted(found.services | set(services)))
    lost = _send(
        admin,
        "Enable-ExchangeCertificate",
        {"Server": server, "Thumbprint": thumbprint, "Services": wanted, "Force": True},
    )
    after = held(admin, server)[thumbprint.upper()]
    if not set(services) <= after.services:
        raise lost or NotTaken(
            identity=f"certificate {thumbprint} of {server}",
            wanted={"services": wanted},
            found={"services": ", ".join(sorted(after.services))},
        )
    return missing


def retire(admin: ExchangeAdmin, server: str, thumbprint: str, *, check: bool) -> bool:
    """Remove the certificate from *server* and tell whether it was, or would be; one that is gone is no error.

    Raises:
        StillNeeded: it is the only one, beside those that Exchange signed itself, for a service.
    """
    all_held = held(admin, server)
    found = all_held.get(thumbprint.upper())
    if found is None:
        return False
    others = [
        each for each in all_held.values() if each.thumbprint != found.thumbprint and not each.self_signed
    ]
    alone = sorted(found.services - frozenset(name for each in others for name in each.services))
    if alone:
        raise StillNeeded(server=server, thumbprint=thumbprint, services=alone)
    if not check:
        lost = _send(
            admin,
            "Remove-ExchangeCertificate",
            {"Server": server, "Thumbprint": thumbprint, "Confirm": False},
        )
        if thumbprint.upper() in held(admin, server):
            raise lost or NotTaken(
                identity=f"certificate {thumbprint} of {server}",
                wanted={"state": "absent"},
                found={"state": "present"},
            )
    return True


def _send(admin: ExchangeAdmin, cmdlet: str, parameters: dict[str, object]) -> OutcomeUnknown | None:
    """Send one write. A lost answer is returned, not raised: reading back decides what it meant."""
    try:
        admin.invoke(cmdlet, parameters)
    except OutcomeUnknown as lost:
        return lost
    return None
