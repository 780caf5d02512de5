"""Notices: one for each person and milestone, whatever the service answers and whenever the process ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.core.estate import Record
from mailwave.core.letters import Letter, Returned
from mailwave.core.notice_pace import Quota
from mailwave.core.notices import Audience, Milestone, NoticeRules, NoticeState, reference
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown, CannotLookUp
from mailwave.core.planner import Wave
from mailwave.core.states import MailboxState
from mailwave.runbooks.read_back_notices import ReadBackNotices
from mailwave.runbooks.wave.notices import FORGOTTEN, Teller
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import LocalAdministrator, Readers
from tests.mailwave.adapters.ledgers import TestClock, a_ledger, a_plan, closed_ledgers, step
from tests.mailwave.builders import REASON, guid

__all__ = ["closed_ledgers"]

TEMPLATES = rules.templates(load_notices(Path(__file__).parents[3] / "environments" / "notices.yaml"))
QUOTA = Quota(3_000, 225_000)
START = datetime(2026, 9, 15, 19, tzinfo=UTC)
WAVE = Wave("W1", date(2026, 9, 15), START, START.replace(day=16, hour=5), ())
TWO_WEEKS = Milestone.TWO_WEEKS
PERSON, TEAM = 0, 5


class SleepingClock(TestClock):
    """Whoever sleeps moves it."""

    __test__ = False

    def sleep_until(self, when: datetime) -> None:
        """Let it be *when*."""
        self.time = max(self.time, when)


class Service:
    """A notice service that answers in turn: an error to raise, and whether the notice went out all the same."""

    def __init__(self, *answers: tuple[Exception | None, bool]) -> None:
        self.answers = list(answers)
        self.sent: list[str] = []
        self.asked: list[str] = []
        self.letters: list[Letter] = []
        self.returns: list[Returned] = []

    def send(self, letter: Letter) -> str:
        """Take the next answer; without one, send."""
        error, goes_out = self.answers.pop(0) if self.answers else (None, True)
        if goes_out:
            self.sent.append(letter.reference)
            self.letters.append(letter)
        if error:
            raise error
        return f"id-{len(self.sent)}"

    def find(self, reference: str) -> str | None:
        """Look it up."""
        self.asked.append(reference)
        return "found" if reference in self.sent else None

    def shown(self, letter: Letter) -> tuple[str, str]:
        """Fill it."""
        return letter.template.filled(letter.values)

    def returned(self) -> list[Returned]:
        """What did not arrive."""
        return self.returns


LOST = ActUnknown(act="sending", subject="a notice", why="503")
NO = ActRefused(act="sending", subject="a notice", why="400 ValidationError")
LATER = ActPostponed(act="sending", subject="a notice", why="429 TooManyRequestsError")


class Desk:
    """A teller with a ledger of its own; a new one of the same folder is the next process."""

    def __init__(
        self,
        folder: Path,
        service: Service,
        *,
        quota: Quota = QUOTA,
        administrators: Sequence[LocalAdministrator] = (),
    ) -> None:
        self.clock = SleepingClock()
        self.ledger = a_ledger(folder, self.clock)
        self.service = service
        self.again: datetime | None = None
        self.said: list[str] = []
        readers = Readers(self.ledger, TEMPLATES, administrators)
        pace = Pace(self.clock, self.ledger, NoticeRules(14, time(9), "Europe/London"), quota)
        self.teller = Teller("test", readers, pace, self.ledger, service, REASON, self.said.append)

    def records(self, *people: int) -> list[Record]:
        """The mailboxes with those numbers, as they stand."""
        records = {record.mailbox.guid: record for record in self.ledger.mailboxes()}
        return [records[guid(n)] for n in people]

    def tell(self, *people: int, milestone: Milestone = TWO_WEEKS, wave: Wave = WAVE, **how: bool) -> int:
        """Tell the mailboxes with those numbers of *milestone*, and return how many notices went out."""
        before = len(self.service.sent)
        self.again = self.teller.tell(milestone, wave, self.records(*people), **how)
        return len(self.service.sent) - before

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
    assert [reference("test", guid(PERSON), TWO_WEEKS, "2026-09-15")] == desk.service.sent
    assert NoticeState.SENT is desk.state


def test_a_team_reads_nothing_and_who_works_there_does(desk: Desk) -> None:
    """It should send nothing to a shared mailbox, and tell those who work in it, each once."""
    assert [2, 0] == [desk.tell(TEAM), desk.tell(TEAM)]
    assert ["person0@nhsmail.example", "person1@nhsmail.example"] == [
        letter.address for letter in desk.service.letters
    ]
    assert {Audience.DELEGATE} == {letter.template.audience for letter in desk.service.letters}


@pytest.mark.parametrize(
    ("answer", "after_one", "sent_after_two"),
    [
        pytest.param((LOST, True), NoticeState.SENT, 1, id="lost, and it went out"),
        pytest.param((LOST, False), NoticeState.RESERVED, 1, id="lost, and it did not go out"),
        pytest.param((NO, False), NoticeState.FAILED, 0, id="refused"),
        pytest.param((LATER, False), None, 1, id="no room today"),
    ],
)
def test_an_answer_that_is_no_yes(
    tmp_path: Path, answer: tuple[Exception, bool], after_one: NoticeState | None, sent_after_two: int
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
    reader = killed.teller.readers.user(killed.records(PERSON)[0])
    notice = killed.teller._notice(TWO_WEEKS, WAVE, reader)
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


def test_who_is_told_of_another_night_is_told_anew(desk: Desk) -> None:
    """It should not take the notice of one night for that of another, which gives other days of notice."""
    later = Wave("W2", date(2026, 10, 6), START + timedelta(days=21), START + timedelta(days=22), ())

    assert [1, 1, 0] == [desk.tell(PERSON), desk.tell(PERSON, wave=later), desk.tell(PERSON, wave=later)]


@pytest.mark.parametrize("milestone", [TWO_WEEKS, Milestone.DAY_BEFORE, Milestone.CUTOVER])
def test_whoever_was_withdrawn_meanwhile_is_told_nothing(desk: Desk, milestone: Milestone) -> None:
    """It should ask the ledger in the act of reserving, however long ago the list of people was read."""
    people = desk.records(0, 1)
    desk.ledger.move_state(step(0, MailboxState.DEFERRED), REASON)

    desk.teller.tell(milestone, WAVE, people)

    assert [guid(1)] == [record.notice.guid for record in desk.ledger.notices(NoticeState.SENT)]


def test_only_who_was_told_of_a_night_is_told_that_it_is_off(desk: Desk) -> None:
    """It should not postpone what nobody had announced."""
    desk.tell(0)
    desk.ledger.move_state([*step(0, MailboxState.DEFERRED), *step(1, MailboxState.DEFERRED)], REASON)

    assert 1 == desk.tell(0, 1, milestone=Milestone.POSTPONED)
    assert "person0@nhsmail.example" == desk.service.letters[-1].address


def test_who_moves_the_same_night_hears_of_a_shared_mailbox_no_second_time(tmp_path: Path) -> None:
    """It should tell a delegate once: of their own move or, in another night, of the shared mailbox's."""
    desk = Desk(tmp_path, Service())
    (wave,) = a_plan(0, TEAM).waves
    desk.tell(0, TEAM, wave=wave)

    told = [(letter.address, letter.template.audience) for letter in desk.service.letters]
    assert [("person0@nhsmail.example", "user"), ("person1@nhsmail.example", "delegate")] == told


