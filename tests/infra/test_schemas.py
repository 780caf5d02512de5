"""The JSON schemas of the stack files, by which editors complete them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from infra.schemas import SETTINGS, name_of, render, schema
from infra.stack import LAYERS, StackName

FOLDER = Path(__file__).parents[2] / "environments"
STACK_FILES = sorted(FOLDER.glob("Pulumi.*.yaml"), key=lambda file: file.name)


def problems(layer: str, document: object) -> list[str]:
    """What the schema of *layer* has against *document*."""
    return [error.message for error in Draft202012Validator(schema(layer)).iter_errors(document)]


def good() -> dict[str, Any]:
    """A stack file of the layer `foundation`."""
    document: dict[str, Any] = yaml.safe_load(
        (FOLDER / "Pulumi.foundation-pilot.yaml").read_text(encoding="utf-8")
    )
    return document


@pytest.mark.parametrize("layer", LAYERS)
def test_the_written_schema_is_the_models(layer: str) -> None:
    """It should be what `python -m infra.schemas` writes today."""
    assert render(layer) == (FOLDER / "schemas" / name_of(layer)).read_text(encoding="utf-8")


def test_every_schema_belongs_to_a_layer() -> None:
    """It should have one schema a layer, and leave none behind when a layer goes."""
    assert {name_of(layer) for layer in SETTINGS} == {
        path.name for path in (FOLDER / "schemas").glob("Pulumi.*")
    }


@pytest.mark.parametrize("file", STACK_FILES, ids=lambda file: file.name)
def test_every_stack_file_names_its_schema_and_keeps_it(file: Path) -> None:
    """It should name the schema of its layer in the first line, which editors read, and have nothing against it."""
    layer = StackName.parse(file.name.split(".")[1]).layer
    text = file.read_text(encoding="utf-8")

    assert f"# yaml-language-server: $schema=schemas/{name_of(layer)}" == text.splitlines()[0]
    assert [] == problems(layer, yaml.safe_load(text))


def test_takes_what_the_engine_writes() -> None:
    """It should take numbers and truth in quotes, the engine's own keys, and another secrets provider."""
    document = good()
    document["config"] |= {"mailwave:protect": "true", "pulumi:tags": {"a": "b"}}
    document |= {"secretsprovider": "awskms://alias/mailwave?region=eu-west-2", "encryptedkey": "AQ=="}

    assert [] == problems("foundation", document)


@pytest.mark.parametrize(
    "changed",
    [
        {"mailwave:protected": True},
        {"azure-native:location": "uksouth"},
        {"mailwave:vault_retention_days": 6},
        {"mailwave:protect": "yes"},
        {"mailwave:location": "uksuoth"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_refuses_what_the_program_refuses(changed: dict[str, object]) -> None:
    """It should have something against an unknown key, a number out of range, and a value that is none."""
    document = good()
    document["config"] |= changed

    assert 1 == len(problems("foundation", document))
