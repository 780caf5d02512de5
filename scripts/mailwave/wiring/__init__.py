"""The only place that joins faces and adapters: what a command needs, made from the settings of one environment."""

from __future__ import annotations

from mailwave.adapters.plan_file import SavedPlan
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
from mailwave.wiring.sites import apply_play, play_table, prepare_sites, verify_sites
from mailwave.wiring.stacks import StackTelling, find_drift, provision, stack_status, take_baseline, tear_down
from mailwave.wiring.waves import (
    approve_waves,
    hold_wave,
    running_waves,
    take_account,
    verifying,
    withdraw_wave,
)

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
    "upgrade_ledger",
    "verify_sites",
    "verifying",
    "withdraw_wave",
]
