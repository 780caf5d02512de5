"""Files and folders, and their transfer by scripts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from rehearsal.site.machine_setup import EXCHANGE_FOLDER
from tests.rehearsal.windows.conftest import Server

FOLDER = "C:\\ProgramData\\mailwave"


def file(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("ansible.windows.win_file", **{"path": FOLDER, **arguments})


def stat(server: Server, path: str, **arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = server.run("ansible.windows.win_stat", path=path, **arguments)["stat"]
    return found


def test_a_folder_is_made_once_and_removed_with_what_is_in_it(server: Server) -> None:
    """It should make a folder, find it, and remove it with its files; check mode only says so."""
    assert file(server, check=True, state="directory")["changed"] is True
    assert stat(server, FOLDER) == {"exists": False}
    assert file(server, state="directory")["changed"] is True
    assert file(server, path="c:/programdata/MAILWAVE/", state="directory")["changed"] is False
    server.put(f"{FOLDER}\\a\\b.txt", b"b")
    assert file(server, path=f"{FOLDER}\\a")["changed"] is False
    assert file(server, state="absent")["changed"] is True
    assert server.machine.files.get(f"{FOLDER}\\a\\b.txt") is None
    assert file(server, state="absent")["changed"] is False


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"path": "C:\\x.txt", "state": "file"}, "path C:\\x.txt will not be created"),
        ({"path": "C:\\x.txt"}, "path C:\\x.txt will not be created"),
        ({"path": "C:\\there.txt", "state": "directory"}, "path C:\\there.txt is not a directory"),
        ({"path": EXCHANGE_FOLDER, "state": "file"}, f"path {EXCHANGE_FOLDER} is not a file"),
        (
            {"state": "touch", "access_time": "now"},
            "Not modelled: the option access_time of ansible.windows.win_file.",
        ),
    ],
)
def test_refusals(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should refuse what is of the other kind, and not make a file out of nothing."""
    server.put("C:\\there.txt", b"")
    assert file(server, **arguments)["msg"] == text


def test_touch(server: Server) -> None:
    """It should make an empty file, and keep what is in one that is there."""
    file(server, path="C:\\t", state="touch")
    assert server.machine.files["C:\\t"].content == b""
    server.put("C:\\t", b"x")
    assert file(server, path="C:\\t", state="touch")["changed"] is True
    assert server.machine.files["C:\\t"].content == b"x"


def test_stat(server: Server) -> None:
    """It should tell size and digest of a file, the size of a folder, and nothing of what is not there."""
    server.put(f"{FOLDER}\\a.txt", b"abc")
    found = stat(server, f"{FOLDER}\\a.txt", checksum_algorithm="md5")
    assert (found["isreg"], found["size"], found["checksum"]) == (True, 3, "900150983cd24fb0d6963f7d28e17f72")
    assert "checksum" not in stat(server, f"{FOLDER}\\a.txt", get_checksum=False)
    folder = stat(server, FOLDER)
    assert (folder["isdir"], folder["size"]) == (True, 3)
    assert stat(server, "C:\\")["isdir"] is True
    assert stat(server, "E:\\") == {"exists": False}


def test_slurp(server: Server) -> None:
    """It should return a file as base64, and say what it cannot read."""
    server.put("C:\\a.txt", b"abc")
    result = server.run("ansible.windows.slurp", src="C:\\a.txt")
    assert base64.b64decode(result["content"]) == b"abc"
    assert server.run("ansible.windows.slurp", src="C:\\")["msg"] == "Path C:\\ is a directory"
    assert server.run("ansible.windows.slurp", src="C:\\b")["msg"] == "Path C:\\b is not found"


def test_the_build_by_its_program(server: Server) -> None:
    """It should show Exchange's build by the version of ExSetup.exe (fact D16), and of no other program."""
    program = f"{EXCHANGE_FOLDER}\\Bin\\ExSetup.exe"
    found = server.run("community.windows.win_file_version", path=program)["win_file_version"]
    assert found["file_version_raw"] == server.machine.exchange == "15.2.1748.10"
    assert found["product_version"] == "15.02.1748.010"
    server.put("C:\\a.exe", b"")
    version = server.run("community.windows.win_file_version", path="C:\\a.exe")
    assert version["msg"] == "Not modelled: the version of C:\\a.exe."
    missing = server.run("community.windows.win_file_version", path="C:\\b.exe")
    assert missing["msg"] == "Specified path C:\\b.exe does not exist or is not a file."


