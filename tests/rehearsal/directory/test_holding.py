"""When users held a licence with Exchange (fact B51)."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.directory.holding import Held, Holding
from rehearsal.directory.lab import E3, PLENTY, Lab
from rehearsal.estate import START


def test_times_follow_one_another() -> None:
    """It should keep a time from the giving to the taking, and take no notice of what changes nothing."""
    holding = Holding()
    for hour, holds in enumerate((False, True, True, False, False, True)):
        holding.note("somebody", START + timedelta(hours=hour), holds=holds)

    hours = [START + timedelta(hours=n) for n in range(6)]
    assert (Held(hours[1], hours[3]), Held(hours[5])) == holding.of("somebody")
    assert () == holding.of("nobody")


def test_only_exchange_counts() -> None:
    """It should keep when a licence with a mailbox in it was given and taken, and not one without."""
    lab = Lab(0)
    user = lab.license(lab.add_user(), PLENTY)
    without = lab.entra.licensed(user.id)
    user = lab.license(user, E3)
    lab.entra.licensing.give(user, (), [E3.sku_id])

    assert ((), (Held(START, START),)) == (without, lab.entra.licensed(user.id))


def test_who_is_deleted_holds_none() -> None:
    """It should end the time of a user who is deleted, and begin another if they come back."""
    lab = Lab(0)
    user = lab.license(lab.add_user(), E3)
    lab.entra.delete(user)
    deleted = lab.entra.licensed(user.id)
    lab.entra.restore(user.id)

    assert ((Held(START, START),), (Held(START, START), Held(START))) == (
        deleted,
        lab.entra.licensed(user.id),
    )