def test_thanks_for_several_mailboxes_come_after_the_last(desk: Desk) -> None:
    """It should thank a user at once, and whoever is told of several mailboxes when nobody else is to come."""
    assert [0, 2] == [desk.tell(TEAM, milestone=Milestone.SUCCESS, last=last) for last in (False, True)]


def test_an_administrator_is_told_once_for_the_organisation(tmp_path: Path) -> None:
    """It should tell each of them of their own organisation, with how many move, and leave out the others."""
    anne = LocalAdministrator("anne-id", "Anne", "anne@nhsmail.example", "RR8")
    bert = LocalAdministrator("bert-id", "Bert", "bert@nhsmail.example", "ZZZ")
    desk = Desk(tmp_path, Service(), administrators=(anne, bert))

    assert [3, 0] == [desk.tell(0, 1), desk.tell(0, 1)]
    assert "2 mailboxes of RR8 move on Tuesday 15 September 2026" == subject(desk.service.letters[-1])


def subject(letter: Letter) -> str:
    """What it is headed."""
    return letter.template.filled(letter.values)[0]


def test_the_days_quota_is_never_crossed(tmp_path: Path) -> None:
    """It should leave the rest for tomorrow, say when that is, and reserve nothing of it."""
    desk = Desk(tmp_path, Service(), quota=Quota(3_000, 3))

    assert 3 == desk.tell(0, 1, 2, 3, milestone=Milestone.DAY_BEFORE)
    assert datetime(2026, 9, 2, 8, tzinfo=UTC) == desk.again
    assert [] == desk.ledger.notices(NoticeState.RESERVED)
    desk.clock.time = datetime(2026, 9, 2, 8, tzinfo=UTC)
    assert 1 == desk.tell(0, 1, 2, 3, milestone=Milestone.DAY_BEFORE)
    assert desk.again is None


