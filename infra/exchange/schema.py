"""The Pulumi schema of the Exchange provider, from the table: `pulumi package get-schema` shows it."""

from __future__ import annotations

import json
from typing import Any

from infra.exchange.kinds import ObjectType, Property
from infra.exchange.rules import Text
from infra.exchange.table import TYPES

BOUNDS = "exchange:index:Bounds"

_TYPES: dict[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "Sequence[str]": {"type": "array", "items": {"type": "string"}},
    "Bounds": {"$ref": f"#/types/{BOUNDS}"},
}


def render(version: str) -> str:
    """Return the schema as JSON."""
    return json.dumps(schema(version))


def schema(version: str) -> dict[str, Any]:
    """Return the schema of the package at *version*."""
    tenant = {"tenantId": {"type": "string", "description": "GUID of the tenant that the stack is for"}}
    bound = {"type": "integer"}
    return {
        "name": "exchange",
        "version": version,
        "description": "Exchange Online, over its admin endpoint. A property that is left out is not owned.",
        "provider": {"inputProperties": tenant, "requiredInputs": ["tenantId"], "properties": tenant},
        "types": {
            BOUNDS: {
                "type": "object",
                "description": "What a live value may move between without being drift",
                "properties": {"minimum": bound, "maximum": bound},
                "required": ["minimum", "maximum"],
            }
        },
        "resources": {token: _resource(kind) for token, kind in TYPES.items()},
    }


def _resource(kind: ObjectType) -> dict[str, Any]:
    key = {kind.key: {"type": "string", "description": "Which object is meant"}} if kind.key else {}
    inputs = key | {one.name: _property(kind, one) for one in kind.properties}
    required = [*key, *(one.name for one in kind.properties if one.required)]
    guid = {"type": "string", "description": "Exchange's own id of the object"}
    return {
        "description": described(kind),
        "inputProperties": inputs,
        "requiredInputs": required,
        "properties": inputs | {"guid": guid},
        "required": required,
    }


def _property(kind: ObjectType, one: Property) -> dict[str, Any]:
    says = f"{one.says}. " + (f"One of {', '.join(choices(one))}." if choices(one) else "")
    replaces = {"willReplaceOnChanges": True} if one.name in kind.replacing({}, {}) else {}
    return _TYPES[one.rule.python] | {"description": says.strip()} | replaces


def choices(one: Property) -> tuple[str, ...]:
    """Return what a property may be, where there is a list of it."""
    return tuple(one.rule.choices) if isinstance(one.rule, Text) else ()


def described(kind: ObjectType) -> str:
    """Return what a resource of the kind does to the tenant."""
    standing = ", ".join(sorted(kind.standing))
    lives = {
        "adopted": "It is adopted, and stays when it leaves the stack.",
        "owned": "It is made and removed by the stack; one of that name is adopted.",
        "kept": "It is made by the stack or adopted, and never removed.",
    }[kind.life.value]
    kept = f" Every tenant has {standing}: adopted, and never removed." if standing else ""
    return f"{kind.says} {lives}{kept}"
