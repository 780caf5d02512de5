"""Texts as Exchange Online writes them: domains, addresses, ranges and addresses of services."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

_LABEL = r"[A-Za-z0-9_]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LOCAL = re.compile(r"[^\s@<>;,\"]{1,64}")
_SPACE = re.compile(r"(?:smtp:)?(?P<domain>[^;]+)(?:;(?P<cost>\d+))?", re.IGNORECASE)
_SHARING = (
    "Anonymous",
    "ContactsSharing",
    "CalendarSharingFreeBusySimple",
    "CalendarSharingFreeBusyDetail",
    "CalendarSharingFreeBusyReviewer",
)
_WIDEST_PREFIX = 24
_LARGEST_RANGE = 256


class NotInForm(ValueError):
    """*text* has not the form *wanted*."""

    def __init__(self, *, text: str, wanted: str) -> None:
        self.text = text
        self.wanted = wanted
        super().__init__(f"{text!r} is no {wanted}")


def domain(text: str) -> str:
    """Return *text* if it is an SMTP domain; raise `NotInForm`."""
    if not _DOMAIN.fullmatch(text) or len(text) > 255:
        raise NotInForm(text=text, wanted="SmtpDomain")
    return text


def domains(text: str) -> str:
    """Return *text* if it is an SMTP domain, `*`, or one with `*.` before it; raise `NotInForm`."""
    if text != "*":
        domain(text.removeprefix("*."))
    return text


def address(text: str) -> str:
    """Return *text* if it is an SMTP address, or `<>`, which is nobody's; raise `NotInForm`."""
    local, _, host = text.rpartition("@")
    if text != "<>":
        if not _LOCAL.fullmatch(local):
            raise NotInForm(text=text, wanted="SmtpAddress")
        domain(host)
    return text


def address_space(text: str) -> str:
    """Return `*` as `smtp:*;1`, a domain likewise (seen in the public sample of ScubaGear); raise `NotInForm`."""
    found = _SPACE.fullmatch(text)
    if found is None:
        raise NotInForm(text=text, wanted="AddressSpace")
    return f"smtp:{domains(found['domain'])};{int(found['cost'] or 1)}"


def address_range(text: str) -> str:
    """Return one IPv4 address, a network of /24 to /32, or a range of at most 256; raise `NotInForm`."""
    first, hyphen, last = text.partition("-")
    try:
        if hyphen:
            low, high = ipaddress.IPv4Address(first.strip()), ipaddress.IPv4Address(last.strip())
            if not 0 <= int(high) - int(low) < _LARGEST_RANGE:
                raise NotInForm(text=text, wanted="IPRange")
        elif ipaddress.IPv4Interface(text).network.prefixlen < _WIDEST_PREFIX:
            raise NotInForm(text=text, wanted="IPRange")
    except (ipaddress.AddressValueError, ipaddress.NetmaskValueError):
        raise NotInForm(text=text, wanted="IPRange") from None
    return text


def network(text: str) -> str:
    """Return one IPv4 address, or a network of /24 to /32; raise `NotInForm`."""
    if "-" in text:
        raise NotInForm(text=text, wanted="IPRange")
    return address_range(text)


def uri(text: str) -> str:
    """Return *text* if it is an address of a service; raise `NotInForm`."""
    if any(mark.isspace() for mark in text) or not text:
        raise NotInForm(text=text, wanted="Uri")
    return text


def https(text: str) -> str:
    """Return *text* if it is an https address with a host; raise `NotInForm`."""
    parts = urlsplit(uri(text))
    if parts.scheme != "https" or not parts.hostname:
        raise NotInForm(text=text, wanted="Uri")
    return text


def sharing(text: str) -> str:
    """Return `domain:Action, Action` of a sharing policy; raise `NotInForm`."""
    whom, _, actions = text.partition(":")
    asked = [each.strip() for each in actions.split(",")]
    spelt = {each.casefold(): each for each in _SHARING}
    if not set(map(str.casefold, asked)) <= set(spelt):
        raise NotInForm(text=text, wanted="SharingPolicyDomain")
    if whom.casefold() not in ("*", "anonymous"):
        domain(whom)
    return f"{whom}:{', '.join(spelt[each.casefold()] for each in asked)}"


def protected_user(text: str) -> str:
    """Return `name;address` of somebody whom nobody may impersonate; raise `NotInForm`."""
    name, semicolon, where = text.partition(";")
    if not semicolon or not name.strip():
        raise NotInForm(text=text, wanted="UserToProtect")
    return f"{name.strip()};{address(where.strip())}"


def sender(text: str) -> str:
    """Return a domain, one with its subdomains, or an address; raise `NotInForm`."""
    return address(text) if "@" in text else domains(text)


FORMS: Mapping[str, Callable[[str], str]] = {
    "address": address,
    "address_range": address_range,
    "address_space": address_space,
    "domain": domain,
    "domains": domains,
    "https": https,
    "network": network,
    "protected_user": protected_user,
    "sender": sender,
    "sharing": sharing,
    "uri": uri,
}
"""By the name that a kind gives them."""
