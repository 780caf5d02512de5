"""The ledger in each of its databases."""

from datetime import date, timedelta

import pytest

from mailwave.core.intents import Outcome
from mailwave.core.notices import Milestone, Notice, NoticeRecord, NoticeState
from mailwave.core.planner import Plan, Severed, Unplanned
from mailwave.core.refusals import (
    IntentClosed,
    IntentStillOpen,
    NoScope,
    NoticeSettled,
    NotWaiting,
    PlanFrozen,
    RepeatedMailbox,
    UnknownIntent,
    UnknownMailboxes,
    UnknownNotice,
)
from mailwave.core.states import Counts, IllegalTransition, MailboxState, Transition
from tests.mailwave.adapters.ledgers import (
    PERMISSIONS,
    TestClock,
    a_ledger,
    a_plan,
    an_empty_ledger,
    step,
)
from tests.mailwave.builders import NOW, REASON, guid

S = MailboxState

SENT = NoticeRecord(Notice(guid(0), Milestone.SUCCESS, "ref"), NoticeState.SENT, "notify-1")
FAILED = NoticeRecord(Notice(guid(0), Milestone.SUCCESS, "ref"), NoticeState.FAILED, "no")


class TestSteps:
    def test_counts_follow(self, ledger_url: str) -> None:
        """It should count by organisation and in all, and conserve."""
        ledger = a_ledger(ledger_url)
        ledger.move_state([*step(0, S.SYNCING), *step(1, S.DEFERRED), *step(4, S.EXCLUDED)], REASON)

        expected = {
            "A81001": Counts(planned=1, excluded=1),
            "RR8": Counts(planned=5, waiting=3, in_flight=1, deferred=1),
        }
        assert expected == ledger.organisation_counts()
        assert Counts(planned=6, waiting=3, in_flight=1, deferred=1, excluded=1) == ledger.total()

    def test_the_state_and_its_why_are_kept(self, ledger_url: str) -> None:
        """It should say of each mailbox where it stands and why, in text that any database takes."""
        ledger = a_ledger(ledger_url)
        ledger.move_state([Transition(guid(0), S.DEFERRED, "said\x00 Sia\u0302n \ud800")], REASON)

        assert ["said\ufffd Si\u00e2n \ufffd"] == [record.why for record in ledger.mailboxes(S.DEFERRED)]
        ledger.verify_journal()

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ([*step(0, S.SYNCING), *step(1, S.MOVED)], IllegalTransition),
            ([*step(0, S.SYNCING), *step(9, S.SYNCING)], UnknownMailboxes),
            ([*step(0, S.SYNCING), *step(0, S.SYNCED)], RepeatedMailbox),
        ],
    )
    def test_all_steps_or_none(
        self, ledger_url: str, changes: list[Transition], error: type[Exception]
    ) -> None:
        """It should take no step and write no entry when one of the steps is refused."""
        ledger = a_ledger(ledger_url)

        with pytest.raises(error):
            ledger.move_state(changes, REASON)
        assert (6, 1) == (ledger.total().waiting, len(ledger.journal()))

    def test_no_steps_leave_no_trace(self, ledger_url: str) -> None:
        """It should write no entry about nothing."""
        ledger = a_ledger(ledger_url)
        ledger.move_state([], REASON)

        assert 1 == len(ledger.journal())


