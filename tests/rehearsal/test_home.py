"""The folder of one rehearsal: one holder at a time, what it was started with, and what is never removed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.environments import ENVIRONMENTS
from rehearsal.errors import AlreadyUp, NoRehearsal, OtherRehearsal, RecordBroken
from rehearsal.faults import FaultFileBroken
from rehearsal.home import DEFAULT_SEED, RECORD, Asked, Home, Record, home_of

Hold = Callable[[], Home]


@pytest.fixture
def hold(tmp_path: Path) -> Iterator[Hold]:
    """Take the rehearsal's folder; whatever was taken is let go at the end."""
    taken: list[Home] = []

    def take() -> Home:
        taken.append(Home.held(tmp_path / "rehearsal"))
        return taken[-1]

    yield take
    for home in taken:
        home.lock.close()


def test_a_second_holder_is_refused_by_name(hold: Hold) -> None:
    """It should say who holds the folder."""
    hold().sign(f"process {os.getpid()}")

    with pytest.raises(AlreadyUp) as caught:
        hold()

    assert f"process {os.getpid()}" in str(caught.value)


def test_what_a_killed_holder_started_is_waited_for(hold: Hold) -> None:
    """It should take a folder whose holder is dead once those have ended who had it from that holder."""
    first = hold()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    first.sign(f"process {dead.pid}")
    heir = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(0.5)"], pass_fds=[first.lock.fileno()]
    )
    first.lock.close()

    hold()

    assert heir.wait(timeout=1) == 0


def test_a_new_folder_begins_with_the_usual_seed(hold: Hold) -> None:
    """It should start with the usual seed and faults where nothing else is asked for, and keep that."""
    home = hold()

    assert home.begin(Asked()) == Record(DEFAULT_SEED) == home.record()


def test_an_environment_has_a_folder_and_an_estate_of_its_own(hold: Hold) -> None:
    """It should start in the environment that is asked for, at its size, in its tenant, and lie beside the others."""
    record = hold().begin(Asked(environment="dev"))

    assert Record(DEFAULT_SEED, None, "small", "dev") == record
    assert ENVIRONMENTS["dev"].tenant == record.estate().tenant
    assert ["rehearsal", "rehearsal-dev"] == [home_of(name).name for name in ("rehearsal", "dev")]


def test_an_unfinished_rehearsal_goes_on(hold: Hold) -> None:
    """It should find the seed and the time spent of a rehearsal that was cut off, and what lies in its folder."""
    home = hold()
    record = home.begin(Asked(seed=8))
    (home.path / "ledger.db").write_bytes(b"kept")
    record.seconds["plan"] = 1.5
    home.write(record)

    again = home.begin(Asked())

    assert (8, {"plan": 1.5}) == (again.seed, again.seconds)
    assert (home.path / "ledger.db").exists()


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        (Asked(seed=9), "--seed"),
        (Asked(faults=Path("f.json")), "--faults"),
        (Asked(size="pair"), "--size"),
        (Asked(environment="pilot"), "--environment"),
    ],
)
def test_an_unfinished_rehearsal_is_not_changed(hold: Hold, asked: Asked, option: str) -> None:
    """It should refuse anything else than the unfinished rehearsal was started with."""
    home = hold()
    home.begin(Asked(seed=8))

    with pytest.raises(OtherRehearsal) as caught:
        home.begin(asked)

    assert caught.value.option == option


def test_a_finished_rehearsal_makes_room(hold: Hold) -> None:
    """It should begin afresh after one that was finished, without its files, folders and links, following no link."""
    home = hold()
    kept = home.path.with_name("kept")
    kept.mkdir()
    home.write(Record(7, finished=True, seconds={"plan": 1.5}))
    (home.path / "ledger.db").write_bytes(b"old")
    (home.path / "state").mkdir()
    (home.path / "link").symlink_to(kept)

    assert home.begin(Asked(seed=8)) == Record(8)
    assert [RECORD] == [entry.name for entry in home.path.iterdir()]
    assert kept.exists()


def test_a_folder_of_somebodys_own_is_not_touched(hold: Hold) -> None:
    """It should refuse a folder that holds files and no rehearsal, and remove none of them."""
    home = hold()
    home.path.mkdir()
    (home.path / "thesis").write_text("years of work", encoding="utf-8")

    with pytest.raises(NoRehearsal):
        home.begin(Asked())

    assert ["thesis"] == [entry.name for entry in home.path.iterdir()]


def test_a_fault_file_that_cannot_be_used_is_not_kept(hold: Hold, tmp_path: Path) -> None:
    """It should refuse a broken fault file before anything is kept of it."""
    home = hold()

    with pytest.raises(FaultFileBroken):
        home.begin(Asked(faults=tmp_path / "absent.json"))

    assert home.record() is None


def test_a_damaged_record_is_refused(hold: Hold) -> None:
    """It should say that the rehearsal is lost, and not begin another over it."""
    home = hold()
    home.begin(Asked())
    (home.path / RECORD).write_text("{", encoding="utf-8")

    with pytest.raises(RecordBroken):
        home.begin(Asked())


def test_addresses_hold_any_folder(tmp_path: Path) -> None:
    """It should write the folder into addresses so that no letter of its name ends them or means another."""
    with Home.held(tmp_path / "50%20 ?#é") as home:
        settings = home.settings(environment="pilot", cloud="c", tenant="t")

    assert ("pilot", "t") == (settings["MAILWAVE_ENVIRONMENT"], settings["ARM_TENANT_ID"])
    assert settings["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/50%2520%20%3F%23%C3%A9/state?metadata=skip"
    assert settings["MAILWAVE_LEDGER"] == f"sqlite:///{tmp_path}/50%2520%20%3F%23%C3%A9/ledger.db"
