"""`win_lineinfile`: one line of a text file, present or absent."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16BE"),
)
_CODECS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-16BE": "utf-16-be"}


def lineinfile(task: Task) -> Outcome:
    """`community.windows.win_lineinfile`, with the encodings that a byte order mark tells apart."""
    path = task.values["path"]
    if paths.is_folder(task.machine, path):
        raise ModuleFailed(f"Path {path} is a directory")
    if task.values["state"] == "present":
        _check_present(task.values)
    elif not task.values["regex"] and not task.values["line"]:
        raise ModuleFailed("one of line= or regexp= is required with state=absent")
    if not paths.is_file(task.machine, path) and not (
        task.values["state"] == "present" and task.values["create"]
    ):
        raise ModuleFailed(f"Path {path} does not exist !")
    return _edited(task, path)


def _check_present(values: Mapping[str, Any]) -> None:
    if values["backrefs"] and not values["regex"]:
        raise ModuleFailed("regexp= is required with backrefs=true")
    if not values["line"]:
        raise ModuleFailed("line= is required with state=present")


def _edited(task: Task, path: str) -> Outcome:
    found = task.machine.files.get(paths.full(path))
    mark, encoding = _encoding(found.content if found else b"")
    text = (found.content if found else b"")[len(mark) :].decode(_CODECS[encoding])
    separator = "\r\n" if task.values["newline"] == "windows" else "\n"
    lines = re.split(r"\r\n|\r|\n", text)
    ends = lines[-1] == "" and len(lines) > 1
    before = lines[:-1] if lines[-1] == "" else lines
    present = task.values["state"] == "present"
    after, said = _present(before, task.values) if present else _absent(before, task.values)
    result: dict[str, Any] = {"changed": after != before, "backup": "", "encoding": encoding, "msg": said}
    if not present:
        result["found"] = len(before) - len(after)
    if after == before:
        return Outcome(result | {"diff": {"before": separator.join([*before, *([""] if ends else [])])}})
    machine = task.machine
    if task.values["backup"] and found:
        machine, result["backup_file"] = paths.backed_up(machine, path, task.now)
    tail = [""] if ends else []
    written = separator.join([*after, *tail])
    result["diff"] = {"before": separator.join([*before, *tail]), "after": written}
    content = mark + written.encode(_CODECS[encoding])
    return Outcome(result, machine.with_file(paths.full(path), content, task.now))


def _encoding(content: bytes) -> tuple[bytes, str]:
    """The byte order mark of *content* and .NET's name for what it means; UTF-8 without one."""
    return next((each for each in _MARKS if content.startswith(each[0])), (b"", "utf-8"))


def _absent(lines: list[str], values: Mapping[str, Any]) -> tuple[list[str], str]:
    if values["regex"]:
        pattern = _pattern(values["regex"])
        left = [line for line in lines if not pattern.search(line)]
    else:
        left = [line for line in lines if line != values["line"]]
    return left, f"{len(lines) - len(left)} line(s) removed"


def _present(lines: list[str], values: Mapping[str, Any]) -> tuple[list[str], str]:
    """The last line that matches is replaced; where none does, the line is put after or before the last place asked."""
    pattern = _pattern(values["regex"]) if values["regex"] else None
    matching = [
        n for n, line in enumerate(lines) if (pattern.search(line) if pattern else line == values["line"])
    ]
    if matching:
        place = matching[-1]
        line = (
            pattern.sub(_replacement(values["line"]), lines[place])
            if _references(values, pattern) and pattern
            else values["line"]
        )
        return ([*lines[:place], line, *lines[place + 1 :]], "line replaced" if line != lines[place] else "")
    if values["backrefs"]:
        return lines, ""
    place = _place(lines, values)
    return [*lines[:place], values["line"], *lines[place:]], "line added"


def _references(values: Mapping[str, Any], pattern: re.Pattern[str] | None) -> bool:
    return bool(values["backrefs"] and pattern)


def _place(lines: list[str], values: Mapping[str, Any]) -> int:
    before, after = values["insertbefore"], values["insertafter"]
    if before and after != "EOF":
        raise not_modelled("insertbefore and insertafter in one task")
    wanted = before or after
    if wanted in {None, "BOF", "EOF"}:
        return 0 if wanted == "BOF" else len(lines)
    pattern = _pattern(wanted)
    found = [n for n, line in enumerate(lines) if pattern.search(line)]
    return found[-1] + (0 if before else 1) if found else len(lines)


def _pattern(text: str) -> re.Pattern[str]:
    """A .NET pattern, where Python reads it in the same way."""
    try:
        return re.compile(text)
    except re.error:
        raise not_modelled(f"the regular expression {text}") from None


def _replacement(text: str) -> str:
    r"""A .NET replacement, `$1` or `${name}`, as Python writes it."""
    return re.sub(
        r"\$(\d+|\{\w+\})", lambda found: rf"\g<{found[1].strip('{}')}>", text.replace("\\", "\\\\")
    )


MODULES: Mapping[str, Modelled] = {"community.windows.win_lineinfile": lineinfile}
