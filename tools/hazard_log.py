"""The hazard log as a page: `python -m tools.hazard_log > docs/safety/hazard-log.md`, and its schema with `--schema`.

The log is data, in `docs/safety/hazard-log.yaml`. Each rating follows from severity and likelihood by the clinical risk
matrix that NHS Digital's guidance to DCB0129 and DCB0160 gives; 5 is unacceptable, 1 needs nothing more.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "safety"
LOG = FOLDER / "hazard-log.yaml"
PAGE = FOLDER / "hazard-log.md"
SCHEMA = FOLDER / "hazard-log.schema.json"

Text = Annotated[str, msgspec.Meta(min_length=1)]
Test = Annotated[str, msgspec.Meta(pattern=r"^tests/[a-z0-9_/]+\.py(::[A-Za-z0-9_]+)+$")]


class Severity(StrEnum):
    """What harm may come of it."""

    MINOR = "minor"
    SIGNIFICANT = "significant"
    CONSIDERABLE = "considerable"
    MAJOR = "major"
    CATASTROPHIC = "catastrophic"


class Likelihood(StrEnum):
    """How likely the harm is."""

    VERY_LOW = "very low"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very high"


MATRIX = {
    Likelihood.VERY_HIGH: (3, 4, 4, 5, 5),
    Likelihood.HIGH: (2, 3, 3, 4, 5),
    Likelihood.MEDIUM: (2, 2, 3, 3, 4),
    Likelihood.LOW: (1, 2, 2, 3, 4),
    Likelihood.VERY_LOW: (1, 1, 2, 2, 3),
}
"""The rating of each likelihood, for the severities in their order."""


class Risk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A risk as the matrix has it."""

    severity: Severity
    likelihood: Likelihood

    @property
    def rating(self) -> int:
        """1 to 5."""
        return MATRIX[self.likelihood][list(Severity).index(self.severity)]

    @property
    def text(self) -> str:
        """It in words."""
        return f"{self.rating} ({self.severity.value}, {self.likelihood.value})"


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What lowers a risk, and the tests that fail when it is gone, by pytest's names."""

    control: Text
    tests: Annotated[tuple[Test, ...], msgspec.Meta(min_length=1)]


class Hazard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One hazard; *open* is what no test here can show."""

    id: Annotated[str, msgspec.Meta(pattern=r"^HAZ-\d{2}$")]
    hazard: Text
    cause: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    effect: Text
    initial: Risk
    controls: Annotated[tuple[Control, ...], msgspec.Meta(min_length=1)]
    residual: Risk
    open: str = ""


class HazardLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole log."""

    standard: Text
    scope: Text
    approval: Text
    hazards: Annotated[tuple[Hazard, ...], msgspec.Meta(min_length=1)]


def load(file: Path = LOG) -> HazardLog:
    """Read the log; raise `msgspec.ValidationError` with the key that is wrong."""
    return msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), HazardLog)


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
    sys.stdout.write(schema() if sys.argv[1:] == ["--schema"] else page(load()))
