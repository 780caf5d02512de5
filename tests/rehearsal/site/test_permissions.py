"""Who may do what with a mailbox, as Exchange lists and changes it."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.estate import Mailbox, Right, generate
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options
from rehearsal.site.permissions import SELF

ACCESS: dict[str, Any] = {"AccessRights": ["FullAccess"]}
SEND: dict[str, Any] = {"ExtendedRights": ["Send-As"]}
BOTH = pytest.mark.parametrize(("noun", "right"), [("MailboxPermission", ACCESS), ("ADPermission", SEND)])


@pytest.fixture
def lab() -> Lab:
    """Two sites of one organisation."""
    return Lab(Options())


def people(lab: Lab) -> list[Mailbox]:
    """People of the first site, without rights on their mailboxes."""
    return [
        each
        for each in lab.estate.at("leeds").mailboxes
        if each.recipient_type == "UserMailbox" and not each.rights
    ]


def own(lab: Lab, noun: str, mailbox: Mailbox) -> list[dict[str, Any]]:
    """The entries of a mailbox that it has not inherited, but its own."""
    rows = lab.rows(f"Get-{noun}", Identity=mailbox.alias)
    return [row for row in rows if not row["IsInherited"] and row["User"] != SELF]


@BOTH
def test_a_right_is_given_and_taken(lab: Lab, noun: str, right: dict[str, Any]) -> None:
    """It should add an entry that names the account, say where it is there already, and remove it again."""
    box, who, *_ = people(lab)[20:]
    before = own(lab, noun, box)
    (made,) = lab.rows(f"Add-{noun}", Identity=box.alias, User=who.address, **right)
    assert [*before, made] == own(lab, noun, box)
    assert lab.sites["leeds"].directory.logon(who.alias) == made["User"]
    assert (
        "already present" in lab.call(f"Add-{noun}", Identity=box.alias, User=who.alias, **right).warnings[0]
    )
    assert "prompts the user" in lab.refused(f"Remove-{noun}", Identity=box.alias, User=who.alias, **right)
    lab.rows(f"Remove-{noun}", Identity=box.alias, User=who.alias, Confirm=False, **right)
    assert before == own(lab, noun, box)
    result = lab.call(f"Remove-{noun}", Identity=box.alias, User=who.alias, Confirm=False, **right)
    assert "isn't present" in result.warnings[0]


@BOTH
def test_inherited_entries_stay(lab: Lab, noun: str, right: dict[str, Any]) -> None:
    """It should list inherited entries last, refusals first among them, and not remove one."""
    box = people(lab)[0]
    rows = lab.rows(f"Get-{noun}", Identity=box.alias)
    inherited = [row["IsInherited"] for row in rows]
    assert sorted(inherited) == inherited
    user = "NHSMAIL\\Exchange Servers"
    result = lab.call(f"Remove-{noun}", Identity=box.alias, User=user, Confirm=False, **right)
    assert "inherited access control entry" in result.warnings[0]
    assert rows == lab.rows(f"Get-{noun}", Identity=box.alias)


@BOTH
def test_a_refusal_stands_beside_a_right(lab: Lab, noun: str, right: dict[str, Any]) -> None:
    """It should keep a denying entry apart from a giving one and list it first."""
    box, who, *_ = people(lab)[20:]
    lab.rows(f"Add-{noun}", Identity=box.alias, User=who.alias, **right)
    lab.rows(f"Add-{noun}", Identity=box.alias, User=who.alias, Deny=None, **right)
    named = [row["Deny"] for row in own(lab, noun, box) if row["User"].endswith(who.alias[-10:])]
    assert [True, False] == named


def test_strangers_hold_no_right(lab: Lab) -> None:
    """It should refuse a trustee that is nobody."""
    box = people(lab)[0]
    assert "wasn't found" in lab.refused("Add-MailboxPermission", Identity=box.alias, User="nobody", **ACCESS)


def test_service_accounts_hold_thousands_of_rights() -> None:
    """It should list a site's service account on each of its mailboxes, over a thousand in the full estate."""
    lab = Lab(Options(), generate(1, "full"))
    (account,) = [each for each in lab.estate.accounts if each.site == "leeds"]
    boxes = lab.estate.at("leeds").mailboxes
    user = f"NHSMAIL\\{account.name}"
    held = [
        row
        for box in boxes
        for row in lab.rows("Get-MailboxPermission", Identity=box.exchange_guid, User=user)
        if row["AccessRights"] == ["FullAccess"]
    ]
    assert len(boxes) == len(held)
    assert len(held) > 1_000


