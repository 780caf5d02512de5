"""Brings what an estate shows to the checker, by the files that people hand in and the values that sites give."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.core.client_log import parse_version
from mailwave.core.estate import ClientSeen, Mailbox, Permission
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.findings import Blocked, Explainer
from mailwave.core.readiness.handed_in import counted
from mailwave.core.readiness.inventory import estate_columns
from mailwave.core.readiness.judge import judge
from mailwave.core.readiness.rules import RuleBook
from rehearsal import evidence
from tests.mailwave.core.readiness import tables
from tests.mailwave.core.readiness.books import SHIPPED
from tests.mailwave.core.readiness.shown import TODAY, Shown

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=UTC)


def columns(shown: Shown, folder: Path, book: RuleBook = SHIPPED) -> Estate:
    """What is *shown*, as the checker has it; its tables go through files in *folder*."""
    evidence.write_table(folder / "mailboxes.csv", evidence.MAILBOX_COLUMNS, shown.mailboxes)
    evidence.write_table(folder / "organisations.csv", evidence.ORGANISATION_COLUMNS, shown.organisations)
    handed_in = read_evidence(folder)
    boxes = [
        Mailbox(
            guid=m.exchange_guid, address=m.address, alias=m.alias, display_name=m.display_name,
            organisation=m.organisation, site=m.site, recipient_type=m.recipient_type, legacy_dn=m.legacy_dn,
            server=m.server, database=m.database, size_bytes=m.size_bytes, items=m.items,
        )
        for m in shown.estate.mailboxes
    ]  # fmt: skip
    by_alias = {mailbox.alias: mailbox.exchange_guid for mailbox in shown.estate.mailboxes}
    held = [
        Permission(m.exchange_guid, by_alias[right.trustee], right.kind)
        for m in shown.estate.mailboxes
        for right in m.rights
    ]
    clients = {
        m.legacy_dn.casefold(): ClientSeen(version, version, NOW)
        for m in shown.estate.mailboxes
        if (version := parse_version(m.client or "")) is not None
    }
    known = counted(handed_in, book, {}, Ed25519Verifier(), NOW)
    return estate_columns(
        tables.boxes(boxes), tables.rights(held), clients, handed_in.mailboxes, known.organisations
    )


def blocked(shown: Shown, folder: Path, book: RuleBook = SHIPPED) -> list[Blocked]:
    """What blocks each mailbox of what is *shown*."""
    estate = columns(shown, folder, book)
    return list(Explainer(judge(estate, book, TODAY), estate, book, TODAY).blocked())
