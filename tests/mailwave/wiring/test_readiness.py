"""What `estate collect` takes of a discovery that was kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailwave.core.discovery.refusals import NotDiscovered
from mailwave.core.readiness.observed import PEOPLE
from mailwave.wiring import Settings, keep_found, readiness
from tests.mailwave.rehearsed.readiness import discovered
from tests.mailwave.rehearsed.services import Services


def test_what_was_kept_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should take of each mailbox its evidence and whose it is, and say so where nothing was kept."""
    monkeypatch.delenv("MAILWAVE_ENDPOINTS", raising=False)
    settings = replace(Settings.load("rehearsal"), ledger_url=f"sqlite:///{tmp_path}/ledger.db")
    with pytest.raises(NotDiscovered):
        readiness.discovered(settings)
    services = Services()
    keep_found(settings, discovered(services, tmp_path / "reading"))

    found = readiness.discovered(settings)

    boxes = services.estate.mailboxes
    assert {each.exchange_guid for each in boxes} == set(found.evidence["guid"]) == set(found.people["guid"])
    assert set(PEOPLE) - {"organisation"} == set(found.people.columns)
    person = found.people.filter(guid=boxes[0].exchange_guid).row(0, named=True)
    assert boxes[0].alias[-20:].lstrip(".") == person["account"]
    assert boxes[0].address == person["upn"]
    assert "nhsmail.example" in person["domains"].split(";")
    assert 0 == found.people["lane"].null_count()
