"""The local administrators of a rehearsal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from estate_schema.administrators import load_administrators
from estate_schema.endpoints import SecretFile
from estate_schema.identity import Identity
from mailwave.adapters.signatures import Ed25519Signer
from rehearsal.administrators import make_administrators
from rehearsal.credentials import Credentials
from rehearsal.estate import generate
from rehearsal.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of two sites."""
    home = tmp_path_factory.mktemp("home")
    secrets = Credentials.in_folder(home / "credentials")
    made = World(generate(7, "pair"), home=home, fault_file=None, secrets=secrets)
    with closing(made.log):
        yield made


def test_each_organisation_has_one_who_can_sign(world: World, tmp_path: Path) -> None:
    """It should write a table that is read as production's is, with the keys that lie beside it."""
    table = load_administrators(make_administrators(tmp_path, world)).administrators

    assert {each.organisation for each in table} == {body.code for body in world.estate.organisations}
    for each in table:
        file = tmp_path / "credentials" / "web-keys" / f"{each.who}.pem"
        signer = Ed25519Signer(Identity(who=each.who, key=SecretFile(secret_file=file)).private_key())
        assert each.public_key == signer.public_key


def test_they_stay_who_they_are(world: World, tmp_path: Path) -> None:
    """It should name the same people with the same keys when the estate is served again."""
    first = make_administrators(tmp_path, world).read_bytes()

    assert first == make_administrators(tmp_path, world).read_bytes()