def test_groups_and_the_other_sites_people_are_trustees() -> None:
    """It should show a group by its account, and somebody of the other site by the other domain's."""
    lab = Lab(Options(), generate(1, "full"))
    elsewhere = {each.alias for each in lab.estate.at("leeds").elsewhere}
    groups = {each.alias for each in lab.estate.groups}
    rights = [
        (box, right)
        for box in lab.estate.at("leeds").mailboxes
        for right in box.rights
        if right.kind == "FullAccess" and not right.folder
    ]
    box, abroad = next(each for each in rights if each[1].trustee in elsewhere)
    assert any(row["User"].startswith("NHSWEST\\") for row in own(lab, "MailboxPermission", box))
    assert abroad.trustee in elsewhere
    box, held = next(each for each in rights if each[1].trustee in groups)
    assert f"NHSMAIL\\{held.trustee}" in {row["User"] for row in own(lab, "MailboxPermission", box)}


def test_on_behalf_is_changed_by_names(lab: Lab) -> None:
    """It should add and remove those who send on behalf, whatever names them, and refuse nobody."""
    box, who, *_ = people(lab)
    lab.rows("Set-Mailbox", Identity=box.alias, GrantSendOnBehalfTo={"Add": who.address})
    (row,) = lab.rows("Get-Mailbox", Identity=box.alias)
    assert [lab.sites["leeds"].directory.identity(who)] == row["GrantSendOnBehalfTo"]
    lab.rows("Set-Mailbox", Identity=box.alias, GrantSendOnBehalfTo={"Remove": [who.alias]})
    assert [[]] == [row["GrantSendOnBehalfTo"] for row in lab.rows("Get-Mailbox", Identity=box.alias)]
    assert "couldn't be found" in lab.refused(
        "Set-Mailbox", Identity=box.alias, GrantSendOnBehalfTo=["nobody"]
    )


def test_what_a_move_finds_is_what_stands_now(lab: Lab) -> None:
    """It should tell a mailbox's own rights as they were born and as cmdlets have changed them, whoever inherits."""
    born = next(each for each in lab.estate.at("leeds").mailboxes if len(each.rights) > 1)
    mailbox, other = people(lab)[:2]
    sure = {"Confirm": False}
    lab.rows("Add-MailboxPermission", Identity=mailbox.alias, User=other.alias, **ACCESS)
    lab.rows("Add-ADPermission", Identity=mailbox.alias, User=other.alias, **SEND)
    lab.rows("Remove-ADPermission", Identity=mailbox.alias, User=other.alias, **SEND, **sure)
    lab.rows("Set-Mailbox", Identity=mailbox.alias, GrantSendOnBehalfTo=[other.alias])
    folder = f"{mailbox.alias}:\\Calendar"
    lab.rows("Add-MailboxFolderPermission", Identity=folder, User=other.alias, AccessRights=["Editor"])
    accounts = {each.name for each in lab.estate.accounts}

    def own(mailbox: Mailbox) -> set[Right]:
        rights = lab.sites["leeds"].rights(mailbox)
        return {each for each in rights if each.trustee not in accounts}

    assert set(born.rights) == own(born)
    assert {
        Right("FullAccess", other.alias),
        Right("SendOnBehalf", other.alias),
        Right("Editor", other.alias, "Calendar"),
    } == own(mailbox)
