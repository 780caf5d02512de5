# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The checks of a server's certificates: names, expiry, who issued them, and what they are bound to (fact D18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import (
    Case,
    Check,
    Found,
    Reading,
    Row,
)

DAY = 86_400
Certificate = Mapping[str, Any]


def bound(reading: Reading, service: str) -> list[Certificate]:
    """The certificates that Exchange uses for *service*, IIS or SMTP, but for those that set-up made itself."""
    own = {str(row["Thumbprint"]).upper(): row for row in reading.rows("certificates")}
    return [
        each | {"services": _services(own[each["thumbprint"].upper()])}
        for each in reading.field("store", "certificates")
        if each["thumbprint"].upper() in own
        and service in _services(own[each["thumbprint"].upper()])
        and not _of_setup(each)
    ]


def _of_setup(certificate: Certificate) -> bool:
    """A public certificate may be called so too, but it did not sign itself."""
    own = certificate["issuer"] == certificate["subject"]
    return own and str(certificate["friendly_name"]).startswith("Microsoft Exchange")


def covers(certificate: Certificate, name: str) -> bool:
    """Whether *certificate* is for the host *name*; a star stands for one part of a name."""
    wanted = name.casefold()
    alike = {each.casefold() for each in certificate["dns_names"]}
    return wanted in alike or "*." + wanted.partition(".")[2] in alike


def wanted_names(case: Case) -> list[str]:
    """The names that clients and Exchange Online ask for: those given, or those of EWS and Autodiscover."""
    if case.wanted.get("names"):
        return sorted(case.wanted["names"])
    ews = case.reading.row("ews")
    host = urlsplit(str(ews["ExternalUrl"] or "")).hostname
    names = {host} if host else set()
    return sorted(names | {f"autodiscover.{case.wanted['mail_domain']}"})


def _names(case: Case) -> Iterator[Found]:
    for_web = bound(case.reading, "IIS")
    held = sorted({name for each in for_web for name in each["dns_names"]})
    for name in wanted_names(case) if for_web else ():
        yield Found(held, name, any(covers(each, name) for each in for_web), name)


def _expired(case: Case) -> Iterator[Found]:
    for each in _used(case.reading):
        yield Found(
            each["valid_to_iso8601"],
            "later than now",
            each["valid_to"] > case.reading.now,
            each["thumbprint"],
        )


def _expiring(case: Case) -> Iterator[Found]:
    """One that has expired already is another finding."""
    days = int(case.wanted.get("days", 30))
    for each in _used(case.reading):
        left = (each["valid_to"] - case.reading.now) / DAY
        yield Found(round(left), days, left >= days or left <= 0, each["thumbprint"])


def _used(reading: Reading) -> list[Certificate]:
    used = {each["thumbprint"]: each for service in ("IIS", "SMTP") for each in bound(reading, service)}
    return list(used.values())


def _self_signed(case: Case) -> Iterator[Found]:
    for each in _used(case.reading):
        yield Found(
            each["issuer"], "a public authority", each["issuer"] != each["subject"], each["thumbprint"]
        )


def _no_key(case: Case) -> Iterator[Found]:
    for each in _used(case.reading):
        yield Found(bool(each["has_private_key"]), True, bool(each["has_private_key"]), each["thumbprint"])


def _bound_to(service: str) -> Check:
    def check(case: Case) -> Found:
        found = [each["thumbprint"] for each in bound(case.reading, service)]
        return Found(found, f"a certificate for {service}", bool(found))

    return check


def _same(case: Case) -> Iterator[Found]:
    """Hybrid mail needs the same issuer and subject on all servers (fact D18)."""
    own = _mail_names(case.reading)
    others = [_mail_names(each) for each in case.everybody.values()]
    usual = max(others, key=others.count, default=own)
    if own and usual:  # a server without one has another finding
        # while certificates are rotated side by side a server may have the old and the new one
        yield Found(own, usual, bool(set(own) & set(usual)))


def _mail_names(reading: Reading) -> list[str]:
    return sorted({f"<I>{each['issuer']}<S>{each['subject']}" for each in bound(reading, "SMTP")})


def _services(row: Row) -> set[str]:
    return {each.strip() for each in str(row["Services"]).split(",")} - {"None"}


CERTIFICATES: Mapping[str, Check] = {
    "certificate-web-unbound": _bound_to("IIS"),
    "certificate-mail-unbound": _bound_to("SMTP"),
    "certificate-name-missing": _names,
    "certificate-expired": _expired,
    "certificate-expiring": _expiring,
    "certificate-self-signed": _self_signed,
    "certificate-without-key": _no_key,
    "certificate-differs": _same,
}
