"""The tenant read into a store, through the real clients of Graph and Exchange Online on the simulated ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.core.discovery.estate import anchor
from mailwave.core.discovery.found import Found, evidence
from mailwave.core.discovery.tables import USER
from mailwave.core.outcomes import ActRefused
from mailwave.runbooks.discover_estate import DiscoverEstate
from rehearsal.directory.objects import User
from rehearsal.estate import generate
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services


@dataclass
class Discovery:
    """Discoveries of *services*, sites and tenant, into one store."""

    store: DiscoveryStore
    services: Services = field(default_factory=Services)

    def now(self) -> datetime:
        """The services' time."""
        return self.services.clock.now

    def sleep_until(self, when: datetime) -> None:
        """Nothing here waits."""

    def __call__(self, faults: Mapping[int, int] = {}) -> Found:
        """Read once; *faults* are statuses with which Graph answers instead, by the place of the request."""
        runbook = DiscoverEstate(self, self.store, tuple(self.services.sites), ("tenant",))
        tenant = self.services.tenant(self.store, Boundary(), faults=faults)
        with self.services.reading(self.store) as source:
            return runbook.run(runbook.prepare(), [source.read, tenant.read])

    def later(self, **how: float) -> None:
        """Let time pass."""
        self.services.clock.advance_to(self.services.clock.now + timedelta(**how))

    def user(self, object_guid: str) -> User:
        """The user in the tenant that was made of the object *object_guid*."""
        found = self.services.directory.store.by_anchor(anchor(object_guid))
        assert found is not None
        return found


@pytest.fixture
def discovery(tmp_path: Path) -> Discovery:
    """Discoveries of the small estate."""
    return Discovery(DiscoveryStore(tmp_path, "rehearsal"))


def test_mailboxes_and_their_users_are_joined_by_ids(discovery: Discovery) -> None:
    """It should find each mailbox's mail user by the immutable id, and hand that in as evidence (facts D24, E3)."""
    found = discovery()

    assert found.estate["guid"].to_list() == found.estate["mail_user"].to_list()
    assert set() == set(found.findings["code"]) & {
        "mailbox-in-tenant",
        "x500-missing",
        "archive-differs",
        "guid-shared",
    }
    handed_in = evidence(found, "2026-09-01")
    assert handed_in["mail_user"].null_count() == handed_in["directory_on"].null_count() == 0


@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_refusal_in_passing_changes_nothing(discovery: Discovery, tmp_path: Path, status: int) -> None:
    """It should wait and ask again where Graph puts a page off (facts C24, E10)."""
    expected = Discovery(DiscoveryStore(tmp_path / "whole", "rehearsal"))()
    assert expected.estate.equals(discovery({2: status, 3: status}).estate)


def test_a_reading_that_was_cut_off_follows_the_next_page(tmp_path: Path) -> None:
    """It should keep a page with its link, and go on from there."""
    discovery = Discovery(DiscoveryStore(tmp_path, "rehearsal"), Services(generate(7, "pair")))
    with pytest.raises(ActRefused, match="planned"):
        discovery({3: 400})
    (reading,) = discovery.store.readings()
    kept = discovery.store.names(reading, "users")
    read = len(discovery.store.tables([reading], [USER])[USER])

    found = discovery()

    assert kept == discovery.store.names(discovery.store.readings()[0], "users")[: len(kept)]
    assert 200 == read < len(found.tables[USER]) == found.tables[USER]["id"].n_unique()


def test_the_second_reading_follows_the_kept_token(discovery: Discovery) -> None:
    """It should read only the users that changed, and know all of them."""
    before = discovery()
    guid, of_directory = before.estate.row(0)[:2]
    discovery.later(hours=2)
    discovery.services.directory.change_user(discovery.user(of_directory), {"usage_location": "FR"})

    after = discovery()

    (_, second) = discovery.store.readings()
    changed = discovery.store.tables([second], [USER])[USER]
    assert ["FR"] == changed["usageLocation"].to_list()
    assert len(before.tables[USER]) == len(after.tables[USER])
    assert {"FR"} == set(after.estate.filter(guid=guid)["usage_location"])


def test_a_token_that_is_too_old_begins_again(discovery: Discovery) -> None:
    """It should read every user anew after more than seven days, and know nobody twice (fact E3)."""
    before = discovery()
    discovery.later(days=8)

    after = discovery()

    (_, second) = discovery.store.readings()
    assert len(before.tables[USER]) == len(discovery.store.tables([second], [USER])[USER])
    assert before.tables[USER]["id"].sort().equals(after.tables[USER]["id"].sort())
