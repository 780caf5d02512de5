"""Joiners, leavers and transfers in the ledger, in each database: counts conserved, and all of it replayed."""

import pytest
from sqlalchemy import create_engine

from mailwave.adapters.ledger import Ledger
from mailwave.core.amendments import LEFT, Amendment, AmendmentRefused, HasLeft, Transfer, chained
from mailwave.core.progress import Face, Tally
from mailwave.core.reason import Reason
from mailwave.core.refusals import JournalBroken, NoScope
from mailwave.core.states import Counts, MailboxState
from tests.mailwave.adapters.ledgers import (
    MAILBOXES,
    ORGANISATIONS,
    PERMISSIONS,
    a_ledger,
    a_plan,
    an_empty_ledger,
    step,
)
from tests.mailwave.builders import REASON, a_mailbox, a_right, guid

S = MailboxState
MERGER = Reason(who="a.manager", source="test", ticket="CHG0077", text="two trusts merge")
GB = 1_000_000_000


def flying(url: str) -> Ledger:
    """A ledger with a plan, of which number 0 is syncing."""
    ledger = a_ledger(url)
    ledger.save_plan(a_plan(0, 1, 2, 4), REASON)
    ledger.move_state(step(0, S.SYNCING), REASON)
    return ledger


def changed(url: str, *changes: str) -> None:
    """Run *changes* behind the ledger's back."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for change in changes:
            assert connection.exec_driver_sql(change).rowcount > 0, change
    engine.dispose()


def test_a_joiner_grows_the_scope(ledger_url: str) -> None:
    """It should wait for the next plan, with its rights, and be planned in its organisation."""
    ledger = flying(ledger_url)
    ledger.amend_estate(
        Amendment((a_mailbox(7, organisation="A81001"),), (a_right(7, 0), a_right(0, 7, "SendAs"))), MERGER
    )

    assert Counts(planned=2, waiting=2) == ledger.organisation_counts()["A81001"]
    assert [*sorted([*PERMISSIONS, a_right(7, 0), a_right(0, 7, "SendAs")])] == ledger.permissions()
    assert {S.WAITING: Tally(3, 3 * GB)} == ledger.dashboard(Face.WAVE).tallies[""]
    ledger.verify_journal()


def test_a_transfer_changes_both_organisations(ledger_url: str) -> None:
    """It should count a mailbox where it belongs, in flight or not, and leave its plan alone."""
    ledger = flying(ledger_url)
    ledger.amend_estate(
        Amendment(transfers=(Transfer(guid(0), "A81001"), Transfer(guid(1), "A81001"))), MERGER
    )

    expected = {
        "A81001": Counts(planned=3, waiting=2, in_flight=1),
        "RR8": Counts(planned=3, waiting=3),
    }
    assert expected == ledger.organisation_counts()
    assert ("A81001", "W15") == (ledger.flights()[0].organisation, ledger.flights()[0].wave)
    assert 6 == ledger.total().planned
    ledger.move_state(step(0, S.FAILED), REASON)
    assert 1 == ledger.organisation_counts()["A81001"].failed
    ledger.verify_journal()


def test_a_leaver_who_waits_is_excluded_and_one_in_flight_is_marked(ledger_url: str) -> None:
    """It should take the direct step that the table of states has, and leave the rest to who asks the service."""
    ledger = flying(ledger_url)
    ledger.amend_estate(Amendment(leavers=(guid(0), guid(1))), MERGER)

    found = {record.mailbox.guid: (record.state, record.why) for record in ledger.mailboxes()}
    assert [(S.SYNCING, "became syncing"), (S.EXCLUDED, LEFT)] == [found[guid(0)], found[guid(1)]]
    assert {guid(0), guid(1)} == ledger.leavers()
    ledger.move_state(step(0, S.DEFERRED), REASON)
    with pytest.raises(HasLeft):
        ledger.move_state(step(0, S.WAITING), REASON)
    ledger.verify_journal()


def test_an_amendment_is_one_entry_with_its_reason(ledger_url: str) -> None:
    """It should say who changed the scope, from what to what, with everything that changed."""
    ledger = flying(ledger_url)
    before, entries = ledger.scope(), len(ledger.journal())
    amendment = Amendment((a_mailbox(7),), (), (guid(1),), (Transfer(guid(2), "A81001"),))
    ledger.amend_estate(amendment, MERGER)

    (entry,) = ledger.journal()[entries:]
    assert ("estate.amend", MERGER) == (entry.act, entry.reason)
    assert (before, ledger.scope()) == (entry.detail["before"], entry.detail["after"])
    assert chained(str(before), amendment) == ledger.scope()
    assert [[guid(1), "waiting", "excluded", LEFT]] == entry.detail["steps"]
    assert [[guid(2), "RR8", "A81001"]] == entry.detail["transfers"]


def test_the_same_once_more_changes_nothing(ledger_url: str) -> None:
    """It should take the last amendment again, as after a crash, and the import that it amended."""
    ledger = flying(ledger_url)
    there, back = (Amendment(transfers=(Transfer(guid(1), code),)) for code in ("A81001", "RR8"))
    for amendment in (there, there, back, there):
        ledger.check_amendment(amendment)
        ledger.amend_estate(amendment, MERGER)
    ledger.import_estate(ORGANISATIONS, MAILBOXES, PERMISSIONS, REASON)

    assert 3 == [entry.act for entry in ledger.journal()].count("estate.amend")
    assert 2 == ledger.organisation_counts()["A81001"].planned
    ledger.verify_journal()


@pytest.mark.parametrize(
    "amendment",
    [
        Amendment(joiners=(a_mailbox(8), a_mailbox(0))),
        Amendment(joiners=(a_mailbox(8, organisation="X9"),)),
        Amendment(leavers=(guid(1), guid(9))),
        Amendment(transfers=(Transfer(guid(1), "A81001"), Transfer(guid(2), "RR8"))),
    ],
)
def test_all_or_nothing(ledger_url: str, amendment: Amendment) -> None:
    """It should change nothing when one part of an amendment does not fit."""
    ledger = flying(ledger_url)
    before = (ledger.mailboxes(), ledger.scope(), ledger.total(), len(ledger.journal()))

    for ask in (ledger.check_amendment, lambda given: ledger.amend_estate(given, MERGER)):
        with pytest.raises(AmendmentRefused):
            ask(amendment)
    assert before == (ledger.mailboxes(), ledger.scope(), ledger.total(), len(ledger.journal()))


def test_there_must_be_a_scope(ledger_url: str) -> None:
    """It should refuse to amend what was never imported."""
    with pytest.raises(NoScope):
        an_empty_ledger(ledger_url).amend_estate(Amendment(leavers=(guid(0),)), MERGER)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE mailboxes SET organisation = 'RR8' WHERE organisation = 'A81001' AND state = 'excluded'",
        f"UPDATE mailboxes SET size_bytes = 1 WHERE guid = '{guid(7)}'",
        "DELETE FROM leavers",
        "DELETE FROM meta WHERE key = 'scope.amended'",
        f"DELETE FROM permissions WHERE guid = '{guid(7)}'",
        "UPDATE organisations SET planned = planned - 1 WHERE code = 'A81001'",
    ],
)
def test_what_was_changed_by_hand_is_found(ledger_url: str, change: str) -> None:
    """It should compare what the amendments lead to with every table."""
    ledger = flying(ledger_url)
    ledger.amend_estate(
        Amendment((a_mailbox(7),), (a_right(7, 0),), (guid(1),), (Transfer(guid(2), "A81001"),)),
        MERGER,
    )
    ledger.amend_estate(Amendment(transfers=(Transfer(guid(3), "A81001"),)), MERGER)
    ledger.move_state(step(3, S.EXCLUDED), REASON)
    ledger.verify_journal()
    changed(ledger_url, change)

    with pytest.raises(JournalBroken):
        ledger.verify_journal()
