"""Folders of a mailbox: rights and contents."""

from __future__ import annotations

import pytest

from rehearsal.estate import Mailbox, generate
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options


@pytest.fixture
def lab() -> Lab:
    """Two sites of one organisation."""
    return Lab(Options())


@pytest.fixture
def box(lab: Lab) -> Mailbox:
    """Some mailbox."""
    return lab.estate.at("leeds").mailboxes[3]


def test_a_calendar_shows_when_one_is_busy(lab: Lab, box: Mailbox) -> None:
    """It should let anybody see when somebody is busy, and nothing else."""
    rows = lab.rows("Get-MailboxFolderPermission", Identity=f"{box.address}:\\Calendar")
    assert [("Default", ["AvailabilityOnly"]), ("Anonymous", ["None"])] == [
        (row["User"], row["AccessRights"]) for row in rows
    ]
    (default, _) = lab.rows("Get-MailboxFolderPermission", Identity=f"{box.alias}:\\Inbox")
    assert ["None"] == default["AccessRights"]


def test_a_folder_right_is_given_changed_and_taken(lab: Lab, box: Mailbox) -> None:
    """It should add a right once, change it, remove it, and refuse what is not there."""
    other = lab.estate.at("leeds").mailboxes[4]
    folder = f"{box.alias}:\\Calendar"
    asked = {"Identity": folder, "User": other.address}
    assert "no existing permission" in lab.refused(
        "Set-MailboxFolderPermission", AccessRights="Editor", **asked
    )
    (made,) = lab.rows("Add-MailboxFolderPermission", AccessRights="Reviewer", **asked)
    assert (other.display_name, ["Reviewer"], "Calendar") == (
        made["User"],
        made["AccessRights"],
        made["FolderName"],
    )
    assert "existing permission entry" in lab.refused(
        "Add-MailboxFolderPermission", AccessRights="Owner", **asked
    )
    assert "AccessRights" in lab.refused("Set-MailboxFolderPermission", AccessRights="Boss", **asked)
    lab.rows("Set-MailboxFolderPermission", AccessRights="Editor", **asked)
    (row,) = lab.rows("Get-MailboxFolderPermission", **asked)
    assert ["Editor"] == row["AccessRights"]
    lab.rows("Remove-MailboxFolderPermission", Confirm=False, **asked)
    assert "no existing permission" in lab.refused("Get-MailboxFolderPermission", **asked)


def test_the_estates_folder_rights_are_shown() -> None:
    """It should list who may read a calendar as the estate gives it."""
    lab = Lab(Options(), generate(1, "full"))
    box, right = next(
        (each, right) for each in lab.estate.at("leeds").mailboxes for right in each.rights if right.folder
    )
    rows = lab.rows("Get-MailboxFolderPermission", Identity=f"{box.alias}:\\{right.folder}")
    assert [right.kind] in [row["AccessRights"] for row in rows[2:]]


def test_a_folder_must_be_there(lab: Lab, box: Mailbox) -> None:
    """It should refuse a folder that the mailbox lacks."""
    assert "couldn't be found" in lab.refused(
        "Get-MailboxFolderPermission", Identity=f"{box.alias}:\\Nowhere"
    )


def test_folders_hold_the_mailboxs_items(lab: Lab, box: Mailbox) -> None:
    """It should spread the items of a mailbox over its folders, and none twice."""
    rows = lab.rows("Get-MailboxFolderStatistics", Identity=box.alias)
    counts = [row["ItemsInFolder"] for row in rows]
    assert 0.9 * box.items < sum(count for count in counts if isinstance(count, int)) <= box.items
    (inbox,) = lab.rows("Get-MailboxFolderStatistics", Identity=box.alias, FolderScope="Inbox")
    assert "/Inbox" == inbox["FolderPath"]
