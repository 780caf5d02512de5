"""The model of environments/causes.yaml: why moves fail, and what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from estate_schema.errors import validated
from estate_schema.reading import read_yaml
from estate_schema.values import Model, Name

Text = Annotated[str, Field(min_length=1)]
Sign = Annotated[tuple[str, ...], Field(min_length=1)]


class CauseOfFailure(Model):
    """One cause; its place in the file is its rank: the first of which a sign is found names the failure.

    *signs*: each is a list of pieces of the service's text, all of which must be there, in whatever case. *error* is
    the number in the table of section B.10 of the facts, where it has one. *nature*: a transient cause is tried again
    *retries* times in one mailbox, and then needs a person; a permanent one fails the mailbox; needs-a-person keeps
    it where it stands until *owner* has done what *remedy* says. *way_shut*: it keeps Exchange Online out of a site.
    """

    name: Name
    error: Annotated[int, Field(ge=1, le=27)] | None = None
    signs: Annotated[tuple[Sign, ...], Field(min_length=1)]
    nature: Literal["transient", "permanent", "needs-a-person"]
    retries: Annotated[int, Field(ge=0, le=20)] = 0
    way_shut: bool = False
    remedy: Text
    owner: Text

    @model_validator(mode="after")
    def _only_the_transient_is_retried(self) -> Self:
        if (self.nature == "transient") is not (self.retries > 0):
            raise ValueError("a transient cause has retries, and no other has")
        return self


class CausesOfFailure(Model):
    """Every cause, the last of which has the sign "", so that each text has one."""

    causes: Annotated[tuple[CauseOfFailure, ...], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _each_text_has_one(self) -> Self:
        names = [cause.name for cause in self.causes]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"has more than one cause called {repeated[0]}")
        if [cause.name for cause in self.causes if ("",) in cause.signs] != names[-1:]:
            raise ValueError('must end with the only cause that has the sign [""]')
        return self


def load_causes(path: Path) -> CausesOfFailure:
    """Read the causes at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(CausesOfFailure, read_yaml(path), path)
