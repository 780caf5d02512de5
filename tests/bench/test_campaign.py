"""The baseline of the campaign does the same as the core, or the ratio would mean nothing."""

from __future__ import annotations

from dataclasses import replace

from bench.areas import campaign
from bench.areas.campaign_processes import Processes
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
