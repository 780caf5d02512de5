"""What the tenant itself has: licences bought, domains, and its own name (facts E7, E8)."""

from __future__ import annotations

import msgspec

from rehearsal.directory.errors import Absent
from rehearsal.directory.objects import Sku
from rehearsal.graph.call import Call, collection, entity
from rehearsal.graph.shapes import Row
from rehearsal.wire import Reply


def skus(call: Call) -> Reply:
    """GET /subscribedSkus; there are no pages (fact E7)."""
    return collection("subscribedSkus", [_sku(call, sku) for sku in call.entra.licensing.skus])


def domains(call: Call) -> Reply:
    """GET /domains (fact E8)."""
    return collection("domains", [msgspec.to_builtins(domain) for domain in call.entra.domains.values()])


def domain(call: Call) -> Reply:
    """GET /domains/{name}."""
    found = call.entra.domains.get(call.keys[0].casefold())
    if found is None:
        raise Absent(call.keys[0])
    return entity("domains", msgspec.to_builtins(found))


def organisation(call: Call) -> Reply:
    """GET /organization: the tenant, how full it is (fact C14), and whether it is synchronised."""
    store = call.entra.store
    synced = call.entra.synchronised
    quota = {"used": int(store.counted), "total": store.options.object_quota}
    names = [
        {"name": each.id, "isDefault": each.is_default, "isInitial": each.is_initial, "type": "Managed"}
        for each in call.entra.domains.values()
    ]
    row: Row = {
        "id": store.tenant_id,
        "displayName": "NHSmail",
        "countryLetterCode": "GB",
        "onPremisesSyncEnabled": True,
        "onPremisesLastSyncDateTime": synced and synced.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verifiedDomains": names,
        "directorySizeQuota": quota,
    }
    return collection("organization", [row])


def _sku(call: Call, sku: Sku) -> Row:
    told: Row = msgspec.to_builtins(sku)
    units = {name: told.pop(name) for name in ("enabled", "suspended", "warning")}
    used = call.entra.licensing.consumed(sku.sku_id)
    key = f"{call.entra.store.tenant_id}_{sku.sku_id}"
    return told | {"id": key, "consumedUnits": used, "prepaidUnits": units | {"lockedOut": 0}}