class TestPlan:
    def test_a_plan_comes_back_as_it_was_saved(self, ledger_url: str) -> None:
        """It should give back the plan, digest and all, with the order of its mailboxes."""
        ledger = a_ledger(ledger_url)
        plan = Plan(
            a_plan(3, 0, 1, 2).waves,
            (Unplanned((guid(5),), "no night"),),
            tuple(
                Severed(right, day) for right, day in zip(PERMISSIONS, (None, date(2026, 9, 15)), strict=True)
            ),
        )

        ledger.save_plan(plan, REASON)

        assert plan == ledger.plan()
        assert list(plan.waves) == ledger.waves()
        assert [guid(n) for n in (3, 0, 1, 2)] == [
            record.mailbox.guid for record in ledger.mailboxes(wave="W15")
        ]
        assert {("W15", "test-15-1")} == {
            (r.wave, r.batch) for r in ledger.mailboxes() if r.mailbox.guid == guid(1)
        }

    def test_a_batch_has_ended_once_nobody_in_it_is_open(self, ledger_url: str) -> None:
        """It should name the batches asked for whose people have all come to an end, in flight or not, oldest first."""
        ledger = a_ledger(ledger_url)
        late, early = a_plan(0, 1, night=16), a_plan(2, 3, night=15)
        ledger.save_plan(Plan((*early.waves, *late.waves)), REASON)
        asked = ["test-16-1", "test-15-1", "no such batch"]

        assert [] == ledger.ended_batches(asked)
        ledger.move_state([*step(0, S.EXCLUDED), *step(1, S.SYNCING), *step(2, S.DEFERRED)], REASON)
        assert [] == ledger.ended_batches(asked)
        ledger.move_state([*step(1, S.FAILED), *step(3, S.EXCLUDED)], REASON)
        assert ["test-15-1", "test-16-1"] == ledger.ended_batches(asked)
        assert ["test-16-1"] == ledger.ended_batches({"test-16-1"})

    def test_no_plan_is_none(self, ledger_url: str) -> None:
        """It should tell no plan from an empty one."""
        ledger = a_ledger(ledger_url)
        assert ledger.plan() is None

        ledger.save_plan(Plan(()), REASON)
        assert Plan(()) == ledger.plan()

    def test_the_same_plan_again_changes_nothing(self, ledger_url: str) -> None:
        """It should take a plan that is already approved and begun, if it is the same."""
        ledger = a_ledger(ledger_url)
        ledger.save_plan(a_plan(0, 1), REASON)
        ledger.move_state(step(0, S.SYNCING), REASON)

        ledger.save_plan(a_plan(0, 1), REASON)
        assert 3 == len(ledger.journal())

    def test_a_plan_nobody_relies_on_is_replaced(self, ledger_url: str) -> None:
        """It should forget a plan whole: no mailbox stays in a wave that is gone."""
        ledger = a_ledger(ledger_url)
        ledger.save_plan(a_plan(0, 1, 2), REASON)
        ledger.save_plan(a_plan(2, 3, night=16), REASON)

        assert ["W16"] == [wave.id for wave in ledger.waves()]
        assert {None, "W16"} == {record.wave for record in ledger.mailboxes()}
        ledger.verify_journal()

    @pytest.mark.parametrize("reliance", ["approval", "notice", "move"])
    def test_a_plan_somebody_relies_on_stays(self, ledger_url: str, reliance: str) -> None:
        """It should refuse another plan once one was approved, people were told, or moves begun."""
        ledger = a_ledger(ledger_url)
        plan = a_plan(0, 1)
        ledger.save_plan(plan, REASON)
        {
            "approval": lambda: ledger.record_approval(
                plan.waves[0].digest, "W15", NOW + timedelta(days=1), REASON
            ),
            "notice": lambda: ledger.reserve_notice(guid(0), Milestone.TWO_WEEKS, "ref", REASON),
            "move": lambda: ledger.move_state(step(0, S.SYNCING), REASON),
        }[reliance]()

        with pytest.raises(PlanFrozen):
            ledger.save_plan(a_plan(2, 3), REASON)
        assert plan == ledger.plan()

    def test_only_waiting_mailboxes_are_planned(self, ledger_url: str) -> None:
        """It should refuse a plan with a mailbox that is deferred, unknown to it, or there twice."""
        ledger = a_ledger(ledger_url)
        ledger.move_state(step(1, S.DEFERRED), REASON)

        for members, error in (((0, 1), NotWaiting), ((0, 9), UnknownMailboxes), ((0, 0), RepeatedMailbox)):
            with pytest.raises(error):
                ledger.save_plan(a_plan(*members), REASON)
        assert ledger.plan() is None

    def test_nothing_is_planned_before_the_import(self, ledger_url: str) -> None:
        """It should say that there is no estate yet."""
        with pytest.raises(NoScope):
            an_empty_ledger(ledger_url).save_plan(Plan(()), REASON)


class TestApproval:
    def test_lives_from_its_moment_to_its_end(self, ledger_url: str) -> None:
        """It should hold for exactly its list, not before it was given nor from its end on."""
        ledger = a_ledger(ledger_url)
        end = NOW + timedelta(days=1)
        given = ledger.record_approval("sha256:1", "W15", end, REASON)

        assert given == ledger.live_approval("sha256:1", NOW)
        assert ledger.live_approval("sha256:2", NOW) is None
        assert ledger.live_approval("sha256:1", NOW - timedelta(seconds=1)) is None
        assert ledger.live_approval("sha256:1", end) is None

    def test_a_later_one_can_take_over(self, ledger_url: str) -> None:
        """It should find a live approval behind an expired one, and before."""
        clock = TestClock()
        ledger = a_ledger(ledger_url, clock)
        ledger.record_approval("sha256:1", "W15", NOW + timedelta(days=1), REASON)
        clock.pass_(timedelta(days=2))
        ledger.record_approval("sha256:1", "W15", NOW + timedelta(days=9), REASON)

        assert ledger.live_approval("sha256:1", NOW) is not None
        assert ledger.live_approval("sha256:1", NOW + timedelta(days=1)) is None
        assert ledger.live_approval("sha256:1", NOW + timedelta(days=3)) is not None


