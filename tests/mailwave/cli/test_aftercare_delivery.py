"""`mailwave aftercare delivery` and `calendars` as they are typed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mailwave import wiring
from mailwave.exits import Exit
from tests.mailwave.builders import REASON, a_mailbox, an_organisation
from tests.mailwave.cli.conftest import WHY, Run

NOWHERE = "127.0.0.1:9"


def endpoints(folder: Path) -> Path:
    """Both sides, a relay and Graph, behind none of which anything listens."""
    estate = wiring.Settings.load("rehearsal").estate
    file = folder / "secret"
    file.write_text("s", encoding="ascii")
    file.chmod(0o600)
    secret = {"secret_file": str(file)}
    account = secret | {"username": "X\\y"}
    value = {
        "tenant": estate.tenant.id,
        "token": f"https://{NOWHERE}",
        "exchange_online": f"https://{NOWHERE}",
        "graph": f"https://{NOWHERE}",
        "smtp": f"smtp://{NOWHERE}",
        "sites": [
            {"name": each.name, "powershell": f"http://{NOWHERE}/PowerShell/"} for each in estate.sites
        ],
        "credentials": {
            "exchange_online": secret | {"client_id": "app"},
            "sites": account,
            "smtp": account,
            "notify": secret,
        },
    }
    (folder / "endpoints.json").write_bytes(msgspec.json.encode(value))
    return folder / "endpoints.json"


@pytest.fixture
def wave(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """The one wave of a plan of which nobody has moved."""
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(3)], [], REASON)
    code, said = run("wave", "plan", *WHY)
    assert Exit.OK == code, said
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(endpoints(tmp_path)))
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        (found,) = ledger.plan().waves
    return str(found.id)


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_where_nobody_has_moved_yet_it_is_said(run: Run, wave: str, dry: tuple[str, ...]) -> None:
    """It should say that there is nobody to try mail with, ask nobody anything, and end with 0."""
    code, said = run("aftercare", "delivery", "--wave", wave, *WHY, *dry)

    assert Exit.OK == code, said
    assert f"nobody of {wave} has moved yet" in said
    assert "people tried" not in said


def test_where_nobody_has_moved_yet_no_calendar_is_asked_for(run: Run, wave: str) -> None:
    """It should say so, ask nobody anything, keep no report of it, and end with 0."""
    code, said = run("aftercare", "calendars", "--wave", wave, *WHY)

    assert Exit.OK == code, said
    assert f"nobody of {wave} has moved yet" in said
    assert "people tried" not in said
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        assert "aftercare.calendars" not in {each.act for each in ledger.journal()}
