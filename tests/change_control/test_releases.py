"""Tests of releases and of what proves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from change_control import releases, statements
from change_control.errors import Drifted, NotProved
from change_control.releases import Proof, release_in, release_of, require_proof
from tests.change_control.changes import NOW, Person, contents

PROVER = Person.called("pipeline")
SOURCES = {"code": "sha256:c", "policy pack": "sha256:p", "playbooks": "sha256:b", "environment": "sha256:e"}
RELEASE = release_in(SOURCES, {"python": "3.13.0"})
OTHER = release_in({**SOURCES, "code": "sha256:d"}, {"python": "3.13.0"})


@dataclass(frozen=True)
class Road:
    """Dev comes before, and what the pipeline says of it counts for a day."""

    environment: str = "dev"
    hours: int = 24
    provers: Sequence[Person] = field(default=(PROVER,))


def proof(signer: Person = PROVER, **other: Any) -> bytes:
    """The file of a proof of this release, unless it says something *other*."""
    return signer.proof(**{"release": RELEASE, **other})


def refused(*files: bytes, road: Road | None = None) -> str:
    """Why *files* prove nothing."""
    with pytest.raises(NotProved) as error:
        require_proof(RELEASE, files, road or Road(), now=NOW)
    return str(error.value)


def test_a_release_is_the_same_in_every_environment() -> None:
    """It should be named by code and tools, and not by an environment's data."""
    other = release_in({**SOURCES, "environment": "sha256:other"}, {"python": "3.13.0"})
    assert RELEASE.digest == other.digest
    assert RELEASE.digest != OTHER.digest
    assert RELEASE.digest != release_in(SOURCES, {"python": "3.13.1"}).digest
    assert RELEASE == release_of(contents(sources=SOURCES))


def test_a_proof_of_the_environment_before_counts() -> None:
    """It should take the newest proof of this release, and none where nothing comes before."""
    old, new = proof(made_at=NOW - timedelta(hours=20)), proof()
    found = require_proof(RELEASE, [new, old], Road(), now=NOW)
    assert found is not None
    assert NOW - timedelta(hours=1) == found.said.made_at
    assert require_proof(RELEASE, [], None, now=NOW) is None


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"release": OTHER}, f"one proves {OTHER.digest}"),
        ({"signer": Person.called("pipeline")}, "pipeline: the signature is not theirs"),
        ({"who": "stranger"}, "stranger: proves nothing in dev"),
        ({"environment": "rehearsal"}, "pipeline: it is of rehearsal"),
        ({"made_at": NOW + timedelta(seconds=1)}, "pipeline: it is dated in the future"),
        (
            {"made_at": NOW - timedelta(hours=24, seconds=1)},
            "at 2026-11-23 17:59 UTC, and counts for 24 hours",
        ),
        ({"unread": 2}, "2 things could not be read there"),
    ],
)
def test_what_proves_nothing_is_named(other: dict[str, Any], why: str) -> None:
    """It should refuse a proof of something else, by somebody else, too old, or of what was not read."""
    assert refused(proof(**other)).endswith(why)


def test_no_proof_is_said_to_be_none() -> None:
    """It should refuse a release that has no proof, or a file that is none."""
    assert refused().endswith("there is no proof of it")
    assert refused(b"{}").endswith("it is no signed statement")


def test_a_proof_counts_to_its_last_second_and_its_prover_to_the_last_day() -> None:
    """It should take a proof that is exactly as old as it may be, and none of somebody whose time is over."""
    assert require_proof(RELEASE, [proof(made_at=NOW - timedelta(hours=24))], Road(), now=NOW)
    gone = Person("pipeline", PROVER.signer, until=NOW)
    assert refused(proof(), road=Road(provers=(gone,))).endswith("may not prove anything at this time")


def test_drift_of_the_environment_before_is_refused() -> None:
    """It should refuse a release once anything was seen to differ there, whatever release saw it, until it is gone."""
    later = {"differs": 3, "made_at": NOW - timedelta(minutes=30)}
    for drifted in (proof(**later), proof(release=OTHER, **later)):
        with pytest.raises(Drifted, match="dev has drifted: 3 things differed at 2026-11-24 17:30 UTC"):
            require_proof(RELEASE, [proof(), drifted], Road(), now=NOW)
        assert require_proof(RELEASE, [drifted, proof(made_at=NOW)], Road(), now=NOW)


def test_every_byte_of_a_proof_counts() -> None:
    """It should count no proof of which a byte is another."""
    data = proof()
    for place in range(0, len(data), 3):
        assert refused(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def test_a_proof_of_two_things_is_none() -> None:
    """It should refuse a statement whose subject is not the release that it speaks of."""
    said = statements.read(proof(), releases.PREDICATE, Proof).said
    lying = statements.sign(releases.PREDICATE, said, {"release": OTHER.digest}, PROVER.signer)
    assert refused(lying).endswith("it is about something else than it says")
