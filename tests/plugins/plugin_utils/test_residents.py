"""Who is in the databases of a site that leaves, asked of simulated sites: domains of a forest, or one domain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import checks_decommission, residents
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import Leaving
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import (
    Site,
    Step,
    StillUsed,
    take,
)

from exchange_admin.cmdlets import Side, complete
from rehearsal.estate import Estate, Mailbox, generate
from rehearsal.site.lab import Lab
from rehearsal.site.options import Options
from tests.plugins.simulated import SimulatedAdmin

BRISTOL = ("EX11", "EX12")
GATES = (
    "site-holds-mailboxes",
    "site-holds-system-mailboxes",
    "site-holds-archives",
    "site-holds-archives-of-others",
)
Seed = Callable[[Mailbox], Mailbox]


def with_archive(database: str) -> Seed:
    """Whoever lives at leeds, with an archive in *database*."""
    return lambda box: replace(
        box, archive_guid=f"a{box.exchange_guid[1:]}", archive_bytes=9, archive_database=database
    )


def in_database(database: str) -> Seed:
    """Whoever has an account of leeds' domain, with a mailbox in *database*."""
    return lambda box: replace(box, database=database)


def nothing(box: Mailbox) -> Mailbox:
    """Nothing is different."""
    return box


SEEDS: dict[str, tuple[str, Seed, Seed]] = {
    "an archive of somebody at leeds": (
        "site-holds-archives-of-others",
        with_archive("DB11"),
        with_archive("DB05"),
    ),
    "an archive of somebody in the tenant": (
        "site-holds-archives",
        with_archive("DB14"),
        with_archive("DB05"),
    ),
    "a mailbox of leeds' domain": ("site-holds-mailboxes", in_database("DB13"), in_database("DB05")),
}
"""What can be left in bristol's databases: the gate that says so, how it comes, and what only looks like it."""


@pytest.fixture(scope="module")
def estate() -> Estate:
    """Two sites without archives."""
    made = generate(1, "pair")
    return replace(made, mailboxes=tuple(replace(each, archive_guid=None) for each in made.mailboxes))


@pytest.fixture(params=[True, False], ids=["a domain a site", "one domain"])
def scene(estate: Estate, request: pytest.FixtureRequest) -> Callable[[str, Seed], Lab]:
    """Makes the sites with one person of leeds seeded, and everybody of bristol in the tenant."""
    options = Options(
        replication_seconds=0, site_replication_minutes=0, scope_is_a_domain=bool(request.param)
    )

    def made(what: str, seed: Seed) -> Lab:
        person = next(each for each in estate.mailboxes if each.database == "DB01")
        boxes = tuple(seed(each) if each is person else each for each in estate.mailboxes)
        lab = Lab(options, replace(estate, mailboxes=boxes))
        for mailbox in lab.sites["bristol"].directory.mailboxes():
            lab.sites["bristol"].directory.convert_to_remote(mailbox.exchange_guid)
        if "in the tenant" in what:
            lab.sites["leeds"].directory.convert_to_remote(person.exchange_guid, archive_stays=True)
        return lab

    return made


def at(lab: Lab, site: str) -> SimulatedAdmin:
    """A shell there."""
    return SimulatedAdmin(lab.sites[site].invoke, prepare=partial(complete, side=Side.ON_PREMISES))


def shut(lab: Lab, site: str = "bristol", servers: tuple[str, ...] = BRISTOL) -> set[str]:
    """Which of `GATES` do not hold for *site*."""
    admin = at(lab, site)
    leaving = Leaving(site, site, servers, datetime(2027, 3, 1, tzinfo=UTC), ("x.example",))
    looks = checks_decommission.looks(admin, admin, None, leaving)
    return {name for name in GATES if looks[name]()}


@pytest.mark.parametrize("what", SEEDS)
def test_what_is_left_shuts_its_own_gate(scene: Callable[[str, Seed], Lab], what: str) -> None:
    """It should find it in whichever domain its account is, and neither database nor step should go then."""
    gate, seed, _ = SEEDS[what]
    lab = scene(what, seed)
    assert {gate} == shut(lab)
    with pytest.raises(StillUsed, match="may not go: it holds"):
        take(at(lab, "bristol"), Step.DATABASES, Site(BRISTOL), lambda: None, check=True)


@pytest.mark.parametrize("what", SEEDS)
def test_what_is_at_another_site_shuts_none(scene: Callable[[str, Seed], Lab], what: str) -> None:
    """It should let a site go whatever the databases of another hold, of whichever kind and domain."""
    lab = scene(what, SEEDS[what][2])
    assert set() == shut(lab)
    assert take(at(lab, "bristol"), Step.DATABASES, Site(BRISTOL), lambda: None, check=True)


def test_the_organisations_own_mailboxes_shut_theirs(scene: Callable[[str, Seed], Lab]) -> None:
    """It should find them from a site, though they are in the forest's root domain, and people by no other gate."""
    lab = scene("", nothing)
    assert {"site-holds-mailboxes", "site-holds-system-mailboxes"} == shut(
        lab, "leeds", ("EX01", "EX02", "EX03")
    )


def test_databases_are_read_once_an_asking(scene: Callable[[str, Seed], Lab]) -> None:
    """It should cost two calls for a dozen databases, though three gates look at people and archives in them."""
    lab = scene("", nothing)
    admin = at(lab, "bristol")
    leaving = Leaving("bristol", "bristol", BRISTOL, datetime(2027, 3, 1, tzinfo=UTC), ("x.example",))
    looks = checks_decommission.looks(admin, admin, None, leaving)
    for name in GATES:
        looks[name]()
    asked = [cmdlet for cmdlet, parameters in admin.calls if "Filter" in parameters]
    assert (["Get-Mailbox", "Get-Recipient"], 6) == (asked, len(admin.calls))


def test_many_databases_are_asked_about_a_dozen_at_a_time(scene: Callable[[str, Seed], Lab]) -> None:
    """It should ask about each once, in filters no longer than those of ExchangeGuids, and join the answers."""
    admin = at(scene("", nothing), "leeds")
    (row,) = [each for each in admin.invoke("Get-MailboxDatabase").rows if each["Name"] == "DB02"]
    parts = str(row["DistinguishedName"]).partition("DB02")
    many = [row | {"DistinguishedName": f"{parts[0]}it's {n}{parts[2]}"} for n in range(39)]
    found = residents.mailboxes(admin, [*many, row])
    filters = [str(parameters.get("Filter")) for _, parameters in admin.calls[1:]]
    assert [12, 12, 12, 4] == [each.count("Database -eq") for each in filters]
    assert {"DB02"} == {each["Database"] for each in found}
    assert "CN=it''s 38," in filters[-1]
    assert max(map(len, filters)) < 3_000
