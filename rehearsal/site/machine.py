r"""One Windows server under Exchange as a value: registry, services, certificates, files, firewall, disks.

Exchange's cmdlets and Ansible's Windows modules look at the same server, so both read and change this one state: a
`Machine` is never altered, and `Machines` holds the present one of each server. Names are found in any case of
letters, as Windows finds them, and keep the spelling with which they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

type RegistryKind = Literal["REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ", "REG_DWORD", "REG_QWORD", "REG_BINARY"]
type RegistryData = str | int | bytes | tuple[str, ...]

_HIVES = {
    "HKLM:": "HKLM",
    "HKEY_LOCAL_MACHINE": "HKLM",
    "HKCU:": "HKCU",
    "HKEY_CURRENT_USER": "HKCU",
}


class Folded[Item](Mapping[str, Item]):
    """An immutable mapping whose names are found in any case of letters."""

    def __init__(self, items: Mapping[str, Item] | None = None) -> None:
        self._items = {name.casefold(): (name, item) for name, item in (items or {}).items()}

    def __getitem__(self, name: str) -> Item:
        return self._items[name.casefold()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def with_item(self, name: str, item: Item) -> Folded[Item]:
        """The same with *item* under *name*; a name already there keeps its spelling and its place."""
        made: Folded[Item] = Folded()
        spelt = self._items.get(name.casefold(), (name,))[0]
        made._items = self._items | {name.casefold(): (spelt, item)}
        return made

    def without(self, name: str) -> Folded[Item]:
        """The same without *name*, which need not be there."""
        made: Folded[Item] = Folded()
        made._items = {key: pair for key, pair in self._items.items() if key != name.casefold()}
        return made


@dataclass(frozen=True)
class RegistryValue:
    """One value of a registry key; *data* is an int for the two word kinds, a tuple of texts for REG_MULTI_SZ."""

    data: RegistryData
    kind: RegistryKind = "REG_DWORD"


type RegistryKey = Folded[RegistryValue]


@dataclass(frozen=True)
class Registry:
    r"""Registry keys by path, for instance `HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319`."""

    keys: Folded[RegistryKey] = field(default_factory=Folded)

    def key(self, path: str) -> RegistryKey | None:
        """The values of a key, None where there is no such key."""
        return self.keys.get(registry_path(path))

    def value(self, path: str, name: str) -> RegistryValue | None:
        """One value, None where the key or the value is missing."""
        return (self.key(path) or Folded()).get(name)

    def children(self, path: str) -> list[str]:
        """The names of the keys right below *path*."""
        start = registry_path(path).casefold() + "\\"
        below = (key[len(start) :] for key in self.keys if key.casefold().startswith(start))
        return [rest for rest in below if "\\" not in rest]

    def with_key(self, path: str) -> Registry:
        """The same with an empty key at *path*, and those above it, where they are not there."""
        keys = self.keys
        parts = registry_path(path).split("\\")
        for length in range(1, len(parts) + 1):
            above = "\\".join(parts[:length])
            if above not in keys:
                keys = keys.with_item(above, Folded())
        return replace(self, keys=keys)

    def with_value(self, path: str, name: str, value: RegistryValue) -> Registry:
        """The same with one value set, its key made where it was missing."""
        made, spelt = self.with_key(path), registry_path(path)
        return replace(made, keys=made.keys.with_item(spelt, made.keys[spelt].with_item(name, value)))

    def without_value(self, path: str, name: str) -> Registry:
        """The same without one value."""
        key, spelt = self.key(path), registry_path(path)
        return self if key is None else replace(self, keys=self.keys.with_item(spelt, key.without(name)))

    def without_key(self, path: str) -> Registry:
        """The same without the key *path* and all below it."""
        start = registry_path(path).casefold()
        gone = [
            key for key in self.keys if key.casefold() == start or key.casefold().startswith(start + "\\")
        ]
        keys = self.keys
        for key in gone:
            keys = keys.without(key)
        return replace(self, keys=keys)


def registry_path(path: str) -> str:
    r"""*path* with the short name of its hive: `HKLM:\SOFTWARE\X` and `HKEY_LOCAL_MACHINE\SOFTWARE\X` are one key."""
    hive, _, rest = path.strip("\\").partition("\\")
    short = _HIVES.get(hive.upper(), hive.upper())
    return f"{short}\\{rest}" if rest else short


@dataclass(frozen=True)
class File:
    """One file: its bytes, and when it was last written."""

    content: bytes
    changed: datetime

    @property
    def text(self) -> str:
        """The content as text; a byte order mark is dropped."""
        return self.content.decode("utf-8-sig")


@dataclass(frozen=True)
class Service:
    """One Windows service.

    *start_mode* is auto, delayed, manual or disabled. *reads* are the files that it reads when it starts, and *loaded*
    what it read then: until it starts again, that is what it works by.
    """

    name: str
    display_name: str
    state: Literal["running", "stopped"] = "running"
    start_mode: Literal["auto", "delayed", "manual", "disabled"] = "auto"
    account: str = "LocalSystem"
    started: datetime | None = None
    depends_on: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    loaded: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Certificate:
    r"""One certificate with its private key in `Cert:\LocalMachine\My`.

    *services* are what Exchange uses it for: IIS, SMTP, IMAP, POP. *der* is the certificate itself, where there is one.
    """

    thumbprint: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    dns_names: tuple[str, ...]
    serial_number: str
    friendly_name: str = ""
    services: frozenset[str] = frozenset()
    has_private_key: bool = True
    exportable: bool = True
    der: bytes | None = field(default=None, repr=False)

    @property
    def self_signed(self) -> bool:
        """Whether it is its own issuer."""
        return self.subject == self.issuer


@dataclass(frozen=True)
class FirewallRule:
    """One rule of Windows Defender Firewall; *remote* and *ports* are `("Any",)` where all are meant."""

    name: str
    enabled: bool = True
    direction: Literal["in", "out"] = "in"
    action: Literal["allow", "block"] = "allow"
    protocol: str = "TCP"
    ports: tuple[str, ...] = ("Any",)
    remote: tuple[str, ...] = ("Any",)
    profiles: tuple[str, ...] = ("domain", "private", "public")
    program: str | None = None


@dataclass(frozen=True)
class Disk:
    """One volume by its letter; sizes in bytes."""

    letter: str
    size: int
    free: int


@dataclass(frozen=True)
class Machine:
    r"""One server. *windows* is its version, such as `10.0.17763`; *exchange* its Exchange build, `15.2.1748.10`.

    *files* are found by their full paths, and imply the folders above them; *folders* are those that were made by
    themselves, with the time. *started* is when Windows started. *cluster_node* is the state of the server as a node of
    its failover cluster, `Up` or `Paused`, and None where it is in no availability group.
    """

    name: str
    fqdn: str
    windows: str
    exchange: str
    started: datetime
    registry: Registry = field(default_factory=Registry)
    services: Folded[Service] = field(default_factory=Folded)
    certificates: Folded[Certificate] = field(default_factory=Folded)
    files: Folded[File] = field(default_factory=Folded)
    folders: Folded[datetime] = field(default_factory=Folded)
    firewall: Folded[FirewallRule] = field(default_factory=Folded)
    disks: Folded[Disk] = field(default_factory=Folded)
    cluster_node: str | None = None

    def with_registry_value(self, path: str, name: str, value: RegistryValue) -> Machine:
        """The server with one registry value set."""
        return replace(self, registry=self.registry.with_value(path, name, value))

    def with_file(self, path: str, content: bytes, now: datetime) -> Machine:
        """The server with a file written at *now*."""
        return replace(self, files=self.files.with_item(path, File(content, now)))

    def with_certificate(self, certificate: Certificate) -> Machine:
        """The server with a certificate in its store; one of the same thumbprint is replaced."""
        return replace(self, certificates=self.certificates.with_item(certificate.thumbprint, certificate))

    def with_service(self, service: Service) -> Machine:
        """The server with a service as given."""
        return replace(self, services=self.services.with_item(service.name, service))

    def with_firewall_rule(self, rule: FirewallRule) -> Machine:
        """The server with a rule of its firewall."""
        return replace(self, firewall=self.firewall.with_item(rule.name, rule))

    def service_started(self, name: str, now: datetime) -> Machine:
        """The server after the service *name* has started (again) at *now*, and read its files; raise `KeyError`."""
        service = self.services[name]
        loaded = {path: self.files[path].content for path in service.reads if path in self.files}
        return self.with_service(replace(service, state="running", started=now, loaded=loaded))

    def service_stopped(self, name: str) -> Machine:
        """The server after the service *name* has stopped; raise `KeyError`."""
        return self.with_service(replace(self.services[name], state="stopped", started=None))

    def restarted(self, now: datetime) -> Machine:
        """The server after Windows has started again at *now*: what starts by itself has read its files anew."""
        machine = replace(self, started=now)
        for name, service in self.services.items():
            starts = service.start_mode in ("auto", "delayed")
            machine = machine.service_started(name, now) if starts else machine.service_stopped(name)
        return machine


class Machines:
    """The present state of each server of a site, by its name or its full name."""

    def __init__(self, machines: Mapping[str, Machine]) -> None:
        self._now = Folded(machines)

    def __iter__(self) -> Iterator[Machine]:
        return iter(self._now.values())

    def __getitem__(self, name: str) -> Machine:
        """The server called *name*, by its short or its full name; raise `KeyError`."""
        for machine in self._now.values():
            if name.casefold() in (machine.name.casefold(), machine.fqdn.casefold()):
                return machine
        raise KeyError(name)

    def put(self, machine: Machine) -> None:
        """Make *machine* the present state of its server."""
        self._now = self._now.with_item(machine.name, machine)

    def change(self, name: str, change: Callable[[Machine], Machine]) -> Machine:
        """Replace the server *name* by what *change* makes of it, and return that; raise `KeyError`."""
        changed = change(self[name])
        self.put(changed)
        return changed
