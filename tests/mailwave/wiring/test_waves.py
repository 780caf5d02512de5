"""Who drives whole batches: the plays or this program, as the estate file says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from estate_schema.errors import ConfigurationError
from mailwave.adapters.direct_batches import DirectBatches
from mailwave.adapters.play_batches import PlayBatches
from mailwave.wiring import Settings
from mailwave.wiring.licences import licence_groups
from mailwave.wiring.waves import driver_of


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
