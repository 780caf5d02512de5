"""The rehearsed estate in each of its sizes."""

from __future__ import annotations

from collections import Counter

import pytest

from rehearsal.estate import GIB, OUTLOOK_2010, SIZES, Estate, Mailbox, _generate, generate


@pytest.mark.parametrize("seed", [7, 8, 9])
class TestSmall:
    """Every seed gives a small estate with the same frame."""

    def test_has_ten_organisations_and_500_mailboxes(self, seed: int) -> None:
        """It should make ten different organisations that own 500 mailboxes between them."""
        estate = generate(seed)

        owners = Counter(mailbox.organisation for mailbox in estate.mailboxes)

        assert (10, 500) == (len(owners), len(estate.mailboxes))
        assert {o.code: o.mailboxes for o in estate.organisations} == dict(owners)

    def test_is_repeatable(self, seed: int) -> None:
        """It should make the same estate of the same seed."""
        once = generate(seed)
        _generate.cache_clear()

        assert once == generate(seed)

    def test_differs_by_seed(self, seed: int) -> None:
        """It should make other mailboxes of another seed."""
        assert generate(seed).mailboxes != generate(seed + 1).mailboxes

    def test_names_are_unique(self, seed: int) -> None:
        """It should give no ExchangeGuid and no address twice."""
        mailboxes = generate(seed).mailboxes

        assert 500 == len({m.exchange_guid for m in mailboxes}) == len({m.address for m in mailboxes})

    def test_holds_what_must_be_refused(self, seed: int) -> None:
        """It should hold Office 2010, mailboxes over 200 GB, and one organisation full of old clients."""
        estate = generate(seed)
        old = Counter(m.organisation for m in estate.mailboxes if m.client == OUTLOOK_2010)

        shares = sorted(old[o.code] / o.mailboxes for o in estate.organisations)

        assert shares[-1] > 0.25 > shares[-2] > 0
        assert 2 == sum(m.size_bytes > 200 * GIB for m in estate.mailboxes)

    def test_holds_every_seeded_cause(self, seed: int) -> None:
        """It should give each kind of trouble to at least one mailbox that can move otherwise."""
        causes = {m.cause for m in generate(seed).mailboxes if m.client != OUTLOOK_2010}

        assert {None, "investigate", "poor", "stall", "multiple_entries", "transient"} == causes

    def test_rights_stay_inside(self, seed: int) -> None:
        """It should give rights to mailboxes of the estate only."""
        estate = generate(seed)
        aliases = {m.alias for m in estate.mailboxes}

        trustees = {right.trustee for m in estate.mailboxes for right in m.rights}

        assert trustees <= aliases
        assert trustees


@pytest.fixture(scope="module", params=[7, 11])
def full(request: pytest.FixtureRequest) -> Estate:
    """The estate of the main job, of two seeds."""
    return generate(request.param, "full")


def people_of(estate: Estate) -> dict[str, Mailbox]:
    """Every mailbox by its alias."""
    return {mailbox.alias: mailbox for mailbox in estate.mailboxes}


