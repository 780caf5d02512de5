"""The source adapter against the simulated site: who lives there now."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mailwave.adapters.source import Source
from tests.mailwave.builders import a_mailbox
from tests.mailwave.rehearsed.services import ACROSS, Services


@pytest.fixture
def services() -> Services:
    """The small rehearsed estate."""
    return Services()


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
