"""Get- and Set-AuthConfig: the certificate for OAuth, turned over while each server has the old one and the new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.hybrid import EXCHANGE_ONLINE
from rehearsal.site.machine import Certificate, Machines
from rehearsal.site.machine_setup import OAUTH, SERVICE_HOST
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.surroundings import Surroundings
from rehearsal.wire import CmdletResult

_CURRENT, _PREVIOUS, _NEXT, _DATE = (
    "CurrentCertificateThumbprint",
    "PreviousCertificateThumbprint",
    "NextCertificateThumbprint",
    "NextCertificateEffectiveDate",
)

AUTH_CONFIG = Kind(
    noun="AuthConfig",
    container="CN=Auth Configuration",
    verbs=("Get", "Set"),
    alone=True,
    ignored=frozenset(
        {
            *(
                "ClearPreviousCertificate",
                "PublishCertificate",
                "SkipImmediateCertificateDeployment",
                "Server",
            ),
            *("CertificateThumbprint", "NewCertificateThumbprint", "NewCertificateEffectiveDate"),
        }
    ),
    defaults={
        _CURRENT: None,
        _PREVIOUS: None,
        _NEXT: None,
        _DATE: None,
        "ServiceName": EXCHANGE_ONLINE,
        "Realm": None,
    },
)


class AuthConfig(Objects):
    """The organisation's one such object, and the certificates of all *machines* that it brings to them."""

    def __init__(self, around: Surroundings, machines: Machines) -> None:
        first = next(iter(machines)).certificates.values()
        current = next(each.thumbprint for each in first if each.subject == OAUTH)
        super().__init__(AUTH_CONFIG, around, [{"Name": "Auth Configuration", _CURRENT: current}])
        self._machines = machines

    def _set(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        before = self._meant(bound, controller)
        changes = self._turned(bound, before)
        if not changes:
            return super()._set(bound)
        if bound.changes:
            self.change(before, changes, controller)
            if (following := changes.get(_NEXT)) and (certificate := self._installed(bound, following)):
                self._bring(certificate, changes[_DATE], controller)
        return CmdletResult()

    def _turned(self, bound: Bound, before: Mapping[str, object]) -> dict[str, Any]:
        """What *bound* changes of the certificates; nothing where it is about something else."""
        changes: dict[str, Any] = {}
        if bound.get("PublishCertificate"):
            following = before[_NEXT]
            if not following and self._around.options.auth_certificate_next:
                raise failures.no_next_certificate()
            if following:
                self._installed(bound, str(following))
            changes |= _published(before)
        if bound.get("ClearPreviousCertificate"):
            changes |= {_PREVIOUS: None}
        if thumbprint := bound.get("CertificateThumbprint"):
            self._installed(bound, thumbprint)
            changes |= {_CURRENT: thumbprint.upper()}
        if thumbprint := bound.get("NewCertificateThumbprint"):
            date = bound.get("NewCertificateEffectiveDate")
            self._installed(bound, thumbprint)
            self._ask_of_date(bound, date)
            changes |= {_NEXT: thumbprint.upper(), _DATE: date}
        return changes

    def _installed(self, bound: Bound, thumbprint: str) -> Certificate | None:
        """The certificate on the server that took the call, or that it names; none where the rule lets it be absent."""
        asked = bound.get("Server") or bound.server
        machine = self._machines[self._around.server(asked, self._around.controller(bound)).name]
        found = machine.certificates.get(thumbprint)
        if self._around.options.auth_certificate_installed and not (found and found.has_private_key):
            raise failures.certificate_refused(
                thumbprint, f"It isn't on {machine.name} with its private key."
            )
        return found

    def _ask_of_date(self, bound: Bound, date: datetime | None) -> None:
        hours = self._around.options.auth_certificate_notice_hours
        quiet = bound.get("Confirm") is False or bound.get("WhatIf") or bound.get("Force")
        near = (date or self._around.clock.now) < self._around.clock.now + timedelta(hours=hours)
        if near and not quiet:
            raise failures.no_confirmation(
                f'The new certificate effective date is not at least "{hours}" hours in the future and may not be '
                "deployed on all necessary servers."
            )

    def _bring(self, certificate: Certificate, date: datetime | None, controller: str) -> None:
        """Let the service hosts bring *certificate* to every server, and let it become current on its *date*."""
        clock, options = self._around.clock, self._around.options

        def deploy() -> None:
            for machine in list(self._machines):
                lacks = machine.certificates.get(certificate.thumbprint) is None
                if lacks and machine.services[SERVICE_HOST].state == "running":
                    self._machines.change(machine.name, lambda there: there.with_certificate(certificate))

        def turn() -> None:
            (row,) = self.rows(controller)
            if row[_NEXT] == certificate.thumbprint:
                self.change(row, _published(row), controller)

        if options.auth_certificate_deployed_hours:
            clock.call_at(clock.now + timedelta(hours=options.auth_certificate_deployed_hours), deploy)
        else:
            deploy()
        if date is not None and options.auth_certificate_turns:
            clock.call_at(date, turn)


def _published(row: Mapping[str, object]) -> dict[str, Any]:
    return {_CURRENT: row[_NEXT] or row[_CURRENT], _PREVIOUS: row[_CURRENT], _NEXT: None, _DATE: None}
