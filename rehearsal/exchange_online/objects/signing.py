"""DKIM: the selectors of a signing domain, and the records that must be public before it signs."""

from __future__ import annotations

from rehearsal import draws
from rehearsal.exchange_online.objects.refusals import RecordsMissing
from rehearsal.exchange_online.objects.world import World
from rehearsal.exchange_online.values import Row

_SELECTORS = (1, 2)


def with_selectors(row: Row, world: World) -> Row:
    """Return *row* with the names and keys of its selectors and what the public records say of them."""
    domain = str(row["Domain"])
    tenant = world.tenant
    own: Row = {
        "SelectorBeforeRotateOnDate": "selector1",
        "SelectorAfterRotateOnDate": "selector2",
        "Status": "CnameMissing" if missing(domain, world) else "Valid",
    }
    for number in _SELECTORS:
        key = draws.guid(tenant.seed, domain, "dkim-key", number).replace("-", "")
        own |= {
            f"Selector{number}CNAME": target(domain, number, world),
            f"Selector{number}PublicKey": f"v=DKIM1; k=rsa; p={key};",
            f"Selector{number}KeySize": row["Selector1KeySize"],
        }
    return {**row, **own}


def signing_config(row: Row, world: World) -> None:
    """Signing can be on once both records are published; the tenant's own domain has them from Microsoft."""
    wanted = missing(str(row["Domain"]), world)
    if row["Enabled"] and wanted and world.options.dkim_needs_records:
        raise RecordsMissing(domain=str(row["Domain"]), hosts=wanted)


def missing(domain: str, world: World) -> dict[str, str]:
    """Return the records that the public DNS lacks: hosts, each with the name to which it must point."""
    if domain.endswith(world.tenant.estate.tenant.domain.partition(".")[2]):  # Microsoft publishes its own
        return {}
    wanted = {f"selector{n}._domainkey.{domain}": target(domain, n, world) for n in _SELECTORS}
    return {
        host: to
        for host, to in wanted.items()
        if (world.cname(host) or "").rstrip(".").casefold() != to.casefold()
    }


def target(domain: str, number: int, world: World) -> str:
    """Return the name in the tenant's first domain to which a selector of *domain* points."""
    dashed = domain.replace(".", "-")
    return f"selector{number}-{dashed}._domainkey.{world.tenant.estate.tenant.domain}"
