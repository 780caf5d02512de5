"""The small rehearsed estate."""

from __future__ import annotations

from collections import Counter

import pytest

from rehearsal.estate import GIB, OUTLOOK_2010, generate


@pytest.mark.parametrize("seed", [7, 8, 9])
class TestGenerate:
    """Every seed gives an estate with the same frame."""

    def test_has_ten_organisations_and_500_mailboxes(self, seed: int) -> None:
        """It should make ten different organisations that own 500 mailboxes between them."""
        estate = generate(seed)

        owners = Counter(mailbox.organisation for mailbox in estate.mailboxes)

        assert (10, 500) == (len(owners), len(estate.mailboxes))
        assert {o.code: o.mailboxes for o in estate.organisations} == dict(owners)

    def test_is_repeatable(self, seed: int) -> None:
        """It should make the same estate of the same seed."""
        assert generate(seed) == generate(seed)

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
