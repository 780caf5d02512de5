"""Address ranges that others own, each with its source and the day on which it was read.

`python -m infra.ranges` compares the ranges of Microsoft 365 with what Microsoft publishes now. The policy on HSCN
addresses has no form that a program can read: a person compares it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class KnownRanges:
    """*ranges* as *source* gave them on the day *read*; *owner* completes the phrase "the addresses of"."""

    owner: str
    source: str
    read: date
    ranges: tuple[str, ...]


_ENDPOINTS = (
    "https://endpoints.office.com/endpoints/worldwide, in the form of "
    "microsoft-365/includes/office-365-worldwide-endpoints.md of MicrosoftDocs/microsoft-365-docs"
)

KNOWN: Mapping[str, KnownRanges] = {
    "hscn": KnownRanges(
        owner="the Health and Social Care Network",
        source="Transition Network IP addressing policy, version 0.5 of 1 November 2017, on digital.nhs.uk: the "
        "network routes 10.0.0.0/8 and 172.17.0.0 to 172.31.255.255, and never 192.168.0.0/16",
        read=date(2026, 11, 21),
        ranges=(
            "10.0.0.0/8",
            "172.17.0.0/16",
            "172.18.0.0/15",
            "172.20.0.0/14",
            "172.24.0.0/13",
        ),
    ),
    "exchange-online": KnownRanges(
        owner="Exchange Online",
        source=f"{_ENDPOINTS}: endpoint set 1",
        read=date(2026, 11, 21),
        ranges=(
            "13.107.6.152/31",
            "13.107.18.10/31",
            "13.107.128.0/22",
            "23.103.160.0/20",
            "40.96.0.0/13",
            "40.104.0.0/15",
            "52.96.0.0/14",
            "131.253.33.215/32",
            "132.245.0.0/16",
            "150.171.32.0/22",
            "204.79.197.215/32",
        ),
    ),
    "mail-protection": KnownRanges(
        owner="the mail protection of Microsoft 365",
        source=f"{_ENDPOINTS}: endpoint sets 9 and 10",
        read=date(2026, 11, 21),
        ranges=("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "52.238.78.88/32", "104.47.0.0/17"),
    ),
    "container-apps": KnownRanges(
        owner="Azure Container Apps itself",
        source="https://learn.microsoft.com/azure/container-apps/networking, subnet address range restrictions",
        read=date(2026, 11, 21),
        ranges=(
            "169.254.0.0/16",
            "172.30.0.0/16",
            "172.31.0.0/16",
            "192.0.2.0/24",
            "100.100.0.0/17",
            "100.100.128.0/19",
            "100.100.160.0/19",
            "100.100.192.0/19",
        ),
    ),
}
"""By a name of ours."""

ENDPOINT_SETS: Mapping[str, tuple[int, ...]] = {"exchange-online": (1,), "mail-protection": (9, 10)}
"""Which endpoint sets of the Microsoft 365 web service each of ours comes from."""
