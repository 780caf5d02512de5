"""The endpoints file: where services answer, and files that hold secrets."""

import json
from pathlib import Path
from typing import Any

import pytest

from estate_schema.endpoints import (
    SecretFile,
    SecretUnreadable,
    endpoints_from_environment,
    load_endpoints,
)
from estate_schema.errors import ConfigurationError

TENANT = "9b424469-06f1-47ec-8522-46de505d3489"


def endpoints_data(**changes: Any) -> dict[str, Any]:
    secret = {"secret_file": "secret"}
    data = {
        "token": "https://127.0.0.1:8001",
        "exchange_online": "https://127.0.0.1:8001",
        "tenant": TENANT.upper(),
        "sites": [{"name": "leeds", "powershell": "http://127.0.0.1:8002/PowerShell/"}],
        "credentials": {
            "exchange_online": {"client_id": "app", **secret},
            "sites": {"username": "REHEARSAL\\migration", **secret},
            "notify": secret,
        },
        "graph": None,
    }
    return {**data, **changes}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "endpoints.json"
    path.write_text(json.dumps(endpoints_data(**changes)))
    return path


class TestLoading:
    def test_reads_a_whole_file(self, tmp_path: Path) -> None:
        """It should give typed addresses, a tenant in lower case, and None for a service that is not there."""
        endpoints = load_endpoints(written(tmp_path))

        expected = ("http://127.0.0.1:8002/PowerShell/", TENANT, None)
        assert expected == (endpoints.site("leeds").powershell, endpoints.tenant, endpoints.graph)

    @pytest.mark.parametrize(
        ("changes", "key"),
        [
            ({"token": "ftp://127.0.0.1"}, "token"),
            ({"token": "https://user:secret@127.0.0.1"}, "token"),
            ({"token": "https://127.0.0.1:99999"}, "token"),
            ({"tenant": "leeds"}, "tenant"),
            ({"surprise": 1}, "surprise"),
            ({"credentials": {}}, "credentials.exchange_online"),
            ({"sites": [{"name": "Leeds!", "powershell": "http://x/"}]}, "sites.0.name"),
        ],
    )
    def test_names_the_key_that_is_wrong(self, tmp_path: Path, changes: dict[str, Any], key: str) -> None:
        """It should refuse a wrong value with the dotted path of its key."""
        with pytest.raises(ConfigurationError) as caught:
            load_endpoints(written(tmp_path, **changes))

        assert key == caught.value.key

    def test_a_wrong_value_is_not_repeated(self, tmp_path: Path) -> None:
        """It should never print a value, because a secret can stand under the wrong key."""
        with pytest.raises(ConfigurationError) as caught:
            load_endpoints(written(tmp_path, token="hunter2"))

        assert "hunter2" not in str(caught.value)

    @pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000], ids=str)
    def test_refuses_what_is_not_a_json_object(self, tmp_path: Path, content: bytes) -> None:
        """It should say in one sentence that a file is no endpoints file, whatever it holds."""
        path = tmp_path / "endpoints.json"
        path.write_bytes(content)

        with pytest.raises(ConfigurationError):
            load_endpoints(path)

    def test_an_unknown_site_is_answered_with_the_known_ones(self, tmp_path: Path) -> None:
        """It should name the sites there are when asked for another."""
        with pytest.raises(ConfigurationError) as caught:
            load_endpoints(written(tmp_path)).site("york")

        assert "leeds" == caught.value.allowed


NAMED: dict[str, Any] = {
    "token": "https://login.microsoftonline.com",
    "exchange_online": "https://outlook.office365.com",
    "sites": [{"name": "leeds", "powershell": "http://ex01.leeds.nhsmail.example/PowerShell/"}],
}
MAP = {
    "login.microsoftonline.com:443": "127.0.0.1:8001",
    "outlook.office365.com:443": "127.0.0.1:8002",
    "ex01.leeds.nhsmail.example:80": "[::1]:8003",
}
REHEARSED = {**NAMED, "connect": MAP, "clock": "http://127.0.0.1:8004/clock"}


