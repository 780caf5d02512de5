"""The only place that joins faces and adapters: what a command needs, made from the settings of one environment."""

from __future__ import annotations

from mailwave.adapters.plan_file import SavedPlan
from mailwave.wiring.estate import check_estate, discover, evidence, import_estate, rule_book
from mailwave.wiring.forecasting import sight_of_plan
from mailwave.wiring.plan_files import (
    PlannedFile,
    compare_plans,
    explain_in_file,
    explain_in_ledger,
    plan_folder,
    plan_of_file,
)
from mailwave.wiring.planning import plan_waves, saved_plan
from mailwave.wiring.returns import returning
from mailwave.wiring.settings import LEDGER_VARIABLE, ROOT, Settings, folder
from mailwave.wiring.sites import apply_play, play_table, prepare_sites, verify_sites
from mailwave.wiring.stacks import StackTelling, find_drift, provision, stack_status, take_baseline, tear_down
from mailwave.wiring.waves import (
    approve_waves,
    running_waves,
    take_account,
    verifying,
    withdraw_wave,
)

__all__ = [
    "LEDGER_VARIABLE",
    "ROOT",
    "PlannedFile",
    "SavedPlan",
    "Settings",
    "StackTelling",
    "apply_play",
    "approve_waves",
    "check_estate",
    "compare_plans",
    "discover",
    "evidence",
    "explain_in_file",
    "explain_in_ledger",
    "find_drift",
    "folder",
    "import_estate",
    "plan_folder",
    "plan_of_file",
    "plan_waves",
    "play_table",
    "prepare_sites",
    "provision",
    "returning",
    "rule_book",
    "running_waves",
    "saved_plan",
    "sight_of_plan",
    "stack_status",
    "take_account",
    "take_baseline",
    "tear_down",
    "verify_sites",
    "verifying",
    "withdraw_wave",
]
