# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The checks of MRSProxy: it is on, its limits are set and took effect, and Exchange Online may reach it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import (
    Case,
    Check,
    Found,
    Reading,
    Unreadable,
)

MARKS = "HKLM:\\SOFTWARE\\mailwave"
"""Where plays leave on a server what they did there."""
SECTION = "MRSProxyConfiguration"

DEFAULTS = {"MaxMRSConnections": "100", "DataImportTimeout": "00:01:00"}
"""What Exchange's set-up writes (facts B44 and B45), and a cumulative update writes again."""


def told(settings: Mapping[str, Any]) -> str:
    """*settings* as the mark on the server keeps them."""
    return ";".join(f"{name}={settings[name]}" for name in sorted(settings))


def _enabled(case: Case) -> Found:
    found = bool(case.reading.row("ews")["MRSProxyEnabled"])
    return Found(found, True, found)


def _authentication(case: Case) -> Found:
    """Exchange Online signs in to MRSProxy with Negotiate or NTLM (fact B46)."""
    found = bool(case.reading.row("ews")["WindowsAuthentication"])
    return Found(found, True, found)


def _settings(reading: Reading, topic: str) -> dict[str, str] | None:
    """The attributes of MRSProxy's section, in their letters; None where the file has no such section."""
    try:
        root = ET.fromstring(reading.text(topic))  # noqa: S314 - expat bounds entities, an administrator wrote it
    except ET.ParseError as error:
        raise Unreadable(what=topic, why=f"it is no XML: {error}") from error
    found = root.find(SECTION)
    return None if found is None else dict(found.attrib)


def _wanted(case: Case) -> dict[str, str]:
    return {name: str(value) for name, value in (case.wanted.get("settings") or {}).items()}


def _differing(case: Case) -> dict[str, str | None]:
    found = _settings(case.reading, "limits") or {}
    return {name: found.get(name) for name, value in _wanted(case).items() if found.get(name) != value}


def _mark(case: Case, name: str) -> Any:
    return case.reading.registry_value(MARKS, name)


def _were_set(case: Case) -> bool:
    return bool(_mark(case, "MrsProxyLimits") == told(_wanted(case)))


def _low(case: Case) -> Found:
    """Never set: what was set once and is gone is a reset."""
    found = _differing(case)
    wanted = {name: _wanted(case)[name] for name in found}
    return Found(found, wanted, holds=not found or _was_reset(case))


def _reset(case: Case) -> Found:
    found = {**_differing(case), "build": case.reading.build}
    then = {name: _wanted(case)[name] for name in found if name != "build"}
    return Found(found, {**then, "build": _mark(case, "MrsProxyBuild")}, holds=not _was_reset(case))


def _was_reset(case: Case) -> bool:
    """A cumulative update writes the file anew (fact B44): another build than when they were set, or the defaults."""
    found = _differing(case)
    if not found or not _were_set(case):
        return False
    other_build = _mark(case, "MrsProxyBuild") != case.reading.build
    return other_build or all(value == DEFAULTS.get(name) for name, value in found.items())


def _not_restarted(case: Case) -> Found:
    """The mark is written after the service has started again, so without it nobody knows that the limits count."""
    effective = _mark(case, "MrsProxyLimits")
    wanted = told(_wanted(case))
    changed = any(value != DEFAULTS.get(name) for name, value in _wanted(case).items())
    return Found(effective, wanted, holds=bool(_differing(case)) or not changed or effective == wanted)


def _misspelt(case: Case) -> Found:
    """Names are read in their exact letters only (fact B44, KB 3002970)."""
    known = {name.casefold(): name for name in (*DEFAULTS, *_wanted(case))}
    found = _settings(case.reading, "limits") or {}
    wrong = sorted(name for name in found if known.get(name.casefold(), name) != name)
    return Found(wrong, sorted(known[name.casefold()] for name in wrong), not wrong)


def _elsewhere(case: Case) -> Found:
    """Exchange 2013 and later read the limits in the replication service's file only (fact B44)."""
    found = _settings(case.reading, "ews_config")
    return Found(found, None, found is None)


def _handler(case: Case) -> Found:
    count = case.reading.field("handler", "count")
    return Found(count, "at least 1", count >= 1)


def _firewall(case: Case) -> Iterator[Found]:
    """Asked by the module that would set the rule, in check mode."""
    if case.wanted.get("firewall"):
        prepared = str(case.reading.field("firewall", "diff").get("prepared") or "")
        differing = [line for line in prepared.splitlines() if line.startswith(("+", "-"))]
        yield Found(differing, [], holds=not differing)


MRS_PROXY: Mapping[str, Check] = {
    "mrs-proxy-off": _enabled,
    "mrs-proxy-windows-authentication-off": _authentication,
    "mrs-proxy-limits-low": _low,
    "mrs-proxy-limits-reset": _reset,
    "mrs-proxy-not-restarted": _not_restarted,
    "mrs-proxy-setting-misspelt": _misspelt,
    "mrs-proxy-limits-in-wrong-file": _elsewhere,
    "mrs-proxy-handler-missing": _handler,
    "mrs-proxy-firewall-shut": _firewall,
}
