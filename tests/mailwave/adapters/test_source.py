"""The source adapter against the simulated site: what an import needs, read as an export by hand would give it."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from mailwave.adapters.source import Source
from mailwave.core.estate import Permission
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.permissions import read_permissions
from rehearsal.estate import Mailbox
from rehearsal.wire import CmdletCall
from tests.mailwave.builders import a_mailbox
from tests.mailwave.rehearsed.services import ACROSS, Services

SITES = {"EX01": "leeds", "EX02": "leeds", "EX03": "leeds", "EX11": "bristol", "EX12": "bristol"}


@pytest.fixture
def services() -> Services:
    """The small rehearsed estate."""
    return Services()


def test_an_inventory_goes_through_the_door_of_exports(services: Services) -> None:
    """It should write files that read as the estate's mailboxes, with sizes and owners."""
    seen: list[tuple[str, int, int]] = []
    with services.source() as source:
        found = source.inventory(lambda *progress: seen.append(progress))
    scope = InventoryScope({each.code for each in services.estate.organisations}, SITES)

    mailboxes = read_inventory(found.mailboxes, found.statistics, scope)

    assert {
        (each.exchange_guid, each.address, each.organisation, each.size_bytes)
        for each in services.estate.mailboxes
    } == {(each.guid, each.address, each.organisation, each.size_bytes) for each in mailboxes}
    assert {"databases"} == {what for what, _, _ in seen}
    assert all(done <= total for _, done, total in seen)


def test_every_right_is_found_between_mailboxes(services: Services) -> None:
    """It should resolve each trustee that Exchange names to the mailbox that holds the right."""
    with services.source() as source:
        found = source.inventory(lambda *_: None)
    by_alias: dict[str, Mailbox] = {each.alias: each for each in services.estate.mailboxes}

    rights = read_permissions(found.permissions, {each.exchange_guid for each in services.estate.mailboxes})

    expected = {
        Permission(each.exchange_guid, by_alias[right.trustee].exchange_guid, right.kind)
        for each in services.estate.mailboxes
        for right in each.rights
    }
    assert expected == set(rights)
    assert {"FullAccess", "SendAs", "SendOnBehalf"} == set(Counter(right.kind for right in rights))


def test_a_refusal_is_no_right(services: Services) -> None:
    """It should not take an entry that denies Full Access or Send-As for one that gives it."""
    box, refused, *_ = services.estate.mailboxes
    site = services.sites["leeds"]
    asked: dict[str, object] = {"Identity": box.exchange_guid, "User": refused.alias, "Deny": True}
    rights: tuple[tuple[str, dict[str, object]], ...] = (
        ("Add-MailboxPermission", {"AccessRights": ["FullAccess"]}),
        ("Add-ADPermission", {"ExtendedRights": ["Send-As"]}),
    )
    for cmdlet, right in rights:
        assert site.invoke(CmdletCall("x", cmdlet, asked | right)).rows[0]["Deny"] is True
    with services.source() as source:
        found = source.inventory(lambda *_: None)

    read = read_permissions(found.permissions, {each.exchange_guid for each in services.estate.mailboxes})

    assert [] == [
        each for each in read if (each.guid, each.trustee) == (box.exchange_guid, refused.exchange_guid)
    ]


def test_whoever_moved_is_no_longer_live(services: Services) -> None:
    """It should not count a remote mailbox among those that live on premises."""
    gone, *_ = services.estate.mailboxes
    services.sites["leeds"].directory.convert_to_remote(gone.exchange_guid)

    with services.source() as source:
        live = source.live()

    assert {each.exchange_guid for each in services.estate.mailboxes} - {gone.exchange_guid} == live


def test_who_still_lives_here_is_asked_at_the_own_site(services: Services) -> None:
    """It should find those of several mailboxes that have not moved, at whichever site they are."""
    gone, stays = (services.estate.mailboxes[place] for place in ACROSS)
    services.sites[gone.site].directory.convert_to_remote(gone.exchange_guid)
    asked = [a_mailbox(n, site=each.site) for n, each in enumerate((gone, stays))]
    asked = [
        replace(mailbox, guid=each.exchange_guid) for mailbox, each in zip(asked, (gone, stays), strict=True)
    ]

    with services.source() as source:
        live = source.live_of(asked)

    assert {stays.exchange_guid} == live


def test_sites_of_one_domain_are_read_once(services: Services) -> None:
    """It should take only the mailboxes on a site's own servers where every site shows those of all."""
    twice = {name: services.premises("leeds") for name in ("leeds", "york")}
    servers = {"EX01": "leeds", "EX02": "york"}
    with Source(twice, servers) as source:
        found = source.inventory(lambda *_: None)

    read = {name: content.decode("utf-8-sig").splitlines()[1:] for name, content in found.mailboxes.items()}

    at = {mailbox.exchange_guid: mailbox.server for mailbox in services.estate.at("leeds").mailboxes}
    assert {"EX02"} == {at[line.split('"')[1]] for line in read["mailboxes-york.csv"]} - {"EX03"}
    assert "EX02" not in {at[line.split('"')[1]] for line in read["mailboxes-leeds.csv"]}


def test_shells_are_given_back(services: Services) -> None:
    """It should close every site's shell at the end, however the block ends (fact D7)."""
    site = services.premises()

    def fail_midway() -> None:
        with Source({"leeds": site}, {}) as source:
            source.live()
            assert site._shell is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert site._shell is None
