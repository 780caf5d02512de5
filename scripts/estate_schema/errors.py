"""The one error that a configuration file can cause, and the loading that raises it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


class ConfigurationError(Exception):
    """A configuration file that cannot be used.

    *file* is where, *key* the dotted path of the first wrong key (empty when the whole file is at fault),
    *problem* what is wrong with it, *allowed* what would be right (empty when nothing useful can be said),
    *more* how many further problems the file has.
    """

    def __init__(self, *, file: Path | str, key: str, problem: str, allowed: str = "", more: int = 0) -> None:
        self.file = str(file)
        self.key = key
        self.problem = problem
        self.allowed = allowed
        self.more = more
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        more = f" (and {self.more} more)" if self.more else ""
        return f"{where}: {self.problem}{allowed}{more}"


def validated[Model: BaseModel](model: type[Model], data: object, file: Path | str) -> Model:
    """Make *data*, read from *file*, a *model*, or raise `ConfigurationError` about its first problem."""
    if not isinstance(data, Mapping):
        raise ConfigurationError(
            file=file, key="", problem=f"holds {_kind(data)} where a mapping belongs", allowed=_keys(model)
        )
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _from_pydantic(error, model, file) from error


def _from_pydantic(error: ValidationError, model: type[BaseModel], file: Path | str) -> ConfigurationError:
    # Inputs are left out: a value that was put under the wrong key could be a secret.
    problems = error.errors(include_url=False, include_input=False)
    first = problems[0]
    return ConfigurationError(
        file=file,
        key=_dotted(first["loc"]),
        problem=_PROBLEMS.get(first["type"], first["msg"].removeprefix("Value error, ")),
        allowed=_allowed(first, model),
        more=len(problems) - 1,
    )


_PROBLEMS = {"extra_forbidden": "is not a key of this file", "missing": "is missing"}


def _allowed(problem: ErrorDetails, model: type[BaseModel]) -> str:
    if problem["type"] == "extra_forbidden" and len(problem["loc"]) == 1:
        return _keys(model)
    return str(problem.get("ctx", {}).get("allowed", ""))


def _keys(model: type[BaseModel]) -> str:
    return ", ".join(field.alias or name for name, field in model.model_fields.items())


def _dotted(location: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in location)


def _kind(data: object) -> str:
    return "nothing" if data is None else f"a {type(data).__name__}"
