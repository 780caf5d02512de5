"""Changes behind Pulumi's back, as a person in the portal makes them, and trouble to come.

From a shell, with the address of the running rehearsal in REHEARSAL_CLOUD:

    python -m rehearsal.cloud.tamper list
    python -m rehearsal.cloud.tamper change /arm/subscriptions/... '{"minimumTlsVersion": "TLS1_0"}'
    python -m rehearsal.cloud.tamper delete /entra/groups/...
    python -m rehearsal.cloud.tamper faults '[{"call": "create azure-native:network:*", "nth": 2, "fault": "late",
                                               "seconds": 5}]'
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from rehearsal.errors import RehearsalError

_TIMEOUT = 30.0  # seconds


class TamperingRefused(RehearsalError):
    """The simulated cloud refuses the change; *status* and *text* are its answer."""

    advice = "look at the object with: python -m rehearsal.cloud.tamper list"

    def __init__(self, *, request: str, status: int, text: str) -> None:
        self.request = request
        self.status = status
        self.text = text
        super().__init__(f"the rehearsal's cloud refused {request} ({status}): {text}")


class NotOne(RehearsalError):
    """A search that should find one object found *paths*."""

    advice = "say more of the object, or list all with: python -m rehearsal.cloud.tamper list"

    def __init__(self, *, token: str, having: Mapping[str, Any], paths: Sequence[str]) -> None:
        self.token = token
        self.having = dict(having)
        self.paths = tuple(paths)
        super().__init__(f"{len(paths)} objects of {token} have {dict(having)}")


class Tamper:
    """The hands of somebody who does not use Pulumi; *address* is that of the simulated cloud."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def objects(self, token: str = "") -> dict[str, dict[str, Any]]:
        """Every object, of type *token* if that is given, by its address: plane and path."""
        rows = self._send("GET", "")["value"]
        found = [row for row in rows if token in ("", row["token"])]
        return {_plane(row["token"]) + row["path"]: row["object"] for row in found}

    def find(self, token: str, **having: object) -> str:
        """The address of the one object of type *token* that has these values. Raises NotOne."""
        everything = self.objects(token).items()
        paths = [path for path, thing in everything if having.items() <= thing.items()]
        if len(paths) != 1:
            raise NotOne(token=token, having=having, paths=paths)
        return paths[0]

    def change(self, where: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Merge *values* into the object at *where* (RFC 7386: null removes); return it. Raises TamperingRefused."""
        return self._send("PATCH", where, values)

    def delete(self, where: str) -> None:
        """Remove the object at *where*. Raises TamperingRefused."""
        self._send("DELETE", where)

    def plan_faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Let these faults happen, and no other: each has call, nth, fault, and what `rehearsal.faults` says."""
        self._send("PUT", "/faults", faults)

    def _send(self, method: str, where: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._address + quote(where), data, method=method)  # noqa: S310 - the rehearsal's own
        try:
            with urlopen(request, timeout=_TIMEOUT) as reply:  # noqa: S310
                text = reply.read()
        except HTTPError as refused:
            with refused:
                told = refused.read().decode()
            raise TamperingRefused(request=f"{method} {where}", status=refused.code, text=told) from None
        answer: dict[str, Any] = json.loads(text) if text else {}
        return answer


def _plane(token: str) -> str:
    return "/arm" if token.startswith("azure-native:") else "/entra"


def main(arguments: Sequence[str] | None = None) -> None:
    """What a person types."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.cloud.tamper", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["list", "change", "delete", "faults"])
    parser.add_argument("rest", nargs="*", help="an address from the list, and JSON for change")
    told = parser.parse_args(arguments)
    tamper = Tamper(os.environ.get("REHEARSAL_CLOUD", ""))
    match told.what, told.rest:
        case "list", []:
            for where, thing in tamper.objects().items():
                print(where, json.dumps(thing, sort_keys=True))
        case "change", [where, values]:
            print(json.dumps(tamper.change(where, json.loads(values)), indent=2, sort_keys=True))
        case "delete", [where]:
            tamper.delete(where)
        case "faults", [faults]:
            tamper.plan_faults(json.loads(faults))
        case _:
            parser.error("see the examples above")


if __name__ == "__main__":
    main()
