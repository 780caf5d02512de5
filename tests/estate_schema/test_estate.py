"""The estate and limits files: what the rehearsal's say, and what a wrong one is told."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from estate_schema import ConfigurationError, load_estate, load_limits
from rehearsal.estate import MAIL_DOMAIN, ROUTING_DOMAIN, generate

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
ESTATE = ENVIRONMENTS / "estate.rehearsal.yaml"
LIMITS = ENVIRONMENTS / "limits.rehearsal.yaml"


def changed(source: Path, folder: Path, path: str, value: Any) -> Path:
    """A copy of *source* with *value* under the dotted *path*; None deletes the key."""
    data = yaml.safe_load(source.read_text())
    *parents, last = path.split(".")
    place = data
    for parent in parents:
        place = place[int(parent)] if isinstance(place, list) else place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    copy = folder / source.name
    copy.write_text(yaml.safe_dump(data))
    return copy


class TestRehearsal:
    def test_is_the_estate_that_is_simulated(self) -> None:
        """It should describe the simulated estate of the default seed: tenant, domains, servers."""
        estate, simulated = load_estate(ESTATE), generate(7, "full")

        expected = (simulated.tenant_id, ROUTING_DOMAIN, MAIL_DOMAIN)
        assert expected == (estate.tenant.id, estate.tenant.routing_domain, estate.mail_domain)
        servers = [(site.name, s.name, s.fqdn) for site in simulated.sites for s in site.servers]
        assert servers == [(site.name, s.name, s.fqdn) for site in estate.sites for s in site.servers]

    def test_servers_are_found_by_short_and_full_name(self) -> None:
        """It should know a server's site by its name in capitals and by its full address."""
        sites = load_estate(ESTATE).site_of_server

        assert ("leeds", "leeds") == (sites["EX01"], sites["ex02.leeds.nhsmail.example"])

    def test_quoted_times_are_local_times(self) -> None:
        """It should read the window's hours as clock times."""
        window = load_estate(ESTATE).windows.weekday

        assert window is not None
        assert (time(20), time(6)) == (window.start, window.end)

    def test_limits_are_read(self) -> None:
        """It should plan on what is granted."""
        assert 600 == load_limits(LIMITS).mailboxes_a_night.granted


class TestWrongEstate:
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("tenant.id", "not-a-guid"),
            ("tenant.routing_domain", "UPPER.example"),
            ("time_zone", "Europe/Leeds"),
            ("time_zone", "../../etc/passwd"),
            ("windows.weekday.start", 1200),
            ("windows.weekday.start", "25:00"),
            ("organisations.old_client_threshold", 1.5),
            ("clients.minimum", {}),
            ("batches.size", 0),
            ("notices.route", "pigeon"),
            ("environment", "staging"),
            ("sites.0.servers.0.name", "all"),
            ("sites.0.servers.0.name", "exchange-online"),
            ("sites.0.servers.0.name", "EX01,EX02"),
            ("sites.0.servers.0.name", "-limit"),
            ("sites.0.servers.0.dag", "{{ 1 }}"),
        ],
    )
    def test_names_the_key_that_is_wrong(self, tmp_path: Path, path: str, value: Any) -> None:
        """It should refuse a wrong or missing value with the dotted path of its key."""
        with pytest.raises(ConfigurationError) as caught:
            load_estate(changed(ESTATE, tmp_path, path, value))

        assert path == caught.value.key

    def test_an_unknown_key_is_answered_with_the_known_ones(self, tmp_path: Path) -> None:
        """It should list the keys there are when a key is not one of them."""
        with pytest.raises(ConfigurationError) as caught:
            load_estate(changed(ESTATE, tmp_path, "tennant", {}))

        assert "tenant" in caught.value.allowed

    def test_a_server_is_in_one_site_only(self, tmp_path: Path) -> None:
        """It should refuse two servers of one name, whatever their letters' case."""
        with pytest.raises(ConfigurationError, match="EX02"):
            load_estate(changed(ESTATE, tmp_path, "sites.0.servers.0.name", "ex02"))

    def test_a_minimum_stands_under_its_own_major_version(self, tmp_path: Path) -> None:
        """It should refuse a minimum of Outlook 15 written under 16."""
        with pytest.raises(ConfigurationError) as caught:
            load_estate(changed(ESTATE, tmp_path, "clients.minimum.16", "15.0.4971.1000"))

        assert "clients" == caught.value.key

    @pytest.mark.parametrize(
        "text",
        [
            "environment: a\nenvironment: b\n",
            "{",
            "- list",
            "",
            "1: x",
            "a: [" * 2000,
            "a: !!python/object:x {}",
        ],
        ids=["repeated", "broken", "list", "empty", "number key", "deep", "object"],
    )
    def test_refuses_what_is_no_estate_file(self, tmp_path: Path, text: str) -> None:
        """It should refuse repeated keys, broken YAML and anything that is not a mapping, without a traceback."""
        path = tmp_path / "estate.yaml"
        path.write_text(text)

        with pytest.raises(ConfigurationError):
            load_estate(path)

    def test_refuses_a_file_that_is_not_text(self, tmp_path: Path) -> None:
        """It should refuse bytes that are not UTF-8, and a file that is not there."""
        path = tmp_path / "estate.yaml"
        path.write_bytes(b"\xff\xfe\x00")

        for each in (path, tmp_path / "none.yaml"):
            with pytest.raises(ConfigurationError):
                load_estate(each)


