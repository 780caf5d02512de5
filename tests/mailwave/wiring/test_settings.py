"""Which clock a command goes by: the machine's, or that of whatever environment is rehearsed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from estate_schema.errors import ConfigurationError
from mailwave.adapters.clock import SharedClock, SystemClock
from mailwave.wiring import Settings

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
