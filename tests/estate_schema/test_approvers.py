"""Tests of the file of approvers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from securesystemslib.signer import CryptoSigner

from estate_schema import ConfigurationError
from estate_schema.approvers import LEAST, ROAD, load_approvers, road_to

ROOT = Path(__file__).parents[2] / "environments"
KEYS = ["a" * 64, "b" * 64]


def person(n: int, **other: Any) -> dict[str, Any]:
    """An approver as the file has them."""
    dates = {"first": "2026-09-01", "last": "2027-08-31"}
    key = CryptoSigner.generate_ed25519().public_key.to_dict()["keyval"]["public"]
    return {"who": f"p{n}", "role": "change-manager", "ed25519": key, **dates, **other}


def load(folder: Path, *people: dict[str, Any], environment: str = "pilot", needed: int = 1) -> Any:
    """What the file says."""
    file = folder / "approvers.yaml"
    file.write_text(
        yaml.safe_dump({"environment": environment, "needed": needed, "approvers": list(people)}),
        encoding="utf-8",
    )
    return load_approvers(file)


@pytest.mark.parametrize("environment", LEAST)
def test_every_environment_has_its_file(environment: str) -> None:
    """It should say for each environment whose consent counts."""
    found = load_approvers(ROOT / f"approvers.{environment}.yaml")
    assert environment == found.environment
    assert LEAST[environment] <= found.needed


def test_keys_verify_what_their_owner_signed(tmp_path: Path) -> None:
    """It should give keys that verify, of both kinds, and know until when each counts."""
    first, second = CryptoSigner.generate_ed25519(), CryptoSigner.generate_ecdsa()
    found = load(
        tmp_path,
        person(1, ed25519=first.public_key.to_dict()["keyval"]["public"]),
        person(2, ed25519=None, p256=second.public_key.to_dict()["keyval"]["public"]),
    )
    for approver, signer in zip(found.approvers, (first, second), strict=True):
        approver.key().verify_signature(signer.sign(b"data"), b"data")
        assert approver.key().keyid == signer.public_key.keyid
        assert [False, True, True, False] == [
            approver.holds(datetime(*day, tzinfo=UTC))
            for day in ((2026, 8, 31, 23, 59), (2026, 9, 1), (2027, 8, 31, 23, 59), (2027, 9, 1))
        ]


BAD: dict[str, tuple[list[dict[str, Any]], dict[str, Any], str]] = {
    "too few in production": (
        [person(1), person(2)],
        {"environment": "production"},
        "production needs at least 2",
    ),
    "fewer than needed": ([person(1)], {"needed": 2}, "fewer people than the 2"),
    "one person twice": ([person(1), person(1)], {"needed": 2}, "fewer people than the 2"),
    "no key": ([person(1, ed25519=None)], {}, "exactly one of"),
    "two keys": (
        [person(1, p256="-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")],
        {},
        "exactly one of",
    ),
    "no real key": (
        [person(1, ed25519=None, p256="-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")],
        {},
        "a key that is none",
    ),
    "an unknown role": ([person(1, role="friend")], {}, "role"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_said(tmp_path: Path, name: str) -> None:
    """It should refuse a file that would let too few decide, or nobody."""
    people, other, why = BAD[name]
    with pytest.raises(ConfigurationError) as refused:
        load(tmp_path, *people, **other)
    assert why in str(refused.value)


def test_one_key_is_one_person(tmp_path: Path) -> None:
    """It should refuse one key under two names."""
    one = person(1)
    with pytest.raises(ConfigurationError, match="one key twice"):
        load(tmp_path, one, {**one, "who": "p2"})


@pytest.mark.parametrize("environment", ROAD)
def test_a_release_goes_one_road(environment: str) -> None:
    """It should come into each environment from the one before it, which names who proves."""
    found = road_to(environment, ROOT, None)
    if environment == ROAD[0]:
        assert found is None
        return
    assert found is not None
    assert ROAD[ROAD.index(environment) - 1] == found.environment
    assert 0 < found.hours <= 168
    assert [f"pipeline.{found.environment}@nhsmail.example"] == [each.who for each in found.provers]


def test_no_environment_is_left_out_of_the_road(tmp_path: Path) -> None:
    """It should refuse a predecessor that is not the environment right before."""
    file = tmp_path / "approvers.production.yaml"
    text = (ROOT / "approvers.production.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("{environment: pilot", "{environment: dev"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="a predecessor that is not the one before it"):
        load_approvers(file)
