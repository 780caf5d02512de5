"""What the commands of estate need: the sites' readings, and the runbooks that take them in and judge them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from estate_schema import load_readiness
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.core.source import Inventory
from mailwave.runbooks.import_estate import ImportEstate
from mailwave.wiring.settings import ROOT, Settings, folder

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.source import Progress, Source
    from mailwave.core.readiness.handed_in import HandedIn
    from mailwave.core.readiness.rules import RuleBook
    from mailwave.runbooks.check_estate import CheckEstate

ENVIRONMENTS = ROOT / "environments"


def discover(settings: Settings, progress: Progress) -> Inventory:
    """Read every site, and keep what was read in the environment's folder; a reading that was killed goes on."""
    from mailwave.adapters.source_pages import PageFolder

    kept = folder(settings) / "discovery"
    pages = PageFolder(kept / "pages", settings.clock().now())
    with source_of(settings) as source:
        inventory = source.inventory(progress, pages)
    kept.mkdir(parents=True, exist_ok=True)
    for name, content in inventory.files.items():
        (kept / name).write_bytes(content)
    pages.clear()
    return inventory


def source_of(settings: Settings) -> Source:
    """The sites of the environment, to read."""
    from mailwave.adapters.source import Source

    return Source.connect(settings.endpoints(), settings.estate, sleep=settings.clock().sleep)


def import_estate(settings: Settings, ledger: Ledger, reason: Reason) -> ImportEstate:
    """The runbook that takes an estate into the ledger."""
    return ImportEstate(ledger, settings.estate.site_of_server, reason)


def check_estate(settings: Settings, ledger: Ledger, reason: Reason) -> CheckEstate:
    """The runbook that judges every mailbox."""
    from mailwave.adapters.signatures import Ed25519Verifier
    from mailwave.runbooks.check_estate import CheckEstate

    days = settings.estate.clients.evidence_days
    return CheckEstate(settings.clock(), ledger, rule_book(settings), days, Ed25519Verifier(), reason)


def rule_book(settings: Settings) -> RuleBook:
    """The rules of readiness, as they are in the environment."""
    return rules.readiness(settings.estate, load_readiness(ENVIRONMENTS / "readiness.yaml"))


def evidence(settings: Settings, folder_: Path | None) -> HandedIn:
    """What lies in *folder_*; the administrators of the environment, who may attest, are in its own file."""
    from mailwave.adapters.evidence_files import read_evidence
    from mailwave.core.readiness.handed_in import HandedIn

    if folder_ is None:
        return HandedIn()
    known = ENVIRONMENTS / f"administrators.{settings.environment}.csv"
    return read_evidence(folder_, known if known.exists() else None)
