"""Licences in the run of the waves: nobody is told before there are seats, nobody is left without one unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailwave.core.licences import JOIN
from mailwave.core.states import MailboxState
from mailwave.runbooks.wave.licences import NotLicensed, SeatsMissing
from rehearsal.directory.objects import OFFICE_E3, Group
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services


def take_seats(services: Services, left: int) -> None:
    """Somebody else uses the licence, but for *left* seats."""
    licensing = services.directory.licensing
    licensing._used[OFFICE_E3.sku_id] = licensing._skus[OFFICE_E3.sku_id].enabled - left


def members(services: Services) -> set[str]:
    return set(services.directory.store.links.members(services.licence_group.id))


def test_a_wave_without_seats_is_held_before_anybody_is_told(tmp_path: Path) -> None:
    """It should stop a wave for which there are too few seats, tell nobody and start nothing."""
    operator = Operator(Services(), tmp_path)
    operator.prepare()
    take_seats(operator.services, 0)

    with pytest.raises(SeatsMissing) as caught:
        operator.run()

    assert 0 == caught.value.free < caught.value.needed
    assert ([], []) == (operator.services.sent, operator.services.notify._sent)


def test_who_moved_when_the_seats_were_gone_is_named(tmp_path: Path) -> None:
    """It should let in as many as there are seats, name the others, and let them in once there are more."""
    services = Services()
    operator = Operator(services, tmp_path)
    operator.prepare()
    began = services.clock.now
    fill = services.directory.licensing.consumed(OFFICE_E3.sku_id)
    with operator.running() as runbook:
        wave, *_ = runbook.prepare()
        gone = lambda: take_seats(services, 5)  # noqa: E731
        services.clock.call_at(wave.window_start, gone)
        with pytest.raises((NotLicensed, SeatsMissing)):
            runbook.run()
    assert began < services.clock.now
    assert 0 < len(members(services)) <= 5
    addresses = {finding.address for finding in operator.verify()[1] if "no licence" in finding.problem}
    assert addresses

    services.directory.licensing._used[OFFICE_E3.sku_id] = fill + len(members(services))
    with operator.ledger() as ledger:
        moved = len(ledger.mailboxes(MailboxState.MOVED))
    assert moved
    operator.run()
    assert [] == operator.verify()[1]


def test_a_person_taken_out_of_the_group_is_found(tmp_path: Path) -> None:
    """It should find a moved mailbox whose person somebody has taken out of the licence group (fact B51)."""
    services = Services()
    operator = Operator(services, tmp_path)
    operator.everything()
    someone = min(members(services))
    services.directory.leave(
        services.directory.store.get(Group, services.licence_group.id), services.directory.store.find(someone)
    )
    services.directory.licensing.reprocess(services.directory.store.find(someone))

    _, findings = operator.verify()

    assert 1 == len(findings)
    with operator.ledger() as ledger:
        people = [guid for intent in ledger.intents(JOIN) for guid in intent.detail["people"]]
    assert len(people) == len(set(people))
