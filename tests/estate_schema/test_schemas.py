"""The JSON schemas beside the environments' files."""

from pathlib import Path

import pytest

from estate_schema.schemas import MODELS, render

FOLDER = Path(__file__).parents[2] / "environments" / "schemas"


@pytest.mark.parametrize("name", MODELS)
def test_the_written_schema_is_the_models(name: str) -> None:
    """It should be what `python -m estate_schema.schemas` writes today."""
    assert render(MODELS[name]) == (FOLDER / name).read_text(encoding="utf-8")


def test_every_schema_belongs_to_a_model() -> None:
    """It should leave no schema behind when a model goes."""
    others = {
        path.name for path in FOLDER.glob("Pulumi.*")
    }  # of the stack files: tests/infra/test_schemas.py
    assert set(MODELS) == {path.name for path in FOLDER.iterdir()} - others
