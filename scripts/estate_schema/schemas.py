"""Writes the JSON schemas of the files in environments/: ``python -m estate_schema.schemas [folder]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pydantic import BaseModel

from estate_schema.administrators import Administrators
from estate_schema.approvers import Approvers
from estate_schema.causes import CausesOfFailure
from estate_schema.estate import Estate
from estate_schema.limits import Limits
from estate_schema.notices import NoticeTemplates
from estate_schema.prices import Prices
from estate_schema.readiness import Readiness
from estate_schema.rings import Rings
from estate_schema.services import Services

MODELS: dict[str, type[BaseModel]] = {
    "administrators.schema.json": Administrators,
    "approvers.schema.json": Approvers,
    "causes.schema.json": CausesOfFailure,
    "estate.schema.json": Estate,
    "limits.schema.json": Limits,
    "notices.schema.json": NoticeTemplates,
    "prices.schema.json": Prices,
    "readiness.schema.json": Readiness,
    "rings.schema.json": Rings,
    "services.schema.json": Services,
}
"""The file that holds the schema of each model."""

FOLDER = Path("environments/schemas")


def render(model: type[BaseModel]) -> str:
    """The JSON schema of *model*, ready to be written."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    """Write every schema into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in MODELS.items():
        (folder / name).write_text(render(model), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
