"""The hazard log as a page: `python -m tools.hazard_log > docs/safety/hazard-log.md`, and its schema with `--schema`.

The log is data, in `docs/safety/hazard-log.yaml`; `mailwave.core.hazards` says what it may hold.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

from mailwave.adapters.hazard_file import load
from mailwave.core.hazards import Hazard, HazardLog

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "safety"
LOG = FOLDER / "hazard-log.yaml"
PAGE = FOLDER / "hazard-log.md"
SCHEMA = FOLDER / "hazard-log.schema.json"


def schema() -> str:
    """The JSON schema of the log, ready to be written."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(HazardLog)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def page(log: HazardLog) -> str:
    """The log as Markdown."""
    lines = [
        "# Hazard log",
        "",
        "<!-- Made by `python -m tools.hazard_log` from hazard-log.yaml; change that. -->",
        "",
        f"{log.standard}. {log.scope}",
        "",
        log.approval,
        "",
        "A rating is 1 to 5 by severity and likelihood: 5 is unacceptable, 4 must be lowered, 3 is taken only where",
        "lowering it further is not practical, 2 is tolerable, 1 is acceptable.",
        "",
        "| hazard | | before | after |",
        "| --- | --- | --- | --- |",
        *(
            f"| [{each.id}](#{each.id.lower()}) | {each.hazard} | {each.initial.rating} | {each.residual.rating} |"
            for each in log.hazards
        ),
        *(line for each in log.hazards for line in _section(each)),
    ]
    return "\n".join(lines) + "\n"


def _section(hazard: Hazard) -> list[str]:
    return [
        "",
        f"## {hazard.id}",
        "",
        f"**{hazard.hazard}.** {hazard.effect}",
        "",
        "Cause:",
        "",
        *(f"- {cause}" for cause in hazard.cause),
        "",
        f"Risk before: {hazard.initial.text}. After: {hazard.residual.text}.",
        "",
        "| control | tests |",
        "| --- | --- |",
        *(
            f"| {each.control} | {'<br>'.join(f'`{test}`' for test in each.tests)} |"
            for each in hazard.controls
        ),
        *(["", f"Open: {hazard.open}"] if hazard.open else []),
    ]


if __name__ == "__main__":
    sys.stdout.write(schema() if sys.argv[1:] == ["--schema"] else page(load(LOG)))
