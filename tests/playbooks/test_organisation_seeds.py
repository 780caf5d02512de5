"""The roles of plays 20 to 39 in memory: four beats each, faults that are seeded, and what only looks like one."""

from __future__ import annotations

import pytest

from tests.playbooks.organisation import TwoSites
from tests.playbooks.organisation_checked import found, kept, make_healthy
from tests.playbooks.seeds.organisation import SEEDS, Seed
from tests.plugins.roles import KEPT


def healthy() -> TwoSites:
    return make_healthy(TwoSites())


@pytest.mark.parametrize("role", KEPT)
def test_four_beats(role: str) -> None:
    """It should predict and write nothing, do what it predicted, prove it by reading, and then do nothing more."""
    premises = TwoSites()

    predicted = kept(premises, role, check=True)
    assert premises.writes == []

    applied = kept(premises, role)
    assert [each["identity"] for each in predicted["objects"] if each["changed"]] == [
        each["identity"] for each in applied["objects"] if each["changed"]
    ]
    assert predicted["changed"] == applied["changed"] == bool(premises.writes)

    written = len(premises.writes)
    assert not kept(premises, role)["changed"]
    assert len(premises.writes) == written


def test_healthy() -> None:
    """It should find nothing on an organisation as the plays leave it."""
    assert [] == found(healthy())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_fault(seed: Seed) -> None:
    """It should find each fault by name, with its fact, and nothing else; and what a play repairs, it should repair."""
    premises = healthy()
    seed.plant(premises)

    findings = found(premises)

    assert {seed.id} == {finding["id"] for finding in findings}
    assert (seed.fact, seed.repaired) == (findings[0]["fact"], bool(findings[0]["play"]))
    if seed.repaired:
        assert [] == found(make_healthy(premises))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_near_miss(seed: Seed) -> None:
    """It should not take for a fault what only looks like it."""
    premises = healthy()
    seed.near(premises)

    assert [] == found(premises)


@pytest.mark.parametrize("first", SEEDS, ids=lambda seed: seed.id)
def test_faults_are_told_apart(first: Seed) -> None:
    """It should find of two faults both, and nothing more, whichever two of them there are."""
    for other in SEEDS[SEEDS.index(first) + 1 :]:
        premises = healthy()
        first.plant(premises)
        other.plant(premises)

        assert {first.id, other.id} == {finding["id"] for finding in found(premises)}


def test_odd_but_healthy() -> None:
    """It should find nothing on an organisation that is unusual in every way at once and in order."""
    premises = healthy()
    apart = {"migration-account-policy-unset"}  # it changes the policy that another one needs
    for seed in SEEDS:
        if seed.id not in apart:
            seed.near(premises)

    assert [] == found(premises)
