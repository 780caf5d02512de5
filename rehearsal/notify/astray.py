"""Whom no e-mail reaches: a mailbox of which nobody told the directory, or one that is full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rehearsal import draws

ASTRAY, FULL = 0.01, 0.25
"""The part of all addresses that are not reached, and the part of those that would be, were they not full; nobody has
counted either in the real service."""


def astray(seed: int, addresses: Iterable[str]) -> Mapping[str, str]:
    """Those of *addresses* that are not reached, each with the status in which the service ends an e-mail to it."""
    return {
        address: "temporary-failure" if draws.uniform(seed, address, "full") < FULL else "permanent-failure"
        for address in addresses
        if draws.uniform(seed, address, "astray") < ASTRAY
    }
