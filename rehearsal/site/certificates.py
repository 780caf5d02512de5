"""Exchange's cmdlets for certificates, over the same store that Windows shows (fact D10)."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.machine import Certificate, Machine, Machines
from rehearsal.site.offer import Offer, offered
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

_ORDER = ("IMAP", "POP", "IIS", "SMTP", "Federation")

"""Import- and New- carry keys and files, which a play brings through Windows instead: they are not modelled."""


class Certificates:
    """The certificates of every server."""

    def __init__(self, around: Surroundings, machines: Machines) -> None:
        self._around = around
        self._machines = machines
        self.cmdlets: Offer = {
            "Get-ExchangeCertificate": offered("DomainName Identity Server Thumbprint", self._get),
            "Enable-ExchangeCertificate": offered(
                "DoNotRequireSsl Force Identity Server Services Thumbprint", self._enable
            ),
            "Remove-ExchangeCertificate": offered("Identity Server Thumbprint", self._remove),
        }

    def _machine(self, bound: Bound) -> Machine:
        r"""The server meant: `SERVER\thumbprint`, -Server, or the one that took the call."""
        server, backslash, _ = str(bound.get("Identity") or "").rpartition("\\")
        asked = server if backslash else bound.get("Server") or bound.server
        return self._machines[self._around.server(asked, self._around.controller(bound)).name]

    def _get(self, bound: Bound) -> CmdletResult:
        machine = self._machine(bound)
        if bound.get("Identity") or bound.get("Thumbprint"):
            return CmdletResult(rows=[self._row(machine, self._meant(bound, machine))])
        found = machine.certificates.values()
        wanted = {str(name).casefold() for name in bound.get("DomainName") or ()}
        rows = [
            self._row(machine, each) for each in found if wanted <= {n.casefold() for n in each.dns_names}
        ]
        return CmdletResult(rows=rows)

    def _enable(self, bound: Bound) -> CmdletResult:
        machine = self._machine(bound)
        certificate = self._meant(bound, machine)
        if not certificate.has_private_key:
            raise failures.certificate_refused(certificate.thumbprint, "The private key is missing.")
        if not certificate.not_before <= self._around.clock.now < certificate.not_after:
            raise failures.certificate_refused(certificate.thumbprint, "The certificate isn't valid now.")
        services = frozenset(bound.get("Services").split(", ")) - {"None"}
        replaces = "SMTP" in services and "SMTP" not in certificate.services
        quiet = bound.get("Force") or bound.get("Confirm") is False or bound.get("WhatIf")
        if replaces and not quiet and self._around.options.writes_ask:
            raise failures.no_confirmation("Overwrite the existing default SMTP certificate?")
        if bound.changes:
            self._machines.change(machine.name, lambda there: _bound_to(there, certificate, services))
        return CmdletResult()

    def _remove(self, bound: Bound) -> CmdletResult:
        machine = self._machine(bound)
        certificate = self._meant(bound, machine)
        if bound.get("Confirm") is not False and not bound.get("WhatIf") and self._around.options.writes_ask:
            raise failures.no_confirmation(f"Remove certificate with thumbprint {certificate.thumbprint}?")
        if bound.changes:
            left = machine.certificates.without(certificate.thumbprint)
            self._machines.change(machine.name, lambda there: replace(there, certificates=left))
        return CmdletResult()

    def _meant(self, bound: Bound, machine: Machine) -> Certificate:
        asked = str(bound.get("Thumbprint") or bound.get("Identity") or "").rpartition("\\")[2]
        if not asked:
            raise failures.missing_parameters(["Thumbprint"])
        found = machine.certificates.get(asked.replace(" ", ""))
        if found is None:
            raise failures.certificate_not_found(asked, machine.name)
        return found

    def _row(self, machine: Machine, certificate: Certificate) -> Row:
        now = self._around.clock.now
        valid = certificate.not_before <= now < certificate.not_after
        return {
            "CertificateDomains": list(certificate.dns_names),
            "FriendlyName": certificate.friendly_name,
            "HasPrivateKey": certificate.has_private_key,
            "Identity": f"{machine.fqdn}\\{certificate.thumbprint}",
            "IsSelfSigned": certificate.self_signed,
            "Issuer": certificate.issuer,
            "NotAfter": certificate.not_after,
            "NotBefore": certificate.not_before,
            "PrivateKeyExportable": certificate.exportable,
            "PublicKeySize": 2048,
            "RootCAType": "None" if certificate.self_signed else "ThirdParty",
            "SerialNumber": certificate.serial_number,
            "Services": ", ".join(name for name in _ORDER if name in certificate.services) or "None",
            "Status": "Valid" if valid else "DateInvalid",
            "Subject": certificate.subject,
            "Thumbprint": certificate.thumbprint,
        }


def _bound_to(machine: Machine, certificate: Certificate, services: frozenset[str]) -> Machine:
    """*machine* with *services* on *certificate*: IIS has one certificate, the others are added (fact D18)."""
    after = machine
    if "IIS" in services:
        for other in machine.certificates.values():
            # the one that set-up made stays bound to the back end
            if other.thumbprint != certificate.thumbprint and not other.self_signed:
                after = after.with_certificate(replace(other, services=other.services - {"IIS"}))
    return after.with_certificate(replace(certificate, services=certificate.services | services))
