"""Two operators, crashes in and after any statement: the live tables follow a model, and no count is ever lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event

from mailwave.adapters.ledger import Ledger
from mailwave.core.amendments import AFTER_LEAVING, Amendment, HasLeft, Transfer
from mailwave.core.estate import Mailbox
from mailwave.core.progress import ALOFT, Face, Sighting, Tally
from mailwave.core.states import TRANSITIONS, IllegalTransition, MailboxState, Transition
from tests.databases import NewUrl
from tests.mailwave.adapters.ledgers import MAILBOXES, a_ledger, a_plan, an_empty_ledger
from tests.mailwave.builders import REASON, a_mailbox

S = MailboxState
CODES = ("RR8", "A81001")
WAITS_OR_NOT = frozenset(S) - {S.WAITING}


class Died(BaseException):
    """The end of a process, in the middle of a transaction."""


@contextmanager
def dying(ledger: Ledger, statement: int | None) -> Iterator[None]:
    """Let *ledger* lose its database before its *statement*-th from now on, as one whose process is killed."""
    left = [statement]

    def count(connection: Any, *_: object) -> None:
        if left[0] is None:
            return
        left[0] -= 1
        if left[0] < 0:
            connection.connection.dbapi_connection.close()  # nothing is rolled back by anybody but the database
            raise Died

    writer = ledger._store._database.writer
    event.listen(writer, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(writer, "before_cursor_execute", count)


@dataclass(frozen=True)
class Box:
    """What the model knows of one mailbox."""

    mailbox: Mailbox
    organisation: str
    batch: str
    state: MailboxState = S.WAITING
    left: bool = False
    seen: Sighting | None = None

    def names(self) -> dict[Face, str]:
        """Where it is counted."""
        wave = "W15" if self.batch else ""
        names = (self.organisation, self.mailbox.site, wave, self.batch)
        return dict(zip(Face, names, strict=True))


class LiveMachine(RuleBasedStateMachine):
    """The model: a box a mailbox, and intents under way."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        ledger = a_ledger(url)
        ledger.save_plan(a_plan(0, 1, 2, 4), REASON)
        self.operators = [ledger, an_empty_ledger(url)]
        batch = {guid: b.name for b in a_plan(0, 1, 2, 4).waves[0].batches for guid in b.mailboxes}
        self.boxes = {m.guid: Box(m, m.organisation, batch.get(m.guid, "")) for m in MAILBOXES}
        self.under_way: dict[str, int] = {}
        self.last: Amendment | None = None

    def teardown(self) -> None:
        for ledger in self.operators:
            ledger.verify_journal()
            ledger.close()

    def do(self, data: st.DataObject, act: Callable[[Ledger], object], effect: Callable[[], object]) -> None:
        """Let one of the operators do *act*, who may die on the way: then all of it is there, or nothing."""
        one = data.draw(st.integers(0, 1), label="operator")
        at = data.draw(st.none() | st.integers(0, 14), label="dies before its statement")
        ledger = self.operators[one]
        try:
            with dying(ledger, at):
                act(ledger)
        except Died:
            self.restart(one)
            return
        effect()
        if data.draw(st.booleans(), label="dies before it knows"):
            self.restart(one)

    def restart(self, one: int) -> None:
        """Another process in place of one that is dead."""
        self.operators[one].close()
        self.operators[one] = an_empty_ledger(self.url)

    @rule(data=st.data())
    def poll(self, data: st.DataObject) -> None:
        """Everybody who is chosen takes up to three legal steps, and some are seen."""
        steps: list[Transition] = []
        after = dict(self.boxes)
        for guid in data.draw(st.lists(st.sampled_from(sorted(self.boxes)), unique=True), label="stepping"):
            for _ in range(data.draw(st.integers(1, 3))):
                allowed = TRANSITIONS[after[guid].state] & (WAITS_OR_NOT if after[guid].left else set(S))
                if allowed:
                    to = data.draw(st.sampled_from(sorted(allowed)))
                    steps.append(Transition(guid, to, data.draw(st.text(max_size=3))))
                    aloft = {after[guid].state, to} <= ALOFT
                    after[guid] = replace(after[guid], state=to, seen=after[guid].seen if aloft else None)
        for guid, box in self.boxes.items():  # a way through the ground and back is one flight to the tables
            if box.state in ALOFT and after[guid].state in ALOFT:
                after[guid] = replace(after[guid], seen=box.seen)
        seen = data.draw(st.lists(st.sampled_from(sorted(self.boxes)), unique=True), label="seen")
        sightings = [Sighting(guid, "Syncing", n, 10 * n, n, "x" * (n % 2)) for n, guid in enumerate(seen)]
        for sighting in sightings:
            if after[sighting.guid].state in ALOFT:
                after[sighting.guid] = replace(after[sighting.guid], seen=sighting)
        self.do(
            data,
            lambda ledger: ledger.record_poll(sightings, steps, REASON),
            lambda: self.boxes.update(after),
        )

    @rule(data=st.data())
    def step_out_of_turn(self, data: st.DataObject) -> None:
        """Whoever asks for an illegal step is told the state, what was asked, and what is allowed."""
        guid = data.draw(st.sampled_from(sorted(self.boxes)))
        state = self.boxes[guid].state
        to = data.draw(st.sampled_from(sorted(set(S) - TRANSITIONS[state])))
        others = [g for g, box in self.boxes.items() if g != guid and box.state is S.WAITING]
        steps = [*(Transition(g, S.SYNCING, "") for g in others), Transition(guid, to, "")]
        ledger = data.draw(st.sampled_from(self.operators))
        with pytest.raises(IllegalTransition) as refused:
            ledger.record_poll([], steps, REASON)
        told = refused.value
        expected = (guid, state, to, tuple(sorted(TRANSITIONS[state])))
        assert expected == (told.mailbox, told.state, told.asked, told.allowed)

    @rule(data=st.data())
    def amend(self, data: st.DataObject) -> None:
        """Somebody joins, some leave, some go elsewhere."""
        after = dict(self.boxes)
        joiners = (
            (a_mailbox(len(self.boxes) + 10),) if len(self.boxes) < 12 and data.draw(st.booleans()) else ()
        )
        after.update({m.guid: Box(m, m.organisation, "") for m in joiners})
        stay = sorted(guid for guid, box in self.boxes.items() if not box.left)
        chosen = data.draw(st.lists(st.sampled_from(stay), unique=True, max_size=4)) if stay else []
        leavers, moving = chosen[::2], chosen[1::2]
        transfers = []
        for guid in moving:
            to = CODES[after[guid].organisation == CODES[0]]
            transfers.append(Transfer(guid, to))
            after[guid] = replace(after[guid], organisation=to)
        for guid in leavers:
            state = S.EXCLUDED if after[guid].state is S.WAITING else after[guid].state
            after[guid] = replace(after[guid], state=state, left=True)
        amendment = Amendment(joiners, (), tuple(leavers), tuple(transfers))

        def happened() -> None:
            self.boxes.update(after)
            self.last = self.last if amendment.is_empty else amendment

        self.do(data, lambda ledger: ledger.amend_estate(amendment, REASON), happened)

    @precondition(lambda self: self.last is not None)
    @rule(data=st.data())
    def amend_again(self, data: st.DataObject) -> None:
        """The last amendment once more changes nothing."""
        last = self.last
        assert last is not None
        self.do(data, lambda ledger: ledger.amend_estate(last, REASON), lambda: None)

    @precondition(lambda self: any(box.left and box.state is S.DEFERRED for box in self.boxes.values()))
    @rule(data=st.data())
    def call_a_leaver_back(self, data: st.DataObject) -> None:
        """Nobody who has left waits again."""
        guid = next(guid for guid, box in self.boxes.items() if box.left and box.state is S.DEFERRED)
        ledger = data.draw(st.sampled_from(self.operators))
        with pytest.raises(HasLeft, match=guid):
            ledger.move_state([Transition(guid, S.WAITING, "")], REASON)

    @rule(data=st.data(), subject=st.sampled_from(["b1", "b2"]))
    def begin_or_end(self, data: st.DataObject, subject: str) -> None:
        """An intent is there before its act, and found open by whoever comes after a crash."""
        if subject in self.under_way:
            intent = self.under_way[subject]
            self.do(
                data,
                lambda ledger: ledger.outcome(intent, "ok", {}),
                lambda: self.under_way.pop(subject),
            )
            return
        begun: list[int] = []
        self.do(
            data,
            lambda ledger: begun.append(ledger.intent("act", subject, {}, REASON)),
            lambda: self.under_way.update({subject: begun[-1]}),
        )

    @rule()
    def verify(self) -> None:
        """The journal leads to the tables."""
        self.operators[0].verify_journal()

    @invariant()
    def both_see_the_model(self) -> None:
        for ledger in self.operators:
            held = {r.mailbox.guid: (r.state, r.mailbox.organisation) for r in ledger.mailboxes()}
            assert {guid: (box.state, box.organisation) for guid, box in self.boxes.items()} == held
            assert {guid for guid, box in self.boxes.items() if box.left} == ledger.leavers()
            assert set(self.under_way.values()) == {intent.id for intent in ledger.open_intents()}

    @invariant()
    def who_flies_is_in_flight_once(self) -> None:
        held = [(f.guid, f.state, f.batch, f.status, f.percent, f.stall) for f in self.operators[1].flights()]
        expected = [
            (
                guid,
                box.state,
                box.batch,
                *((box.seen[1], box.seen[2], box.seen[5]) if box.seen else ("", None, "")),
            )
            for guid, box in sorted(self.boxes.items())
            if box.state in ALOFT
        ]
        assert expected == held

    @invariant()
    def the_summary_is_a_recount(self) -> None:
        for face in Face:
            number: dict[str, Counter[MailboxState]] = defaultdict(Counter)
            size: dict[str, Counter[MailboxState]] = defaultdict(Counter)
            for box in self.boxes.values():
                number[box.names()[face]][box.state] += 1
                size[box.names()[face]][box.state] += box.mailbox.size_bytes or 0
            expected = {
                name: {state: Tally(n, size[name][state]) for state, n in held.items()}
                for name, held in number.items()
            }
            found = self.operators[0].dashboard(face)
            assert (len(self.boxes), expected) == (found.planned, found.tallies)

    @invariant()
    def counts_are_conserved(self) -> None:
        counts = self.operators[1].organisation_counts()  # each is checked on the way
        planned = Counter(box.organisation for box in self.boxes.values())
        assert dict(planned) == {code: part.planned for code, part in counts.items()}

    @invariant()
    def leavers_end_where_they_may(self) -> None:
        final = {S.MOVED, S.DEFERRED, S.FAILED, S.EXCLUDED}
        assert all(ends <= final for ends in AFTER_LEAVING.values())
        assert all(box.state is not S.WAITING for box in self.boxes.values() if box.left)


def test_the_live_tables_follow_the_model(new_ledger_url: NewUrl) -> None:
    """It should be whole after any crash, for either operator and in each database."""
    run_state_machine_as_test(
        lambda: LiveMachine(new_ledger_url()),  # type: ignore[arg-type]
        settings=settings(
            max_examples=settings().max_examples // 16,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
