"""The baseline of the campaign does the same as the core, or the ratio would mean nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.areas import campaign
from bench.areas.campaign_processes import Processes
from bench.rows import ResultsDiffer
from rehearsal.campaign import estate, profile
from rehearsal.campaign.world import World


def test_processes_and_columns_come_to_the_same_counts() -> None:
    """It should move, fail and leave as many mailboxes, with as many incremental syncs, either way."""
    rules = replace(
        profile.load("record-move"),
        **{
            **campaign.SMALL,
            "weeks": 6,
            "initial_slots": 40,
            "gb_per_hour_tenant": 40,
            "mailboxes_weekday": 100,
        },
        batches=40,
        transient=0.1,
        refused=0.05,
        completion_failed=0.05,
        long_lead_days=25,
    )
    mailboxes = estate.made_up(1500, seed=2, sites=2)
    expected = Processes(World(mailboxes, rules, 9)).run()
    assert expected == campaign.ours(mailboxes, rules, seed=9)


def test_the_national_rows_survive_a_kill() -> None:
    """It should kill a campaign, resume it, find the same event log, and measure both."""
    whole, killed = campaign.national("--mailboxes", "2000")

    assert None is whole.ratio
    assert whole.ours == killed.baseline
    assert killed.workload.endswith("SIGKILL on day 90")


def test_another_log_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse to give a time for a resumed campaign whose log is another."""
    said = iter([(1.0, "a"), (1.0, ""), (1.0, "b")])
    monkeypatch.setattr(campaign, "_campaign", lambda *_, **__: next(said))

    with pytest.raises(ResultsDiffer):
        next(campaign.national())
