"""Each kind of finding is found where it is, and not beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mailwave.core.discovery.estate import anchor, object_of
from mailwave.core.discovery.findings import BLOCKS, GIB, KINDS, LANE, LANES, UNCLEAR, counted
from mailwave.core.discovery.found import Found, evidence, found, special_lanes
from mailwave.core.placement.lanes import read_lanes
from mailwave.core.population import SPECIAL
from tests.mailwave.core.discovery.made import a_box, a_right, guid, object_guid, read

Change = Mapping[str, Any]
ARCHIVE = guid(0xA)
NONE: Change = {}


def size(gib: float) -> str:
    """A size as Exchange writes it."""
    return f"{gib} GB ({int(gib * GIB):,} bytes)"


def statistics(**more: object) -> dict[str, object]:
    """The statistics of the mailbox 1."""
    return {
        "MailboxGuid": guid(1),
        "TotalItemSize": size(1),
        "ItemCount": "7",
        "TotalDeletedItemSize": size(0.1),
    } | more


def a_user(n: int, **more: object) -> dict[str, object]:
    """The user in the tenant of the mailbox *n*."""
    return {
        "id": f"u{n}",
        "onPremisesImmutableId": anchor(object_guid(n)),
        "whole": True,
        "licences": [],
    } | more


def a_mail_user(n: int, **more: object) -> dict[str, object]:
    """The mail user of the mailbox *n*."""
    return {
        "ExternalDirectoryObjectId": f"u{n}",
        "ExchangeGuid": guid(n),
        "ArchiveGuid": "00000000-0000-0000-0000-000000000000",
        "RecipientTypeDetails": "MailUser",
        "EmailAddresses": [f"SMTP:p{n}@nhs.example", f"X500:/o=NHS/cn=p{n}"],
    } | more


def seen(
    box: Change = NONE, sizes: Change = NONE, mail_user: Change = NONE, **tables: list[dict[str, Any]]
) -> Found:
    """What is found on the mailbox 1 with these changes, beside a harmless mailbox 2 and the tenant."""
    given = {
        "mailbox": [a_box(1, **box), a_box(2)],
        "statistics": [statistics(**sizes)],
        "user": [a_user(1), a_user(2)],
        "mail_user": [a_mail_user(1, **mail_user), a_mail_user(2)],
    }
    return found(read(**(given | tables)))


HAS_ARCHIVE = {"ArchiveGuid": ARCHIVE, "ArchiveState": "Local"}
CASES: Mapping[str, tuple[Callable[[], Found], Callable[[], Found]]] = {
    "left-over-move": (
        lambda: seen({"MailboxMoveStatus": "Completed"}),
        lambda: seen({"MailboxMoveStatus": "None"}),
    ),
    "archive-elsewhere": (
        lambda: seen({"ArchiveState": "HostedProvisioned"}),
        lambda: seen({"ArchiveState": "OnPremise"}),
    ),
    "archive-differs": (
        lambda: seen(HAS_ARCHIVE, mail_user={"ArchiveGuid": guid(0xB)}),
        lambda: seen(HAS_ARCHIVE, mail_user={"ArchiveGuid": ARCHIVE.upper()}),
    ),
    "mailbox-in-tenant": (
        lambda: seen(mail_user={"RecipientTypeDetails": "UserMailbox"}),
        lambda: seen(mail_user={"RecipientTypeDetails": "MailUser"}),
    ),
    "x500-missing": (
        lambda: seen(mail_user={"EmailAddresses": ["SMTP:p1@nhs.example"]}),
        lambda: seen(mail_user={"EmailAddresses": ["x500:/O=nhs/CN=P1"]}),
    ),
    "guid-shared": (lambda: twins(guid(1)), lambda: twins(guid(3))),
    "quarantined": (
        lambda: seen(sizes={"IsQuarantined": True}),
        lambda: seen(sizes={"IsQuarantined": False}),
    ),
    "recoverable-large": (
        lambda: seen(sizes={"TotalDeletedItemSize": size(30.5)}),
        lambda: seen({"LitigationHoldEnabled": True}, {"TotalDeletedItemSize": size(30.5)}),
    ),
    "folder-maybe-full": (
        lambda: seen(sizes={"ItemCount": "1000001"}),
        lambda: seen(sizes={"ItemCount": "1000000"}),
    ),
    "rights-unclear": (
        lambda: seen(right=[a_right(1, "NHS\\nobody")]),
        lambda: seen(right=[a_right(1, "S-1-5-21-1-2-3-4"), a_right(1, "NHS\\p2")]),
    ),
    "over-largest": (
        lambda: seen(sizes={"TotalItemSize": size(200.5)}),
        lambda: seen(sizes={"TotalItemSize": size(200)}),
    ),
    "over-large": (
        lambda: seen(sizes={"TotalItemSize": size(200)}),
        lambda: seen(sizes={"TotalItemSize": size(100)}),
    ),
    "on-hold": (lambda: seen({"InPlaceHolds": ["mbx1"]}), lambda: seen({"InPlaceHolds": []})),
    "application": (
        lambda: seen(sizes={"LastLoggedOnUserAccount": "NHS\\svc-pas"}),
        lambda: seen(sizes={"LastLoggedOnUserAccount": "NHS\\p2"}),
    ),
    "pop-imap": (
        lambda: seen(protocols=[{"Guid": object_guid(1), "PopEnabled": False, "ImapEnabled": True}]),
        lambda: seen(protocols=[{"Guid": object_guid(1), "PopEnabled": False, "ImapEnabled": False}]),
    ),
    "archive": (
        lambda: seen(HAS_ARCHIVE, mail_user={"ArchiveGuid": ARCHIVE}),
        lambda: seen({"ArchiveGuid": "00000000-0000-0000-0000-000000000000"}),
    ),
    "room-or-equipment": (
        lambda: seen({"RecipientTypeDetails": "EquipmentMailbox"}),
        lambda: seen({"RecipientTypeDetails": "LinkedMailbox"}),
    ),
    "shared": (
        lambda: seen({"RecipientTypeDetails": "SharedMailbox"}),
        lambda: seen({"RecipientTypeDetails": "UserMailbox"}),
    ),
    "moderated": (lambda: seen({"ModerationEnabled": True}), lambda: seen({"ModeratedBy": ["x"]})),
    "segmented": (lambda: seen({"AddressBookPolicy": "Maternity"}), lambda: seen({"AddressBookPolicy": ""})),
}


def twins(other: str) -> Found:
    """A second user of the tenant with the ExchangeGuid *other*, that was not made of any mailbox here."""
    users = [a_mail_user(1), a_mail_user(2), a_mail_user(9, ExchangeGuid=other)]
    given = {"mailbox": [a_box(1), a_box(2)], "statistics": [statistics()], "user": [a_user(1), a_user(2)]}
    return found(read(**given, mail_user=users))


def test_every_kind_has_a_case() -> None:
    """It should leave no kind of finding untried."""
    assert set(KINDS) == set(CASES)


@pytest.mark.parametrize("code", CASES)
def test_each_kind_is_found_alone_and_its_likeness_is_not(code: str) -> None:
    """It should find exactly that on the mailbox that has it, and without it nothing of that kind."""
    there, not_there = CASES[code]
    expected = {(guid(1), code)} | ({(guid(1), "archive")} if code == "archive-differs" else set())
    assert expected == set(there().findings.select("guid", "code").iter_rows())
    assert (guid(1), code) not in set(not_there().findings.select("guid", "code").iter_rows())


def test_a_lane_is_the_first_that_fits() -> None:
    """It should put a large shared mailbox with an archive into the lane of its size, and others into the usual."""
    many = seen(
        HAS_ARCHIVE | {"RecipientTypeDetails": "SharedMailbox"},
        {"TotalItemSize": size(150)},
        {"ArchiveGuid": ARCHIVE},
    )
    assert [(guid(1), "over-large"), (guid(2), "usual")] == many.lanes.rows()
    assert {"over-large", "archive", "shared"} == set(many.findings["code"])
    assert LANES == tuple(code for code in KINDS if KINDS[code].effect == LANE)


def test_applications_go_into_the_table_of_lanes() -> None:
    """It should write who is read by POP or IMAP or by an application as the planner reads it, and nobody else."""
    protocols = [{"Guid": object_guid(n), "ImapEnabled": n == 2} for n in (1, 2, 3)]
    boxes = [a_box(n, RecipientTypeDetails="SharedMailbox") for n in (1, 2, 3)]
    sizes = [statistics(LastLoggedOnUserAccount="NHS\\svc-pas")]
    found_ = found(read(mailbox=boxes, protocols=protocols, statistics=sizes))

    lanes = read_lanes("lanes.csv", special_lanes(found_), [guid(n) for n in (1, 2, 3)])

    assert {guid(1): SPECIAL, guid(2): SPECIAL} == lanes


def test_what_was_not_read_is_no_finding() -> None:
    """It should find nothing where only the mailboxes were read, and hand in no evidence of the rest."""
    alone = found(read(mailbox=[a_box(1, LitigationHoldEnabled=None)]))
    assert [] == alone.findings.rows()
    handed_in = evidence(alone, "2026-09-01").row(0, named=True)
    assert {"guid", "domains", "upn_domain"} == {
        name for name, value in handed_in.items() if value is not None
    }


def test_lines_are_worst_first() -> None:
    """It should put what blocks before what is unclear, and the most mailboxes first."""
    boxes = [
        a_box(n, MailboxMoveStatus="Queued" if n < 4 else "None", CustomAttribute1="RR8" if n < 3 else "RT5")
        for n in range(1, 6)
    ]
    lines = counted(found(read(mailbox=boxes, right=[a_right(n, "NHS\\nobody") for n in (3, 4, 5)])).findings)
    assert [
        ("left-over-move", "RR8", 2, BLOCKS),
        ("left-over-move", "RT5", 1, BLOCKS),
        ("rights-unclear", "RT5", 3, UNCLEAR),
    ] == [(line.code, line.organisation, line.mailboxes, line.effect) for line in lines]


def test_an_immutable_id_is_the_objects_guid() -> None:
    """It should go both ways, and make nothing of an id that was made of something else (fact D24)."""
    assert "AMceC8CwAECAAAAAAAAAAQ==" == anchor("0b1ec700-b0c0-4000-8000-000000000001")
    assert object_guid(5) == object_of(anchor(object_guid(5)))
    assert [None, None] == [object_of("person@nhs.example"), object_of("c2hvcnQ=")]


def test_devices_are_judged_by_the_lowest() -> None:
    """It should keep the lowest ActiveSync, none where one device does not say, and 0 where there is no device."""

    def device(n: int, version: str | None, client: str = "EAS") -> dict[str, object]:
        return {
            "UserDisplayName": f"leeds.example/People/p{n}",
            "ClientVersion": version,
            "ClientType": client,
        }

    devices = [
        device(1, "16.1"),
        device(1, "14.1"),
        device(2, "16.1"),
        device(2, None),
        device(3, "1.0", "REST"),
    ]
    handed_in = evidence(found(read(mailbox=[a_box(n) for n in (1, 2, 3, 4)], device=devices)), "2026-09-01")
    assert [14 * 10**15 + 10**10, None, 0, 0] == handed_in["mobile"].to_list()
    assert [False, True, False, False] == handed_in["mobile_on"].is_null().to_list()
