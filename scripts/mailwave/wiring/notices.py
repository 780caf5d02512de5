"""What tells people: the route of the environment, its templates, its quotas, and whom they are for."""

from __future__ import annotations

from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.notice_templates import Templates
from mailwave.core.population import LANES
from mailwave.core.reason import Reason
from mailwave.ports import Notifier
from mailwave.runbooks.preview_notice import PreviewNotice
from mailwave.runbooks.read_back_notices import KeepReadingBack, ReadBackNotices
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import LocalAdministrator, Readers
from mailwave.wiring.planning import lanes_of
from mailwave.wiring.readiness import administrators
from mailwave.wiring.settings import Say, Settings


def teller(settings: Settings, ledger: Ledger, notifier: Notifier, reason: Reason, say: Say) -> Teller:
    """Who tells people of their nights through *notifier*."""
    lanes = {guid: LANES[place] for guid, place in lanes_of(settings, ledger).items()}
    readers = Readers(ledger, templates(settings, ledger), _administrators(settings), lanes)
    return Teller(settings.environment, readers, pace(settings, ledger), ledger, notifier, reason, say)


def notifier(settings: Settings, *, dry_run: bool) -> Notifier:
    """The route that the estate file names: GOV.UK Notify, or the mail relay."""
    clock, notices = settings.clock(), settings.estate.notices
    if notices.route == "smtp" and notices.sender is not None:
        from mailwave.adapters.relay import Relay

        return Relay.connect(settings.endpoints(), notices.sender, clock.now, dry_run=dry_run)
    from mailwave.adapters.notify import Notify

    return Notify.connect(settings.endpoints(), sleep=clock.sleep, dry_run=dry_run)


def templates(settings: Settings, ledger: Ledger) -> Templates:
    """What people are told, and the names of their organisations."""
    names = {body.code: body.name for body in ledger.organisations()}
    return rules.templates(load_notices(settings.rules / "notices.yaml"), names)


def pace(settings: Settings, ledger: Ledger) -> Pace:
    """How fast: what was granted of the route."""
    clock, estate = settings.clock(), settings.estate
    quota = rules.quota(settings.limits, estate, clock.now().date())
    return Pace(clock, ledger, rules.notices(estate), quota)


def preview_notice(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> PreviewNotice:
    """The runbook that shows a notice; it can send none."""
    found = teller(settings, ledger, notifier(settings, dry_run=True), reason, say)
    return PreviewNotice(ledger, rules.notices(settings.estate), found)


def keep_reading_back(settings: Settings, teller: Teller) -> KeepReadingBack:
    """What asks, while waves run, what did not arrive of all that *teller* sends."""
    runbook = ReadBackNotices(teller.ledger, teller.notifier, teller.reason)
    return KeepReadingBack(settings.clock(), runbook, teller.pace, teller.say)


def read_back(settings: Settings, ledger: Ledger, reason: Reason) -> ReadBackNotices:
    """The runbook that asks what did not arrive."""
    return ReadBackNotices(ledger, notifier(settings, dry_run=True), reason)


def _administrators(settings: Settings) -> list[LocalAdministrator]:
    """Those who attest for an organisation and have an address, each once whatever keys they have."""
    found = {
        (each.organisation, each.who): LocalAdministrator(
            each.who, each.name, each.address, each.organisation
        )
        for each in administrators(settings).administrators
        if each.part == "attests" and each.address is not None
    }
    return list(found.values())
