"""Compare the address ranges of Microsoft 365 that we hold with those that Microsoft publishes.

``curl 'https://endpoints.office.com/endpoints/worldwide?clientrequestid=<a new GUID>' | python -m infra.ranges``

Ends with code 0 where nothing differs, and with 14 (drift) where something does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from infra.settings.known_ranges import ENDPOINT_SETS, KNOWN

DRIFT = 14


def differences(published: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One sentence for each IPv4 range that only one side has; *published* are the web service's endpoint sets."""
    sets = {entry["id"]: entry.get("ips", []) for entry in published}
    for name, ids in ENDPOINT_SETS.items():
        theirs = {text for number in ids for text in sets.get(number, []) if _is_ipv4(text)}
        ours = set(KNOWN[name].ranges)
        for text in sorted(theirs - ours):
            yield f"{KNOWN[name].owner} uses {text} now: add it to {name!r} in infra/settings/known_ranges.py"
        for text in sorted(ours - theirs):
            yield f"{KNOWN[name].owner} no longer uses {text}: take it from {name!r} in infra/settings/known_ranges.py"


def _is_ipv4(text: str) -> bool:
    return isinstance(ip_network(text), IPv4Network)


def main() -> int:
    """Read the published list from standard input, say what differs, and return the exit code."""
    found = list(differences(json.load(sys.stdin)))
    for sentence in found:
        sys.stdout.write(f"{sentence}\n")
    return DRIFT if found else 0


if __name__ == "__main__":
    sys.exit(main())
