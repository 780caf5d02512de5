"""How commands end when something is wrong: an exit code, one sentence, advice, and never a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailwave import wiring
from mailwave.exits import Exit
from tests.mailwave.cli.conftest import ODS, WHY, Run


def test_an_unknown_environment_is_named_with_the_known_ones(run: Run) -> None:
    """It should end with 2 and list the environments that there are."""
    code, said = run("wave", "account", "-e", "prodution")

    assert Exit.CONFIGURATION == code
    assert "'prodution' is not known; allowed: dev, pilot, production, rehearsal" in said


def test_missing_endpoints_are_named_by_their_variable(run: Run) -> None:
    """It should end with 2 and name the variable that is not set."""
    code, said = run("estate", "discover", "--ods", str(ODS), *WHY)

    assert Exit.CONFIGURATION == code
    assert "MAILWAVE_ENDPOINTS" in said


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [
        ("{", "endpoints.json"),
        ("[]", "holds a list where a mapping belongs"),
        ('{"token": "https://127.0.0.1:1"}', "is missing"),
    ],
)
def test_malformed_endpoints_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said_of_it: str
) -> None:
    """It should end with 2 and name the file and what is wrong with it."""
    file = tmp_path / "endpoints.json"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(file))

    code, said = run("wave", "verify")

    assert Exit.CONFIGURATION == code
    assert said_of_it in said


def endpoints(folder: Path, tenant: str) -> Path:
    """An endpoints file of *tenant* behind which nothing listens."""
    secret = folder / "secret"
    secret.write_text("s", encoding="ascii")
    secret.chmod(0o600)
    named = {"secret_file": str(secret)}
    file = folder / "endpoints.json"
    value = {
        "token": "https://127.0.0.1:9",
        "graph": None,
        "s3": None,
        "exchange_online": "https://127.0.0.1:9",
        "sites": [{"name": "leeds", "powershell": "http://127.0.0.1:9/PowerShell/"}],
        "notify": "http://127.0.0.1:9",
        "clock": "http://127.0.0.1:9/clock",
        "cloud": None,
        "ca": None,
        "tenant": tenant,
        "credentials": {
            "exchange_online": {"client_id": "9f1c33a2-0000-4000-8000-000000000001", **named},
            "sites": {"username": "X\\y", **named},
            "notify": named,
        },
    }
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_another_tenants_endpoints_are_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It should end with 2 before anything is sent when the endpoints belong to another tenant."""
    file = endpoints(tmp_path, "11111111-1111-4111-8111-111111111111")
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(file))

    code, said = run("wave", "account")

    assert Exit.CONFIGURATION == code
    assert "which is not the tenant of rehearsal" in said


def test_a_rehearsal_that_is_not_up_is_said_to_be(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It should end with 4 and say how to start the rehearsal when its clock does not answer."""
    tenant = wiring.Settings.load("rehearsal").estate.tenant.id
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(endpoints(tmp_path, tenant)))

    code, said = run("estate", "import", "--ods", str(ODS), *WHY)

    assert Exit.RESOURCE == code
    assert "make rehearsal-up" in said


def test_bad_rows_are_listed_and_nothing_is_imported(run: Run, tmp_path: Path) -> None:
    """It should end with 10, name file and line of the bad row, and leave the ledger without a scope."""
    file = tmp_path / "etr.csv"
    file.write_text('"RR8","LEEDS"\n', encoding="latin-1")

    code, said = run("estate", "import", "--ods", str(file), *WHY)

    assert Exit.INPUT_REJECTED == code
    assert "etr.csv:1:" in said
    assert Exit.NO_PLAN == run("wave", "plan", *WHY)[0]


def test_what_is_no_table_is_refused_by_name(run: Run, tmp_path: Path) -> None:
    """It should end with 10 for an export that is no text at all."""
    file = tmp_path / "mailboxes.csv"
    file.write_bytes(bytes(range(256)) * 4)

    code, said = run("estate", "import", "--ods", str(ODS), "--mailboxes", str(file), *WHY)

    assert Exit.INPUT_REJECTED == code
    assert "mailboxes.csv" in said


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    """It should end with 2 for a file that does not exist."""
    code, said = run("estate", "import", "--ods", str(tmp_path / "absent.csv"), *WHY)

    assert Exit.CONFIGURATION == code
    assert "absent.csv" in said


def test_a_file_that_cannot_be_read_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It should end with 4 and name the path when reading fails."""
    file = tmp_path / "etr.csv"
    file.write_text("", encoding="ascii")

    opened = Path.open

    def broken(path: Path, *how: Any, **more: Any) -> Any:
        if path == file:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", broken)
    code, said = run("estate", "import", "--ods", str(file), *WHY)

    assert Exit.RESOURCE == code
    assert "etr.csv" in said


def test_a_missing_engine_is_named_with_its_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It should end with 17 and say how to get the engine when there is no pulumi on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    code, said = run("infra", "drift")

    assert Exit.ENGINE_MISSING == code
    assert "make setup" in said


def test_an_unknown_layer_is_named_with_the_known_ones(run: Run) -> None:
    """It should end with 2 and list the layers."""
    code, said = run("infra", "preview", "--layer", "hybird")

    assert Exit.CONFIGURATION == code
    assert "foundation, identity, hybrid" in said


@pytest.mark.parametrize("field", ["--ticket", "--reason"])
def test_every_act_has_a_reason(run: Run, field: str) -> None:
    """It should end with 2 when ticket or reason is empty."""
    arguments = [
        ("" if before == field else argument) for before, argument in zip(("", *WHY), WHY, strict=False)
    ]

    assert Exit.CONFIGURATION == run("estate", "import", "--ods", str(ODS), *arguments)[0]


def test_a_plan_needs_a_scope(run: Run) -> None:
    """It should end with 13 and say which command comes first."""
    code, said = run("wave", "plan", *WHY)

    assert Exit.NO_PLAN == code
    assert "mailwave estate" in said


def test_approving_an_unknown_wave_is_refused(run: Run) -> None:
    """It should end with 13 when nothing was planned that could be approved."""
    assert Exit.NO_PLAN == run("wave", "approve", *WHY)[0]


def test_a_ledger_that_is_none_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It should end with 2 when the ledger's file is no database."""
    file = tmp_path / "ledger.db"
    file.write_text("this is no database, however long it may be made" * 30, encoding="ascii")
    monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{file}")

    code, said = run("wave", "account")

    assert Exit.CONFIGURATION == code
    assert "MAILWAVE_LEDGER" in said
