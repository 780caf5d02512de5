"""MRSProxy as Exchange Online meets it: its limit of connections, and why a server refuses (facts B44 to B47, D19).

The texts are those of Microsoft's support pages that the facts name. What stands on the server decides: the setting of
its EWS directory, its configuration files, its registry, and the policy of the account that logs on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from rehearsal.site.machine import Machine
from rehearsal.site.machine_setup import (
    IIS_CONFIG,
    LSA,
    NTLM,
    REPLICATION_CONFIG,
    REPLICATION_SERVICE,
)
from rehearsal.site.options import Options
from rehearsal.site.surroundings import Row

CONNECTIONS = 100
"""What MRSProxy takes where nothing else is set (fact B44)."""
_SECTION, _SETTING = "MRSProxyConfiguration", "MaxMRSConnections"
_DENIED = 2
"""RestrictReceivingNTLMTraffic: deny all accounts."""


@dataclass(frozen=True)
class Publishing:
    """How a site's servers are reached from outside.

    *offloads*: the device in front ends TLS and goes on in the clear. *same_certificate*: where it ends TLS and begins
    it anew, both legs have one certificate. *authenticates*: it asks who is there before it lets anybody in.
    """

    offloads: bool = False
    same_certificate: bool = True
    authenticates: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why MRSProxy does not serve a move: *exception* by its .NET name."""

    exception: str
    text: str


@dataclass(frozen=True)
class Door:
    """One server as a move meets it: its machine, its EWS directory's row, and how its site is published.

    *moves* are those that overrides of workload management let through at a time, None where none says (fact C5).
    """

    machine: Machine
    directory: Row
    publishing: Publishing
    protected: bool
    ntlm_blocked: bool
    options: Options
    moves: int | None = None

    @property
    def limit(self) -> int:
        """The connections that MRSProxy takes now."""
        return connection_limit(self.machine, self.options)

    def refusal(self, connections: int = 0) -> Refusal | None:
        """Why one more connection beside *connections* is refused, None where it is taken."""
        for applies, refusal in _REFUSALS:
            if applies(self):
                return refusal
        if self.options.connections and connections >= self.limit:
            return limit_reached(connections, self.limit)
        return None


def limit_reached(connections: int, limit: int) -> Refusal:
    """The refusal of KB 3091026 (fact B44)."""
    return Refusal(
        "MRSProxyConnectionLimitReachedTransientException",
        "The Mailbox Replication Proxy Service can't process this request because it has reached the maximum number "
        f"of active MRS connections allowed. Current connections: {connections}, Connections limit: {limit}.",
    )


def connection_limit(machine: Machine, options: Options) -> int:
    """The limit by which the replication service of *machine* works: that of the file when the service started.

    A file that is no XML, or lacks the setting, leaves Exchange's own default.
    """
    if options.restart_reads_limits:
        text = machine.services[REPLICATION_SERVICE].loaded.get(REPLICATION_CONFIG, b"")
    else:
        text = machine.files[REPLICATION_CONFIG].content if REPLICATION_CONFIG in machine.files else b""
    try:
        root = ET.fromstring(text)  # noqa: S314 - expat bounds entity expansion, and an administrator wrote it
    except ET.ParseError:
        return CONNECTIONS
    value = _setting(root, exact=options.names_are_exact)
    return int(value) if value is not None and value.isdigit() else CONNECTIONS


def _setting(root: ET.Element, *, exact: bool) -> str | None:
    for element in root.iter():
        if not _same(element.tag, _SECTION, exact=exact):
            continue
        for name, value in element.attrib.items():
            if _same(name, _SETTING, exact=exact):
                return value
    return None


def _same(name: str, wanted: str, *, exact: bool) -> bool:
    return name == wanted if exact else name.casefold() == wanted.casefold()


def _mrs_proxy_off(door: Door) -> bool:
    return door.options.proxy_off_is_403 and not door.directory["MRSProxyEnabled"]


def _handler_missing(door: Door) -> bool:
    file = door.machine.files.get(IIS_CONFIG)
    return door.options.handler_missing_is_405 and (file is None or b"svc-Integrated" not in file.content)


def _ntlm_off(door: Door) -> bool:
    received = door.machine.registry.value(NTLM, "RestrictReceivingNTLMTraffic")
    denied = received is not None and received.data == _DENIED
    shut = denied or door.ntlm_blocked or not door.directory["WindowsAuthentication"]
    return door.options.ntlm_needed and shut


def protection_broken(door: Door) -> bool:
    """Whether Extended Protection refuses what comes to the web services of the server (fact D19)."""
    level = door.machine.registry.value(LSA, "LmCompatibilityLevel")
    old = level is not None and isinstance(level.data, int) and level.data < 3
    checked = door.directory["ExtendedProtectionTokenChecking"] != "None"
    behind = door.publishing.offloads or not door.publishing.same_certificate
    return door.options.no_offloading and checked and (behind or old)


def _authenticated_before(door: Door) -> bool:
    return door.publishing.authenticates


def _in_protected_group(door: Door) -> bool:
    return door.options.protected_account and door.protected


_NEGOTIATE = (
    "The HTTP request is unauthorized with client authentication scheme 'Negotiate'. The authentication header "
    "received from the server was 'Negotiate, NTLM'."
)
_REMOTE = "RemoteTransientException"

_REFUSALS: tuple[tuple[Callable[[Door], bool], Refusal], ...] = (
    (
        _authenticated_before,
        Refusal(_REMOTE, "The remote server returned an error: (401) Unauthorized."),
    ),
    (
        _handler_missing,
        Refusal(_REMOTE, "The remote server returned an error: (405) Method Not Allowed."),
    ),
    (
        protection_broken,
        Refusal(
            _REMOTE,
            f"{_NEGOTIATE} --> The remote server returned an error: (401) Unauthorized.",
        ),
    ),
    (
        _ntlm_off,
        Refusal(
            _REMOTE,
            f"{_NEGOTIATE} --> The remote server returned an error: (401) Unauthorized.",
        ),
    ),
    (
        _mrs_proxy_off,
        Refusal(
            _REMOTE,
            "The HTTP request was forbidden with client authentication scheme 'Negotiate'. --> The remote server "
            "returned an error: (403) Forbidden.",
        ),
    ),
    (_in_protected_group, Refusal(_REMOTE, "Access is denied.")),
)
"""In the order in which a request meets them: the device in front, IIS, its authentication, EWS, the mailbox."""
