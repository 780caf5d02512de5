"""How long a mailbox stays in the cloud without a licence (fact B51)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rehearsal.clock import VirtualClock
from rehearsal.directory import Entra, synchronised
from rehearsal.directory.objects import OFFICE_E3, AssignedLicence, User
from rehearsal.estate import START
from rehearsal.exchange_online.lab import Lab, small
from rehearsal.exchange_online.licences import Standing, standing
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.probes.licences import Span
from rehearsal.site import Site

DAY = timedelta(days=1)


def moved() -> tuple[Lab, Entra]:
    """Return a tenant whose one mailbox has just moved, and its directory, whose clock is another."""
    estate = small((None,), server="EX01")
    clock = VirtualClock(START)
    entra, _ = synchronised(estate, clock, [Site(estate.at("leeds"), clock).directory])
    lab = Lab(estate=estate, mail_users=entra)
    lab.start_batch()
    lab.advance(hours=18)
    lab.complete()
    return lab, entra


def after(days: float, *held: tuple[float, float | None]) -> Standing:
    """Return what became of a mailbox so many *days* after its move; *held* in days since it, too."""
    spans = [Span(START + a * DAY, None if b is None else START + b * DAY) for a, b in held]
    return standing(START, spans, START + days * DAY, Options())


def gone(day: float, *, lost: bool = False) -> Standing:
    """Return the standing of one who was disconnected on a day."""
    return Standing(None, disconnected=START + day * DAY, lost=lost)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (after(29), Standing(START)),
        (after(30), gone(30)),
        (after(61), gone(30, lost=True)),
        (after(100, (-5, None)), Standing(START)),
        (after(100, (29, None)), Standing(START)),
        (after(100, (45, None)), Standing(START)),
        (after(100, (5, 50)), gone(50, lost=True)),
        (after(70, (5, 50)), gone(50)),
        (after(100, (5, 50), (60, None)), Standing(START)),
        (after(29, (-9, -1)), Standing(START)),
        (after(30, (-9, -1)), gone(30)),
        (
            after(100, (70, None)),
            Standing(START + 70 * DAY, own=True, disconnected=START + 30 * DAY, lost=True),
        ),
    ],
)
def test_what_becomes_of_a_mailbox(found: Standing, expected: Standing) -> None:
    """It should stay with a licence in time, rest for 30 days without, and then be lost."""
    assert expected == found


def test_a_mailbox_without_a_licence_becomes_a_mail_user_and_comes_back() -> None:
    """It should go after 30 days, be shown as soft-deleted, and come back whole with a licence of the directory."""
    lab, entra = moved()
    address = lab.addresses[0]
    guid = lab.estate.mailboxes[0].exchange_guid
    lab.advance(days=30)

    assert 404 == lab.refusal("Get-Mailbox", Identity=address)[0]
    (user,) = lab.rows("Get-MailUser", Identity=address)
    assert f"SMTP:{lab.estate.mailboxes[0].routing_address}" == user["ExternalEmailAddress"]
    (soft,) = lab.rows("Get-Mailbox", SoftDeletedMailbox=True)
    assert (guid, True) == (soft["ExchangeGuid"], soft["IsSoftDeletedByDisable"])

    entra.store.clock.advance_to(lab.clock.now)
    (known,) = (each for each in entra.store.every(User) if each.exchange.mailbox_guid == guid)
    known = entra.change_user(known, {"usage_location": "GB"})
    entra.licensing.give(known, [AssignedLicence(OFFICE_E3.sku_id)], [])
    (back,) = lab.rows("Get-Mailbox", Identity=address)
    assert guid == back["ExchangeGuid"]
    assert [] == lab.rows("Get-Mailbox", SoftDeletedMailbox=True)


def test_a_mailbox_that_was_disconnected_does_not_go_back() -> None:
    """It should fail the move back of whoever has no mailbox in the cloud any more (fact B48)."""
    lab, _ = moved()
    lab.forget()
    lab.advance(days=31)
    lab.start_offboarding()
    lab.advance(minutes=10)

    assert "isn't a mailbox in Exchange Online" in lab.user()["ErrorSummary"]
