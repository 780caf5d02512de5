"""Who drives whole batches: the plays or this program, as the estate file says."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from estate_schema.errors import ConfigurationError
from mailwave.adapters.direct_batches import DirectBatches
from mailwave.adapters.play_batches import PlayBatches
from mailwave.adapters.run_lock import AlreadyRunning
from mailwave.wiring import Settings
from mailwave.wiring.licences import licence_groups
from mailwave.wiring.waves import ALONE, driver_of, opened_for
from tests.databases import Pool
from tests.mailwave.builders import REASON


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with an endpoints file that names no Graph."""
    loaded = Settings.load("rehearsal")
    secret = {"secret_file": "secret"}
    endpoints = {
        "tenant": loaded.estate.tenant.id,
        "token": "https://login.microsoftonline.com",
        "exchange_online": "https://outlook.office365.com",
        "credentials": {
            "exchange_online": secret | {"client_id": "app"},
            "sites": secret | {"username": "X\\y"},
            "notify": secret,
        },
    }
    file = tmp_path / "endpoints.json"
    file.write_bytes(msgspec.json.encode(endpoints))
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(file))
    monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    return loaded


@pytest.mark.parametrize(("through", "adapter"), [("plays", PlayBatches), ("direct", DirectBatches)])
def test_the_estate_file_chooses(settings: Settings, through: str, adapter: type) -> None:
    """It should drive batches through what `batches.through` names."""
    batches = settings.estate.batches.model_copy(update={"through": through})
    chosen = replace(settings, estate=settings.estate.model_copy(update={"batches": batches}))

    assert type(driver_of(chosen)) is adapter


def test_without_a_graph_nobody_can_be_licensed(settings: Settings) -> None:
    """It should name the key that is missing before anything is started."""
    with pytest.raises(ConfigurationError, match="graph"):
        licence_groups(settings)


def test_a_worker_needs_a_server(settings: Settings) -> None:
    """It should refuse a worker over a ledger in a file, which one process alone may run, and let `wave run` do so."""
    found = replace(settings, ledger_url=os.environ["MAILWAVE_LEDGER"])

    with (
        pytest.raises(ConfigurationError, match="several workers cannot share"),
        opened_for(found, "w1", REASON),
    ):
        pass

    with opened_for(found, ALONE, REASON) as (_, lease):
        assert lease is None


def test_a_worker_has_a_lease_and_its_name_alone(settings: Settings, databases: Pool) -> None:
    """It should give a worker on PostgreSQL a lease, and its name to nobody else while it lives."""
    found = replace(settings, ledger_url=databases.empty())

    with opened_for(found, "w1", REASON) as (_, lease):
        assert lease is not None
        assert "w1" == lease.name
        with pytest.raises(AlreadyRunning), opened_for(found, "w1", REASON):
            pass
        with opened_for(found, "w2", REASON):
            pass