def test_another_process_goes_on_with_the_same_days_quota(tmp_path: Path) -> None:
    """It should count what went out today before it began."""
    desk = Desk(tmp_path, Service(), quota=Quota(3_000, 3))
    desk.tell(0, 1, milestone=Milestone.DAY_BEFORE)

    again = Desk(tmp_path, Service(), quota=Quota(3_000, 3))

    assert 1 == again.tell(2, 3, milestone=Milestone.DAY_BEFORE)


def test_a_full_minute_is_slept_out(tmp_path: Path) -> None:
    """It should send no more in any third of a minute than a third of the minute's quota, less one."""
    desk = Desk(tmp_path, Service(), quota=Quota(6, 100))
    begun = desk.clock.time

    assert 4 == desk.tell(0, 1, 2, 3, milestone=Milestone.DAY_BEFORE)
    assert timedelta(seconds=60) == desk.clock.time - begun


def test_a_route_without_a_memory_never_sends_what_is_in_doubt(tmp_path: Path) -> None:
    """It should keep as not sent what a relay may have taken, and tell why."""

    class Relay(Service):
        def find(self, reference: str) -> str | None:
            raise CannotLookUp(act="finding", subject=reference, why="nobody can say")

    desk = Desk(tmp_path, Relay((LOST, True)))

    assert [1, 0] == [desk.tell(PERSON), desk.tell(PERSON)]
    assert [("RR8", NoticeState.FAILED, "nobody can say")] == [
        (each.organisation, each.state, each.why) for each in desk.ledger.undelivered("RR8")
    ]


def test_what_came_back_is_kept_once_and_shown_to_the_organisation(desk: Desk) -> None:
    """It should record each notice that did not arrive, know it the next time, and let nobody be told twice."""
    desk.tell(0, 4)
    sent = {letter.address: letter.reference for letter in desk.service.letters}
    desk.service.returns = [
        Returned(sent["person4@nhsmail.example"], "permanent-failure"),
        Returned(sent["person4@nhsmail.example"], "permanent-failure"),
        Returned("another environment's", "permanent-failure"),
    ]
    runbook = ReadBackNotices(desk.ledger, desk.service, REASON)

    numbers = []
    for _ in range(2):
        found = runbook.prepare()
        runbook.run(found)
        numbers.append(len(found))

    assert [1, 0] == numbers
    assert [] == desk.ledger.undelivered("RR8")
    assert [("A81001", "person4@nhsmail.example", TWO_WEEKS, "2026-09-15", "permanent-failure")] == [
        (each.organisation, each.address, each.milestone, each.night, each.why)
        for each in desk.ledger.undelivered()
    ]
    assert 0 == desk.tell(0, 4)
    desk.ledger.verify_journal()


def test_a_journal_of_notices_verifies_whatever_became_of_them(tmp_path: Path) -> None:
    """It should lead to the tables after notices that were sent, refused, released and forgotten."""
    desk = Desk(tmp_path, Service((None, True), (NO, False), (LOST, False), (LATER, False)))
    desk.tell(0, 1, 2, 3)
    desk.tell(2, 3, remembered=False)

    desk.ledger.verify_journal()

    ends = {record.notice.guid: (record.state, record.detail) for record in desk.ledger.notices()}
    assert [NoticeState.SENT, NoticeState.FAILED, NoticeState.FAILED, NoticeState.SENT] == [
        ends[guid(n)][0] for n in range(4)
    ]
    assert FORGOTTEN == ends[guid(2)][1]
