"""A failure tells how to see it again."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from rehearsal import run
from rehearsal.__main__ import main
from rehearsal.faults import FaultFileBroken, FaultPlan
from rehearsal.home import Asked, Record
from rehearsal.replay import FOLDER, command, plan_file

PLAN = '[{"service":"exchange_online","call":"Get-Mailbox","nth":2,"fault":"unavailable"}]'


def options(line: str) -> dict[str, str]:
    """The options of a command line by name."""
    words = shlex.split(line)[4:]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_usual_faults_are_written_out() -> None:
    """It should name seed, environment and size, and hold the plan itself where nobody gave one."""
    record = Asked(seed=11, environment="dev").record()

    told = options(command(record))

    usual = FaultPlan.default(11, record.estate()).json
    assert {
        "--home": FOLDER,
        "--environment": "dev",
        "--size": "small",
        "--seed": "11",
        "--faults": usual,
    } == told


def test_the_faults_of_a_file_are_written_out(tmp_path: Path) -> None:
    """It should hold what is in the file, in one line, so that the file is not needed."""
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(json.loads(PLAN), indent=4))

    line = command(Record(seed=7, faults=str(file)))

    assert PLAN == options(line)["--faults"]
    assert "\n" not in line


def test_a_plan_may_be_given_on_the_command_line(tmp_path: Path) -> None:
    """It should keep a plan beside the rehearsal's folder, the same one in the same file, and take a file as it is."""
    home = tmp_path / "home"

    kept = plan_file(PLAN, home)

    assert kept
    assert (PLAN, tmp_path) == (kept.read_text(), kept.parent)
    assert kept == plan_file(PLAN, home)
    assert kept != plan_file("[]", home)
    assert (Path("x.json"), None) == (plan_file("x.json", home), plan_file(None, home))


def test_a_broken_plan_on_the_command_line_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should end 2 with one sentence and what to do."""
    code = main(["run", "--home", str(tmp_path / "home"), "--faults", '[{"service": "x"}]'])

    first, second = capsys.readouterr().err.splitlines()
    assert 2 == code
    assert first.startswith(
        "rehearsal: what --faults says is no plan of faults: Object missing required field"
    )
    assert ["home.lock"] == [file.name for file in tmp_path.iterdir()]
    assert FaultFileBroken.advice == second


def test_a_failed_run_is_replayed_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It should print one line which, given back, rehearses the same seed and faults, and fails in the same way."""
    monkeypatch.setattr(run, "STEPS", (("provision", ("no-such-command",)),))
    engine = tmp_path / "bin" / "pulumi"
    engine.parent.mkdir()
    engine.write_text("#!/bin/sh\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(engine.parent), prepend=":")
    monkeypatch.chdir(tmp_path)

    code = main(["run", "--home", "first", "--environment", "dev", "--seed", "5", "--faults", PLAN])
    said = capfd.readouterr().err.splitlines()
    (line,) = (text for text in said if text.startswith("to see it again: "))
    again = main(shlex.split(line.removeprefix("to see it again: "))[3:])

    assert code == again != 0
    assert said[-2:] == capfd.readouterr().err.splitlines()[-2:]
    first, second = (json.loads((Path(home) / "rehearsal.json").read_bytes()) for home in ("first", FOLDER))
    assert (5, "dev", PLAN) == (second["seed"], second["environment"], Path(second["faults"]).read_text())
    assert {name: first[name] for name in ("seed", "size", "environment")} == {
        name: second[name] for name in ("seed", "size", "environment")
    }
