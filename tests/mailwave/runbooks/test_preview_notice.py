"""The preview of a notice: what the service really makes of it, when it goes, and to whom; nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.notify import Notify as Notifier
from mailwave.core.notice_pace import Quota
from mailwave.core.notices import Milestone, NoticeRules, NoticeState
from mailwave.runbooks.preview_notice import NobodyToTell, PreviewNotice
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import Readers
from rehearsal.clock import VirtualClock
from rehearsal.notify import Notify, NotifyFaults
from tests import notify_join
from tests.mailwave.adapters.ledgers import a_plan, an_empty_ledger, closed_ledgers
from tests.mailwave.builders import NOW, REASON, a_mailbox, a_right, a_shared_mailbox, an_organisation, guid
from tests.mailwave.runbooks.test_notices import SleepingClock

__all__ = ["closed_ledgers"]

RULES = NoticeRules(14, time(9), "Europe/London")
TEMPLATES = rules.templates(load_notices(Path(__file__).parents[3] / "environments" / "notices.yaml"))
HOSTILE = "\u202e<b>ADEYEMI</b>, ((night)) [x](https://evil.example)\x1b[31m"


def looking(folder: Path, *, dry_run: bool = True) -> tuple[Ledger, PreviewNotice, Notify]:
    """The runbook over a ledger of three mailboxes, the last a shared one that the second works in."""
    ledger = an_empty_ledger(folder)
    mailboxes = [a_mailbox(0, display_name=HOSTILE), a_mailbox(1), a_shared_mailbox(2)]
    ledger.import_estate([an_organisation()], mailboxes, [a_right(2, 1)], REASON)
    ledger.save_plan(a_plan(0, 2), REASON)
    service = Notify(VirtualClock(NOW), notify_join.KEY, faults=NotifyFaults((), ()))
    notifier = Notifier(notify_join.client(service), sleep=lambda _: None, dry_run=dry_run)
    pace = Pace(SleepingClock(), ledger, RULES, Quota(3_000, 225_000))
    teller = Teller("test", Readers(ledger, TEMPLATES), pace, ledger, notifier, REASON, lambda _: None)
    return ledger, PreviewNotice(ledger, RULES, teller), service


@pytest.mark.parametrize("named", [lambda: "Person0@nhsmail.example", lambda: guid(0)])
def test_a_persons_notice_is_shown_as_it_is_read(tmp_path: Path, named: Callable[[], str]) -> None:
    """It should show the service's own text with a harmless name, the template, and the moment, and send nothing."""
    _, runbook, service = looking(tmp_path)

    (shown,) = runbook.run(named(), Milestone.TWO_WEEKS)

    assert "Your NHSmail mailbox moves on Tuesday 15 September 2026" == shown.subject
    assert shown.body.startswith("Dear ADEYEMI,\n")
    assert "6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e01" == shown.letter.template.id
    assert (datetime(2026, 9, 1, 8, tzinfo=UTC), None) == (shown.due, shown.stands)
    assert () == service.accepted


def test_what_is_shown_is_what_is_sent(tmp_path: Path) -> None:
    """It should show, before and after, the text that the service sends, and then that it was sent."""
    ledger, runbook, service = looking(tmp_path, dry_run=False)
    before = runbook.run(guid(0), Milestone.DAY_BEFORE)[0]

    (wave,) = a_plan(0, 2).waves
    runbook.teller.tell(Milestone.DAY_BEFORE, wave, ledger.mailboxes(wave=wave.id)[:1])

    (sent,) = service.accepted
    assert (before.subject, before.body) == (sent.subject, sent.body.replace("\\", ""))
    assert NoticeState.SENT is runbook.run(guid(0), Milestone.DAY_BEFORE)[0].stands


def test_of_a_shared_mailbox_its_users_notices_are_shown(tmp_path: Path) -> None:
    """It should show what is sent to who works there, as nobody reads its own."""
    _, runbook, _ = looking(tmp_path)

    (shown,) = runbook.run(guid(2), Milestone.CUTOVER)

    assert ("person1@nhsmail.example", None) == (shown.letter.address, shown.due)
    assert "these shared mailboxes are moving now: A Person." in shown.body


@pytest.mark.parametrize(
    ("person", "why"), [("nobody@nhsmail.example", "no such address"), (guid(1), "no night is planned")]
)
def test_who_cannot_be_shown_a_notice_is_told_why(tmp_path: Path, person: str, why: str) -> None:
    """It should name the person and the reason."""
    _, runbook, _ = looking(tmp_path)

    with pytest.raises(NobodyToTell) as caught:
        runbook.run(person, Milestone.TWO_WEEKS)

    assert (True, True) == (person in str(caught.value), why in str(caught.value))
