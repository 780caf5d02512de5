"""A batch's list: one foreign mailbox in two thousand rejects it, by name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mailwave.core.batch_scope import refuse_foreign
from mailwave.core.estate import Record
from mailwave.core.readiness.scope import ForeignMailboxes
from mailwave.core.returns import name_of
from mailwave.core.states import MailboxState
from tests.mailwave.builders import a_mailbox

PEOPLE = [
    Record(a_mailbox(n), MailboxState.WAITING, wave="w001", batch="w001-leeds-01") for n in range(2_000)
]
UNPLANNED = [Record(each.mailbox, each.state) for each in PEOPLE]
FOREIGN = Record(
    a_mailbox(5_000, organisation="RX1"), MailboxState.WAITING, wave="w002", batch="w002-leeds-01"
)


@dataclass(frozen=True)
class Held:
    """What a ledger holds: *records*."""

    records: list[Record]

    def mailboxes(
        self, state: MailboxState | None = None, wave: str | None = None, batch: str | None = None
    ) -> list[Record]:
        """Those of *wave* and *batch*."""
        asked = ((state, "state"), (wave, "wave"), (batch, "batch"))
        return [
            each
            for each in self.records
            if all(value in (None, getattr(each, name)) for value, name in asked)
        ]


def planned() -> Held:
    """Two thousand mailboxes planned for one batch, and one of another organisation that is planned for another."""
    return Held([*PEOPLE, FOREIGN])


def addresses(records: list[Record]) -> set[str]:
    """Their addresses."""
    return {each.mailbox.smtp for each in records}


def refused(batch: str, listed: set[str], held: Held) -> ForeignMailboxes:
    """How the list is refused."""
    with pytest.raises(ForeignMailboxes) as error:
        refuse_foreign(held, batch, listed)
    return error.value


def test_what_was_planned_passes() -> None:
    """It should let the planned list through, and one from which somebody was withdrawn."""
    refuse_foreign(planned(), "w001-leeds-01", addresses(PEOPLE))
    refuse_foreign(planned(), "w001-leeds-01", addresses(PEOPLE[1:]))


def test_one_foreign_mailbox_rejects_the_list() -> None:
    """It should name the one in two thousand that is another organisation's, planned elsewhere or not known."""
    for strange in (FOREIGN.mailbox.smtp, "somebody@elsewhere.example", "person1@nhsmail.example "):
        error = refused("w001-leeds-01", addresses(PEOPLE[1:]) | {strange}, planned())

        assert (strange,) == error.addresses
        assert strange in str(error)


def test_another_waves_mailbox_is_foreign_to_a_batch_of_the_same_wave() -> None:
    """It should hold a list to its own batch, not to its wave."""
    held = planned()
    other = Record(a_mailbox(6_000), MailboxState.WAITING, wave="w001", batch="w001-leeds-02")

    assert (other.mailbox.smtp,) == refused(
        "w001-leeds-01", addresses([*PEOPLE, other]), Held([*held.records, other])
    ).addresses


def test_without_a_plan_it_has_to_be_in_scope() -> None:
    """It should refuse who was never imported from a list that nobody planned."""
    held = Held(UNPLANNED)

    refuse_foreign(held, "by-hand", addresses(PEOPLE[:2]))
    assert "are in no organisation that was imported" == refused("by-hand", {"x@y.example"}, held).why


def test_the_way_back_is_held_to_its_name() -> None:
    """It should let the list through that the batch's name was made of, and no other."""
    held = Held(UNPLANNED)
    name = name_of("leeds", PEOPLE[:3])

    refuse_foreign(held, name, addresses(PEOPLE[:3]))
    assert "its name was made of" in str(refused(name, addresses(PEOPLE[:4]), held))
