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
        assert 600 == load_limits(LIMITS).granted("mailboxes_a_night", date(2026, 9, 1))


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
            ("notices.templates.success", None),
            ("environment", "staging"),
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
    def test_an_expired_grant_counts_for_nothing(self, tmp_path: Path) -> None:
        """It should refuse to plan on a grant after its last day, and plan on it on that day."""
        limits = load_limits(changed(LIMITS, tmp_path, "batches.expires", date(2026, 9, 10)))

        assert 100 == limits.granted("batches", date(2026, 9, 10))
        with pytest.raises(ConfigurationError) as caught:
            limits.granted("batches", date(2026, 9, 11))
        assert "batches" == caught.value.key

    def test_a_raise_needs_a_ticket(self, tmp_path: Path) -> None:
        """It should refuse a figure above the published one that nobody is recorded to have granted."""
        with pytest.raises(ConfigurationError) as caught:
            load_limits(changed(LIMITS, tmp_path, "batches.granted", 101))

        assert "batches" == caught.value.key
