"""Licences in the run of the waves: nobody is told before there are seats, nobody is left without one unseen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mailwave.core.licences import JOIN, Held, Standing
from mailwave.core.states import MailboxState
from mailwave.ports import Licences
from mailwave.runbooks.wave.licences import NotLicensed, SeatsMissing
from rehearsal.directory.objects import OFFICE_E3, Group
from tests.mailwave.rehearsed.boundary import Boundary
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


@dataclass(frozen=True)
class Watched:
    """The licences *inside*, and how each question about somebody was answered, in order."""

    inside: Licences
    answered: list[tuple[str, Standing]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inside, name)

    def standing(self, people: Iterable[str]) -> dict[str, Held]:
        held = self.inside.standing(people)
        self.answered.extend((person, each.standing) for person, each in held.items())
        return held


def test_nobody_is_asked_for_again_once_licensed(tmp_path: Path) -> None:
    """It should read each person until the licence is there, and not at each poll after that."""
    operator = Operator(Services(), tmp_path)
    operator.prepare()
    licences = Watched(operator.services.licences(Boundary()))

    with operator.running(licences=licences) as runbook:
        runbook.prepare()
        runbook.run()

    seen = [person for person, standing in licences.answered if standing is Standing.LICENSED]
    assert members(operator.services) == set(seen)
    assert len(set(seen)) == len(seen)
