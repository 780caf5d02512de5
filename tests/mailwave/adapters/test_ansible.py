"""One play in, one typed result out, whatever becomes of the process that runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from mailwave.adapters import ansible as adapter
from mailwave.adapters.ansible import Ansible, PlayRefusedInDryRun, Variable, VariableRefused
from mailwave.core.play_table import NoSuchPlay
from mailwave.core.plays import Beat, BeatStatus, PlayOutcome, PlayResult
from tests.mailwave.adapters.small_plays import ESTATE, PAUSE, ROOT, show, write_endpoints, write_play

OK: dict[str, object] = {"name": "Agree", "ansible.builtin.assert": {"that": True, "quiet": True}}


def run(folder: Path, *, inventory: Path = ESTATE, seconds: int = 60, **arguments: object) -> PlayResult:
    plays = Ansible(folder, inventory, write_endpoints(folder), dry_run=False, seconds=seconds)
    return plays.run_play("50_small", **arguments)  # type: ignore[arg-type]


def test_tells_of_every_task(tmp_path: Path) -> None:
    """It should tell of each task on each server as it begins and ends, and count them."""
    beats: list[Beat] = []

    result = run(write_play(tmp_path / "plays", OK, hosts="exchange_servers"), on_beat=beats.append)

    assert result.outcome is PlayOutcome.OK, result.why
    servers = ("EX01", "EX02", "EX03", "EX11", "EX12")
    assert {(server, BeatStatus.OK) for server in servers} <= {(beat.server, beat.status) for beat in beats}
    assert dict.fromkeys(servers, 1) == {server: tally.ok for server, tally in result.servers.items()}
    assert result.seconds > 0


def test_variables_of_one_run_do_not_reach_the_next(tmp_path: Path) -> None:
    """It should run each play with its own variables only: ansible-runner used to leave them lying for the next."""
    folder = write_play(tmp_path / "plays", show("wave {{ wave | default('none') }}"))

    first = run(folder, variables={"wave": "W001"})
    second = run(folder)

    assert ("EX01: Show: wave W001", "EX01: Show: wave none") == (first.why, second.why)


def test_environment_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should hide the operator command's own environment variables from plays."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary")
    folder = write_play(
        tmp_path / "plays", show("{{ lookup('env', 'PULUMI_CONFIG_PASSPHRASE') | default('hidden', true) }}")
    )

    assert run(folder).why == "EX01: Show: hidden"


def test_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should remove the private folder of a run, with everything that Ansible wrote there."""
    monkeypatch.setattr(adapter.tempfile, "tempdir", str(tmp_path))

    run(write_play(tmp_path / "plays", OK))

    assert [path.name for path in tmp_path.iterdir()] == ["plays"]


def test_writes_no_event(tmp_path: Path) -> None:
    """It should keep task arguments and results out of every file, even while the play runs."""
    look = "{{ query('ansible.builtin.pipe', 'grep -rl canary $ANSIBLE_HOME/../artifacts || true') }}"
    tasks: list[dict[str, object]] = [
        {"name": "Say", "ansible.builtin.debug": {"msg": "canary"}},
        {"name": "Say again", "ansible.builtin.debug": {"msg": "canary"}},
        show(f"found {look}"),
    ]

    result = run(write_play(tmp_path / "plays", *tasks))

    assert result.why in {"EX01: Show: found []", "EX01: Show: found ['']"}


def test_censors_what_a_task_hides(tmp_path: Path) -> None:
    """It should show nothing of a task that is not to be logged, even when it fails."""
    result = run(write_play(tmp_path / "plays", show("canary") | {"no_log": True}))

    assert result.outcome is PlayOutcome.FAILED
    assert "canary" not in repr(result)


def test_no_server(tmp_path: Path) -> None:
    """It should not call it a success that a play found no server to run on."""
    result = run(write_play(tmp_path / "plays", OK), servers=["EX99"])

    assert result.outcome is not PlayOutcome.OK
    assert any("EX99" in line for line in result.said), result.said


def test_bad_inventory(tmp_path: Path) -> None:
    """It should say what is wrong with the estate file."""
    folder = write_play(tmp_path / "plays", OK)
    inventory = tmp_path / "estate.rehearsal.yaml"
    inventory.write_text("environment: nowhere\n", encoding="utf-8")

    result = run(folder, inventory=inventory)

    assert result.outcome is PlayOutcome.UNKNOWN
    assert any("environment" in line for line in result.said), result.said


