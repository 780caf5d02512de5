"""The source adapter against the simulated site: what an import needs, read as an export by hand would give it."""

from __future__ import annotations

from collections import Counter

import pytest

from mailwave.adapters.source import Source
from mailwave.core.estate import Permission
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.permissions import read_permissions
from rehearsal.estate import Mailbox
from tests.mailwave.rehearsed.services import Services

SITES = {"EX01": "leeds", "EX02": "leeds"}


@pytest.fixture
def services() -> Services:
    """The small rehearsed estate."""
    return Services()


def test_an_inventory_goes_through_the_door_of_exports(services: Services) -> None:
    """It should write files that read as the estate's mailboxes, with sizes and owners."""
    seen: list[tuple[str, int, int]] = []
    with Source({"leeds": services.premises()}) as source:
        found = source.inventory(lambda *progress: seen.append(progress))
    scope = InventoryScope({each.code for each in services.estate.organisations}, SITES)

    mailboxes = read_inventory(found.mailboxes, found.statistics, scope)

    assert {
        (each.exchange_guid, each.address, each.organisation, each.size_bytes)
        for each in services.estate.mailboxes
    } == {(each.guid, each.address, each.organisation, each.size_bytes) for each in mailboxes}
    assert {"mailboxes", "delegate rights"} == {what for what, _, _ in seen}
    assert all(done <= total for _, done, total in seen)


def test_every_right_is_found_between_mailboxes(services: Services) -> None:
    """It should resolve each trustee that Exchange names to the mailbox that holds the right."""
    with Source({"leeds": services.premises()}) as source:
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


def test_whoever_moved_is_no_longer_live(services: Services) -> None:
    """It should not count a remote mailbox among those that live on premises."""
    gone, *_ = services.estate.mailboxes
    services.site.directory.convert_to_remote(gone.exchange_guid)

    with Source({"leeds": services.premises()}) as source:
        live = source.live()

    assert {each.exchange_guid for each in services.estate.mailboxes} - {gone.exchange_guid} == live


def test_shells_are_given_back(services: Services) -> None:
    """It should close every site's shell at the end, however the block ends (fact D7)."""
    site = services.premises()

    def fail_midway() -> None:
        with Source({"leeds": site}) as source:
            source.live()
            assert site._shell is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert site._shell is None