def copy(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("ansible.windows.win_copy", **arguments)


def test_a_copy_on_the_server(server: Server) -> None:
    """It should copy what differs, keep a backup where asked, and do nothing the second time."""
    server.put("C:\\a.txt", b"new")
    server.put("C:\\b\\a.txt", b"old")
    arguments: dict[str, Any] = {
        "src": "C:\\a.txt",
        "dest": "C:\\b\\",
        "remote_src": True,
        "_copy_mode": "remote",
    }
    assert copy(server, **arguments, force=False)["changed"] is False
    result = copy(server, **arguments, backup=True)
    assert (result["changed"], result["dest"], result["size"]) == (True, "C:\\b\\a.txt", 3)
    assert server.machine.files["C:\\b\\a.txt"].content == b"new"
    assert server.machine.files[result["backup_file"]].content == b"old"
    assert copy(server, **arguments)["changed"] is False


def test_a_question_of_the_plugin(server: Server) -> None:
    """It should name the files whose digest differs, and refuse where a folder is in the way."""
    server.put("C:\\b\\a.txt", b"abc")
    same = {"src": "/a.txt", "dest": "a.txt", "checksum": "a9993e364706816aba3e25717850c26c9cd0d89d"}
    other = {"src": "/c.txt", "dest": "c.txt", "checksum": "0"}
    result = copy(server, dest="C:\\b", _copy_mode="query", files=[same, other], directories=[])
    assert result["files"] == [other]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"src": "C:\\no", "dest": "C:\\x"}, "Cannot copy src file: 'C:\\no' as it does not exist"),
        ({"src": "C:\\a.txt", "dest": "C:\\no\\x"}, "Destination directory 'C:\\no' does not exist"),
        (
            {"src": "C:\\a.txt", "dest": "C:\\a.txt\\x"},
            "object at destination parent dir 'C:\\a.txt' is currently a",
        ),
        ({"src": "C:\\Windows", "dest": "C:\\x"}, "Not modelled: copies of folders."),
        (
            {"src": "C:\\a.txt", "dest": "C:\\x", "_copy_mode": "explode"},
            "Not modelled: copies of several files",
        ),
    ],
)
def test_refused_copies(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should copy neither out of nothing nor into nothing."""
    server.put("C:\\a.txt", b"abc")
    assert copy(server, **arguments)["msg"].startswith(text)


def test_transfers(server: Server) -> None:
    """It should take a file in, give it back in parts, and say what is not there."""
    folder = server.script("powershell_mkdtemp.ps1", Directory="%TEMP%", Name="made")[0]
    assert folder == "C:\\Users\\migration\\AppData\\Local\\Temp\\made"
    written = server.script("psrp_put_file.ps1", b"abcdef", Path=f"{folder}\\f")
    assert json.loads(written[0]) == {"sha1": "1f8ac10f23c5b5bc1167bda84b833e5c057a77d2"}
    read = server.script("psrp_fetch_file.ps1", Path=f"{folder}\\f", BufferSize=4)
    assert read == ("[FILE]", base64.b64encode(b"abcd").decode(), base64.b64encode(b"ef").decode())
    assert server.script("psrp_fetch_file.ps1", Path=folder, BufferSize=4) == ("[DIR]",)
    assert server.script("remove", path=folder) == ()
    assert server.script("remove", path=folder) == (
        f"Cannot find path '{folder}' because it does not exist.",
    )
    assert server.script("psrp_fetch_file.ps1", Path=folder, BufferSize=4) == (f"{folder} does not exist",)
    assert server.script("psrp_put_file.ps1", b"", Path="C:\\no\\f") == (
        "Could not find a part of the path 'C:\\no\\f'.",
    )
    assert server.script("powershell_expand_user.ps1", Path="~\\x") == ("C:\\Users\\migration\\x",)


def test_each_restart_has_a_time_of_its_own(server: Server) -> None:
    """It should start anew at a later time even where the simulated clock stands still."""
    times = []
    for _ in range(3):
        times.append(int(server.script("boot_time")[0]))
        server.script("restart", delay="2")
    assert times == sorted(set(times))


def test_find(server: Server) -> None:
    """It should find files right inside a folder by their names, in any case, and warn of a folder that is none."""
    folder = "C:\\ProgramData\\Logs"
    for name in ("RCA_20260901-1.LOG", "rca_20260901-2.log", "Other.txt", "Below\\RCA_20260901-1.LOG"):
        server.put(f"{folder}\\{name}", b"abc")

    found = server.run(
        "ansible.windows.win_find", paths=[folder, "C:\\Nowhere"], patterns=["RCA_*.LOG"], get_checksum=False
    )

    assert [each["filename"] for each in found["files"]] == ["RCA_20260901-1.LOG", "rca_20260901-2.log"]
    assert (found["matched"], found["examined"], found["changed"]) == (2, 4, False)
    assert found["files"][0]["size"] == 3
    assert "checksum" not in found["files"][0]
    assert found["warnings"] == ["Argument path 'C:\\Nowhere' does not exist or is not accessible, skipping"]
