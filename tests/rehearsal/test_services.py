"""The table of what is served, its names and addresses."""

from __future__ import annotations

from collections import Counter

from rehearsal.environments import ENVIRONMENTS
from rehearsal.estate import generate
from rehearsal.services import Service, handled, services

PLACE = "127.0.0.1:40123"
ESTATE = generate(7, "pair", ENVIRONMENTS["pilot"].tenant)
ROWS = {row.name: row for row in services(ESTATE)}


def row(*names: str, tls: bool = True, path: str = "") -> Service:
    """A row of the table."""
    return Service("name", names, handled("name"), tls=tls, path=path)


def test_an_address_is_the_first_name() -> None:
    """It should leave the usual port out of the address, and keep another."""
    assert "https://a.example/x" == row("a.example:443", "b.example:443", path="/x").address(PLACE)
    assert "http://a.example:5985" == row("a.example:5985", tls=False).address(PLACE)


def test_what_has_no_name_is_where_it_listens() -> None:
    """It should give a service that exists in a rehearsal only the address of this machine."""
    assert "http://127.0.0.1:40123/clock" == row(tls=False, path="/clock").address(PLACE)


def test_a_service_knows_what_it_may_be_called() -> None:
    """It should know its names with and without the usual port, or its place where it has none."""
    assert {"a.example", "a.example:443"} == row("a.example:443").called(PLACE)
    assert {"a.example:80"} == row("a.example:80").called(PLACE)
    assert {PLACE} == row(tls=False).called(PLACE)


def test_no_name_leads_to_two_places() -> None:
    """It should give each name and each name of a row once: the map has one address for each."""
    names = Counter(name for each in ROWS.values() for name in each.names)

    assert [] == [name for name, count in names.items() if count > 1]
    assert len(services(ESTATE)) == len(ROWS)


def test_every_server_of_every_site_has_its_own_name() -> None:
    """It should serve remote PowerShell at each site under the names of its servers, in the environment's domain."""
    expected = {
        f"site-{site.name}": [
            f"{server.name.lower()}.{site.name}.pilot.nhsmail.example:80" for server in site.servers
        ]
        for site in ESTATE.sites
    }

    assert expected == {name: list(ROWS[name].names) for name in expected}
