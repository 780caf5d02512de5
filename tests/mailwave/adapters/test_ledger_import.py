"""Taking an estate into the ledger, in each of its databases."""

import pytest
from sqlalchemy.exc import IntegrityError

from mailwave.core.refusals import DifferentScope
from mailwave.core.scope import BrokenScope
from mailwave.core.states import MailboxState
from tests.mailwave.adapters.ledgers import (
    MAILBOXES,
    ORGANISATIONS,
    PERMISSIONS,
    a_ledger,
    an_empty_ledger,
    step,
)
from tests.mailwave.builders import REASON, a_mailbox

S = MailboxState


class TestImport:
    def test_everything_comes_back(self, ledger_url: str) -> None:
        """It should give back organisations, mailboxes and rights as they were imported, everybody waiting."""
        ledger = a_ledger(ledger_url)

        assert sorted(ORGANISATIONS, key=lambda o: o.code) == ledger.organisations()
        assert MAILBOXES == [record.mailbox for record in ledger.mailboxes(S.WAITING)]
        assert sorted(PERMISSIONS) == ledger.permissions()

    def test_the_same_estate_again_changes_nothing(self, ledger_url: str) -> None:
        """It should know an estate again in any order, and keep what has happened since."""
        ledger = a_ledger(ledger_url)
        ledger.move_state(step(0, S.SYNCING), REASON)

        ledger.import_estate(ORGANISATIONS[::-1], MAILBOXES[::-1], PERMISSIONS[::-1], REASON)

        assert (1, 2) == (ledger.total().in_flight, len(ledger.journal()))

    def test_another_estate_is_refused(self, ledger_url: str) -> None:
        """It should keep the scope that was frozen."""
        ledger = a_ledger(ledger_url)

        with pytest.raises(DifferentScope):
            ledger.import_estate(ORGANISATIONS, MAILBOXES[1:], [], REASON)
        assert 6 == ledger.total().planned

    def test_a_broken_estate_leaves_nothing_behind(self, ledger_url: str) -> None:
        """It should import nothing of an estate in which one mailbox belongs to nobody."""
        ledger = an_empty_ledger(ledger_url)

        with pytest.raises(BrokenScope):
            ledger.import_estate(ORGANISATIONS, [*MAILBOXES, a_mailbox(9, organisation="ZZZ")], [], REASON)
        assert (None, [], []) == (ledger.scope(), ledger.organisations(), ledger.journal())

    def test_the_database_holds_references_too(self, ledger_url: str) -> None:
        """It should be refused by the database itself to lose an organisation that has mailboxes."""
        ledger = a_ledger(ledger_url)

        with pytest.raises(IntegrityError), ledger._store.write() as connection:
            connection.exec_driver_sql("DELETE FROM organisations")
        assert 2 == len(ledger.organisations())

    def test_organisations_alone_freeze_nothing(self, ledger_url: str) -> None:
        """It should let an estate with mailboxes take the place of one without, and verify afterwards."""
        ledger = an_empty_ledger(ledger_url)
        ledger.import_estate(ORGANISATIONS[:1], [], [], REASON)

        ledger.import_estate(ORGANISATIONS, MAILBOXES, PERMISSIONS, REASON)

        ledger.verify_journal()
        assert (len(ORGANISATIONS), 6) == (len(ledger.organisations()), ledger.total().planned)
