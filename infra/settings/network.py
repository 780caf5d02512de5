"""The hub network as it can be configured, and the address ranges that are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from estate_schema.values import Model, Name
from infra.settings.addresses import Address, Range, contains, overlapping, prefix_length
from infra.settings.known_ranges import KNOWN

SMALLEST = {"endpoints": 28, "database": 28, "runners": 27, "gateway": 27}
"""The longest prefix of each subnet.

Flexible server takes at least a /28, Container Apps with workload profiles a /27 (each on its page "networking" at
learn.microsoft.com), and a gateway a /27 ("About VPN Gateway configuration settings").
"""


class Site(Model):
    """A hospital or data centre that the runners reach through the gateway.

    *address*: its VPN device on the internet; *ranges*: where its servers are.
    """

    name: Name
    address: Address
    ranges: Annotated[
        tuple[Range, ...], Field(min_length=1, description="A list of one or more ranges of IPv4 addresses")
    ]


class Gateway(Model):
    """The way of the runners to the servers of the sites, and of nothing else."""

    subnet: Range
    sites: Annotated[
        tuple[Site, ...],
        Field(min_length=1, description="A list of one or more sites, each with name, address and ranges"),
    ]


class Subnets(Model):
    """One for each kind of neighbour, so that each has its own rules."""

    endpoints: Range
    database: Range
    runners: Range


class Network(Model):
    """The hub: *space* holds all *subnets*; without *gateway* nothing here reaches a site."""

    space: Range
    subnets: Subnets
    gateway: Annotated[
        Gateway | None,
        Field(description="A subnet and the sites, or left out: then no site can be reached from here"),
    ] = None


def checked(network: Network) -> Network:
    """*network*, if its ranges fit into one another and stay apart from everybody else's.

    Raises:
        ValueError: two ranges overlap, or one is too small or outside; the text completes "is ..., which".
    """
    for problem in (*_outside(network), *_overlaps(network)):
        raise ValueError(problem)
    return network


def subnets(network: Network) -> dict[str, str]:
    """The range of each subnet by its name."""
    found: dict[str, str] = network.subnets.model_dump()
    return found | ({"gateway": network.gateway.subnet} if network.gateway else {})


def _outside(network: Network) -> Iterator[str]:
    for name, own in subnets(network).items():
        if not contains(network.space, own):
            yield f"has its subnet {name} {own} outside its space {network.space}"
        if prefix_length(own) > SMALLEST[name]:
            yield f"has its subnet {name} {own} smaller than a /{SMALLEST[name]}"


def _overlaps(network: Network) -> Iterator[str]:
    sites = {f"site {site.name}": site.ranges for site in (network.gateway.sites if network.gateway else ())}
    within = {f"subnet {name}": (own,) for name, own in subnets(network).items()}
    for name, own, other, others in overlapping(within):
        yield f"has its {name} {own} overlapping its {other} {others}"
    for name, own, other, others in overlapping({"space": (network.space,), **sites}):
        yield f"has its {name} {own} overlapping its {other} {others}"
    for known in KNOWN.values():
        for _, own, _, others in overlapping({"space": (network.space,), known.owner: known.ranges}):
            yield f"has its space {own} overlapping {others} of {known.owner} (read on {known.read})"


CheckedNetwork = Annotated[Network, AfterValidator(checked)]
