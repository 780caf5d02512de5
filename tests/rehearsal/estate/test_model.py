"""An estate and its parts."""

from __future__ import annotations

import pytest

from rehearsal.estate import generate


def test_the_parts_are_the_whole() -> None:
    """It should put everything into the part of one site, and nothing into two."""
    estate = generate(7, "full")
    parts = [estate.at(site.name) for site in estate.sites]

    for kind in ("sites", "organisations", "mailboxes", "groups", "contacts", "accounts"):
        everything = [each for part in parts for each in getattr(part, kind)]
        assert len(getattr(estate, kind)) == len(everything), kind
        assert set(getattr(estate, kind)) == set(everything), kind


def test_a_part_knows_the_others() -> None:
    """It should know the mailboxes and the sites that are elsewhere, so that a right may name them."""
    estate = generate(7, "full")
    part = estate.at("bristol")

    assert {mailbox.site for mailbox in part.elsewhere} == {"leeds"}
    assert len(estate.mailboxes) == len(part.mailboxes) + len(part.elsewhere)
    assert {"bristol": "NHSWEST", "leeds": "NHSMAIL"} == {
        name: site.netbios for name, site in part.site_named.items()
    }
    assert "bristol.nhsmail.example" == part.site.domain


def test_an_estate_of_several_sites_has_no_one_site() -> None:
    """It should not pick one of several sites, nor find one that there is not."""
    estate = generate(7, "full")

    with pytest.raises(ValueError, match="unpack"):
        _ = estate.site
    with pytest.raises(KeyError, match="hull"):
        estate.at("hull")
