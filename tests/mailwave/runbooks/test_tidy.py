"""What moved mailboxes leave behind at their sites: removed once, read back, and of nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.aftercare_site import AftercareSites
from mailwave.adapters.ledger import Ledger
from mailwave.core.aftercare.leftovers import TIDY
from mailwave.core.estate import Mailbox
from mailwave.core.outcomes import ActUnknown
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.states import MailboxState, Transition
from mailwave.runbooks.aftercare.tidy import Tidied, Tidier
from tests.mailwave.adapters.ledgers import an_empty_ledger, closed_ledgers
from tests.mailwave.builders import NOW, REASON, an_organisation
from tests.mailwave.rehearsed.coexistence import at_sites
from tests.mailwave.rehearsed.services import Services, small_estate

__all__ = ["closed_ledgers"]

_WAY = (MailboxState.SYNCING, MailboxState.SYNCED, MailboxState.COMPLETING, MailboxState.MOVED)
MOVED, PLANNED = 6, 9


class Practice:
    """Nine people of one site who have a telephone each: six have moved, one of whom came back to the site since."""

    def __init__(self, folder: Path) -> None:
        self.services = Services(small_estate())
        owners = {
            row["UserDisplayName"]
            for row in at_sites(self.services, "Get-MobileDevice", ResultSize="Unlimited")
        }
        rows = at_sites(self.services, "Get-Mailbox", ResultSize="Unlimited")
        self.boxes = [_mailbox(row) for row in rows if row["Identity"] in owners][:PLANNED]
        self.ledger: Ledger = an_empty_ledger(folder)
        self.ledger.import_estate([an_organisation()], self.boxes, [], REASON)
        batch = Batch("b", "leeds", tuple(each.guid for each in self.boxes))
        self.wave = Wave("w", NOW.date(), NOW, NOW + timedelta(hours=9), (batch,))
        self.ledger.save_plan(Plan((self.wave,)), REASON)
        for box in self.boxes[:MOVED]:
            for state in _WAY:
                self.ledger.move_state([Transition(box.guid, state, "")], REASON)
        for box in self.boxes[: MOVED - 1]:
            self.services.sites["leeds"].directory.convert_to_remote(box.guid)
        self.site = self.services.premises("leeds", dry_run=False)
        self.said: list[str] = []

    def phones(self) -> set[str]:
        """The telephones that the site knows."""
        return {
            row["Identity"] for row in at_sites(self.services, "Get-MobileDevice", ResultSize="Unlimited")
        }

    def run(self, premises: AftercareSites | None = None) -> Tidied:
        """`aftercare tidy`."""
        return self.tidier(premises).run(self.wave)

    def tidier(self, premises: AftercareSites | None = None) -> Tidier:
        """The runbook, over the real client."""
        sites = premises or AftercareSites({"leeds": self.site})
        return Tidier(self.ledger, sites, REASON, self.said.append)


def _mailbox(row: Mapping[str, Any]) -> Mailbox:
    alias = str(row["Alias"])
    return Mailbox(
        guid=str(row["ExchangeGuid"]),
        address=str(row["PrimarySmtpAddress"]),
        alias=alias,
        display_name=alias,
        organisation="RR8",
        site="leeds",
        recipient_type="UserMailbox",
        legacy_dn=str(row["LegacyExchangeDN"]),
        server="EX01",
        database="DB01",
        size_bytes=1,
        items=1,
    )


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """The practice."""
    return Practice(tmp_path)


def test_partnerships_of_who_has_moved_are_removed(practice: Practice) -> None:
    """It should remove those of the five who are gone, and leave those of who stays and who came back."""
    before = practice.phones()
    found = practice.tidier().look(practice.wave)
    tidied = practice.run()

    assert {box.address.lower() for box in practice.boxes[: MOVED - 1]} == {each.address for each in found}
    assert (MOVED - 1, []) == (tidied.removed, list(tidied.left))
    assert {each.what for each in found} == before - practice.phones()


def test_a_second_run_changes_nothing(practice: Practice) -> None:
    """It should find nothing and write nothing once all is removed."""
    practice.run()
    acts, phones = len(practice.ledger.intents(TIDY)), practice.phones()
    again = practice.run()
    assert (0, acts, phones) == (again.removed, len(practice.ledger.intents(TIDY)), practice.phones())


def test_looking_changes_nothing(practice: Practice) -> None:
    """It should name what it would remove, and leave it."""
    before = practice.phones()
    found = practice.tidier().look(practice.wave)
    assert (MOVED - 1, before, []) == (len(found), practice.phones(), practice.ledger.intents(TIDY))


def test_a_lost_answer_is_settled_by_reading_back(practice: Practice) -> None:
    """It should record how a removal ended whose answer was lost, and go on with the others."""

    class Losing(AftercareSites):
        """Does the first, and loses its answer."""

        lost = False

        def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
            super().change(cmdlet, parameters, site)
            if not self.lost:
                self.lost = True
                raise ActUnknown(act=cmdlet, subject=str(parameters["Identity"]), why="no answer")

    tidied = practice.run(Losing({"leeds": practice.site}))
    assert (MOVED - 1, []) == (tidied.removed, list(tidied.left))
    assert not [each for each in practice.ledger.intents(TIDY) if each.is_doubtful]
    assert 1 == len(practice.said)
