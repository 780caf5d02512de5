"""What a program would have to say for an object that somebody has changed, in azure-native's way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def drifted(inputs: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """*inputs* with every change from *before* to *after*, which are all that could be written of the object.

    A value that nobody has changed stays as the program said it, and what the program never said stays unsaid, unless
    it has changed: then it shows as drift. Source: azureNativeProvider.Read in provider/pkg/provider/provider.go.
    """
    result = dict(inputs)
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if now is None:
            result.pop(name, None)
        else:
            result[name] = _changed(inputs.get(name), was, now)
    return result


def _changed(said: Any, was: Any, now: Any) -> Any:
    match said, was, now:
        case Mapping(), Mapping(), Mapping():
            return drifted(said, was, now)
        case list(), list(), list() if len(said) == len(was) == len(now):
            return [
                item if old == new else _changed(item, old, new)
                for item, old, new in zip(said, was, now, strict=True)
            ]
        case _:
            return now
