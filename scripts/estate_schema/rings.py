"""The model of environments/rings.<environment>.yaml: how much may go wrong in a wave before every wave is held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from estate_schema.errors import validated
from estate_schema.reading import read_yaml
from estate_schema.values import Model

Share = Annotated[float, Field(ge=0, le=1)]
RINGS = ("canary", "pilot", "percentage", "full")


class Allowed(Model):
    """So many of a wave's mailboxes: their *share*, but never fewer than *least*."""

    share: Share
    least: Annotated[int, Field(ge=0)]


class WaveRing(Model):
    """The waves in which the estate is moved up to the share *until*.

    *failures* are mailboxes that have failed or wait for a person; *contacts* are calls of a wave's people at the
    service desk.
    """

    name: Literal["canary", "pilot", "percentage", "full"]
    until: Annotated[float, Field(gt=0, le=1)]
    failures: Allowed
    contacts: Allowed


class Rings(Model):
    """The four rings, each up to a greater share of the estate than the one before it, and the last to all of it."""

    rings: Annotated[tuple[WaveRing, ...], Field(min_length=len(RINGS), max_length=len(RINGS))]

    @model_validator(mode="after")
    def _they_widen(self) -> Self:
        if tuple(ring.name for ring in self.rings) != RINGS:
            raise ValueError(f"must be {', '.join(RINGS)}, in this order")
        ends = [ring.until for ring in self.rings]
        if ends != sorted(set(ends)) or ends[-1] != 1:
            raise ValueError("must each end at a greater share than the one before, and the last at 1")
        return self


def load_rings(path: Path) -> Rings:
    """Read the rings at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Rings, read_yaml(path), path)
