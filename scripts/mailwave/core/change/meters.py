"""What the resources of the stacks are charged for: one table of meters, and one of what nobody is charged for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from mailwave.core.change.steps import UNKNOWN, Step
from mailwave.core.prices import CONTACT, LICENCE, NOTICE, TRANSFER

_FIELD = re.compile(r"\{([\w.]+)\}")


class Meter(msgspec.Struct, frozen=True):
    """One thing that a resource is charged for.

    *item* is its name in a price list, with properties of the resource, or its own ``name``, between braces. *units* is
    the property that says how many of it there are; without one there is one. *by_use*: how many a resource takes is
    seen only when it is used, unless the price list says what is expected.
    """

    item: str
    units: str = ""
    by_use: bool = False

    def read(self, name: str, inputs: Mapping[str, Any]) -> tuple[str, Decimal | None]:
        """The item of the resource *name* with *inputs*, and its units; None where they are not known yet."""
        found = {field: _at({"name": name, **inputs}, field) for field in _FIELD.findall(self.item)}
        item = _FIELD.sub(lambda field: str(found[field[1]]), self.item)
        if None in found.values():
            return _FIELD.sub("?", self.item), None
        if not self.units:
            return item, Decimal(1)
        units = _at(inputs, self.units)
        return item, Decimal(str(units)) if isinstance(units, int | float) else None


METERS: Mapping[str, tuple[Meter, ...]] = {
    "azure-native:app:Job": (Meter("container job", by_use=True),),
    "azure-native:app:ManagedEnvironment": (Meter("container environment"),),
    "azure-native:dbforpostgresql:Server": (
        Meter("database server {sku.name} {highAvailability.mode}"),
        Meter("database storage {highAvailability.mode}", units="storage.storageSizeGB"),
        Meter("database backup", by_use=True),
    ),
    "azure-native:dns:Zone": (Meter("DNS zone"), Meter("DNS queries", by_use=True)),
    "azure-native:keyvault:Vault": (Meter("vault operations {properties.sku.name}", by_use=True),),
    "azure-native:monitor:ActionGroup": (Meter("alert notifications", by_use=True),),
    "azure-native:monitor:MetricAlert": (Meter("metric alert"),),
    "azure-native:monitor:ScheduledQueryRule": (Meter("log alert every {evaluationFrequency}"),),
    "azure-native:network:PrivateEndpoint": (
        Meter("private endpoint"),
        Meter("private endpoint data", by_use=True),
    ),
    "azure-native:network:PublicIPAddress": (Meter("public address {sku.name}"),),
    "azure-native:network:VirtualNetworkGateway": (Meter("gateway {sku.name}"),),
    "azure-native:network:VirtualNetworkGatewayConnection": (
        Meter("gateway connection"),
        Meter("data out to a site", by_use=True),
    ),
    "azure-native:operationalinsights:Workspace": (
        Meter("log ingestion {sku.name}", by_use=True),
        Meter("log retention", by_use=True),
    ),
    "azure-native:privatedns:PrivateZone": (Meter("private DNS zone"),),
    "azure-native:storage:StorageAccount": (
        Meter("blob storage {sku.name}", by_use=True),
        Meter("blob operations {sku.name}", by_use=True),
    ),
    "azuread:index/groupLicense:GroupLicense": (Meter(LICENCE, by_use=True),),
}
"""By type of resource. A price is of all that the item names: a server in two zones is one item, for both of them."""

FREE = re.compile(
    r"mailwave:|pulumi:|exchange:index:|azuread:index/(?!groupLicense:)|azure-native:("
    r"aadiam:DiagnosticSetting|authorization:\w+|consumption:Budget|dbforpostgresql:(AdministratorsMicrosoftEntra|"
    r"Configuration|Database)|dns:RecordSet|keyvault:Key|managedidentity:\w+|monitor:(Subscription)?DiagnosticSetting|"
    r"network:(LocalNetworkGateway|NetworkSecurityGroup|PrivateDnsZoneGroup|Subnet|VirtualNetwork)$|"
    r"privatedns:VirtualNetworkLink|resources:ResourceGroup|storage:Blob\w+)"
)
"""Types of which no object is charged for by itself: what is done with it is, where a meter of another type counts it.

What neither this nor `METERS` knows has an unknown price.
"""

_ANY_ITEM = tuple(
    re.compile(r"[\w.-]+".join(map(re.escape, _FIELD.sub("\0", meter.item).split("\0"))))
    for meter in (
        *map(Meter, (TRANSFER, NOTICE, CONTACT)),
        *(meter for meters in METERS.values() for meter in meters),
    )
)


def is_item(name: str) -> bool:
    """Whether anything could be charged under *name*."""
    return any(form.fullmatch(name) for form in _ANY_ITEM)


class Use(msgspec.Struct, frozen=True):
    """That *what* takes so many *more* units of *item*, fewer where it is negative; None where nobody can tell yet.

    *by_use*: a unit stands for whatever one resource takes. *item* is empty where no meter is known.
    """

    item: str
    what: str
    more: Decimal | None
    by_use: bool = False


_MADE, _KEPT = ("create",), ("update", "create-replacement")
"""Steps by which something begins to be charged for, and goes on; a replacement is told by its new half."""


def uses_of(steps: bytes) -> tuple[Use, ...]:
    """What the engine's *steps*, as `canonical_steps` gave them, take more and less of.

    An adopted object was there, and was charged for, before.
    """
    found = msgspec.json.decode(steps, type=list[Step]) if steps else []
    return tuple(use for step in found for use in _uses(step))


def _uses(step: Step) -> Iterator[Use]:
    there, stays = step.op in (*_KEPT, "delete"), step.op in (*_MADE, *_KEPT)
    name = step.urn.split("::", maxsplit=3)[-1]
    if not (there or stays) or FREE.match(step.type):
        return
    if step.type not in METERS:
        yield Use("", f"{step.type} {name}", None)
    for meter in METERS.get(step.type, ()):
        before = meter.read(name, step.was) if there else None
        after = meter.read(name, step.inputs) if stays else None
        if before == after:
            continue
        if before and after and before[0] == after[0]:
            yield Use(after[0], name, _less(after[1], before[1]), meter.by_use)
            continue
        if before:
            yield Use(before[0], name, _less(Decimal(0), before[1]), meter.by_use)
        if after:
            yield Use(after[0], name, after[1], meter.by_use)


def _less(units: Decimal | None, taken: Decimal | None) -> Decimal | None:
    return None if units is None or taken is None else units - taken


def _at(values: object, path: str) -> object:
    """The value at *path*; None where there is none, or it is not known yet."""
    for key in path.split("."):
        values = values.get(key) if isinstance(values, Mapping) else None
    return None if values == UNKNOWN else values
