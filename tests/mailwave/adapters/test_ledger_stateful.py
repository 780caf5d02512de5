"""Any series of acts: the ledger follows a model in memory, conserves its counts, and always verifies."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mailwave.core.intents import Outcome
from mailwave.core.notices import Milestone, Notice, NoticeRecord, NoticeState, may_be_told
from mailwave.core.refusals import IntentClosed, IntentStillOpen, NoticeSettled, Refusal, UnknownNotice
from mailwave.core.states import IN_FLIGHT, TRANSITIONS, MailboxState, Transition
from tests.databases import NewUrl
from tests.mailwave.adapters.ledgers import MAILBOXES, a_ledger, an_empty_ledger
from tests.mailwave.builders import REASON

guids = st.sampled_from([mailbox.guid for mailbox in MAILBOXES])
milestones = st.sampled_from(Milestone)
subjects = st.sampled_from(["b1", "b2"])


def refused(act: object) -> type[Refusal] | None:
    """What *act* was refused with."""
    try:
        act()  # type: ignore[operator]
    except Refusal as refusal:
        return type(refusal)
    return None


class LedgerMachine(RuleBasedStateMachine):
    """The model: states, notices and intents in dictionaries."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.ledger = a_ledger(url)
        self.states = {mailbox.guid: MailboxState.WAITING for mailbox in MAILBOXES}
        self.notices: dict[tuple[str, Milestone], str] = {}
        self.under_way: dict[str, int] = {}
        self.ended: dict[int, Outcome] = {}

    def teardown(self) -> None:
        self.ledger.verify_journal()
        self.ledger.close()

    @rule(data=st.data())
    def take_legal_steps(self, data: st.DataObject) -> None:
        changes = []
        for guid in data.draw(st.lists(guids, unique=True)):
            allowed = sorted(TRANSITIONS[self.states[guid]])
            if allowed:
                changes.append(
                    Transition(guid, data.draw(st.sampled_from(allowed)), data.draw(st.text(max_size=5)))
                )
        self.ledger.move_state(changes, REASON)
        self.states.update({change.guid: change.to for change in changes})

    @rule(wanted=st.dictionaries(guids, st.sampled_from(MailboxState), min_size=1))
    def take_any_steps(self, wanted: dict[str, MailboxState]) -> None:
        legal = all(to in TRANSITIONS[self.states[guid]] for guid, to in wanted.items())
        changes = [Transition(guid, to, "") for guid, to in wanted.items()]

        assert legal is (refused(lambda: self.ledger.move_state(changes, REASON)) is None)
        if legal:
            self.states.update(wanted)

    @rule(guid=guids, milestone=milestones)
    def reserve(self, guid: str, milestone: Milestone) -> None:
        fresh = self.ledger.reserve_notice(guid, milestone, f"{guid} {milestone}", REASON)

        assert fresh is ((guid, milestone) not in self.notices and may_be_told(milestone, self.states[guid]))
        if fresh:
            self.notices[guid, milestone] = "reserved"

    @rule(guid=guids, milestone=milestones, state=st.sampled_from(["sent", "failed"]))
    def settle(self, guid: str, milestone: Milestone, state: str) -> None:
        held = self.notices.get((guid, milestone))
        ended = NoticeRecord(Notice(guid, milestone, "a reference"), NoticeState(state), "x")
        expected = {None: UnknownNotice, "reserved": None, state: None}.get(held, NoticeSettled)

        assert expected is refused(lambda: self.ledger.settle_notices([ended], REASON))
        if expected is None:
            self.notices[guid, milestone] = state

    @rule(subject=subjects)
    def intend(self, subject: str) -> None:
        if subject in self.under_way:
            assert refused(lambda: self.ledger.intent("act", subject, {}, REASON)) is IntentStillOpen
        else:
            self.under_way[subject] = self.ledger.intent("act", subject, {}, REASON)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def end(self, data: st.DataObject, outcome: Outcome) -> None:
        subject = data.draw(st.sampled_from(sorted(self.under_way)))
        intent = self.under_way.pop(subject)
        self.ledger.outcome(intent, outcome, {})
        self.ended[intent] = outcome

    @precondition(lambda self: self.ended)
    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def end_again(self, data: st.DataObject, outcome: Outcome) -> None:
        intent = data.draw(st.sampled_from(sorted(self.ended)))
        held = self.ended[intent]
        may = held in (outcome, Outcome.UNKNOWN)

        assert (None if may else IntentClosed) is refused(lambda: self.ledger.outcome(intent, outcome, {}))
        if may:
            self.ended[intent] = outcome

    @rule()
    def open_again(self) -> None:
        self.ledger.close()
        self.ledger = an_empty_ledger(self.url)

    @invariant()
    def the_ledger_is_the_model(self) -> None:
        held = {record.mailbox.guid: record.state for record in self.ledger.mailboxes()}
        assert self.states == held
        assert set(self.under_way.values()) == {intent.id for intent in self.ledger.open_intents()}
        kept = {(r.notice.guid, r.notice.milestone): r.state.value for r in self.ledger.notices()}
        assert self.notices == kept

    @invariant()
    def counts_are_conserved(self) -> None:
        total = self.ledger.total()  # each organisation's are checked on the way
        assert total.conserved
        assert len(MAILBOXES) == total.planned
        assert sum(state in IN_FLIGHT for state in self.states.values()) == total.in_flight


def test_the_ledger_follows_the_model(new_ledger_url: NewUrl) -> None:
    """It should be, after any series of acts and in each database, what a model in memory is."""
    run_state_machine_as_test(
        lambda: LedgerMachine(new_ledger_url()),  # type: ignore[no-untyped-call]
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
