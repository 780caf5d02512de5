"""What the commands for a wave in trouble need: items that would be lost, causes that were mended, budgets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.runbooks.approve_items import ApproveItems
from mailwave.runbooks.held_waves import HeldWaves
from mailwave.runbooks.mend_cause import MendCause
from mailwave.runbooks.record_contacts import RecordContacts
from mailwave.wiring.alerts import announcing
from mailwave.wiring.settings import Say, Settings, kept
from mailwave.wiring.waves import causes_of, stop_loss, target_of


@contextmanager
def approving_items(settings: Settings, reason: Reason) -> Iterator[ApproveItems]:
    """The runbook that lists what moves would lose, and records consent; it only reads the tenant."""
    with settings.ledger() as ledger:
        target = target_of(settings, dry_run=True)
        yield ApproveItems(settings.clock(), ledger, target, kept(settings), reason)


def mend_cause(ledger: Ledger, reason: Reason) -> MendCause:
    """The runbook that records that a cause is gone."""
    return MendCause(ledger, causes_of(), reason)


def record_contacts(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> RecordContacts:
    """The runbook that records what the service desk tells, and holds the waves over budget."""
    return RecordContacts(stop_loss(settings, ledger, reason, say, announcing(settings)))


def held_waves(settings: Settings, ledger: Ledger) -> HeldWaves:
    """The runbook that shows what is held, what it costs, and how long it may be."""
    granted = rules.granted(settings.limits, settings.estate)
    return HeldWaves(settings.clock(), ledger, rules.notices(settings.estate), granted)
