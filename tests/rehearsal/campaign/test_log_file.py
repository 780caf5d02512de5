"""A campaign that is killed goes on from the days that are on the disk."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rehearsal.campaign import estate, profile
from rehearsal.campaign.__main__ import main
from rehearsal.campaign.errors import LogFileBroken, OtherCampaign
from rehearsal.campaign.log_file import LogFile
from rehearsal.campaign.world import World

ROOT = Path(__file__).parents[3]
MAILBOXES = 4_000
RULES = profile.load("record-move")


def world() -> World:
    return World(estate.made_up(300, seed=7), RULES, 7)


def words(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


def written(path: Path) -> bytes:
    """A log of three days."""
    log = LogFile.opened(path, world())
    for day in (words(1, 2, 3), words(), words(4)):
        log.append(day)
    log.close()
    return path.read_bytes()


def days(path: Path) -> list[list[int]]:
    log = LogFile.opened(path, world())
    log.close()
    return [day.tolist() for day in log.days]


def test_the_days_are_read_back(tmp_path: Path) -> None:
    """It should hold the days that were written, those without an event too."""
    written(tmp_path / "log")

    assert [[1, 2, 3], [], [4]] == days(tmp_path / "log")


def test_a_day_that_was_cut_off_never_was(tmp_path: Path) -> None:
    """It should cut the last record away wherever the writing stopped, and go on from the day before."""
    path = tmp_path / "log"
    whole = written(path)
    before = len(whole) - (16 + 8 + 32)

    for length in range(before, len(whole)):
        path.write_bytes(whole[:length])
        assert [[1, 2, 3], []] == days(path)
        assert before == path.stat().st_size


def test_a_head_that_was_cut_off_begins_anew(tmp_path: Path) -> None:
    """It should begin an empty log where not even its first line was written."""
    path = tmp_path / "log"
    path.write_bytes(written(tmp_path / "other")[:20])

    assert [] == days(path)
    assert [] == days(path)


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    """It should refuse a whole record that is not what was written, and name its day."""
    path = tmp_path / "log"
    whole = bytearray(written(path))
    whole[32 + 16] ^= 1
    path.write_bytes(whole)

    with pytest.raises(LogFileBroken, match="day 0 is damaged"):
        days(path)


@pytest.mark.parametrize(
    "other",
    [
        World(world().mailboxes, RULES, 8),
        World(world().mailboxes, replace(RULES, weeks=3), 7),
        World(estate.made_up(301, seed=7), RULES, 7),
    ],
    ids=["seed", "profile", "mailboxes"],
)
def test_another_campaigns_log_is_refused(tmp_path: Path, other: World) -> None:
    """It should not go on with what was begun with other mailboxes, another profile or another seed."""
    written(tmp_path / "log")

    with pytest.raises(OtherCampaign):
        LogFile.opened(tmp_path / "log", other)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--mailboxes", "0"), 2, "the number of mailboxes is 0; it must lie between 1 and 4,194,303"),
        (("--mailboxes", "5000000"), 2, "the number of mailboxes is 5000000; it must lie between"),
        (
            ("--log", "{folder}/log", "--crash-on", "999"),
            2,
            "the day of the crash is 999; it must lie between 0",
        ),
        (("--log", "{folder}"), 4, "cannot be used: is a directory"),
        (("--log", "{folder}/none/log"), 4, "cannot be used: no such file or directory"),
        (("--profile", "nope"), 2, "no limit profile is named 'nope'"),
    ],
)
def test_bad_input_gets_one_sentence(
    options: tuple[str, ...], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should say what is wrong in one line, what to do in another, and begin nothing."""
    given = [option.format(folder=tmp_path) for option in options]

    ended = main(["--profile", "record-move", "--mailboxes", "50", *given])

    sentence, advice = capsys.readouterr().err.splitlines()
    assert code == ended
    assert said in sentence
    assert advice
    assert [] == list(tmp_path.iterdir())


def test_a_crash_wants_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    """It should not die without anything to go on from."""
    with pytest.raises(SystemExit, match="2"):
        main(["--profile", "record-move", "--crash-on", "3"])

    assert "--crash-on needs --log" in capsys.readouterr().err


def command(*options: str | Path) -> list[str]:
    start = [sys.executable, "-m", "rehearsal.campaign", "--profile", "record-move"]
    return [*start, "--mailboxes", str(MAILBOXES), *map(str, options)]


def digest(*options: str | Path) -> str:
    """Carry a campaign out to its end and return the digest of its log."""
    done = subprocess.run(command(*options), cwd=ROOT, check=True, capture_output=True, text=True)
    found = re.search(r"sha256 ([0-9a-f]{64})", done.stdout)
    assert found, done.stdout
    return found[1]


@pytest.fixture(scope="module")
def undisturbed() -> str:
    return digest()


@pytest.mark.crash
def test_a_campaign_killed_in_the_middle_of_a_day_goes_on(tmp_path: Path, undisturbed: str) -> None:
    """It should end with the same event log after SIGKILL between a day's completions and its record."""
    log = tmp_path / "log"
    killed = subprocess.run(
        command("--log", log, "--crash-on", "90"), cwd=ROOT, check=False, capture_output=True
    )

    assert -signal.SIGKILL == killed.returncode
    assert undisturbed == digest("--log", log)


@pytest.mark.crash
def test_a_campaign_killed_from_outside_goes_on(tmp_path: Path, undisturbed: str) -> None:
    """It should end with the same event log however often it is killed, at whatever moment, and run again."""
    log = tmp_path / "log"
    for weeks in (3, 5):
        process = subprocess.Popen(command("--log", log), cwd=ROOT, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        for _, line in zip(range(weeks), process.stderr, strict=False):
            assert "day" in line or "week" in line
        process.kill()
        process.communicate()
        assert -signal.SIGKILL == process.returncode

    assert undisturbed == digest("--log", log)
