"""Writes the typed classes of the resources from the table: ``python -m infra.exchange.generate [folder]``."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.exchange.kinds import ObjectType, Property
from infra.exchange.schema import choices, described
from infra.exchange.table import FAMILIES

FOLDER = Path(__file__).parent / "resources"
WIDTH = 110

_HEADER = '''\
"""Generated from infra/exchange/objects/{family}.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

{imports}
'''


def modules() -> dict[str, str]:
    """Return the text of each generated module by its file name."""
    families = {f"{family}.py": _module(family, kinds) for family, kinds in FAMILIES.items()}
    return {"__init__.py": _package()} | families


def snake(name: str) -> str:
    """Return the Python name of a property: `useMxRecord` is `use_mx_record`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def _package() -> str:
    imports = [f"from infra.exchange.resources.{each} import (" for each in ("base", *FAMILIES)]
    names = [["Bounds", "Provider"], *([kind.type_name for kind in kinds] for kinds in FAMILIES.values())]
    lines = [
        '"""The resources of the Exchange provider, as the program declares them; a property left out is not owned."""',
        "",
    ]
    for opening, exported in sorted(zip(imports, names, strict=True)):
        lines += _listed(opening, sorted(exported, key=str.casefold), ")")
    every = sorted(name for exported in names for name in exported)
    return "\n".join([*lines, "", *_listed("__all__ = [", [f'"{name}"' for name in every], "]"), ""])


def _listed(opening: str, items: Sequence[str], closing: str) -> list[str]:
    """*items* on one line if they fit, as the formatter would have it."""
    bare = opening.removesuffix("(") if closing == ")" else opening
    one = f"{bare}{', '.join(items)}{closing if closing != ')' else ''}"
    return [one] if len(one) <= WIDTH else [opening, *(f"    {item}," for item in items), closing]


def _module(family: str, kinds: Sequence[ObjectType]) -> str:
    python = {one.rule.python for kind in kinds for one in kind.properties}
    required = any(kind.key or any(one.required for one in kind.properties) for kind in kinds)
    typing = "Required, TypedDict, Unpack" if required else "TypedDict, Unpack"
    imports = ["from collections.abc import Sequence"] if "Sequence[str]" in python else []
    imports += [f"from typing import {typing}", "", "from pulumi import Input, Output, ResourceOptions", ""]
    base = "Bounds, Resource" if "Bounds" in python else "Resource"
    imports.append(f"from infra.exchange.resources.base import {base}")
    header = _HEADER.format(family=family, imports="\n".join(imports))
    parts = ("\n".join(part) for kind in kinds for part in (_arguments(kind), _class(kind)))
    return "\n\n".join((header, *(f"{part}\n" for part in parts)))


def _arguments(kind: ObjectType) -> Iterator[str]:
    """What it can be told, each with its meaning."""
    yield f"class {kind.type_name}Args(TypedDict, total=False):"
    yield f'    """The properties of {kind.type_name}."""'
    yield ""
    if kind.key:
        yield f"    {snake(kind.key)}: Required[Input[str]]"
        yield from _docstring("Which object is meant.")
    for one in kind.properties:
        yield f"    {snake(one.name)}: {_input(one)}"
        yield from _docstring(_says(one))


def _class(kind: ObjectType) -> Iterator[str]:
    yield f"class {kind.type_name}(Resource):"
    yield from _docstring(described(kind))
    yield ""
    if kind.key:
        yield f"    {snake(kind.key)}: Output[str]"
    for one in kind.properties:
        python = "dict[str, int]" if one.rule.python == "Bounds" else one.rule.python
        yield f"    {snake(one.name)}: Output[{python}]"
    yield ""
    yield "    def __init__("
    yield "        self,"
    yield "        resource_name: str,"
    yield "        opts: ResourceOptions | None = None,"
    yield f"        **said: Unpack[{kind.type_name}Args],"
    yield "    ) -> None:"
    yield "        super().__init__(resource_name, opts, said)"


def _input(one: Property) -> str:
    python = one.rule.python
    annotation = "Input[Sequence[Input[str]]]" if python == "Sequence[str]" else f"Input[{python}]"
    return f"Required[{annotation}]" if one.required else annotation


def _says(one: Property) -> str:
    listed = choices(one)
    return f"{one.says}. One of {', '.join(listed)}." if listed else f"{one.says}."


def _docstring(text: str, indent: str = "    ") -> list[str]:
    if len(text) + len(indent) + 6 <= WIDTH:
        return [f'{indent}"""{text}"""']
    first, _, rest = text.partition(". ")
    lines = textwrap.wrap(rest, WIDTH - len(indent))
    return [f'{indent}"""{first}.', "", *(f"{indent}{line}" for line in lines), f'{indent}"""']


def write(folder: Path) -> None:
    """Write every module into *folder*."""
    for name, text in modules().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
