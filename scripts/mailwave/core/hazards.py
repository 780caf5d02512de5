"""The hazards of the move, as DCB0160 has them: values, whose rating follows from severity and likelihood.

The matrix is the clinical risk matrix of NHS Digital's guidance to DCB0129 and DCB0160; 5 is unacceptable, 1 needs
nothing more.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

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
