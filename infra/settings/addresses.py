"""Address ranges as settings: what may be written, and what must lie inside or apart from what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator, Field


def _network(text: str) -> str:
    try:
        return str(IPv4Network(text))
    except ValueError as error:
        raise ValueError(f"is no range of IPv4 addresses ({error})") from error


def _address(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError as error:
        raise ValueError(f"is no IPv4 address ({error})") from error


Range = Annotated[
    str,
    AfterValidator(_network),
    Field(description="A range of IPv4 addresses such as 192.168.64.0/20, without host bits"),
]

Address = Annotated[str, AfterValidator(_address), Field(description="An IPv4 address such as 192.0.2.10")]


def prefix_length(text: str) -> int:
    """The number behind the stroke: the smaller, the larger the range."""
    return IPv4Network(text).prefixlen


def contains(outer: str, inner: str) -> bool:
    """Whether *inner* lies wholly inside *outer*."""
    return IPv4Network(inner).subnet_of(IPv4Network(outer))


def overlapping(ranges: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str, str]]:
    """Each pair of ranges of different names that share an address, as name, range, other name, other range."""
    for (name, own), (other, others) in combinations(ranges.items(), 2):
        for mine in own:
            for theirs in others:
                if IPv4Network(mine).overlaps(IPv4Network(theirs)):
                    yield name, mine, other, theirs
