"""Who holds which right, by whatever name, through groups and against refusals, and who cannot be made out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from mailwave.core.discovery import holders
from mailwave.core.discovery.fold import folded
from mailwave.core.discovery.holders import Holding, holding
from mailwave.core.discovery.tables import UNSEEN
from mailwave.core.trustees import DomainUnclear
from tests.mailwave.core.discovery.made import a_box, a_group, a_right, guid, member, object_guid, read

Rows = Iterable[Mapping[str, Any]]


def held(rights: Rows, groups: Rows = (), members: Rows = (), boxes: Rows = ()) -> Holding:
    """The *rights* among four people and *boxes*."""
    known = [*(a_box(n) for n in range(1, 5)), *boxes]
    return holding(folded(read(mailbox=known, right=rights, recipient=groups, member=members)))


def pairs(found: Holding) -> set[tuple[str, str, str, str]]:
    """Mailbox, trustee, kind and group of every right."""
    return set(found.held.select("mailbox", "trustee", "kind", "via").iter_rows())


@pytest.mark.parametrize(
    "shown",
    [
        "NHS\\p2",
        "nhs\\P2",
        "leeds.example/People/p2",
        "CN=p2,OU=People,DC=leeds,DC=example",
        "p2@nhs.example",
        "Person 2",
    ],
)
def test_a_person_is_known_by_every_name(shown: str) -> None:
    """It should find the mailbox by account, canonical or distinguished name, address, or a name of one person."""
    assert {(guid(1), guid(2), "FullAccess", "")} == pairs(held([a_right(1, shown)]))


def test_a_name_of_two_is_nobodys() -> None:
    """It should not choose between two people whom others see by the same name."""
    found = held([a_right(1, "Twin")], boxes=[a_box(n, DisplayName="Twin") for n in (7, 8)])
    assert [(guid(1), "FullAccess", "Twin", holders.UNKNOWN, None)] == found.others.rows()


def test_a_group_gives_its_people_the_right_and_no_automapping() -> None:
    """It should give the right to each person of a group and of one inside it, and the owner none on the own box."""
    inner = [member(1, a_group(2)), member(1, a_box(1)), member(2, a_box(2)), member(2, a_box(3))]
    found = held([a_right(1, "NHS\\g1")], [a_group(1), a_group(2)], inner)
    assert {(guid(1), guid(n), "FullAccess", "NHS\\g1") for n in (2, 3)} == pairs(found)
    assert [False, False] == found.held["automapping"].to_list()
    assert [] == found.others.rows()


@pytest.mark.parametrize(
    "hidden", [[member(2, {"RecipientTypeDetails": UNSEEN})], []], ids=["refused", "never read"]
)
def test_a_group_that_is_not_visible_leaves_the_right_unknown(hidden: list[dict[str, object]]) -> None:
    """It should keep who is known in it, and say that others may be."""
    members = [member(1, a_group(2)), member(1, a_box(2)), *hidden]
    found = held([a_right(1, "NHS\\g1")], [a_group(1), a_group(2)], members)
    assert {(guid(1), guid(2), "FullAccess", "NHS\\g1")} == pairs(found)
    assert [(guid(1), "FullAccess", "NHS\\g1", holders.UNKNOWN, None)] == found.others.rows()


def test_an_empty_group_is_seen() -> None:
    """It should tell a group without anybody from one whose members could not be read."""
    found = held([a_right(1, "NHS\\g1")], [a_group(1)], [{"Group": object_guid(1_001)}])
    assert [] == found.others.rows()


def test_a_member_without_guid_is_known_by_its_name() -> None:
    """It should know a member of a group that has no address by the canonical name, as Get-Group shows it."""
    named = [{"Group": object_guid(1_001), "Identity": "leeds.example/People/p3"}]
    found = held([a_right(1, "NHS\\g1")], [a_group(1, Noun="Group")], named)
    assert {(guid(1), guid(3), "FullAccess", "NHS\\g1")} == pairs(found)


def test_a_refusal_comes_before_a_right() -> None:
    """It should give nothing to who is refused in so many words, by oneself or through a group, for that kind only."""
    members = [member(1, a_box(2)), member(1, a_box(3)), member(2, a_box(4))]
    rights = [
        a_right(1, "NHS\\g1"),
        a_right(1, "NHS\\p4"),
        a_right(1, "NHS\\p2", Deny=True),
        a_right(1, "NHS\\g2", Deny=True),
        a_right(1, "NHS\\p2", "SendAs"),
        a_right(1, "NHS\\nobody", Deny=True),
    ]
    found = held(rights, [a_group(1), a_group(2)], members)
    assert {(guid(1), guid(3), "FullAccess", "NHS\\g1"), (guid(1), guid(2), "SendAs", "")} == pairs(found)
    assert [] == found.others.rows()


def test_a_group_of_very_many_joins_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should count the people of such a group, as one right would glue an organisation together."""
    monkeypatch.setattr(holders, "MOST", 2)
    members = [member(1, a_box(n)) for n in (2, 3, 4)]
    found = held([a_right(1, "NHS\\g1")], [a_group(1)], members)
    assert set() == pairs(found)
    assert [(guid(1), "FullAccess", "NHS\\g1", holders.GROUP, 3)] == found.others.rows()


def test_what_is_no_mailbox_holds_no_right_between_mailboxes() -> None:
    """It should tell deleted accounts, accounts without a mailbox and strangers apart, and pass over the owner."""
    account = {
        "Noun": "User",
        "Guid": object_guid(99),
        "Identity": "leeds.example/Users/svc",
        "SamAccountName": "svc",
    }
    shown = ["S-1-5-21-1-2-3-1234", "NHS\\svc", "NHS\\nobody", "NT AUTHORITY\\SELF", "NHS\\p1"]
    found = held([a_right(1, name) for name in shown], [account])
    assert set() == pairs(found)
    assert {
        ("S-1-5-21-1-2-3-1234", holders.GONE_ACCOUNT),
        ("NHS\\svc", holders.ACCOUNT),
        ("NHS\\nobody", holders.UNKNOWN),
    } == set(found.others.select("shown", "holder").iter_rows())


def test_who_sends_on_behalf_stands_in_the_mailbox() -> None:
    """It should take GrantSendOnBehalfTo for a right, a group's too."""
    box = a_box(9, GrantSendOnBehalfTo=["leeds.example/People/p2", "leeds.example/Groups/g1"])
    found = held([], [a_group(1)], [member(1, a_box(3))], [box])
    assert {
        (guid(9), guid(2), "SendOnBehalf", ""),
        (guid(9), guid(3), "SendOnBehalf", "leeds.example/Groups/g1"),
    } == pairs(found)


def test_a_domain_that_may_be_two_is_refused() -> None:
    """It should not guess which of two domains a short name is of."""
    twin = a_box(
        9,
        SamAccountName="p2",
        Identity="york.example/People/p2",
        DistinguishedName="x",
        PrimarySmtpAddress="y",
    )
    with pytest.raises(DomainUnclear):
        held([a_right(1, "NHS\\p2")], boxes=[twin])
