"""Which clock a command goes by: the machine's, or that of whatever environment is rehearsed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from estate_schema.errors import ConfigurationError
from mailwave.adapters.clock import SharedClock, SystemClock
from mailwave.wiring import ROOT, Settings, folder

CLOCK = {"clock": "http://127.0.0.1:9/clock"}
ON_THIS_MACHINE = {
    "token": "https://login.microsoftonline.com",
    "exchange_online": "https://outlook.office365.com",
    "connect": {"login.microsoftonline.com:443": "127.0.0.1:9", "outlook.office365.com:443": "127.0.0.1:9"},
}
FOR_REAL = {name: ON_THIS_MACHINE[name] for name in ("token", "exchange_online")}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A maker of settings for an environment whose endpoints file holds the given addresses."""

    def made(environment: str, **addresses: object) -> Settings:
        loaded = replace(Settings.load("rehearsal"), environment=environment)
        secret = {"secret_file": "secret"}
        credentials = {
            "exchange_online": secret | {"client_id": "app"},
            "sites": secret | {"username": "X\\y"},
            "notify": secret,
        }
        file = tmp_path / "endpoints.json"
        written = {"tenant": loaded.estate.tenant.id, "credentials": credentials, **addresses}
        file.write_text(json.dumps(written), encoding="utf-8")
        monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(file))
        return loaded

    return made


@pytest.mark.parametrize("environment", ["rehearsal", "pilot", "production"])
def test_whatever_is_rehearsed_has_its_own_clock(settings: Any, environment: str) -> None:
    """It should go by the rehearsal's clock where everything is on this machine, whatever the environment is called."""
    assert isinstance(settings(environment, **ON_THIS_MACHINE, **CLOCK).clock(), SharedClock)


@pytest.mark.parametrize("environment", ["rehearsal", "pilot", "production"])
def test_a_real_environment_goes_by_the_machines_clock(settings: Any, environment: str) -> None:
    """It should go by the machine's clock where the endpoints have none."""
    assert isinstance(settings(environment, **FOR_REAL).clock(), SystemClock)


@pytest.mark.parametrize("environment", ["rehearsal", "production"])
def test_no_real_environment_has_its_time_moved(settings: Any, environment: str) -> None:
    """It should refuse endpoints that have a clock and lead to the real services."""
    with pytest.raises(ConfigurationError, match="is not on this machine"):
        settings(environment, **FOR_REAL, **CLOCK).clock()


def test_without_endpoints_the_machines_clock_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should need no endpoints file for the time."""
    monkeypatch.delenv("MAILWAVE_ENDPOINTS", raising=False)

    assert isinstance(Settings.load("rehearsal").clock(), SystemClock)


class TestLedgerAddress:
    def test_a_file_may_hold_a_password(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It should take the address from the file, and show it nowhere."""
        file = tmp_path / "address"
        file.write_text("postgresql+psycopg://mailwave:sesame@localhost/ledger\n", encoding="utf-8")
        file.chmod(0o600)
        monkeypatch.setenv("MAILWAVE_LEDGER_FILE", str(file))
        monkeypatch.delenv("MAILWAVE_LEDGER", raising=False)
        found = Settings.load("rehearsal")

        assert "postgresql+psycopg://mailwave:sesame@localhost/ledger" == found.ledger_url
        assert "sesame" not in repr(found)

    @pytest.mark.parametrize(
        ("mode", "text"), [(0o644, "sqlite:///x"), (0o600, ""), (0o600, "sqlite:///x sqlite:///y"), (0, None)]
    )
    def test_a_file_that_is_none_of_ours_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, text: str | None
    ) -> None:
        """It should refuse a file that others can read, that is not there, or that holds anything but one address."""
        file = tmp_path / "address"
        if text is not None:
            file.write_text(text, encoding="utf-8")
            file.chmod(mode)
        monkeypatch.setenv("MAILWAVE_LEDGER_FILE", str(file))
        monkeypatch.delenv("MAILWAVE_LEDGER", raising=False)

        with pytest.raises(ConfigurationError, match="MAILWAVE_LEDGER_FILE"):
            Settings.load("rehearsal")

    def test_a_password_in_a_variable_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It should say where a password belongs, without repeating it."""
        monkeypatch.setenv("MAILWAVE_LEDGER", "postgresql+psycopg://mailwave:sesame@localhost/ledger")

        with pytest.raises(ConfigurationError, match="holds a password") as caught:
            Settings.load("rehearsal")
        assert "sesame" not in str(caught.value)

    def test_only_one_variable_can_be_meant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It should refuse two addresses."""
        monkeypatch.setenv("MAILWAVE_LEDGER", "sqlite:///x")
        monkeypatch.setenv("MAILWAVE_LEDGER_FILE", "y")

        with pytest.raises(ConfigurationError, match="only one"):
            Settings.load("rehearsal")


def test_runs_leave_their_files_where_all_can_reach_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should keep an environment's files beside a ledger that is a file, and else where the variable says."""
    monkeypatch.delenv("MAILWAVE_FOLDER", raising=False)
    monkeypatch.setenv("MAILWAVE_LEDGER", "postgresql+psycopg://ledger@127.0.0.1/pilot")
    assert ROOT / "build" / "pilot" == folder(Settings.load("pilot"))
    monkeypatch.setenv("MAILWAVE_FOLDER", str(tmp_path / "shared"))
    assert tmp_path / "shared" / "pilot" == folder(Settings.load("pilot"))
    monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{tmp_path}/own/ledger.db")
    assert tmp_path / "own" == folder(Settings.load("pilot"))
