# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The documentation of the modules of single objects, made from the table objects.yaml.

`tools/exchange_modules.py` writes it; nobody edits the files by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import (
    ObjectType,
    Property,
    argument_spec,
    naming_spec,
)

_HEAD = '''# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Documentation only, written by tools/exchange_modules.py from objects.yaml: the action kept_object does the work."""

from __future__ import annotations

DOCUMENTATION = """
{document}"""

EXAMPLES = """
{examples}"""

RETURN = """
{returned}"""
'''

_NAMING = {
    "site": "The site of the endpoints file whose remote PowerShell answers.",
    "server": "The server that the object belongs to.",
    "group": "The role group.",
    "name": "The object's name, without its server.",
    "state": "Whether the object is there.",
}

_ATTRIBUTES = {
    "check_mode": {
        "description": "Predicts the change; the connection refuses every write.",
        "support": "full",
    },
    "diff_mode": {"description": "Shows the options that differ.", "support": "full"},
    "action": {
        "description": "Runs on the controller and needs no Python on the server.",
        "support": "full",
    },
}

_DESCRIPTION = [
    "Reads the object, compares it with the options that are given, sets what differs and reads it back.",
    (
        "Options that are left out are left alone. Values compare by meaning, so C(36MB) equals "
        "C(36 MB (37,748,736 bytes)), and case and order play no part in lists."
    ),
    "What the answering version of Exchange does not take is refused before anything is sent.",
    "A lost answer is never followed by a second attempt. Reading back decides whether the change took effect.",
]

_RETURNED: Mapping[str, Any] = {
    "objects": {
        "description": "The object by kind and identity, whether it exists and changed, which options differ, and its "
        "values by option before and after the change, or as they would be.",
        "returned": "success",
        "type": "list",
        "elements": "dict",
    },
    "identity": {
        "description": "The object's name as Exchange knows it, empty where nothing changes.",
        "returned": "success",
        "type": "str",
    },
    "differing": {
        "description": "The options that were, or would be, different afterwards; empty where nothing changes.",
        "returned": "success",
        "type": "list",
        "elements": "str",
    },
    "outcome": {
        "description": "On failure, C(refused) when nothing was done or what was done is visible, C(unreachable) when "
        "Exchange gave no usable answer and nothing was changed, C(unknown) when only reading back later can tell.",
        "returned": "failure",
        "type": "str",
    },
    "error": {"description": "On failure, the name of the error.", "returned": "failure", "type": "str"},
}


def module_text(kind: ObjectType) -> str:
    """The whole text of the module of *kind*."""
    example = {"name": f"Keep {_lower(kind.about)}", f"mailwave.exchange.{kind.name}": dict(kind.example)}
    return _HEAD.format(
        document=_yaml(_document(kind)), examples=_yaml([example]), returned=_yaml(dict(_RETURNED))
    )


def _document(kind: ObjectType) -> dict[str, Any]:
    options = {name: _naming(name, entry) for name, entry in naming_spec(kind).items()}
    spec = argument_spec(kind)
    options |= {item.option: _option(item, spec[item.option]) for item in kind.properties}
    return {
        "module": kind.name,
        "short_description": kind.about,
        "version_added": "0.1.0",
        "author": "The mailwave authors",
        "description": _DESCRIPTION,
        "attributes": _ATTRIBUTES,
        "options": options,
    }


def _naming(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": _NAMING[name], **entry}


def _option(item: Property, entry: Mapping[str, Any]) -> dict[str, Any]:
    about = f"{item.parameter}, {item.about}." if item.about else f"{item.parameter}."
    return {"description": about, **entry}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


class _Plain(yaml.SafeDumper):
    """Writes lists indented, and a value that stands in two places twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002
        super().increase_indent(flow, False)


def _yaml(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Plain, sort_keys=False, width=110, allow_unicode=True)
    return text
