"""What people can do with the mailboxes of others, on one side and across premises (peers 6)."""

from __future__ import annotations

import pytest

from rehearsal.estate import Right
from rehearsal.exchange_online.delegates import Delegation
from rehearsal.exchange_online.lab import Lab
from tests.rehearsal.exchange_online.test_permissions import HER, HIM, ME, TEAM, alias, give, move, tenant

KINDS = {
    "FullAccess": Right("FullAccess", alias(HER)),
    "SendAs": Right("SendAs", alias(HER)),
    "SendOnBehalf": Right("SendOnBehalf", alias(HER)),
    "Reviewer": Right("Reviewer", alias(HER), "Calendar"),
}


def met(lab: Lab) -> list[Delegation]:
    """Return the rights on the first mailbox as they are met."""
    return lab.service.delegates.of(lab.addresses[ME])


@pytest.mark.parametrize(
    ("kind", "apart", "opens"),
    [
        ("FullAccess", True, True),
        ("SendAs", False, False),
        ("SendOnBehalf", True, False),
        ("Reviewer", False, False),
    ],
)
def test_hard_rights_end_where_premises_do(kind: str, *, apart: bool, opens: bool) -> None:
    """It should work before, when only the delegate has moved as peers 6 says, and again when the owner has."""
    lab = tenant(KINDS[kind])
    before = met(lab)
    move(lab, HER)
    between = met(lab)

    assert [(False, True, opens)] == [(each.across, each.works, each.opens) for each in before]
    assert [(True, apart, False)] == [(each.across, each.works, each.opens) for each in between]


@pytest.mark.parametrize("kind", KINDS)
def test_who_moves_together_keeps_everything(kind: str) -> None:
    """It should work as before, and open by itself if it did."""
    lab = tenant(KINDS[kind])
    move(lab, ME, HER)

    assert [(False, True, kind == "FullAccess")] == [
        (each.across, each.works, each.opens) for each in met(lab)
    ]


def test_send_as_is_given_by_hand_on_the_other_side() -> None:
    """It should work across premises once the cloud has it, too."""
    lab = tenant(KINDS["SendAs"])
    move(lab, ME)
    before = [each.works for each in met(lab)]
    give(lab, "Add-RecipientPermission", Trustee=lab.addresses[HER], AccessRights=["SendAs"])

    assert ([False], [True]) == (before, [each.works for each in met(lab)])


def test_send_as_that_stayed_behind_is_missed_in_the_cloud() -> None:
    """It should not work for two who moved one after the other, though both are on one side now."""
    lab = tenant(KINDS["SendAs"])
    move(lab, ME)
    move(lab, HER)

    assert [(False, False)] == [(each.across, each.works) for each in met(lab)]


def test_full_access_opens_again_once_it_is_taken_and_given() -> None:
    """It should not open by itself for one who moved apart, until the right was removed and added."""
    lab = tenant(KINDS["FullAccess"])
    move(lab, ME)
    move(lab, HER)
    before = [(each.works, each.opens) for each in met(lab)]
    for verb in ("Remove", "Add"):
        give(lab, f"{verb}-MailboxPermission", User=lab.addresses[HER], AccessRights=["FullAccess"])

    assert ([(True, False)], [(True, True)]) == (before, [(each.works, each.opens) for each in met(lab)])


def test_automapping_can_be_declined() -> None:
    """It should give the right without what opens by itself."""
    lab = tenant()
    move(lab, ME, HER)
    given = {"User": lab.addresses[HER], "AccessRights": ["FullAccess"], "AutoMapping": False}
    give(lab, "Add-MailboxPermission", **given)

    assert [(True, False)] == [(each.works, each.opens) for each in met(lab)]


def test_the_members_of_a_group_have_its_rights() -> None:
    """It should name each member, for whom nothing opens by itself."""
    lab = tenant(Right("FullAccess", TEAM))

    assert [(alias(HIM), True, False)] == [(each.person, each.works, each.opens) for each in met(lab)]
