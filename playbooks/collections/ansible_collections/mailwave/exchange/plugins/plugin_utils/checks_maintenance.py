# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The checks of maintenance: no server stands in it, by our own doing or by somebody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_mrs_proxy import MARKS
from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import Case, Check, Found

MARK = "Maintenance"
COMPONENTS = ("ServerWideOffline", "HubTransport")
"""The two components by which a server goes into maintenance; the others follow the first."""


def _states(case: Case) -> dict[str, str]:
    rows = {str(row["Component"]): str(row["State"]) for row in case.reading.rows("components")}
    return {name: rows[name] for name in COMPONENTS}


def _is_out(case: Case) -> bool:
    return set(_states(case).values()) == {"Active"}


def _marked(case: Case) -> bool:
    return bool(case.reading.registry_value(MARKS, MARK))


def _ours(case: Case) -> Found:
    """The mark is written before the first step and removed after the last one, so it outlives a killed run."""
    found = {"mark": _marked(case), **_states(case)}
    return Found(found, {"mark": False, **dict.fromkeys(COMPONENTS, "Active")}, holds=not _marked(case))


def _somebody_elses(case: Case) -> Found:
    found = _states(case)
    return Found(found, dict.fromkeys(COMPONENTS, "Active"), holds=_marked(case) or _is_out(case))


def _databases(case: Case) -> Found:
    """A server that is in no maintenance and still gives up its databases."""
    row = case.reading.row("mailbox_server")
    found = {
        "DatabaseCopyActivationDisabledAndMoveNow": bool(row["DatabaseCopyActivationDisabledAndMoveNow"]),
        "DatabaseCopyAutoActivationPolicy": str(row["DatabaseCopyAutoActivationPolicy"]),
    }
    shut = (
        found["DatabaseCopyActivationDisabledAndMoveNow"]
        or found["DatabaseCopyAutoActivationPolicy"] == "Blocked"
    )
    return Found(found, "databases may be active here", holds=not shut or _marked(case) or not _is_out(case))


def _other_components(case: Case) -> Iterator[Found]:
    """A single component that somebody switched off on a server that is otherwise in service."""
    if not _is_out(case):
        return
    for row in case.reading.rows("components"):
        name, state = str(row["Component"]), str(row["State"])
        if name not in COMPONENTS:
            yield Found(state, "Active", state == "Active" or name in _OFF_BY_DEFAULT, name)


_OFF_BY_DEFAULT = {"ForwardSyncDaemon", "ProvisioningRps"}
"""Components that are Inactive on a healthy server (opd:Set-ServerComponentState)."""


MAINTENANCE: Mapping[str, Check] = {
    "maintenance-left": _ours,
    "maintenance-by-somebody": _somebody_elses,
    "databases-shut-out": _databases,
    "component-inactive": _other_components,
}
