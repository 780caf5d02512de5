"""The rehearsal's own commands, refused."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rehearsal.__main__ import main


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """The exit code of a command and the lines that it ended with."""
    code = main(arguments)
    return code, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("port", ["0", "-5", "65501", "99999", "http", "²"])
def test_refuses_what_is_no_port(port: str, tmp_path: Path) -> None:
    """It should end 2 when the first port leaves no room for the others, or is none."""
    with pytest.raises(SystemExit) as caught:
        main(["up", "--home", str(tmp_path / "home"), "--first-port", port])

    assert caught.value.code == 2


def test_passes_the_servers_refusal_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should end as the server did, with its sentence and its advice, when a port is in use."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, lines = refusal(capsys, "up", "--home", str(tmp_path / "home"), "--first-port", str(port))

    assert code == 4
    assert "address already in use" in lines[0]
    assert lines[1].startswith("choose another with --first-port")


@pytest.mark.parametrize("command", ["run", "up"])
def test_refuses_a_folder_that_cannot_be_one(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should end 4, with what the system said and what to do, when the folder is a file."""
    file = tmp_path / "file"
    file.touch()

    code, lines = refusal(capsys, command, "--home", str(file))

    assert code == 4
    assert lines == [
        f"rehearsal: {file}/rehearsal.json cannot be used: not a directory",
        "name a folder that can be written with --home, or free the disk, and run it again",
    ]


@pytest.mark.parametrize("command", ["run", "up"])
def test_refuses_an_estate_without_the_sites_of_the_stacks(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should end 2 before anything is started when the stacks name a site that the estate lacks."""
    home = tmp_path / "home"

    code, lines = refusal(capsys, command, "--home", str(home), "--size", "small")

    assert code == 2
    assert lines == [
        "rehearsal: an estate of size small has no site bristol, which the stacks of environment rehearsal name",
        "leave --size out, or name a larger one",
    ]
    assert not home.exists()


@pytest.mark.parametrize("written", [None, "", "garbage", "-1", "999999999"])
def test_stops_nothing_where_nothing_is_up(
    written: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should end 4 when no process is named, or what is named holds no rehearsal."""
    home = tmp_path / "home"
    home.mkdir()
    if written is not None:
        (home / "server.pid").write_text(written, encoding="ascii")

    assert (4, ["rehearsal: no rehearsal is up", "start it with `make rehearsal-up`"]) == refusal(
        capsys, "down", "--home", str(home)
    )
