"""The report on a campaign in virtual time: whole, with half the slots, and with half of more than it needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from mailwave.core import record
from mailwave.core.reports import campaign, programme
from mailwave.core.reports.document import Document
from rehearsal.campaign import estate, figures, profile
from rehearsal.campaign.events import Kind, unpack
from rehearsal.campaign.run import Outcome, run
from rehearsal.campaign.state import Code

FEW, SEED = 5_000, 7
SMALL = {
    "weeks": 30,
    "endpoints": 1,
    "initial_slots": 6,
    "initial_slots_tenant": 6,
    "incremental_slots": 8,
    "gb_per_hour_tenant": 7,
    "gb_per_hour_site": 7,
    "mailboxes_weekday": 60,
    "mailboxes_weekend_day": 110,
    "largest_gb": 30,
    "long_lead_days": 20,
}
"""The limits of a profile in which slots bind, made small with the mailboxes."""

RUNS: Mapping[str, tuple[float, Mapping[str, Any]]] = {
    "whole": (1, {}),
    "half": (0.5, {}),
    "half of many": (0.5, {"initial_slots": 60, "initial_slots_tenant": 60, "incremental_slots": 80}),
}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """Each run, lived once."""
    mailboxes = estate.made_up(FEW, seed=1, sites=1)
    rules = {
        name: replace(profile.load("slots-bind"), **{**SMALL, **other}).with_slots(share)
        for name, (share, other) in RUNS.items()
    }
    return {name: run(mailboxes, each, seed=SEED) for name, each in rules.items()}


def reported(outcome: Outcome, slots: float) -> Document:
    """The report on what was written of *outcome*."""
    found = campaign.read(figures.written(outcome, slots=slots), "figures.json")
    return programme.of_campaign(campaign.course_of(found), "rehearsal")


def test_the_whole_campaign_is_met(outcomes: dict[str, Outcome]) -> None:
    """It should be met, with every figure that of the campaign's own state and events."""
    outcome = outcomes["whole"]
    report, state = reported(outcome, 1), outcome.state
    beside: dict[Any, Any] = {row[0]: row[1] for row in report.sections[0].rows}
    moved = np.flatnonzero(state.code == Code.MOVED)
    when = np.concatenate(
        [
            unpack(day, words)[Kind.MOVED].at // 86_400
            for day, words in enumerate(outcome.log.days)
            if Kind.MOVED in unpack(day, words)
        ]
    )
    days = np.bincount(when)
    last = date(2020, 8, 3) + timedelta(days=int(when.max()))

    assert "Met" == report.verdict.word
    assert f"{(record.DEADLINE - last).days} days before the deadline" in report.verdict.sentence
    assert len(moved) == beside["mailboxes moved"].value
    assert int(state.world.mailboxes.size_bytes[moved].sum()) == beside["bytes moved"].value
    assert int((days > 0).sum()) == beside["nights on which somebody moved"].value
    weekdays = [int(n) for day, n in enumerate(days) if n and day % 7 < 5]
    weekends = [int(days[day : day + 2].sum()) for day in range(5, len(days), 7) if days[day : day + 2].sum()]
    assert (float(np.median(weekdays)), max(weekdays)) == (
        beside["a weekday evening, median"].value,
        beside["a weekday evening, most"].value,
    )
    assert (float(np.median(weekends)), max(weekends)) == (
        beside["a weekend, median"].value,
        beside["a weekend, most"].value,
    )
    assert last == beside["last night"].value


def test_half_the_slots_are_missed_by_name_and_number(outcomes: dict[str, Outcome]) -> None:
    """It should say missed, by how many mailboxes and days more, and that slots held it in every week that was held."""
    outcome = outcomes["half"]
    told = reported(outcome, 0.5)
    ended = int(((outcome.state.code == Code.MOVED) | (outcome.state.code == Code.FAILED)).sum())
    left = next(each.value for each in told.figures if each.name == "left")

    assert "Missed" == told.verdict.word
    assert isinstance(left, int)
    assert 0 < left <= FEW - ended
    assert f"By 01 March 2021 {left:,} mailboxes, {left / FEW:.1%}, had not moved" in told.verdict.sentence
    assert "days more. What held it: weeks held by initial slots (" in told.verdict.sentence
    assert "50% of its slots" in told.subject


def test_half_of_more_than_enough_is_met(outcomes: dict[str, Outcome]) -> None:
    """It should be met where half the slots are still enough: what is missed is told by the run, not by the option."""
    told = reported(outcomes["half of many"], 0.5).verdict
    assert ("Met", False) == (told.word, "initial slots" in told.sentence)


def test_everybody_is_accounted_for(outcomes: dict[str, Outcome]) -> None:
    """It should have each mailbox moved, left, or aside for a reason of its own."""
    for name, (slots, _) in RUNS.items():
        course = campaign.course_of(campaign.read(figures.written(outcomes[name], slots=slots), "f"))
        assert FEW == course.mailboxes == course.moved + course.left + sum(course.aside.values())


def test_what_was_due_is_what_had_the_night(outcomes: dict[str, Outcome]) -> None:
    """It should never have more moved in a night than were due, and more due than moved where slots are short."""
    course = campaign.course_of(campaign.read(figures.written(outcomes["half"], slots=0.5), "f"))
    assert all(night.moved <= night.due for night in course.nights)
    assert sum(night.due for night in course.nights) > course.moved


def test_the_model_says_what_it_assumes(outcomes: dict[str, Outcome]) -> None:
    """It should list every value that nobody published, as it was used, and say that no mailbox was moved."""
    report = reported(outcomes["whole"], 1)
    section = report.sections[-1]
    rows = {row[0]: row[1:] for row in section.rows}
    assumed = [
        key.replace("_", " ")
        for key, entry in profile.entries_of("slots-bind").items()
        if entry["source"].startswith("assumption")
    ]

    assert "no mailbox was moved" in section.says
    assert set(assumed) <= set(rows)
    assert "6" == rows["initial slots"][0]
    assert "increment hours" not in rows  # facts B23 and B41


def test_who_needed_a_person_is_counted_once(outcomes: dict[str, Outcome]) -> None:
    """It should count each mailbox that was refused, failed, or had items to approve, and once only."""
    outcome = outcomes["whole"]
    world, hands = outcome.state.world, set()
    for day, words in enumerate(outcome.log.days):
        for kind, events in unpack(day, words).items():
            if kind in (Kind.REFUSED, Kind.FAILED):
                hands |= set(events.entity.tolist())
            if kind is Kind.SYNCED:
                hands |= {
                    row for row in events.entity.tolist() if world.fates.approval(np.array([row]))[0] > 0
                }
    written = json.loads(figures.written(outcome, slots=1))
    assert len(hands) == written["hands"]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"profile": 7}', b"\xff\xfe", b"[1]"])
def test_another_file_is_refused(content: bytes) -> None:
    """It should say in one sentence that a file holds no figures, and what writes them."""
    with pytest.raises(campaign.CampaignUnreadable, match=r"holds no figures of a campaign.*--figures FILE"):
        campaign.read(content, "x.json")
