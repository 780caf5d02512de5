"""Faults that are seeded into simulated servers, and harmless oddities that are not faults."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.playbooks.checked import found
from tests.playbooks.seeds import servers, web
from tests.playbooks.seeds.healthy import healthy
from tests.playbooks.seeds.seed import Seed

SEEDS = (*servers.SEEDS, *web.CERTIFICATES, *web.MRS_PROXY)
ODDITIES = 50


def ids(*seeds: Seed) -> set[str]:
    """The checks that do not hold on healthy premises where *seeds* were planted."""
    premises = healthy()
    for seed in seeds:
        seed.plant(premises)
    return {finding["id"] for finding in found(premises)}


def test_healthy() -> None:
    """It should find nothing on premises as the plays leave them."""
    assert [] == found(healthy())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_fault(seed: Seed) -> None:
    """It should find each fault by name, with its fact, and what repairs it; and nothing else."""
    premises = healthy()
    seed.plant(premises)

    findings = found(premises)

    assert {seed.id} | seed.also == {finding["id"] for finding in findings}
    (first, *_) = (finding for finding in findings if finding["id"] == seed.id)
    assert (seed.fact, seed.repaired) == (first["fact"], bool(first["play"]))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_near_miss(seed: Seed) -> None:
    """It should not take for a fault what only looks like it."""
    premises = healthy()
    seed.near(premises)

    assert [] == found(premises)


def odd(number: int) -> tuple[Seed, Seed]:
    """The *number*th pair of seeds whose harmless halves come together; far apart in the list, so of other topics."""
    return SEEDS[number % len(SEEDS)], SEEDS[(number * 7 + 11) % len(SEEDS)]


@pytest.mark.parametrize("number", range(ODDITIES))
def test_odd_but_healthy(number: int) -> None:
    """It should find nothing on fifty sites that are unusual and in order."""
    premises = healthy()
    for seed in odd(number):
        seed.near(premises)

    assert [] == found(premises)


TOLD_APART = [
    seed
    for seed in reversed(
        SEEDS
    )  # an update, which starts every service, comes before a service that is stopped
    if seed.id
    in {
        *("tls-1-2-off", "tls-differs", "ntlm-level-low", "ntlm-refused", "services-stopped", "disk-full"),
        *("certificate-expired", "certificate-name-missing", "mrs-proxy-off", "mrs-proxy-limits-reset"),
    }
]


@pytest.mark.parametrize("first", TOLD_APART, ids=lambda seed: seed.id)
def test_faults_are_told_apart(first: Seed) -> None:
    """It should find of two faults both, and neither for the other, whichever two of ten they are."""
    for one, other in combinations(TOLD_APART, 2):
        if one is first:
            assert {one.id, other.id} == ids(one, other)


def test_there_are_thirty() -> None:
    """It should know thirty faults and more by ids of their own, and ten of them for the pairs."""
    assert len(SEEDS) == len({seed.id for seed in SEEDS}) >= 30
    assert len(TOLD_APART) == 10
