"""What polls change, and the summary that is kept of it, in each database."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, event

from mailwave.adapters import ledger_live, ledger_summary
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_schema import ALOFT_ROW
from mailwave.core.progress import ALOFT, Dashboard, Face, Flight, Sighting, Tally
from mailwave.core.refusals import RepeatedMailbox, UnknownMailboxes
from mailwave.core.states import IllegalTransition, MailboxState
from tests.mailwave.adapters.ledgers import TestClock, a_ledger, a_plan, an_empty_ledger, step
from tests.mailwave.builders import NOW, REASON, guid

S = MailboxState
GB = 1_000_000_000


def flying(url: str, clock: TestClock | None = None) -> Ledger:
    """A ledger with a plan, of which numbers 0 and 1 are syncing."""
    ledger = a_ledger(url, clock)
    ledger.save_plan(a_plan(0, 1, 2, 4), REASON)
    ledger.move_state([*step(0, S.SYNCING), *step(1, S.SYNCING)], REASON)
    return ledger


def statements(ledger: Ledger) -> list[str]:
    """Every statement that *ledger* runs from now on to write."""
    found: list[str] = []
    event.listen(
        ledger._store._database.writer, "before_cursor_execute", lambda *given: found.append(given[2])
    )
    return found


class TestPolls:
    def test_what_is_seen_is_kept(self, ledger_url: str) -> None:
        """It should keep the service's words, figures and the moment of who is in flight, and pass over who is not."""
        clock = TestClock()
        ledger = flying(ledger_url, clock)
        clock.pass_(timedelta(minutes=10))
        seen = [Sighting(guid(n), "Syncing", 40, 4 * GB, 12, "StalledDueToTarget_Processor") for n in (0, 3)]

        assert 1 == ledger.record_poll(seen, [], REASON)
        place = (guid(0), "RR8", "leeds", "W15", "test-15-0")
        figures = (40, 4 * GB, 12, "StalledDueToTarget_Processor", NOW + timedelta(minutes=10))
        assert Flight(*place, GB, S.SYNCING, "Syncing", *figures) == ledger.flights("W15")[0]
        assert (
            Flight(guid(1), "RR8", "leeds", "W15", "test-15-0", GB, S.SYNCING, "", None, None, None, "", None)
            == (ledger.flights()[1])
        )
        assert {"StalledDueToTarget_Processor": 1} == ledger.dashboard().stalls
        assert [] == ledger.flights("W16")

    def test_figures_are_not_journalled(self, ledger_url: str) -> None:
        """It should write an entry for the states of a poll, one for all, and none for its figures."""
        ledger = flying(ledger_url)
        before = len(ledger.journal())
        ledger.record_poll([Sighting(guid(0), "Syncing", 41)], [], REASON)
        assert before == len(ledger.journal())

        ledger.record_poll(
            [], [*step(0, S.SYNCED, S.COMPLETING), *step(1, S.FAILED), *step(4, S.EXCLUDED)], REASON
        )
        entry = ledger.journal()[before:]
        taken = [tuple(taken[:3]) for taken in entry[0].detail["steps"]]  # type: ignore[attr-defined]
        assert [
            (guid(0), "syncing", "synced"),
            (guid(0), "synced", "completing"),
            (guid(1), "syncing", "failed"),
            (guid(4), "waiting", "excluded"),
        ] == taken
        assert (1, "4 mailboxes") == (len(entry), entry[0].subject)
        ledger.verify_journal()

    def test_a_poll_of_figures_leaves_the_large_table_alone(self, ledger_url: str) -> None:
        """It should write to the table of who is in flight and to no other, nor read another."""
        ledger = flying(ledger_url)
        ledger.record_poll([Sighting(guid(0), "Syncing", 1)], [], REASON)
        found = statements(ledger)
        ledger.record_poll([Sighting(guid(n), "Syncing", 2) for n in (0, 1)], [], REASON)

        writes = [each.split()[2] for each in found if each.startswith(("UPDATE", "INSERT", "DELETE"))]
        assert (["progress"], False) == (writes, any("mailboxes" in each for each in found))

    def test_steps_in_flight_leave_the_large_table_alone(self, ledger_url: str) -> None:
        """It should touch the table of all mailboxes only for who comes and goes."""
        ledger = flying(ledger_url)
        found = statements(ledger)
        ledger.record_poll([], step(0, S.SYNCED, S.COMPLETING), REASON)

        assert [] == [each for each in found if "mailboxes SET" in each or "FROM mailboxes" in each]

    @pytest.mark.parametrize(
        ("steps", "error"),
        [
            ([*step(0, S.SYNCED), *step(1, S.MOVED)], IllegalTransition),
            (step(0, S.SYNCED, S.MOVED), IllegalTransition),
            ([*step(0, S.SYNCED), *step(9, S.SYNCED)], UnknownMailboxes),
        ],
    )
    def test_all_of_a_poll_or_nothing(
        self, ledger_url: str, steps: list[object], error: type[Exception]
    ) -> None:
        """It should note no figure, take no step and write no entry when one step is refused."""
        ledger = flying(ledger_url)
        before = (ledger.flights(), ledger.dashboard(), len(ledger.journal()))

        with pytest.raises(error):
            ledger.record_poll([Sighting(guid(0), "Synced", 95)], steps, REASON)  # type: ignore[arg-type]
        assert before == (ledger.flights(), ledger.dashboard(), len(ledger.journal()))

    def test_one_step_a_mailbox_unless_it_is_a_poll(self, ledger_url: str) -> None:
        """It should refuse two steps of one mailbox where nobody said that they are in order."""
        with pytest.raises(RepeatedMailbox):
            flying(ledger_url).move_state(step(0, S.SYNCED, S.COMPLETING), REASON)

    def test_slots_are_never_given_twice(self, ledger_url: str) -> None:
        """It should keep what was seen to who was seen, though another took off and landed in between elsewhere."""
        ledger, other = flying(ledger_url), an_empty_ledger(ledger_url)
        ledger.record_poll([Sighting(guid(n), "Syncing", 1) for n in (0, 1)], [], REASON)
        other.move_state(step(1, S.FAILED), REASON)
        other.move_state(step(2, S.SYNCING), REASON)

        assert 2 == ledger.record_poll([Sighting(guid(n), "Syncing", 7 + n) for n in range(3)], [], REASON)
        assert [(guid(0), 7), (guid(2), 9)] == [(f.guid, f.percent) for f in ledger.flights()]

    def test_a_new_flight_begins_unseen(self, ledger_url: str) -> None:
        """It should not show what was seen of an earlier flight."""
        ledger = flying(ledger_url)
        ledger.record_poll([Sighting(guid(0), "Failed", 60)], step(0, S.FAILED), REASON)
        ledger.move_state(step(0, S.SYNCING), REASON)

        assert ("", None) == next((f.status, f.percent) for f in ledger.flights() if f.guid == guid(0))


