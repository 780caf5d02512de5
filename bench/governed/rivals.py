"""Who else may set limits: an oracle that knows what each site carries in each minute, and fixed values; a bound."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.governed.nights import Night
from bench.governed.service import Pools, Seen, Setting


def oracle(night: Night, least: int, most: int) -> Setting:
    """Each minute, give each site what it carries in the next; by what is left where the tenant has too little."""
    carries = {site.name: site.carries for site in night.sites}

    def setting(minute: int, seen: Mapping[str, Seen], tenant: int) -> Mapping[str, Pools]:
        wanted = {
            name: _parted(int(carries[name][minute + 1]), its, least, most) for name, its in seen.items()
        }
        given = dict.fromkeys(wanted, least)
        for _ in range(tenant - sum(given.values())):
            open_ = [name for name in wanted if given[name] < wanted[name][0]]
            if not open_:
                break
            given[max(open_, key=lambda name: seen[name].left / (given[name] + 1))] += 1
        return {name: (given[name], min(given[name], wanted[name][1])) for name in wanted}

    return setting


def _parted(carries: int, seen: Seen, least: int, most: int) -> Pools:
    """All to those who are due, but for what copies that wait may claim: half."""
    copies, due = seen.active[0] + seen.waiting[0], seen.active[1] + seen.waiting[1]
    increments = min(most, max(least, min(due, max(carries - copies, carries // 2))))
    return min(most, max(increments, carries - min(increments, due), least)), increments


def fixed(migrations: int, increments: int) -> Setting:
    """The same on every endpoint all night, less where the tenant's slots are too few."""

    def setting(_: int, seen: Mapping[str, Seen], tenant: int) -> Mapping[str, Pools]:
        each = min(migrations, tenant // len(seen))
        return {name: (each, min(increments, each)) for name in seen}

    return setting


def bound(night: Night) -> int:
    """The minute before which nobody could be done.

    Each site alone is held by what it carries, all by what the target takes, all copies by the tenant's slots.
    """
    ends, total, work, copies = [], np.zeros(len(night.target)), 0.0, 0.0
    for site in night.sites:
        its = float(site.copies.sum() + site.deltas.sum())
        ends.append(_reached(site.carries.astype(float), its))
        total, work, copies = total + site.carries, work + its, copies + float(site.copies.sum())
    all_ = np.minimum(total, night.target)
    return max(*ends, _reached(all_, work), _reached(np.minimum(all_, night.tenant), copies))


def _reached(a_minute: np.ndarray, work: float) -> int:
    return int(np.searchsorted(np.cumsum(a_minute), work)) + 1