class TestConnectionMap:
    def test_a_rehearsal_has_a_map_and_a_clock(self, tmp_path: Path) -> None:
        """It should take real names with a map that leads all of them to this machine."""
        assert MAP == load_endpoints(written(tmp_path, **REHEARSED)).connect

    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ({"outlook.office365.com": "127.0.0.1:1"}, "'outlook.office365.com' is not a host in lower case"),
            ({"https://a.example:443": "127.0.0.1:1"}, "'https://a.example:443' is not a host in lower case"),
            ({"Outlook.Example:443": "127.0.0.1:1"}, "'Outlook.Example:443' is not a host in lower case"),
            (
                {"a.example:443": "localhost:1"},
                "a.example:443 is said to be at 'localhost:1', which is not an IP",
            ),
            (
                {"a.example:443": "127.0.0.1"},
                "a.example:443 is said to be at '127.0.0.1', which is not an IP",
            ),
            (
                {"a.example:443": "127.0.0.1:99999"},
                "which is not an IP address and a port, such as 127.0.0.1:40123",
            ),
        ],
    )
    def test_a_bad_entry_is_refused_in_one_sentence(
        self, tmp_path: Path, entry: dict[str, str], said: str
    ) -> None:
        """It should say which entry is wrong, what it should be, and under which key."""
        with pytest.raises(ConfigurationError) as caught:
            load_endpoints(written(tmp_path, **NAMED, connect=MAP | entry))

        assert "connect" == caught.value.key
        assert said in caught.value.problem

    @pytest.mark.parametrize("name", MAP)
    def test_a_map_leaves_nobody_out(self, tmp_path: Path, name: str) -> None:
        """It should refuse a map without a service that the file names: that one would be spoken to for real."""
        without = {named: place for named, place in MAP.items() if named != name}

        with pytest.raises(ConfigurationError, match="connect has no entry for"):
            load_endpoints(written(tmp_path, **NAMED, connect=without))

    @pytest.mark.parametrize(
        "changes",
        [
            {**REHEARSED, "connect": {}},
            {**REHEARSED, "connect": MAP | {"outlook.office365.com:443": "10.1.2.3:443"}},
            {**REHEARSED, "clock": "http://clock.example/clock"},
            {
                **REHEARSED,
                "connect": MAP | {"clock.example:80": "127.0.0.1:80"},
                "clock": "http://clock.example",
            },
            {**NAMED, "cloud": "http://127.0.0.1:8005/cloud"},
            {"clock": "http://127.0.0.1:8004/clock", "graph": "https://graph.microsoft.com"},
        ],
    )
    def test_no_real_environment_has_a_clock(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        """It should refuse a clock or a stand-in cloud beside any address that is not on this machine."""
        with pytest.raises(ConfigurationError):
            load_endpoints(written(tmp_path, **changes))

    @pytest.mark.parametrize("key", ["approvers", "administrators"])
    def test_no_real_environment_trusts_people_of_its_own(self, tmp_path: Path, key: str) -> None:
        """It should refuse a file of people to trust where there is no clock, which only a rehearsal has."""
        with pytest.raises(ConfigurationError, match=f"names {key} of its own"):
            load_endpoints(written(tmp_path, **NAMED, **{key: "/srv/people"}))


class TestEnvironment:
    def test_the_variable_names_the_file(self, tmp_path: Path) -> None:
        """It should read the file that MAILWAVE_ENDPOINTS names."""
        endpoints = endpoints_from_environment({"MAILWAVE_ENDPOINTS": str(written(tmp_path))})

        assert TENANT == endpoints.tenant

    @pytest.mark.parametrize("environ", [{}, {"MAILWAVE_ENDPOINTS": ""}, {"MAILWAVE_ENDPOINTS": "/nowhere"}])
    def test_refuses_to_guess(self, environ: dict[str, str]) -> None:
        """It should refuse an absent or empty variable and an absent file."""
        with pytest.raises(ConfigurationError):
            endpoints_from_environment(environ)


class TestSecret:
    def test_reads_a_closed_file(self, tmp_path: Path) -> None:
        """It should give the secret without its line end."""
        path = tmp_path / "secret"
        path.write_text("hunter2\n")
        path.chmod(0o600)

        assert "hunter2" == SecretFile(secret_file=path).secret()

    @pytest.mark.parametrize(("mode", "content"), [(0o644, "hunter2"), (0o640, "hunter2"), (0o600, "\n")])
    def test_refuses_an_open_or_empty_file(self, tmp_path: Path, mode: int, content: str) -> None:
        """It should refuse a secret that other users can read, and one that is empty."""
        path = tmp_path / "secret"
        path.write_text(content)
        path.chmod(mode)

        with pytest.raises(SecretUnreadable):
            SecretFile(secret_file=path).secret()

    def test_refuses_an_absent_file(self, tmp_path: Path) -> None:
        """It should name the file that is not there."""
        with pytest.raises(SecretUnreadable) as caught:
            SecretFile(secret_file=tmp_path / "none").secret()

        assert str(tmp_path / "none") == caught.value.file
