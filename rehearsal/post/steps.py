"""What a side does with one recipient of one message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Does(StrEnum):
    """The ways in which a side is done with a recipient."""

    DELIVERS = "delivers"
    REDIRECTS = "redirects"
    CROSSES = "crosses"
    LEAVES = "leaves"
    WAITS = "waits"
    HOLDS = "holds"
    FAILS = "fails"


@dataclass(frozen=True)
class Step:
    """What is done; *address* is to whom it goes on, *place* where it happens, *said* the status of SMTP."""

    does: Does
    address: str
    place: str = ""
    said: str = ""


def not_found(address: str) -> Step:
    """The refusal of an authoritative domain that has no such recipient (Microsoft's list of NDR codes, 5.1.10)."""
    said = f"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup"
    return Step(Does.FAILS, address, said=said)


def fits(pattern: str, domain: str) -> int:
    """How closely a domain of a connector fits: 0 not at all, the more the closer."""
    wanted = pattern.lower().removeprefix("smtp:").partition(";")[0]
    if wanted == "*":
        return 1
    if wanted.startswith("*."):
        return len(wanted) if domain.endswith(wanted[1:]) else 0
    return 1000 if wanted == domain else 0


def bare(address: object) -> str:
    """An address without its kind, in lower case; empty for none."""
    return str(address or "").lower().removeprefix("smtp:")
