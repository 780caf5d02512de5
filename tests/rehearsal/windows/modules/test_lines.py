"""One line of a text file."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rehearsal.windows.conftest import Server

PATH = "C:\\a.ini"


def edit(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("community.windows.win_lineinfile", **{"path": PATH, **arguments})


@pytest.mark.parametrize(
    ("before", "arguments", "after"),
    [
        (b"a\r\nb\r\n", {"line": "c"}, b"a\r\nb\r\nc\r\n"),
        (b"a\r\nb", {"line": "c"}, b"a\r\nb\r\nc"),
        (b"a=1\r\nb=2\r\n", {"regexp": "^a=", "line": "a=3"}, b"a=3\r\nb=2\r\n"),
        (b"a=1\r\na=2\r\n", {"regexp": "^a=", "line": "a=3"}, b"a=1\r\na=3\r\n"),
        (b"a=1\r\n", {"regexp": "^(a)=(\\d)", "line": "$1=${2}0", "backrefs": True}, b"a=10\r\n"),
        (b"a\r\n", {"line": "c", "insertbefore": "BOF"}, b"c\r\na\r\n"),
        (b"a\r\nb\r\n", {"line": "c", "insertafter": "^a"}, b"a\r\nc\r\nb\r\n"),
        (b"a\r\nb\r\n", {"line": "c", "insertbefore": "^b"}, b"a\r\nc\r\nb\r\n"),
        (b"a\r\nb\r\n", {"line": "c", "insertafter": "^z"}, b"a\r\nb\r\nc\r\n"),
        (b"a\r\nb\r\n", {"line": "a", "state": "absent"}, b"b\r\n"),
        (b"a\r\nb\r\nc\r\n", {"regexp": "[ab]", "state": "absent"}, b"c\r\n"),
        (b"\xef\xbb\xbfa\n", {"line": "b", "newline": "unix"}, b"\xef\xbb\xbfa\nb\n"),
        (b"\xff\xfea\0", {"line": "b", "newline": "unix"}, b"\xff\xfea\0\n\0b\0"),
    ],
)
def test_edits(server: Server, before: bytes, arguments: dict[str, Any], after: bytes) -> None:
    """It should put the line where it belongs in the file's own encoding, predict it, and find it afterwards."""
    server.put(PATH, before)
    predicted = edit(server, check=True, **arguments)
    assert server.machine.files[PATH].content == before
    result = edit(server, **arguments)
    assert server.machine.files[PATH].content == after
    assert (predicted, result["changed"]) == (result, True)
    if "backrefs" not in arguments:
        assert edit(server, **arguments)["changed"] is False


def test_nothing_matches_a_back_reference(server: Server) -> None:
    """It should change nothing where a replacement refers to a match and there is none."""
    server.put(PATH, b"a\r\n")
    assert edit(server, regexp="^z", line="z", backrefs=True)["changed"] is False


def test_a_new_file_and_a_backup(server: Server) -> None:
    """It should make a file only where that is asked for, and keep the former content where that is."""
    assert edit(server, line="a")["msg"] == f"Path {PATH} does not exist !"
    assert edit(server, line="a", create=True)["changed"] is True
    kept = edit(server, line="b", backup=True)["backup_file"]
    assert server.machine.files[kept].content == b"a"
    assert server.machine.files[PATH].content == b"a\r\nb"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "line= is required with state=present"),
        ({"line": "a", "backrefs": True}, "regexp= is required with backrefs=true"),
        ({"state": "absent"}, "one of line= or regexp= is required with state=absent"),
        ({"path": "C:\\Windows", "line": "a"}, "Path C:\\Windows is a directory"),
        ({"line": "a", "regexp": "(?<n>"}, "Not modelled: the regular expression (?<n>."),
        (
            {"line": "a", "validate": "x %s"},
            "Not modelled: the option validate of community.windows.win_lineinfile.",
        ),
    ],
)
def test_refusals(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should say what is missing."""
    server.put(PATH, b"")
    assert edit(server, **arguments)["msg"] == text
