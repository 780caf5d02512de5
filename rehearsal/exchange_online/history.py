"""The canonical history of a client's calls: what was asked of each entity and answered, without ids, hosts and ports.

Two runs of one sequential client against the same seed have the same canonical history, over sockets or without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from rehearsal.wire import Reply, Request

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HOST = re.compile(r"https://[^/\"]+")
_TOKEN = re.compile(r"(skiptoken=\d+)-[0-9a-f]+")
_TENANT_WIDE = "tenant"


def canonical(calls: Iterable[tuple[Request, Reply]]) -> dict[str, list[str]]:
    """Return the calls of each entity in their order, by the entity's name.

    The entity is the Identity or Name that the cmdlet was given; a call without either belongs to the tenant.
    """
    history: dict[str, list[str]] = {}
    for request, reply in calls:
        entity, asked = _asked(request)
        answered = "lost" if reply.drop else f"{reply.status} {_said(reply.body)}"
        history.setdefault(_plain(entity), []).append(_plain(f"{asked} -> {answered}"))
    return history


def _asked(request: Request) -> tuple[str, str]:
    body = _decoded(request.body)
    given = body.get("CmdletInput") if isinstance(body, dict) else None
    if not isinstance(given, dict) or not isinstance(given.get("Parameters"), dict):
        return _TENANT_WIDE, f"{request.method} {_said(request.body)}"
    parameters = given["Parameters"]
    entity = parameters.get("Identity", parameters.get("Name")) or _TENANT_WIDE
    return str(entity).lower(), f"{given.get('CmdletName')} {_sorted(parameters)} {request.query}".rstrip()


def _said(body: bytes) -> str:
    value = _decoded(body)
    return f"{len(body)} bytes" if value is None else _sorted(value)


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _sorted(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


def _plain(text: str) -> str:
    """Leave out what differs from run to run, though nothing else does."""
    return _TOKEN.sub(r"\1", _HOST.sub("https://host", _GUID.sub("id", text)))
