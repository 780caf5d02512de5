"""Faults of certificates and of MRSProxy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from rehearsal.estate import START
from rehearsal.site.machine import Certificate, Machine, RegistryValue
from rehearsal.site.machine_setup import EWS_CONFIG, IIS_CONFIG
from tests.playbooks.seeds.healthy import LIMIT, MARKS, RANGES, RULE, UPDATES, with_limits
from tests.playbooks.seeds.seed import SERVER, Change, Seed
from tests.playbooks.servers import Premises

CertificateChange = Callable[[Certificate], Certificate]
SPARE = "AA" * 20


def public(machine: Machine) -> Certificate:
    """The certificate of *machine* that clients meet."""
    return next(each for each in machine.certificates.values() if each.friendly_name == "Public")


def _public(**values: Any) -> Change:
    return lambda premises: premises.change(
        SERVER, lambda each: each.with_certificate(replace(public(each), **values))
    )


def _spare(**values: Any) -> Change:
    """One more certificate that is used for nothing, unless *values* say so."""

    def change(machine: Machine) -> Machine:
        unused = replace(public(machine), thumbprint=SPARE, friendly_name="Spare", services=frozenset())
        return machine.with_certificate(replace(unused, **values))

    return lambda premises: premises.change(SERVER, change)


def _directory(**values: object) -> Change:
    return lambda premises: premises.run(
        "Set-WebServicesVirtualDirectory", Identity=f"{SERVER}\\EWS (Default Web Site)", **values
    )


def _limits(attribute: str, *, marked: bool = True) -> Change:
    def change(premises: Premises) -> None:
        premises.change(SERVER, lambda each: with_limits(each, attribute, premises.clock))
        if not marked:
            premises.change(SERVER, _unmarked)

    return change


def _unmarked(machine: Machine) -> Machine:
    return replace(machine, registry=machine.registry.without_value(MARKS, "MrsProxyLimits"))


def _update(*, resets: bool) -> Change:
    """A security update keeps the file, and a cumulative one writes it anew (fact B44)."""

    def change(premises: Premises) -> None:
        if resets:
            premises.organisation.apply_cumulative_update(SERVER, UPDATES["15.2.2562"])
        else:
            premises.change(SERVER, lambda each: replace(each, exchange="15.2.2562.56"))

    return change


def _file(path: str, before: bytes, after: bytes) -> Change:
    def change(premises: Premises) -> None:
        content = premises.machines[SERVER].files[path].content.replace(before, after)
        premises.change(SERVER, lambda each: each.with_file(path, content, premises.clock.now))

    return change


def _rule(**values: Any) -> Change:
    return lambda premises: premises.change(
        SERVER, lambda each: each.with_firewall_rule(replace(each.firewall[RULE], **values))
    )


def _marked_build(premises: Premises) -> None:
    """A mark in other letters of the key is the same one."""
    premises.change(
        SERVER,
        lambda each: each.with_registry_value(
            MARKS.upper(), "mrsproxylimits", RegistryValue(f"MaxMRSConnections={LIMIT}", "REG_SZ")
        ),
    )


_NAMES = ("mail.leeds.nhsmail.example", "autodiscover.nhsmail.example")
_OTHER_ISSUER = "CN=Another Public CA, O=Example Trust, C=GB"
_SECTION = b'<MRSProxyConfiguration MaxMRSConnections="500" />'

CERTIFICATES = (
    Seed(
        "certificate-name-missing",
        "D18",
        plant=_public(dns_names=_NAMES[:1]),
        near=_public(dns_names=("*.leeds.nhsmail.example", "*.NHSMAIL.example")),
    ),
    Seed(
        "certificate-expired",
        "D18",
        plant=_public(not_after=START - timedelta(hours=1)),
        near=_spare(not_after=START - timedelta(days=400)),
    ),
    Seed(
        "certificate-expiring",
        "D18",
        plant=_public(not_after=START + timedelta(days=29)),
        near=_public(not_after=START + timedelta(days=30)),
    ),
    Seed(
        "certificate-self-signed",
        "D18",
        plant=_spare(issuer=f"CN={_NAMES[0]}", services=frozenset({"IIS", "SMTP"})),
        near=_spare(issuer=f"CN={_NAMES[0]}"),
    ),
    Seed(
        "certificate-without-key",
        "D18",
        plant=_public(has_private_key=False),
        near=_spare(has_private_key=False),
        repaired=True,
    ),
    Seed(
        "certificate-web-unbound",
        "D18",
        plant=_public(services=frozenset({"SMTP"})),
        near=_public(services=frozenset({"IIS", "SMTP", "IMAP"})),
        repaired=True,
    ),
    Seed(
        "certificate-mail-unbound",
        "D18",
        plant=_public(services=frozenset({"IIS"})),
        near=_public(friendly_name="Microsoft Exchange"),
        repaired=True,
    ),
    Seed(
        "certificate-differs",
        "D18",
        plant=_public(issuer=_OTHER_ISSUER),
        near=_spare(issuer=_OTHER_ISSUER, services=frozenset({"IIS", "SMTP"})),
        repaired=True,
    ),
)

MRS_PROXY = (
    Seed(
        "mrs-proxy-off",
        "B44",
        plant=_directory(MRSProxyEnabled=False),
        near=_directory(GzipLevel="Low"),
        repaired=True,
    ),
    Seed(
        "mrs-proxy-windows-authentication-off",
        "B46",
        plant=_directory(WindowsAuthentication=False),
        near=_directory(BasicAuthentication=True),
        repaired=True,
    ),
    Seed(
        "mrs-proxy-limits-low",
        "B44",
        plant=_limits('MaxMRSConnections="100"', marked=False),
        near=_limits(f'MaxMRSConnections="{LIMIT}" DataImportTimeoutEx="1"'),
        repaired=True,
    ),
    Seed(
        "mrs-proxy-limits-reset", "B44", plant=_update(resets=True), near=_update(resets=False), repaired=True
    ),
    Seed(
        "mrs-proxy-not-restarted",
        "B44",
        plant=lambda premises: premises.change(SERVER, _unmarked),
        near=_marked_build,
        repaired=True,
    ),
    Seed(
        "mrs-proxy-setting-misspelt",
        "B44",
        plant=_limits(f'MaxMRSConnections="{LIMIT}" dataImportTimeOut="00:20:00"'),
        near=_limits(f'MaxMRSConnections="{LIMIT}" Unheard="1"'),
    ),
    Seed(
        "mrs-proxy-limits-in-wrong-file",
        "B44",
        plant=_file(EWS_CONFIG, b"</configuration>", _SECTION + b"</configuration>"),
        near=_file(EWS_CONFIG, b"</configuration>", b"<!-- " + _SECTION + b" --></configuration>"),
        repaired=True,
    ),
    Seed(
        "mrs-proxy-handler-missing",
        "B45",
        plant=_file(IIS_CONFIG, b"svc-Integrated", b"svc-ISAPI"),
        near=_file(IIS_CONFIG, b"<handlers>", b'<handlers><add name="other" path="*.axd" />'),
    ),
    Seed(
        "mrs-proxy-firewall-shut",
        "D18",
        plant=_rule(remote=RANGES[:1]),
        near=_rule(remote=tuple(reversed(RANGES))),
        repaired=True,
    ),
)
