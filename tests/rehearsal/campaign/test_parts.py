"""The parts of a campaign, each by itself."""

from __future__ import annotations

from heapq import heapify, heapreplace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.campaign import __main__ as command
from rehearsal.campaign import estate, profile
from rehearsal.campaign.draws import Draws
from rehearsal.campaign.errors import EstateUnusable, LogBroken, ProfileBroken, UnknownProfile
from rehearsal.campaign.events import Events, Kind, pack, unpack
from rehearsal.campaign.keeping import turns


def test_a_draw_does_not_depend_on_the_others() -> None:
    """It should draw the same for a mailbox alone, among others, and in another order."""
    draws, rows = Draws(7), np.arange(1000)
    whole = draws.uniform("speed", rows, 2)
    assert whole[[5]].tolist() == draws.uniform("speed", np.array([5]), 2).tolist()
    assert whole[::-1].tolist() == draws.uniform("speed", rows[::-1], np.full(1000, 2)).tolist()


def test_draws_are_even_and_apart() -> None:
    """It should spread draws evenly over (0, 1), and differently for another seed, kind or n."""
    rows = np.arange(200_000)
    drawn = [
        Draws(7).uniform("a", rows),
        Draws(8).uniform("a", rows),
        Draws(7).uniform("b", rows),
        Draws(7).uniform("a", rows, 1),
    ]
    for column in drawn:
        counts = np.histogram(column, bins=100, range=(0, 1))[0]
        assert ((counts - 2000) ** 2 / 2000).sum() < 160  # chi-square with 99 degrees: 1 in 10,000
        assert abs(np.corrcoef(column[:-1], column[1:])[0, 1]) < 0.01
    assert np.abs(np.corrcoef(drawn) - np.eye(4)).max() < 0.01


@given(
    due=st.lists(st.integers(0, 4000), max_size=80),
    free=st.lists(st.integers(0, 2000), min_size=1, max_size=9),
    length=st.integers(1, 500),
)
def test_turns_are_first_come_first_served(due: list[int], free: list[int], length: int) -> None:
    """It should begin each use of a slot just when a queue served one by one would, as far as it ends in time."""
    until = 5000
    lanes, expected = sorted(free), []
    heapify(lanes)
    for each in sorted(due):
        at = max(each, lanes[0])
        heapreplace(lanes, at + length)
        expected.append(at)
    actual = turns(np.array(sorted(due), dtype=np.int64), np.array(sorted(free)), length, until)
    assert [at for at in expected if at + length <= until] == actual.tolist()


def test_events_come_back_as_they_went() -> None:
    """It should read from a day's words what was written to them."""
    events = Events(
        *(np.array(column) for column in ([86_400, 172_799], [0, estate.MOST], [65_535, 0], [0, 14]))
    )
    back = unpack(1, pack(1, Kind.DEFERRED, events))
    assert [Kind.DEFERRED] == list(back)
    for name in ("at", "entity", "n", "cause"):
        assert getattr(events, name).tolist() == getattr(back[Kind.DEFERRED], name).tolist()


def test_an_event_of_another_day_does_not_fit() -> None:
    """It should refuse to write an event to a day that it is not of."""
    one = np.array([86_400])
    with pytest.raises(LogBroken):
        pack(0, Kind.SYNCED, Events(one, one, one, one * 0))


@pytest.mark.parametrize("name", ["published", "record-move"])
def test_each_limit_has_a_source(name: str) -> None:
    """It should load the profile, which refuses a value without a source."""
    assert name == profile.load(name).name


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("other: {}", UnknownProfile),
        ("p: {based_on: q}", ProfileBroken),
        ("p: {based_on: published, batches: {value: -1, source: x}}", ProfileBroken),
        ("p: {based_on: published, batches: {value: 1}}", ProfileBroken),
        ("p: {based_on: published, batches: {value: 1.5, source: x}}", ProfileBroken),
        ("p: {based_on: published, refused: {value: 1.5, source: x}}", ProfileBroken),
        ("p: {based_on: published, endpoints: {value: 0, source: x}}", ProfileBroken),
        ("p: {based_on: published, window_weekday: {value: [3, 24], source: x}}", ProfileBroken),
        ("p: {based_on: published, gb_per_hour_move: {value: [0, 1], source: x}}", ProfileBroken),
        ("p: {based_on: published, bathces: {value: 1, source: x}}", ProfileBroken),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    """It should say which value of which profile is wrong."""
    path = tmp_path / "profiles.yaml"
    path.write_text(f"{profile.PROFILES.read_text()}\n{text}\n")
    with pytest.raises(error):
        profile.load("p", path)


def test_an_estate_is_read_from_its_files(tmp_path: Path) -> None:
    """It should take sizes as they are, and number organisations and sites by name."""
    columns = {
        "size_bytes": [5, 6, 7],
        "organisation": ["RR8", "A", "RR8"],
        "site": ["leeds", "bristol", "leeds"],
    }
    pl.DataFrame(columns).cast({"site": pl.Categorical}).write_parquet(tmp_path / "mailboxes.parquet")
    boxes = estate.from_files(tmp_path)
    assert ([5, 6, 7], [1, 0, 1], [1, 0, 1]) == tuple(
        column.tolist() for column in (boxes.size_bytes, boxes.organisation, boxes.site)
    )


def test_a_folder_without_an_estate_is_refused(tmp_path: Path) -> None:
    """It should say that there are no mailboxes to read."""
    with pytest.raises(EstateUnusable):
        estate.from_files(tmp_path)


def test_the_command_names_the_profile_in_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """It should print a table and figures that all name the profile, and the log's digest."""
    assert command.main(["--profile", "published", "--mailboxes", "500", "--seed", "3"]) == 0
    printed = capsys.readouterr().out
    assert "profile published, seed 3: 500 mailboxes" in printed
    assert "sha256" in printed
    assert printed.count("profile published:") == 6


def test_an_unknown_profile_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """It should end with the code for configuration and name the profiles there are."""
    assert command.main(["--profile", "wishful"]) == 2
    assert "no limit profile is named 'wishful'" in capsys.readouterr().err
