"""Notices: one for each person and milestone, whatever the service answers and whenever the process ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailwave.core.notices import Milestone, NoticeState, reference
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown
from mailwave.core.planner import Wave
from mailwave.runbooks.wave.notices import Teller
from tests.mailwave.adapters.ledgers import a_ledger, closed_ledgers
from tests.mailwave.builders import REASON, guid

__all__ = ["closed_ledgers"]

START = datetime(2026, 9, 15, 19, tzinfo=UTC)
WAVE = Wave("W1", date(2026, 9, 15), START, START.replace(day=16, hour=5), ())
TWO_WEEKS = Milestone.TWO_WEEKS
PERSON, TEAM = 0, 5


class Service:
    """A notice service that answers in turn: an error to raise, and whether the notice went out all the same."""

    def __init__(self, *answers: tuple[Exception | None, bool]) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []
        self.asked: list[str] = []

    def send(self, *, template: str, address: str, reference: str, personalisation: Mapping[str, str]) -> str:
        """Take the next answer; without one, send."""
        error, goes_out = self.answers.pop(0) if self.answers else (None, True)
        if goes_out:
            self.sent.append(reference)
        if error:
            raise error
        return f"id-{len(self.sent)}"

    def find(self, reference: str) -> str | None:
        """Look it up."""
        self.asked.append(reference)
        return "found" if reference in self.sent else None


LOST = ActUnknown(act="sending", subject="a notice", why="503")
NO = ActRefused(act="sending", subject="a notice", why="400 ValidationError")
LATER = ActPostponed(act="sending", subject="a notice", why="429 TooManyRequestsError")


class Desk:
    """A teller with a ledger of its own; a new one of the same folder is the next process."""

    def __init__(self, folder: Path, service: Service) -> None:
        self.ledger = a_ledger(folder)
        self.service = service
        self.said: list[str] = []
        templates = dict.fromkeys(Milestone, "template")
        self.teller = Teller("test", templates, self.ledger, service, REASON, self.said.append)

    def tell(self, *people: int, remembered: bool = True) -> int:
        """Tell the mailboxes with those numbers of two weeks' notice."""
        records = {record.mailbox.guid: record for record in self.ledger.mailboxes()}
        return self.teller.tell(TWO_WEEKS, WAVE, [records[guid(n)] for n in people], remembered=remembered)

    @property
    def state(self) -> NoticeState | None:
        """Where the person's notice stands."""
        return self.ledger.notices_of(TWO_WEEKS, [guid(PERSON)]).get(guid(PERSON))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose service takes everything."""
    return Desk(tmp_path, Service())


def test_once_told_is_told(desk: Desk) -> None:
    """It should send on the first time of asking and never again."""
    assert [1, 0] == [desk.tell(PERSON), desk.tell(PERSON)]
    assert [reference("test", guid(PERSON), TWO_WEEKS, "W1")] == desk.service.sent
    assert NoticeState.SENT is desk.state


def test_a_team_reads_nothing(desk: Desk) -> None:
    """It should send nothing to a shared mailbox."""
    assert 0 == desk.tell(TEAM)
    assert [] == desk.service.sent


@pytest.mark.parametrize(
    ("answer", "after_one", "sent_after_two"),
    [
        pytest.param((LOST, True), NoticeState.SENT, 1, id="lost, and it went out"),
        pytest.param((LOST, False), NoticeState.RESERVED, 1, id="lost, and it did not go out"),
        pytest.param((NO, False), NoticeState.FAILED, 0, id="refused"),
        pytest.param((LATER, False), NoticeState.RESERVED, 1, id="no room today"),
    ],
)
def test_an_answer_that_is_no_yes(
    tmp_path: Path, answer: tuple[Exception, bool], after_one: NoticeState, sent_after_two: int
) -> None:
    """It should know after one round what may be sent in the next, and never send twice."""
    desk = Desk(tmp_path, Service(answer))

    desk.tell(PERSON)
    first = desk.state
    desk.tell(PERSON)

    assert after_one is first
    assert sent_after_two == len(desk.service.sent)


@pytest.mark.parametrize("went_out", [True, False])
def test_a_notice_of_a_killed_process_is_looked_up_first(tmp_path: Path, went_out: bool) -> None:  # noqa: FBT001
    """It should ask for a notice that was reserved and never settled before it sends anything."""
    service = Service()
    killed = Desk(tmp_path, service)
    records = {record.mailbox.guid: record for record in killed.ledger.mailboxes()}
    notice = killed.teller._notice(TWO_WEEKS, WAVE, records[guid(PERSON)])
    killed.ledger.reserve_notices([notice], REASON)
    if went_out:
        service.sent.append(notice.reference)
    killed.ledger.close()

    sent_now = Desk(tmp_path, service).tell(PERSON)

    assert int(not went_out) == sent_now
    assert [notice.reference] == service.asked
    assert [notice.reference] == service.sent


def test_what_the_service_has_forgotten_is_not_sent_again(tmp_path: Path) -> None:
    """It should send nothing in place of a notice that may have gone out before the service's memory begins."""
    desk = Desk(tmp_path, Service((LOST, False)))
    desk.tell(PERSON)

    sent = desk.tell(PERSON, remembered=False)

    assert (0, []) == (sent, desk.service.sent)
    assert NoticeState.FAILED is desk.state


def test_who_was_never_told_is_told_late(desk: Desk) -> None:
    """It should send a fresh notice however late, because nobody can have sent it before."""
    assert 1 == desk.tell(PERSON, remembered=False)


def test_a_failed_look_up_is_not_absence(tmp_path: Path) -> None:
    """It should end, with the notice still reserved, when nobody can say whether it went out."""

    class Deaf(Service):
        def find(self, reference: str) -> str | None:
            raise LOST

    desk = Desk(tmp_path, Deaf((LOST, True)))

    with pytest.raises(ActUnknown):
        desk.tell(PERSON)

    assert NoticeState.RESERVED is desk.state