class TestWrongLimits:
    def test_a_length_of_time_does_not_expire(self, tmp_path: Path) -> None:
        """It should refuse an end for a figure of which less is more."""
        with pytest.raises(ConfigurationError) as caught:
            load_limits(changed(LIMITS, tmp_path, "seconds_a_completion.expires", date(2026, 9, 10)))

        assert "seconds_a_completion" == caught.value.key

    def test_a_raise_needs_a_ticket(self, tmp_path: Path) -> None:
        """It should refuse a figure above the published one that nobody is recorded to have granted."""
        with pytest.raises(ConfigurationError) as caught:
            load_limits(changed(LIMITS, tmp_path, "batches.granted", 101))

        assert "batches" == caught.value.key

    def test_so_does_a_raise_at_one_site(self, tmp_path: Path) -> None:
        """It should refuse a site's figure above the published one without a ticket."""
        with pytest.raises(ConfigurationError) as caught:
            load_limits(changed(LIMITS, tmp_path, "concurrent_moves.sites", {"leeds": 301}))

        assert "concurrent_moves" == caught.value.key


class TestWrongSeason:
    @pytest.mark.parametrize(
        ("path", "value", "key"),
        [
            ("season.ramp", [0.5], "season"),
            ("season.pilots", {"volunteers_days": 1, "sample_days": 1, "organisations": 1}, "season"),
            ("season.dates", "../dates.csv", "season.dates"),
            ("freezes.0.last", date(2026, 12, 20), "freezes.0"),
            ("freezes.0.of", "leeds", "freezes.0"),
            ("freezes.0.scope", "region", "freezes.0"),
            ("sites.0.lead_days", 61, "sites.0.lead_days"),
        ],
    )
    def test_names_the_key_that_is_wrong(self, tmp_path: Path, path: str, value: Any, key: str) -> None:
        """It should refuse weeks that count from no day, and freezes that end early or concern nobody."""
        with pytest.raises(ConfigurationError) as caught:
            load_estate(changed(ESTATE, tmp_path, path, value))

        assert key == caught.value.key

    def test_a_freeze_of_a_site_is_of_one_that_there_is(self, tmp_path: Path) -> None:
        """It should refuse a freeze of a site that the estate has not got, and name it."""
        freeze = {
            "first": date(2026, 9, 1),
            "last": date(2026, 9, 2),
            "why": "move",
            "scope": "site",
            "of": "yrk",
        }
        with pytest.raises(ConfigurationError, match="yrk"):
            load_estate(changed(ESTATE, tmp_path, "freezes", [freeze]))

    def test_one_site_leaves_at_a_time(self, tmp_path: Path) -> None:
        """It should take a site that is marked as leaving, and refuse a second one by both names."""
        one = changed(ESTATE, tmp_path, "sites.1.leaving", {"logs": "/srv/logs", "tools": "MGMT01"})
        marked = load_estate(one).sites[1].leaving
        assert marked is not None
        assert ("/srv/logs", "MGMT01") == (marked.logs, marked.tools)
        with pytest.raises(ConfigurationError, match="marks leeds and bristol as leaving"):
            load_estate(changed(one, tmp_path, "sites.0.leaving", {}))

    def test_a_deadline_is_after_the_beginning(self, tmp_path: Path) -> None:
        """It should refuse a season that ends before it begins."""
        ends = {"begins": date(2026, 9, 1), "deadline": date(2026, 9, 1)}
        with pytest.raises(ConfigurationError, match="not after its beginning"):
            load_estate(changed(ESTATE, tmp_path, "season", ends))
