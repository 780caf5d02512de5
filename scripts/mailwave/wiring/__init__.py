"""The only place that joins faces and adapters: what a command needs, made from the settings of one environment.

A name is loaded from its module when it is first used: the libraries behind all of them take a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailwave.adapters.plan_file import SavedPlan
    from mailwave.adapters.written_whole import write_whole
    from mailwave.wiring import batches, trouble
    from mailwave.wiring.discovery import (
        Asked,
        discover_estate,
        discovered_inventory,
        export_folders,
        export_found,
        exported,
        found,
        keep_found,
        readers,
    )
    from mailwave.wiring.estate import amend_estate, import_estate
    from mailwave.wiring.forecasting import sight_of_plan
    from mailwave.wiring.ledgers import (
        LedgerStatus,
        import_tables,
        ledger_status,
        read_tables,
        upgrade_ledger,
    )
    from mailwave.wiring.plan_files import (
        PlannedFile,
        compare_plans,
        explain_in_file,
        explain_in_ledger,
        plan_folder,
        plan_of_file,
    )
    from mailwave.wiring.planning import plan_waves, saved_plan
    from mailwave.wiring.readiness import (
        Acting,
        acting_administrator,
        check_estate,
        collect_evidence,
        evidence,
        is_administrator,
        keep_statement,
        readiness_folder,
        rule_book,
        scope,
        tried,
    )
    from mailwave.wiring.returns import cost_return, cost_waves, returning
    from mailwave.wiring.settings import LEDGER_VARIABLE, ROOT, Settings, folder
    from mailwave.wiring.sites import apply_play, play_table, prepare_sites, refuse_reviewed, verify_sites
    from mailwave.wiring.stacks import (
        StackTelling,
        find_drift,
        provision,
        stack_status,
        take_baseline,
        tear_down,
    )
    from mailwave.wiring.waves import (
        approve_waves,
        hold_wave,
        running_waves,
        take_account,
        verifying,
        withdraw_wave,
    )

_HOMES: Mapping[str, tuple[str, ...]] = {
    "mailwave.adapters.plan_file": ("SavedPlan",),
    "mailwave.adapters.written_whole": ("write_whole",),
    "mailwave.wiring.discovery": (
        "Asked",
        "discover_estate",
        "discovered_inventory",
        "export_folders",
        "export_found",
        "exported",
        "found",
        "keep_found",
        "readers",
    ),
    "mailwave.wiring.estate": ("amend_estate", "import_estate"),
    "mailwave.wiring.forecasting": ("sight_of_plan",),
    "mailwave.wiring.ledgers": (
        "LedgerStatus",
        "import_tables",
        "ledger_status",
        "read_tables",
        "upgrade_ledger",
    ),
    "mailwave.wiring.plan_files": (
        "PlannedFile",
        "compare_plans",
        "explain_in_file",
        "explain_in_ledger",
        "plan_folder",
        "plan_of_file",
    ),
    "mailwave.wiring.planning": ("plan_waves", "saved_plan"),
    "mailwave.wiring.readiness": (
        "Acting",
        "acting_administrator",
        "check_estate",
        "collect_evidence",
        "evidence",
        "is_administrator",
        "keep_statement",
        "readiness_folder",
        "rule_book",
        "scope",
        "tried",
        "trouble",
    ),
    "mailwave.wiring.returns": ("cost_return", "cost_waves", "returning"),
    "mailwave.wiring.settings": ("LEDGER_VARIABLE", "ROOT", "Settings", "folder"),
    "mailwave.wiring.sites": ("apply_play", "play_table", "prepare_sites", "refuse_reviewed", "verify_sites"),
    "mailwave.wiring.stacks": (
        "StackTelling",
        "find_drift",
        "provision",
        "stack_status",
        "take_baseline",
        "tear_down",
    ),
    "mailwave.wiring.waves": (
        "approve_waves",
        "hold_wave",
        "running_waves",
        "take_account",
        "verifying",
        "withdraw_wave",
    ),
}
"""The names that each module gives; the same as above, for when the program runs."""

_HOME = {name: module for module, names in _HOMES.items() for name in names}


_MODULES = ("batches", "trouble")
"""Modules that are named as they are."""


def __getattr__(name: str) -> Any:
    """What has the *name*, loaded; raise AttributeError if nothing has."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOME[name]), name)
    return found


__all__ = [
    "LEDGER_VARIABLE",
    "ROOT",
    "Acting",
    "Asked",
    "LedgerStatus",
    "PlannedFile",
    "SavedPlan",
    "Settings",
    "StackTelling",
    "acting_administrator",
    "amend_estate",
    "apply_play",
    "approve_waves",
    "batches",
    "check_estate",
    "collect_evidence",
    "compare_plans",
    "cost_return",
    "cost_waves",
    "discover_estate",
    "discovered_inventory",
    "evidence",
    "explain_in_file",
    "explain_in_ledger",
    "export_folders",
    "export_found",
    "exported",
    "find_drift",
    "folder",
    "found",
    "hold_wave",
    "import_estate",
    "import_tables",
    "is_administrator",
    "keep_found",
    "keep_statement",
    "ledger_status",
    "plan_folder",
    "plan_of_file",
    "plan_waves",
    "play_table",
    "prepare_sites",
    "provision",
    "read_tables",
    "readers",
    "readiness_folder",
    "refuse_reviewed",
    "returning",
    "rule_book",
    "running_waves",
    "saved_plan",
    "scope",
    "sight_of_plan",
    "stack_status",
    "take_account",
    "take_baseline",
    "tear_down",
    "tried",
    "trouble",
    "upgrade_ledger",
    "verify_sites",
    "verifying",
    "withdraw_wave",
    "write_whole",
]