def test_ignored_failure_is_none(tmp_path: Path) -> None:
    """It should not count a failure that its task says to ignore."""
    result = run(write_play(tmp_path / "plays", show("oh") | {"ignore_errors": True}, OK))

    assert result.outcome is PlayOutcome.OK, result.why
    assert result.failures == ()


def test_too_long_is_unknown(tmp_path: Path) -> None:
    """It should end a play that takes too long, and call its effect unknown."""
    result = run(write_play(tmp_path / "plays", PAUSE), seconds=2)

    assert result.outcome is PlayOutcome.UNKNOWN
    assert result.why == "it took too long and was ended"
    assert result.seconds < 15


def _left_over() -> list[str]:
    """The plays of these tests that still run."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            lines.append(entry.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if "50_small.yml" in line]


@pytest.mark.crash
def test_killed_play_is_unknown(tmp_path: Path) -> None:
    """It should call the effect of a play whose process was killed unknown, never failed."""
    folder = write_play(tmp_path / "plays", PAUSE)

    def kill(beat: Beat) -> None:
        os.kill(_playbook_process(folder), signal.SIGKILL)

    assert run(folder, on_beat=kill).outcome is PlayOutcome.UNKNOWN
    assert [] == _left_over()


@pytest.mark.crash
def test_killed_worker_is_unknown(tmp_path: Path) -> None:
    """It should call the effect of a play unknown when the process around it was killed."""
    folder = write_play(tmp_path / "plays", PAUSE)
    playbooks: list[int] = []

    def kill(beat: Beat) -> None:
        playbooks.append(_playbook_process(folder))
        os.kill(_parent(playbooks[0]), signal.SIGKILL)

    result = run(folder, on_beat=kill)

    assert [] == _left_over()
    assert result.outcome is PlayOutcome.UNKNOWN
    assert result.why == "it ended without its closing report"


@pytest.mark.crash
def test_play_ends_with_its_command(tmp_path: Path) -> None:
    """It should let neither a play nor its folder outlive the command that ordered it and was killed."""
    folder = write_play(tmp_path / "plays", PAUSE)
    order = (
        "from pathlib import Path; from tests.mailwave.adapters.test_ansible import run; "
        f"run(Path({str(folder)!r}))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    command = subprocess.Popen([sys.executable, "-c", order], cwd=ROOT, env=environment)
    playbook = _playbook_process(folder)

    command.kill()
    command.wait()

    _wait_for(lambda: not _alive(playbook))
    _wait_for(lambda: [path.name for path in tmp_path.iterdir()] == ["plays"])


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"wave": "{{ 7 * 7 }}"}, "wave"),
        ({"wave": "{% raw %}"}, "wave"),
        ({"admin_password": "hunter2"}, "admin_password"),
        ({"api_key": "x"}, "api_key"),
    ],
)
def test_unfit_variables(tmp_path: Path, variables: dict[str, Variable], name: str) -> None:
    """It should refuse a variable that is named like a secret, or that Ansible would evaluate, without showing it."""
    with pytest.raises(VariableRefused) as caught:
        run(write_play(tmp_path / "plays", OK), variables=variables)
    assert name == caught.value.name
    assert str(variables[name]) not in str(caught.value) or name == variables[name]


def test_no_such_play(tmp_path: Path) -> None:
    """It should name the plays that there are."""
    plays = Ansible(write_play(tmp_path / "plays", OK), ESTATE, write_endpoints(tmp_path), dry_run=False)

    with pytest.raises(NoSuchPlay) as caught:
        plays.run_play("../50_small")
    assert caught.value.known == ["50_small"]


def test_dry_run_is_the_default(tmp_path: Path) -> None:
    """It should refuse to run a play in earnest unless it was told that this is no dry run."""
    plays = Ansible(write_play(tmp_path / "plays", OK), ESTATE, write_endpoints(tmp_path))

    with pytest.raises(PlayRefusedInDryRun):
        plays.run_play("50_small")
    assert plays.run_play("50_small", check=True).outcome is PlayOutcome.OK


def _playbook_process(folder: Path) -> int:
    """The process of ansible-playbook that works in *folder*, once there is one."""
    found: list[int] = []

    def look() -> bool:
        found[:] = [pid for pid in _processes() if _working_folder(pid) == folder and _is_playbook(pid)]
        return bool(found)

    _wait_for(look)
    return min(found)


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _is_playbook(pid: int) -> bool:
    try:
        return b"ansible-playbook" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _working_folder(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait_for(condition: object, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