class TestSummary:
    def test_a_dashboard_counts_by_each_face(self, ledger_url: str) -> None:
        """It should count mailboxes and bytes, those without a plan by the empty name."""
        ledger = flying(ledger_url)

        flying_, waiting = {S.SYNCING: Tally(2, 2 * GB)}, S.WAITING
        expected = {
            Face.ORGANISATION: {
                "RR8": {**flying_, waiting: Tally(3, 3 * GB)},
                "A81001": {waiting: Tally(1, 0)},
            },
            Face.SITE: {"leeds": {**flying_, waiting: Tally(4, 3 * GB)}},
            Face.WAVE: {"W15": {**flying_, waiting: Tally(2, GB)}, "": {waiting: Tally(2, 2 * GB)}},
            Face.BATCH: {
                "test-15-0": flying_,
                "test-15-1": {waiting: Tally(2, GB)},
                "": {waiting: Tally(2, 2 * GB)},
            },
        }
        for face, tallies in expected.items():
            assert Dashboard(face, 6, tallies, {}) == ledger.dashboard(face)

    def test_another_plan_is_counted_anew(self, ledger_url: str) -> None:
        """It should count by the waves and batches that there are."""
        ledger = a_ledger(ledger_url)
        ledger.save_plan(a_plan(0, 1), REASON)
        ledger.save_plan(a_plan(2, 3, 4, night=16), REASON)

        assert {"W16", ""} == ledger.dashboard(Face.WAVE).tallies.keys()
        assert {"test-16-0", "test-16-1", ""} == ledger.dashboard(Face.BATCH).tallies.keys()
        ledger.verify_journal()

    def test_a_reader_sees_one_moment(self, ledger_url: str) -> None:
        """It should show a reader a whole, from before a write that is under way."""
        ledger, other = flying(ledger_url), an_empty_ledger(ledger_url)
        before = other.dashboard()

        with ledger._store.write() as connection:
            ledger_live.take_steps(connection, step(2, S.SYNCING))
            assert before == other.dashboard()
        assert {S.SYNCING: Tally(3, 3 * GB), S.WAITING: Tally(1, 0)} == other.dashboard().tallies["W15"]

    def test_a_recount_finds_what_the_summary_does_not_say(self, ledger_url: str) -> None:
        """It should name the faces that differ, so that the bench and the journal's proof rest on more than itself."""
        ledger = flying(ledger_url)
        with ledger._store.write() as connection:
            assert {} == ledger_summary.differences(connection)
            connection.exec_driver_sql("UPDATE summary SET mailboxes = 9 WHERE face = 'site'")
            assert {Face.SITE} == ledger_summary.differences(connection).keys()


def test_who_is_in_flight_has_a_marked_row(ledger_url: str) -> None:
    """It should show, in the large table, of who is in flight only that."""
    ledger = flying(ledger_url)
    engine = create_engine(ledger_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT guid, state, why FROM mailboxes ORDER BY guid").all()
    engine.dispose()

    marked = [(guid(n), ALOFT_ROW, "") for n in (0, 1)]
    assert marked == [tuple(row) for row in rows[:2]]
    assert S.SYNCING in ALOFT
    assert [guid(0), guid(1)] == [record.mailbox.guid for record in ledger.mailboxes(S.SYNCING)]
