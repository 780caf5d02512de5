"""Look whether each site's published mrsproxy.svc is what the settings of the layer `hybrid` say.

``python -m infra.published pilot``: nothing is signed in to, and nothing is changed. The address is data: no stack
builds it, and Exchange Online pulls mailboxes from it. A connection map of the endpoints file (MAILWAVE_ENDPOINTS) is
kept to; without one the names are resolved as the machine does, which is not how Exchange Online does, so that a site
that answers here may still be shut to it: `Test-MigrationServerAvailability` asks the service itself.

Ends with code 0 where all answer as they should, with 14 (drift) where one does not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import yaml

from estate_schema.endpoints import VARIABLE, endpoints_from_environment
from exchange_admin.reach import NotMapped, Reach
from exchange_admin.reach_httpx2 import http_client

DRIFT = 14
PATH = "/EWS/mrsproxy.svc"
SECONDS = 30.0
FOLDER = Path(__file__).resolve().parents[1] / "environments"
UNAUTHORISED = 401


def findings(hosts: dict[str, str], http: httpx2.Client) -> Iterator[str]:
    """One sentence for each of *hosts*, by the name of its endpoint, that does not answer as MRSProxy does."""
    for name, host in hosts.items():
        problem = _problem(f"https://{host}{PATH}", http)
        if problem:
            yield f"{name}: https://{host}{PATH} {problem}"


def _problem(url: str, http: httpx2.Client) -> str:
    """What is wrong with the answer of *url* to somebody who has not signed in; empty where nothing is."""
    try:
        reply = http.get(url)
    except NotMapped as error:
        return f"is not where the endpoints file leads: {error}"
    except httpx2.TransportError as error:
        return f"cannot be reached: {type(error).__name__}: {error}"
    if reply.status_code != UNAUTHORISED:
        return (
            f"answers {reply.status_code} where it should ask for a credential (401): something in front of it "
            "answers in its place, which moves do not get past (fact B47)"
        )
    offered = reply.headers.get("www-authenticate", "")
    schemes = {part.split()[0].casefold() for part in offered.split(",") if part.strip()}
    if not schemes & {"negotiate", "ntlm"}:
        return f"offers {offered or 'nothing'} to sign in with, and moves need Negotiate or NTLM (fact B46)"
    return ""


def published(environment: str) -> dict[str, str]:
    """The published host of each endpoint in the settings of *environment*, by the endpoint's name."""
    file = FOLDER / f"Pulumi.hybrid-{environment}.yaml"
    endpoints = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]["mailwave:endpoints"]
    return {each["name"]: each["remote_server"] for each in endpoints}


def main(arguments: list[str] | None = None) -> int:
    """Say what is not as it should be, and return the exit code."""
    known = sorted(file.stem.rpartition("-")[2] for file in FOLDER.glob("Pulumi.hybrid-*.yaml"))
    told = sys.argv[1:] if arguments is None else arguments
    if len(told) != 1 or told[0] not in known:
        sys.stderr.write(f"usage: python -m infra.published ENVIRONMENT, one of {', '.join(known)}\n")
        return 2
    reach = Reach.of(endpoints_from_environment()) if VARIABLE in os.environ else Reach()
    hosts = published(told[0])
    with http_client(reach, SECONDS) as http:
        found = list(findings(hosts, http))
    for sentence in found:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.write(f"{len(hosts)} published addresses asked, {len(found)} not as they should be\n")
    return DRIFT if found else 0


if __name__ == "__main__":
    sys.exit(main())