class TestIntents:
    def test_an_intent_is_open_until_its_outcome(self, ledger_url: str) -> None:
        """It should list what was begun, with its detail, until something is recorded."""
        ledger = a_ledger(ledger_url)
        n = ledger.intent("batch.start", "b1", {"digest": "d", "size": 3}, REASON)

        assert [(n, "batch.start", "b1", {"digest": "d", "size": 3}, None)] == [
            (i.id, i.act, i.subject, i.detail, i.outcome) for i in ledger.open_intents()
        ]
        ledger.outcome(n, "ok", {})
        assert [] == ledger.open_intents()
        assert [Outcome.OK] == [i.outcome for i in ledger.intents("batch.start")]

    def test_an_act_under_way_is_not_begun_again(self, ledger_url: str) -> None:
        """It should name the entry that must be settled first; other subjects and acts are free."""
        ledger = a_ledger(ledger_url)
        n = ledger.intent("batch.start", "b1", {}, REASON)
        ledger.intent("batch.start", "b2", {}, REASON)
        ledger.intent("batch.stop", "b1", {}, REASON)

        with pytest.raises(IntentStillOpen) as caught:
            ledger.intent("batch.start", "b1", {}, REASON)
        assert n == caught.value.intent

    def test_an_unknown_outcome_is_settled_later(self, ledger_url: str) -> None:
        """It should stay doubtful until it is read back, or the same act ends in a way that is known."""
        ledger = a_ledger(ledger_url)
        first = ledger.intent("batch.start", "b1", {}, REASON)
        ledger.outcome(first, "unknown", {"why": "the answer was lost"})
        assert [True] == [i.is_doubtful for i in ledger.intents()]

        second = ledger.intent("batch.start", "b1", {}, REASON)
        ledger.outcome(second, "ok", {})

        assert [(first, second, False), (second, None, False)] == [
            (i.id, i.settled_by, i.is_doubtful) for i in ledger.intents()
        ]
        ledger.outcome(first, "failed", {"why": "read back"})
        ledger.verify_journal()

    def test_a_known_outcome_is_final(self, ledger_url: str) -> None:
        """It should take the same outcome again without a trace, and refuse another."""
        ledger = a_ledger(ledger_url)
        n = ledger.intent("batch.start", "b1", {}, REASON)
        ledger.outcome(n, "ok", {})
        ledger.outcome(n, Outcome.OK, {})

        with pytest.raises(IntentClosed):
            ledger.outcome(n, "unknown", {})
        assert 3 == len(ledger.journal())

    def test_an_outcome_needs_an_intent(self, ledger_url: str) -> None:
        """It should refuse an outcome of nothing."""
        with pytest.raises(UnknownIntent):
            a_ledger(ledger_url).outcome(1, "ok", {})


class TestNotices:
    def test_one_notice_a_milestone(self, ledger_url: str) -> None:
        """It should reserve a milestone once for a mailbox, whatever the reference of the second try."""
        ledger = a_ledger(ledger_url)

        tries = [
            ledger.reserve_notice(guid(0), Milestone.TWO_WEEKS, "ref-1", REASON),
            ledger.reserve_notice(guid(0), Milestone.TWO_WEEKS, "ref-2", REASON),
            ledger.reserve_notice(guid(0), Milestone.SUCCESS, "ref-3", REASON),
        ]

        assert [True, False, True] == tries
        assert {guid(0): NoticeState.RESERVED} == ledger.notices_of(Milestone.TWO_WEEKS, [guid(0), guid(1)])

    def test_many_are_reserved_in_one_entry(self, ledger_url: str) -> None:
        """It should say which of many were fresh, and count one asked for twice once."""
        ledger = a_ledger(ledger_url)
        ledger.reserve_notice(guid(0), Milestone.SUCCESS, "ref-0", REASON)
        wanted = [Notice(guid(n), Milestone.SUCCESS, f"ref-{n}") for n in (0, 1, 2, 1)]

        assert wanted[1:3] == ledger.reserve_notices(wanted, REASON)
        assert 3 == len(ledger.journal())

    def test_a_notice_is_settled_once(self, ledger_url: str) -> None:
        """It should keep how a notice ended, take the same end again, and refuse another."""
        ledger = a_ledger(ledger_url)
        ledger.reserve_notice(guid(0), Milestone.SUCCESS, "ref", REASON)
        for _ in range(2):
            ledger.settle_notices([SENT], REASON)

        with pytest.raises(NoticeSettled):
            ledger.settle_notices([FAILED], REASON)
        assert ["notify-1"] == [record.detail for record in ledger.notices(NoticeState.SENT)]
        assert (3, []) == (len(ledger.journal()), ledger.notices(NoticeState.RESERVED))

    def test_what_was_not_reserved_is_not_settled(self, ledger_url: str) -> None:
        """It should refuse the end of a notice that nobody intended, and a notice for nobody."""
        ledger = a_ledger(ledger_url)

        with pytest.raises(UnknownNotice):
            ledger.settle_notices([SENT], REASON)
        with pytest.raises(UnknownMailboxes):
            ledger.reserve_notice(guid(9), Milestone.SUCCESS, "ref", REASON)
