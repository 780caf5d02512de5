"""An evening's notices, its process killed again and again: exactly one each on the other side.

The ledger is the real one, Notify the real client joined to the simulated service, which turns some away, loses some
answers, names each e-mail twice in its lists, does not reach everybody, and has a limit for the day that is below what
the evening needs. What did not arrive is read back meanwhile. Time is virtual. `NOTICES_PEOPLE` and
`NOTICES_GAP` make it an evening of the real size, `NOTICES_STEP` the boundaries that are tried one by one.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest

from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.notify import Notify as Notifier
from mailwave.core.notice_pace import Quota
from mailwave.core.notices import Milestone, NoticeRules, NoticeState
from mailwave.core.planner import Wave
from mailwave.runbooks.read_back_notices import EVERY, KeepReadingBack, ReadBackNotices
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import Readers
from rehearsal.clock import VirtualClock
from rehearsal.notify import Notify, NotifyFaults, NotifyOptions
from rehearsal.notify.service import Sent
from tests import notify_join
from tests.mailwave.builders import REASON, a_mailbox, an_organisation
from tests.mailwave.rehearsed.boundary import Boundary, Guarded, Killed
from tests.mailwave.rehearsed.services import NotifyWire

PEOPLE = int(os.environ.get("NOTICES_PEOPLE", "60"))
GAP = int(os.environ.get("NOTICES_GAP", "37"))
STEP = int(os.environ.get("NOTICES_STEP", "29"))
START = datetime(2026, 9, 15, 19, tzinfo=UTC)
WAVE = Wave("W1", date(2026, 9, 15), START, START + timedelta(hours=10), ())
TEMPLATES = rules.templates(load_notices(Path(__file__).parents[3] / "environments" / "notices.yaml"))
TOLD = (Milestone.CUTOVER, Milestone.SUCCESS)
WRITES = frozenset({"reserve_notices", "settle_notices"})


class Evening:
    """What outlives every process: the service, its clock, and the ledger's file."""

    def __init__(self, folder: Path, people: int) -> None:
        self.clock = VirtualClock(START)
        self.people = people
        self.url = f"sqlite:///{folder / 'ledger.db'}"
        self.astray = {a_mailbox(n).address: "permanent-failure" for n in range(3, people, 19)}
        faults = NotifyFaults(
            throttled=tuple(range(9, 2 * people, 41)),
            dropped=tuple(range(4, 2 * people, 23)),
            undeliverable=self.astray,
            doubled=True,
        )
        options = NotifyOptions(per_day=people + people // 2)
        self.service = Notify(self.clock, notify_join.KEY, options=options, faults=faults)
        with Ledger.open(self.url, self.now) as ledger:
            mailboxes = [a_mailbox(n, display_name=f"Person <b>{n}</b>") for n in range(people)]
            ledger.import_estate([an_organisation()], mailboxes, [], REASON)

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now

    def sleep_until(self, when: datetime) -> None:
        """Let it be *when*."""
        self.clock.advance_to(max(when, self.clock.now))

    def process(self, boundary: Boundary) -> None:
        """One process that tells everybody of both milestones, unless it dies."""
        client = notify_join.client(self.service)
        client.request_session.mount("http://notify", NotifyWire(self.service, boundary))
        wait = lambda seconds: self.sleep_until(self.now() + timedelta(seconds=seconds))  # noqa: E731
        with Ledger.open(self.url, self.now) as opened:
            ledger = Guarded(opened, WRITES, boundary)
            pace = Pace(self, ledger, NoticeRules(14, time(9), "Europe/London"), Quota(3_000, 225_000))
            notifier = Notifier(client, sleep=wait, dry_run=False)
            teller = Teller(
                "test", Readers(ledger, TEMPLATES), pace, ledger, notifier, REASON, lambda _: None
            )
            look = KeepReadingBack(self, ReadBackNotices(ledger, notifier, REASON), pace, lambda _: None)
            people = opened.mailboxes()
            for milestone in TOLD:
                while (again := teller.tell(milestone, WAVE, people)) is not None:
                    look()
                    self.sleep_until(again)
            self.sleep_until(self.now() + EVERY)
            look()

    def check(self) -> None:
        """Exactly one of each at the recipients' side, known to a ledger whose journal verifies, with what is lost."""
        told = Counter((sent.email_address, sent.template.id) for sent in self.service.accepted)
        assert (len(TOLD) * self.people, {1}) == (len(told), set(told.values()))
        with Ledger.open(self.url, self.now) as ledger:
            held = {record.notice.reference: record for record in ledger.notices()}
            ledger.verify_journal()
        assert {sent.reference: self._end(sent) for sent in self.service.accepted} == {
            name: (record.state, record.detail) for name, record in held.items()
        }

    def _end(self, sent: Sent) -> tuple[NoticeState, str]:
        lost = self.astray.get(sent.email_address)
        return (NoticeState.UNDELIVERED, lost) if lost else (NoticeState.SENT, sent.id)


def boundaries() -> Iterator[Boundary]:
    """One for each process in turn: the first dies at its first boundary, each later one a few further on."""
    for n in count():
        yield Boundary(1 + (n * 11) % GAP)


def test_an_evening_killed_again_and_again_tells_everybody_once(tmp_path: Path) -> None:
    """It should go on after every kill, wait for the service's minute and day, and send nothing twice."""
    evening = Evening(tmp_path, PEOPLE)
    killed = 0
    for boundary in boundaries():
        try:
            evening.process(boundary)
            break
        except Killed:
            killed += 1

    evening.check()
    assert killed >= 4 * PEOPLE // GAP
    assert evening.clock.now.date() > START.date()  # the day's limit was met


@pytest.mark.parametrize("n", range(1, 160, STEP))
def test_an_evening_killed_at_one_boundary_tells_everybody_once(tmp_path: Path, n: int) -> None:
    """It should end as an evening that nobody kills, wherever it is killed."""
    evening = Evening(tmp_path, 30)
    with pytest.raises(Killed):
        evening.process(Boundary(n))

    evening.process(Boundary())

    evening.check()
