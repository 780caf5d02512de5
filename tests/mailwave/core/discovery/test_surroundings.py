"""What stands around the mailboxes, counted."""

from __future__ import annotations

import pytest

from mailwave.core.discovery.found import found
from mailwave.core.discovery.surroundings import ANYWHERE, Thing
from mailwave.core.discovery.tables import UNSEEN
from tests.mailwave.core.discovery.made import a_box, a_group, a_right, member, read


def things(**tables: list[dict[str, object]]) -> dict[str, Thing]:
    """The lines by their kind."""
    return {each.kind: each for each in found(read(**tables)).things}


def relay(**more: object) -> dict[str, object]:
    """A receive connector that takes mail from one address without a sign-in."""
    return {
        "Identity": "EX01\\Relay",
        "Enabled": True,
        "PermissionGroups": "AnonymousUsers",
        "AuthMechanism": "Tls",
        "RemoteIPRanges": ["10.1.2.3"],
    } | more


@pytest.mark.parametrize(
    ("connector", "expected"),
    [
        (relay(), 1),
        (relay(PermissionGroups="ExchangeServers", AuthMechanism="ExternalAuthoritative"), 1),
        (relay(RemoteIPRanges=[*ANYWHERE[:2], "10.1.2.3"]), 1),
        (relay(RemoteIPRanges=list(ANYWHERE[:2])), 0),
        (relay(PermissionGroups="ExchangeUsers"), 0),
        (relay(Enabled=False), 0),
    ],
    ids=["anonymous", "trusted", "named too", "anywhere", "signed in", "off"],
)
def test_a_relay_takes_mail_from_named_addresses_without_a_sign_in(
    connector: dict[str, object], expected: int
) -> None:
    """It should count such connectors, and not those that the internet or signed-in people use."""
    assert expected == things(connector=[connector])["relays"].count


@pytest.mark.parametrize(
    ("connector", "expected"),
    [
        ({"PermissionGroups": "ExchangeUsers", "TransportRole": "FrontendTransport"}, 1),
        ({"PermissionGroups": "ExchangeUsers", "TransportRole": "FrontendTransport", "Enabled": False}, 0),
        ({"PermissionGroups": "ExchangeUsers, ExchangeServers", "TransportRole": "HubTransport"}, 0),
        ({"PermissionGroups": "AnonymousUsers", "TransportRole": "FrontendTransport"}, 0),
    ],
)
def test_accounts_send_where_people_may_sign_in(connector: dict[str, object], expected: int) -> None:
    """It should count the front end on which an account may sign in to send."""
    assert expected == things(connector=[connector])["submission"].count


@pytest.mark.parametrize(("on", "sites"), [(1, 0), (2, 0), (3, 1)])
def test_what_is_on_for_everybody_tells_nobody_apart(on: int, sites: int) -> None:
    """It should name a site in which more than half have POP, and then find nobody for having it."""
    boxes = [a_box(n) for n in range(1, 5)]
    protocols = [
        {"Guid": box["Guid"], "PopEnabled": n < on, "ImapEnabled": False} for n, box in enumerate(boxes)
    ]
    found_ = found(read(mailbox=boxes, protocols=protocols))
    assert [sites] == [thing.count for thing in found_.things if thing.kind.startswith("sites with POP")]
    assert (0 if sites else on) == found_.findings.filter(code="pop-imap").height


def test_groups_contacts_and_folders_are_counted() -> None:
    """It should count each kind, and say how many need somebody."""
    around = [a_group(1, ModerationEnabled=True), a_group(2)]
    around += [
        {"Noun": noun, "Guid": f"{n}"}
        for n, noun in enumerate(("DynamicDistributionGroup", "MailContact", "MailUser"))
    ]
    folders = [
        {"Identity": name, "Name": name, "MailEnabled": name == "Rotas"}
        for name in ("IPM_SUBTREE", "Rotas", "Old")
    ]
    found_ = things(recipient=around, public_folder=folders, device=[{"DeviceId": "x"}])
    counts = {kind: (thing.count, thing.attention) for kind, thing in found_.items() if thing.count}
    assert {
        "groups": (2, 0),
        "dynamic groups": (1, 1),
        "contacts": (1, 0),
        "mail users": (1, 0),
        "moderated groups and contacts": (1, 1),
        "mobile devices": (1, 0),
        "public folders": (2, 2),
    } == counts
    assert "refused" in found_["public folders"].means


def test_rights_are_counted_by_how_they_are_held() -> None:
    """It should tell rights by kind, through groups, and those that nobody can account for."""
    members = [member(1, a_box(2)), member(1, a_group(2)), member(2, {"RecipientTypeDetails": UNSEEN})]
    rights = [a_right(1, "NHS\\g1"), a_right(1, "NHS\\p3", "SendAs"), a_right(2, "S-1-5-21-1-2-3-4")]
    found_ = things(
        mailbox=[a_box(n) for n in (1, 2, 3)],
        recipient=[a_group(1), a_group(2)],
        member=members,
        right=rights,
    )
    counts = {
        kind: (thing.count, thing.attention)
        for kind, thing in found_.items()
        if kind.startswith("rights") and thing.count
    }
    assert {
        "rights: FullAccess through a group": (1, 0),
        "rights: SendAs": (1, 0),
        "rights: unknown": (1, 1),
        "rights: gone": (1, 0),
    } == counts
    assert (1, 1) == (found_["groups that hold rights"].count, found_["groups that hold rights"].attention)
