"""Address ranges of networks: what lies within what, and what overlaps."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from rehearsal.cloud.documents import values_at
from rehearsal.cloud.objects import Refusal

type Network = IPv4Network | IPv6Network


def networks(document: Any, paths: Iterable[str]) -> list[Network]:
    """Every range that *document* says at one of *paths*. Raises Refusal for one that is none."""
    texts = [text for path in paths for item in values_at(document, path) for text in _texts(item)]
    return [_network(text) for text in texts]


def _texts(item: object) -> list[str]:
    return [str(text) for text in item] if isinstance(item, list) else [str(item)]


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as wrong:
        raise Refusal(400, "InvalidCIDRNotation", f"{text!r} is no address range: {wrong}") from None


def overlap(one: Iterable[Network], other: Iterable[Network]) -> tuple[Network, Network] | None:
    """The first pair that has addresses in common."""
    theirs = list(other)
    pairs = ((mine, their) for mine in one for their in theirs)
    return next((pair for pair in pairs if pair[0].overlaps(pair[1])), None)


def outside(inner: Iterable[Network], outer: Iterable[Network]) -> Network | None:
    """The first of *inner* that lies within none of *outer*."""
    around = list(outer)
    return next((net for net in inner if not any(_within(net, wide) for wide in around)), None)


def _within(net: Network, wide: Network) -> bool:
    return net.version == wide.version and net.subnet_of(wide)  # type: ignore[arg-type]
