"""Rights in the cloud: as cmdlets give, show and take them, and as a move brings them along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.estate import Group, Right
from rehearsal.exchange_online.access import Idle
from rehearsal.exchange_online.lab import Lab, small
from rehearsal.exchange_online.permissions import SELF

ME, HER, HIM = 0, 1, 2
TEAM = "team"


def tenant(*rights: Right) -> Lab:
    """Return a tenant of three people, on whose first mailbox there are *rights*, and a security group of one."""
    estate = small((None, None, None), server="EX01")
    people = [replace(each, rights=rights if n == ME else ()) for n, each in enumerate(estate.mailboxes)]
    team = Group(TEAM, "Team", people[ME].site, people[ME].organisation, (people[HIM].alias,))
    return Lab(estate=replace(estate, mailboxes=tuple(people), groups=(team,)))


def move(lab: Lab, *people: int) -> None:
    """Move people in one batch, from its creation to its end."""
    name = f"wave-{'-'.join(map(str, people))}"
    lab.start_batch(name, CSVData=lab.listed([lab.addresses[n] for n in people]))
    lab.advance(hours=18)
    lab.complete(name)


def moved(*rights: Right) -> Lab:
    """Return a tenant whose first person alone has moved."""
    lab = tenant(*rights)
    move(lab, ME)
    return lab


def alias(n: int) -> str:
    """Return the alias of a person of `tenant`."""
    return small((None, None, None)).mailboxes[n].alias


def trustees(lab: Lab, noun: str = "MailboxPermission", column: str = "User") -> list[str]:
    """Return who has a right on the first mailbox, beside its owner."""
    rows = lab.rows(f"Get-{noun}", Identity=lab.addresses[ME])
    return [row[column] for row in rows if row[column] != SELF]


def senders(lab: Lab) -> list[str]:
    """Return who may send as the first person."""
    return trustees(lab, "RecipientPermission", "Trustee")


def give(lab: Lab, cmdlet: str, **parameters: Any) -> dict[str, Any]:
    """Run a cmdlet on the first person and return the answer."""
    return lab.answer(cmdlet, Identity=lab.addresses[ME], Confirm=False, **parameters)


def test_full_access_is_given_and_taken() -> None:
    """It should list a person by address with the rights given, and nobody once they are taken."""
    lab = moved()

    given = give(lab, "Add-MailboxPermission", User=lab.addresses[HER], AccessRights=["FullAccess"])["value"]
    assert [(lab.addresses[HER], ["FullAccess"])] == [(row["User"], row["AccessRights"]) for row in given]
    assert [lab.addresses[HER]] == trustees(lab)

    give(lab, "Remove-MailboxPermission", User=lab.addresses[HER], AccessRights=["FullAccess"])
    assert [] == trustees(lab)


@pytest.mark.parametrize(
    ("cmdlet", "given"),
    [
        ("Remove-MailboxPermission", {"User": HER, "AccessRights": ["FullAccess"]}),
        ("Remove-RecipientPermission", {"Trustee": HER, "AccessRights": ["SendAs"]}),
    ],
)
def test_what_is_not_there_is_not_taken(cmdlet: str, given: dict[str, Any]) -> None:
    """It should warn, and change nothing."""
    lab = moved()
    named = {key: lab.addresses[value] if isinstance(value, int) else value for key, value in given.items()}

    assert "the ACE doesn't exist" in give(lab, cmdlet, **named)["@adminapi.warnings"][0]


def test_what_is_there_is_not_given_again() -> None:
    """It should warn that the entry is there already."""
    lab = moved(Right("FullAccess", alias(HER)))

    answer = give(lab, "Add-MailboxPermission", User=lab.addresses[HER], AccessRights=["FullAccess"])

    assert "already present" in answer["@adminapi.warnings"][0]


def test_a_mail_user_has_no_store_and_no_folders() -> None:
    """It should not find the mailbox of whoever has not moved, but their Send-As (peers 6)."""
    lab = tenant()
    given = {"Identity": lab.addresses[ME], "User": lab.addresses[HER], "AccessRights": ["FullAccess"]}
    folder = {"Identity": f"{lab.addresses[ME]}:\\Calendar"}

    assert 400 == lab.refusal("Add-MailboxPermission", **given)[0]
    assert 404 == lab.refusal("Get-MailboxFolderPermission", **folder)[0]
    give(lab, "Add-RecipientPermission", Trustee=lab.addresses[HER], AccessRights=["SendAs"])
    assert [lab.addresses[HER]] == senders(lab)
    give(lab, "Remove-RecipientPermission", Trustee=lab.addresses[HER], AccessRights=["SendAs"])
    assert [] == senders(lab)


def test_send_as_asks_first() -> None:
    """It should only ask, unless Confirm is false (fact A16)."""
    lab = tenant()
    given = {"Identity": lab.addresses[ME], "Trustee": lab.addresses[HER], "AccessRights": ["SendAs"]}

    assert "@adminapi.confirmationmessage" in lab.answer("Add-RecipientPermission", **given)
    assert [] == senders(lab)


def test_send_as_is_the_only_right_of_a_recipient() -> None:
    """It should refuse any other."""
    lab = tenant()
    given = {"Identity": lab.addresses[ME], "Trustee": lab.addresses[HER], "AccessRights": ["FullAccess"]}

    assert "SendAs" in lab.refusal("Add-RecipientPermission", **given, Confirm=False)[2]


def test_folder_roles_are_given_changed_and_taken() -> None:
    """It should refuse a second entry, a change of none, and a folder that is not there."""
    lab = moved()
    calendar = f"{lab.addresses[ME]}:\\Calendar"
    entry = {"Identity": calendar, "User": lab.addresses[HER]}
    name = lab.estate.mailboxes[HER].display_name

    def roles() -> dict[str, list[str]]:
        rows = lab.rows("Get-MailboxFolderPermission", Identity=calendar)
        return {row["User"]: row["AccessRights"] for row in rows}

    assert (
        "There is no existing"
        in lab.refusal("Set-MailboxFolderPermission", **entry, AccessRights=["Editor"])[2]
    )
    lab.rows("Add-MailboxFolderPermission", **entry, AccessRights=["Reviewer"])
    refused = lab.refusal("Add-MailboxFolderPermission", **entry, AccessRights=["Editor"])
    assert "UserAlreadyExistsInPermissionEntryException" == refused[1]
    lab.rows("Set-MailboxFolderPermission", **entry, AccessRights=["Editor"])
    assert {"Default": ["AvailabilityOnly"], "Anonymous": ["None"], name: ["Editor"]} == roles()
    lab.rows("Remove-MailboxFolderPermission", **entry, Confirm=False)
    assert {"Default", "Anonymous"} == set(roles())
    assert 404 == lab.refusal("Get-MailboxFolderPermission", Identity=f"{lab.addresses[ME]}:\\Nowhere")[0]


def test_a_move_brings_what_was_given_on_the_mailbox() -> None:
    """It should bring Full Access and folder roles of people and groups, and leave accounts without mail (peers 6)."""
    lab = moved(
        Right("FullAccess", alias(HER)),
        Right("FullAccess", TEAM),
        Right("FullAccess", "svc-scanner"),
        Right("Reviewer", alias(HIM), "Calendar"),
    )

    rows = lab.rows("Get-MailboxFolderPermission", Identity=f"{lab.addresses[ME]}:\\Calendar")

    assert {lab.addresses[HER], f"{TEAM}@nhsmail.example"} == set(trustees(lab))
    assert lab.estate.mailboxes[HIM].display_name in [row["User"] for row in rows]


def test_send_as_comes_along_only_for_who_moves_in_the_same_batch() -> None:
    """It should be there for one who moved together, and not for one who stays or had moved before (peers 6)."""
    lab = tenant(*(Right("SendAs", alias(n)) for n in (HER, HIM)))
    move(lab, HIM)
    move(lab, ME, HER)

    assert [lab.addresses[HER]] == senders(lab)


def test_a_mailbox_that_goes_back_leaves_no_rights() -> None:
    """It should show none when it comes again, but those that come with it (fact B48)."""
    lab = moved()
    give(lab, "Add-MailboxPermission", User=lab.addresses[HER], AccessRights=["FullAccess"])
    lab.forget("wave-0")
    lab.start_offboarding("back", CSVData=lab.listed([lab.addresses[ME]]))
    lab.advance(hours=18)
    lab.complete("back")
    lab.forget("back")
    lab.start_batch("again", CSVData=lab.listed([lab.addresses[ME]]))
    lab.advance(hours=18)
    lab.complete("again")

    assert [] == trustees(lab)


def test_a_stranger_is_no_trustee() -> None:
    """It should refuse whoever is not in the directory."""
    lab = moved()
    given = {"Identity": lab.addresses[ME], "User": "nobody", "AccessRights": ["FullAccess"]}

    assert "ManagementObjectNotFoundException" == lab.refusal("Add-MailboxPermission", **given)[1]


def _entries(lab: Lab, **asked: bool) -> list[str]:
    rows = lab.rows("Get-MailboxPermission", Identity=lab.addresses[ME], **asked)
    return [row["User"] for row in rows if row["User"] != SELF]


def test_a_deleted_holder_is_shown_where_asked_for() -> None:
    """It should show a soft-deleted holder by address for 30 days, then by identifier, each only with its switch."""
    lab = moved(Right("FullAccess", alias(HER)))
    her = lab.service.tenant.trustees.sid(alias(HER))
    lab.service.tenant.trustees.delete(alias(HER), lab.clock.now)
    unresolved, binned = "IncludeUnresolvedPermissions", "IncludeSoftDeletedUserPermissions"
    assert ([], []) == (_entries(lab), _entries(lab, **{unresolved: True}))
    assert [lab.addresses[HER]] == _entries(lab, **{binned: True})
    lab.advance(days=31)
    assert ([], []) == (_entries(lab), _entries(lab, **{binned: True}))
    assert [her] == _entries(lab, **{unresolved: True})


def test_an_entry_of_nobody_is_taken_off_by_its_identifier() -> None:
    """It should take off what was given to nobody, and neither what is refused or inherited nor another right."""
    lab = moved()
    gone = "S-1-5-21-1-2-3-4711"
    held = lab.service.tenant.access.of(lab.service.tenant.recipient(lab.addresses[ME]).guid)
    held.idle += [
        Idle(gone, ("FullAccess", "ReadPermission")),
        Idle(gone, deny=True),
        Idle(gone, inherited=True),
    ]
    one = {"Identity": lab.addresses[ME], "User": gone, "AccessRights": ["FullAccess"], "Confirm": False}
    assert [] == lab.rows("Remove-MailboxPermission", **one)
    assert {("FullAccess", True, False), ("FullAccess", False, True), ("ReadPermission", False, False)} == {
        (*each.rights, each.deny, each.inherited) for each in held.idle
    }
    answer = lab.answer("Remove-MailboxPermission", **one)
    assert any("ACE doesn't exist" in each for each in answer["@adminapi.warnings"])
