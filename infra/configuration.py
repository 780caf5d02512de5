"""From the engine's flat configuration to typed settings, with one clear sentence for the first thing wrong."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, get_args

from pulumi.runtime.config import CONFIG, is_config_secret
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from infra.errors import BadSetting, shown
from infra.stack import ENGINE_NAMESPACE, PROJECT, StackName


def configured[Settings: BaseModel](stack: StackName, model: type[Settings]) -> Settings:
    """The settings of the stack that the engine is running.

    Raises:
        BadSetting: a key is missing, unknown or malformed.
    """
    # The public pulumi.Config answers for one known key; only this table can tell that a key is unknown.
    entries: Mapping[str, str] = CONFIG.get()
    return parse(stack, model, entries, {key for key in entries if is_config_secret(key)})


def parse[Settings: BaseModel](
    stack: StackName, model: type[Settings], entries: Mapping[str, str], secret: Collection[str] = ()
) -> Settings:
    """Make *entries*, full keys and their texts, a *model*; the values of *secret* keys are never shown.

    Raises:
        BadSetting: a key is missing, unknown or malformed.
    """
    values: dict[str, Any] = {}
    for key, text in sorted(entries.items()):
        namespace, _, name = key.partition(":")
        if namespace == PROJECT:
            values[name] = _decoded(text)
        elif namespace != ENGINE_NAMESPACE:
            raise BadSetting(
                stack=str(stack), key=key, problem="is not a key of this stack", allowed=_keys(model)
            )
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _refusal(stack, model, error, secret) from None


def _decoded(text: str) -> Any:
    """The engine hands a structured value over as JSON, and any other as it stands in the file."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refusal(
    stack: StackName, model: type[BaseModel], error: ValidationError, secret: Collection[str]
) -> BadSetting:
    # A key that is wrongly spelt is also a key that is missing: the spelling is what to correct.
    problems = sorted(
        error.errors(include_url=False), key=lambda problem: problem["type"] != "extra_forbidden"
    )
    first = problems[0]
    key = f"{PROJECT}:{_path(first['loc'])}"
    hidden = f"{PROJECT}:{first['loc'][0]}" in secret
    return BadSetting(
        stack=str(stack),
        key=key,
        problem=_problem(first, hidden=hidden),
        allowed=_allowed(model, first),
        more=len(problems) - 1,
    )


def _problem(problem: ErrorDetails, *, hidden: bool) -> str:
    if problem["type"] == "missing":
        return "is missing"
    value = "a secret" if hidden else shown(problem["input"])
    if problem["type"] == "extra_forbidden":
        return f"(value {value}) is not a key here"
    if problem["type"] == "value_error":
        return f"is {value}, which {problem['msg'].removeprefix('Value error, ')}"
    return f"is {value}, which is not allowed"


def _allowed(model: type[BaseModel], problem: ErrorDetails) -> str:
    """The description of the wrong field, or the known keys where the key itself is wrong."""
    holder: type[BaseModel] = model
    description = ""
    for part in problem["loc"]:
        field = holder.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            description = field.description or ""
            holder = _inner_model(field.annotation) or holder
    if problem["type"] != "extra_forbidden":
        return description
    return _keys(model) if holder is model else ", ".join(holder.model_fields)


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model inside an annotation such as ``tuple[Annotated[Endpoint, ...], ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_inner_model(argument) for argument in get_args(annotation))
    return next((model for model in inner if model is not None), None)


def _keys(model: type[BaseModel]) -> str:
    return ", ".join(f"{PROJECT}:{name}" for name in model.model_fields)


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")