class TestFull:
    """The estate of the main job."""

    def test_has_two_sites_forty_organisations_and_2000_mailboxes(self, full: Estate) -> None:
        """It should deal forty different organisations and 2,000 mailboxes to two sites, neither much the larger."""
        at = Counter(mailbox.site for mailbox in full.mailboxes)
        owners = Counter(mailbox.organisation for mailbox in full.mailboxes)

        assert ({"leeds", "bristol"}, 40, 2_000) == (set(at), len(owners), at.total())
        assert 800 < min(at.values())
        assert {o.code: o.mailboxes for o in full.organisations} == dict(owners)

    def test_mixes_versions_that_may_stand_side_by_side(self, full: Estate) -> None:
        """It should have Exchange 2016 CU23, 2019 CU15 and SE (facts D16, D17), under names of their own."""
        servers = [server for site in full.sites for server in site.servers]
        databases = [database for server in servers for database in server.databases]

        assert {"15.1", "15.2"} == {server.version.split()[1] for server in servers}
        assert 3 == len({server.version for server in servers})
        assert len(servers) == len({server.name for server in servers})
        assert len(databases) == len(set(databases))

    def test_sizes_follow_a_power_law(self, full: Estate) -> None:
        """It should have one organisation much larger than the next, and most bytes with a tenth of the people."""
        owners = sorted((o.mailboxes for o in full.organisations), reverse=True)
        sizes = sorted((m.size_bytes for m in full.mailboxes if m.size_bytes < 200 * GIB), reverse=True)

        assert owners[0] > 1.5 * owners[1] > 1.5 * owners[2]
        assert sum(sizes[: len(sizes) // 10]) > sum(sizes) / 2
        assert 0.7 < sum(sizes) / len(sizes) / GIB < 1.6

    def test_rights_cross_organisations_and_sites(self, full: Estate) -> None:
        """It should have some rights that cross organisations, and some of those that cross sites."""
        people = people_of(full)
        pairs = [
            (mailbox, people[right.trustee])
            for mailbox in full.mailboxes
            for right in mailbox.rights
            if right.trustee in people and not right.folder
        ]

        organisations = sum(one.organisation != other.organisation for one, other in pairs)
        sites = sum(one.site != other.site for one, other in pairs)

        assert 5 <= sites < organisations < 80

    def test_every_trustee_exists(self, full: Estate) -> None:
        """It should give rights to mailboxes and groups of the estate only, and nobody one on himself."""
        known = people_of(full).keys() | {group.alias for group in full.groups}
        rights = [(mailbox.alias, right.trustee) for mailbox in full.mailboxes for right in mailbox.rights]

        assert {trustee for _, trustee in rights} <= known
        assert [] == [alias for alias, trustee in rights if alias == trustee]

    def test_has_something_of_everything(self, full: Estate) -> None:
        """It should hold every recipient type, archives, shared calendars, nested groups and service accounts."""
        groups = {group.alias: group for group in full.groups}
        types = {mailbox.recipient_type for mailbox in full.mailboxes}

        assert {"UserMailbox", "SharedMailbox", "RoomMailbox", "EquipmentMailbox"} == types
        assert any(mailbox.archive_bytes for mailbox in full.mailboxes)
        assert any(right.folder for mailbox in full.mailboxes for right in mailbox.rights)
        assert any(groups.keys() & set(group.members) for group in full.groups)
        assert {"leeds", "bristol"} == {account.site for account in full.accounts}

    def test_trouble_is_seeded_at_both_sites(self, full: Estate) -> None:
        """It should give every cause of trouble to somebody at each site."""
        causes = {site.name: {m.cause for m in full.at(site.name).mailboxes} for site in full.sites}

        assert causes["leeds"] == causes["bristol"]
        assert {None, "investigate", "poor", "stall", "multiple_entries", "transient"} == causes["leeds"]


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_repeatable(size: str) -> None:
    """It should make the same estate of the same seed and size, in which no name is used twice."""
    once = generate(7, size)
    _generate.cache_clear()
    again = generate(7, size)
    mailboxes = once.mailboxes

    assert once == again
    assert len(mailboxes) == len({m.exchange_guid for m in mailboxes}) == len({m.address for m in mailboxes})


def test_a_pair_is_a_small_estate_on_the_sites_of_the_full_one() -> None:
    """It should have ten organisations and 500 mailboxes on the same servers as the main job."""
    pair = generate(7, "pair")

    assert (10, 500) == (len(pair.organisations), len(pair.mailboxes))
    assert generate(7, "full").sites == pair.sites
    assert {"leeds", "bristol"} == {mailbox.site for mailbox in pair.mailboxes}


def test_no_other_size_is_known() -> None:
    """It should refuse the name of a size that there is not."""
    with pytest.raises(KeyError, match="huge"):
        generate(7, "huge")
