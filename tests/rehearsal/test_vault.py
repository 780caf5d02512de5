"""Tests of the vault that a journey brings along."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rehearsal import vault
from rehearsal.errors import NotLocked


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a rehearsal that is served."""
    (tmp_path / "credentials").mkdir()
    (tmp_path / "endpoints.json").write_text(
        '{"tenant": "t", "credentials": {"notify": {}}}', encoding="utf-8"
    )
    return tmp_path


def test_what_it_keeps_cannot_be_deleted(home: Path) -> None:
    """It should name itself beside the other services, keep what it is given, and notice what is not locked."""
    with vault.serving(home, "rehearsal") as kept:
        endpoints = json.loads((home / "endpoints.json").read_text(encoding="utf-8"))
        for n in range(2):
            kept.client.put_object(Bucket=kept.bucket, Key=f"rehearsal/objects/{n}", Body=b"{}")
        kept.require_locked()
        assert ["rehearsal/objects/0", "rehearsal/objects/1"] == kept.objects()

        over = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": datetime(2020, 1, 1, tzinfo=UTC)}
        kept.client.put_object(Bucket=kept.bucket, Key="rehearsal/objects/2", Body=b"{}", **over)
        with pytest.raises(NotLocked, match="rehearsal/objects/2 could be deleted"):
            kept.require_locked()

    assert {"notify", "vault", "evidence_key"} == set(endpoints["credentials"])
    assert endpoints["s3"].startswith("http://127.0.0.1:")
    for name in ("vault", "evidence_key"):
        file = Path(endpoints["credentials"][name]["secret_file"])
        assert 0o600 == stat.S_IMODE(file.stat().st_mode)
