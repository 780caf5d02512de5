"""The watch over licences on the rehearsed estate: seats by wave, full groups, and whose days run out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.core.estate import Record
from mailwave.core.events import Event, Kind
from mailwave.core.licence_seats import Band
from mailwave.core.states import MailboxState
from mailwave.runbooks.aftercare.licences import LOOK, Extra, Licensing, LookAtLicences
from mailwave.runbooks.wave.licences import GroupFull
from rehearsal.directory.objects import EXCHANGE_PLAN_1, OFFICE_E3, Group, User
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services
from tests.mailwave.runbooks.test_licences import members, take_seats

LICENCE = "ENTERPRISEPACK"


def look(
    operator: Operator, heard: Callable[[Event], None] = lambda _: None, extra: Extra | None = None
) -> Licensing:
    """`aftercare licences`; *extra* as services give them."""
    with operator.ledger() as ledger:
        return LookAtLicences(
            operator.clock,
            ledger,
            operator.services.licences(operator.boundary),
            ArtifactFolder(operator.folder / "artifacts"),
            REASON,
            60_000,
            heard,
            extra or {},
        ).run()


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Whose waves are planned and approved, and not begun."""
    made = Operator(Services(), tmp_path)
    made.prepare()
    return made


def test_seats_are_forecast_by_wave(operator: Operator) -> None:
    """It should say from which wave on seats are short, and that everybody of the plan finds one where they are not."""
    well = look(operator)
    with operator.ledger() as ledger:
        plan = ledger.plan()
    first, second = well.seats[:2]

    take_seats(operator.services, first.needed + 1)
    short = look(operator)

    assert well.is_well
    assert [wave.id for wave in plan.waves] == [row.wave for row in well.seats]
    assert (first.wave, LICENCE, 0) == (short.seats[0].wave, short.seats[0].licence, short.seats[0].short)
    assert (second.wave, 1, second.needed - 1) == (
        short.seats[1].wave,
        short.seats[1].free,
        short.seats[1].short,
    )
    assert not short.is_well


def test_the_licences_of_services_are_forecast_too(operator: Operator) -> None:
    """It should count the seats of a service's own licence beside those of the mailbox, and of that one only once."""
    shared = {
        each.mailbox.guid for each in _records(operator) if each.mailbox.recipient_type == "SharedMailbox"
    }
    extra: Extra = {
        EXCHANGE_PLAN_1.sku_id: lambda mailbox: mailbox.guid in shared,
        OFFICE_E3.sku_id: lambda _: True,
    }

    rows = look(operator, extra=extra).seats

    assert {LICENCE, "EXCHANGESTANDARD"} == {row.licence for row in rows}
    assert sum(row.needed for row in look(operator).seats) == sum(
        row.needed for row in rows if row.licence == LICENCE
    )
    planned = {each.mailbox.guid for each in _records(operator) if each.wave}
    assert len(shared & planned) == sum(row.needed for row in rows if row.licence != LICENCE) > 0


def _records(operator: Operator) -> list[Record]:
    with operator.ledger() as ledger:
        return list(ledger.mailboxes())


def test_a_full_group_holds_a_wave_before_anybody_is_told(operator: Operator) -> None:
    """It should stop a wave whose people find no room in their group, tell nobody and start nothing (fact C19)."""
    with operator.running() as runbook, pytest.raises(GroupFull) as caught:
        replace(runbook, licenser=replace(runbook.licenser, most_in_group=0)).run()

    room = caught.value.room
    assert (0, 0) == (room.members, room.most)
    assert 0 < room.coming == room.over
    assert ([], []) == (operator.services.sent, operator.services.notify._sent)


def unlicense(services: Services, number: int) -> list[User]:
    """Some people who were licensed leave the group, and their licence goes with that."""
    directory, group = services.directory, licence_group(services)
    people = [directory.store.get(User, key) for key in sorted(members(services))[:number]]
    for person in people:
        directory.leave(group, person)
        directory.licensing.reprocess(directory.store.get(User, person.id))
    return people


def licence_group(services: Services) -> Group:
    """The licence group as it is now."""
    return services.directory.store.get(Group, services.licence_group.id)


def test_days_without_a_licence_are_watched_and_somebody_is_woken_in_time(operator: Operator) -> None:
    """It should name who is at which day and why, and announce it nine days before a mailbox is disconnected."""
    services = operator.services
    operator.run()
    quiet: list[Event] = []
    assert [] == list(look(operator, quiet.append).without)
    person, refused = unlicense(services, 2)
    take_seats(services, 0)
    services.directory.join(licence_group(services), services.directory.store.get(User, refused.id))
    services.clock.advance_to(services.clock.now + timedelta(hours=1))  # group licensing gets to them

    early = look(operator, quiet.append)
    with operator.ledger() as ledger:
        opened = min(wave.window_start for wave in ledger.plan().waves)
    services.clock.advance_to(opened + timedelta(days=25))
    heard: list[Event] = []
    late = look(operator, heard.append)

    assert {person.mail, refused.mail} == {each.address for each in early.without}
    assert {Band.FRESH} == {each.band for each in early.without}
    assert [] == quiet
    assert "in no licence group" in {each.why for each in late.without}
    assert any(each.why.startswith("CountViolation: no seat") for each in late.without)
    assert {Band.ALARM, Band.WARNED} >= {each.band for each in late.without}
    assert [Kind.LICENCE_MISSING] * bool(late.urgent) == [each.kind for each in heard]
    assert late.urgent
    assert not late.is_well


def test_what_was_seen_is_kept_under_its_digest(operator: Operator) -> None:
    """It should leave a report whose digest the journal has, and the same report under the same name."""
    look(operator)
    look(operator)

    with operator.ledger() as ledger:
        digests = [str(each.detail["digest"]) for each in ledger.intents(LOOK)]
        waiting = len(ledger.mailboxes(MailboxState.WAITING))
    (file,) = (operator.folder / "artifacts").glob("licences-*.json")
    assert 1 == len(set(digests)) < len(digests)
    assert waiting >= sum(row["needed"] for row in msgspec.json.decode(file.read_bytes())["waves"]) > 0
