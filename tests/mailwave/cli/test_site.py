"""`mailwave site` against a simulated site: what it lists, finds, changes, and refuses before the first change."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwave.cli.stopped import STOPPED
from mailwave.exits import Exit
from mailwave.wiring import settings
from rehearsal.wire import CmdletCall
from tests.mailwave.cli.conftest import WHY, Run
from tests.playbooks.loopback import write_endpoints
from tests.playbooks.site import ServedSite, serving

LIMITS = Path(__file__).resolve().parents[3] / "environments" / "limits.rehearsal.yaml"
PLAY = "22_receive_connector"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedSite]:
    """A site that is served, with an estate file of it alone in the place of the project's."""
    with serving(tmp_path) as served:
        environments = tmp_path / "root" / "environments"
        environments.mkdir(parents=True)
        shutil.copy(served.inventory, environments)
        shutil.copy(LIMITS, environments)
        monkeypatch.setattr(settings, "ROOT", tmp_path / "root")
        monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(served.endpoints))
        yield served


def test_lists_every_play(run: Run) -> None:
    """It should list every play with its twin and its variables, for people and for programs."""
    code, said = run("site", "list")
    assert Exit.OK == code
    assert "54_complete_batch" in said  # whole, though the screen is narrow when there is none

    code, said = run("site", "list", "--json")
    plays = {play["name"]: play for play in json.loads(said)}
    assert plays[PLAY]["twin"] == "23_verify_receive_connector"
    assert plays["50_start_batch"]["variables"]["batch_digest"]["required"]
    assert "batch_opens" in plays["54_complete_batch"]["variables"]


def test_finds_applies_and_finds_nothing_more(run: Run, site: ServedSite) -> None:
    """It should predict, apply on the servers that are named, and verify them, in plain lines without a terminal."""
    code, said = run("site", "apply", PLAY, "--server", "ex01", "--check", *WHY)
    assert Exit.OK == code, said
    assert "would set" in said
    assert site.writes == []

    code, said = run("site", "apply", PLAY, "--server", "ex01", *WHY)
    assert Exit.OK == code, said
    assert site.writes == ["New-ReceiveConnector"]
    assert "EX01: " in said

    code, said = run("site", "verify", "22", "--server", "EX01", "--json")
    assert Exit.OK == code, said
    (result,), _ = json.JSONDecoder().raw_decode(said)
    assert (result["play"], result["outcome"]) == ("23_verify_receive_connector", "ok")


def test_reading_names_known_servers_too(run: Run, site: ServedSite) -> None:
    """It should refuse to read an unknown server beside a known one, before anything is asked."""
    code, said = run("site", "verify", "22", "--server", "EX01", "--server", "EX99")

    assert Exit.NO_SUCH_SERVER == code, said
    assert "server 'EX99' is not in the estate file" in said
    assert site.calls == []


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((PLAY, "--server", "EX77"), Exit.NO_SUCH_SERVER, "server 'EX77' is not in the estate file"),
        *(
            ((PLAY, "--server", name), Exit.NO_SUCH_SERVER, f"server {name!r} is not in the estate file")
            for name in ("EX01,EX02", "!EX01", "all", "@/etc/passwd", "EX01; reboot", "{{ 7 * 7 }}", "")
        ),
        (("22_recieve_connector",), Exit.CONFIGURATION, "did you mean 22_receive_connector"),
        (("50_start_batch",), Exit.CONFIGURATION, "needs batch_manifest (the path of a batch's manifest)"),
        ((PLAY, "--set", "colour=red"), Exit.CONFIGURATION, "takes no variable 'colour'"),
        ((PLAY, "--set", "colour"), Exit.CONFIGURATION, "is not name=value"),
    ],
)
def test_refuses_what_does_not_exist(
    run: Run, site: ServedSite, arguments: tuple[str, ...], code: Exit, says: str
) -> None:
    """It should end with 2 and one sentence, before anything reaches the site."""
    ended, said = run("site", "apply", *arguments, *WHY)

    assert code == ended
    assert says in said
    assert site.calls == []


def test_ctrl_c_goes_on(run: Run, site: ServedSite) -> None:
    """It should end with 8 and one sentence on Ctrl-C at the second server, which the next run goes on with."""

    def interrupt(call: CmdletCall) -> None:
        if call.cmdlet == "New-ReceiveConnector" and call.parameters["Server"] == "EX02":
            os.kill(os.getpid(), signal.SIGINT)

    usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # a test's own process may ignore it
    try:
        site.after = interrupt
        code, said = run("site", "apply", PLAY, *WHY)
    finally:
        signal.signal(signal.SIGINT, usual)
    assert Exit.CANCELLED == code, said
    assert STOPPED in said

    code, said = run("site", "apply", PLAY, *WHY)

    assert Exit.OK == code, said
    assert "left out, as an earlier run had finished them: EX01" in said
    assert site.writes == ["New-ReceiveConnector", "New-ReceiveConnector"]


def test_refuses_wrong_credentials(run: Run, site: ServedSite) -> None:
    """It should end with 3 where the site refuses the account, before the first change."""
    (site.endpoints.with_name("secret")).write_text("another", encoding="utf-8")

    code, said = run("site", "apply", PLAY, *WHY)

    assert Exit.AUTHENTICATION == code, said
    assert "check the credential's file" in said
    assert site.writes == []


def test_refuses_a_site_that_does_not_answer(
    run: Run, site: ServedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should end with 4 where nothing answers, before the first change."""
    sites = [{"name": "leeds", "powershell": "http://127.0.0.1:9/PowerShell/"}]
    write_endpoints(site.endpoints, "throw-away", sites=sites)
    monkeypatch.setattr("exchange_admin.onpremises.FIRST_WAIT", 0.01)

    code, said = run("site", "apply", PLAY, *WHY)

    assert Exit.RESOURCE == code, said
    assert "check the endpoint and the network" in said


def test_refuses_a_server_that_the_site_has_not(run: Run, site: ServedSite, tmp_path: Path) -> None:
    """It should end with 2 where the estate file names a server that is none of the site's, before the first change."""
    file = tmp_path / "root" / "environments" / "estate.rehearsal.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("name: EX02", "name: EX77"), encoding="utf-8")

    code, said = run("site", "apply", PLAY, *WHY)

    assert Exit.CONFIGURATION == code, said
    assert "site leeds has no Exchange server EX77" in said
    assert site.writes == []
