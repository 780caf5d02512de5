"""`win_powershell`: scripts of plays that are listed, and no others."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.estate import START
from rehearsal.site.machine import Machine
from rehearsal.windows.catalogue import CATALOGUE
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.modules.powershell import powershell
from rehearsal.windows.task import Task
from tests.playbooks.servers import Premises
from tests.rehearsal.windows.test_catalogue import digest

FOLDER = (
    Path(__file__).resolve().parents[3] / "playbooks/collections/ansible_collections/mailwave/exchange/roles"
)
FILE = FOLDER / "maintenance/files/cluster_node.ps1"


def task(machine: Machine, *, check: bool = False, script: str = "", **parameters: str) -> Task:
    """One run of the script on *machine*."""
    text = script or FILE.read_text(encoding="utf-8")
    return Task(machine, {"script": text, "parameters": parameters}, START, check=check)


@pytest.fixture
def member() -> Machine:
    return Premises().machines["EX01"]


def test_the_script_is_the_play_s() -> None:
    """It should list each script of a role by the digest of its text."""
    assert {file.name: digest(file) for file in FOLDER.glob("*/files/*.ps1")} == CATALOGUE.listed.powershell


def test_pause_and_resume(member: Machine) -> None:
    """It should pause a node once and resume it once, and in check mode say what it would do."""
    predicted = powershell(task(member, check=True, Name="ex01", State="Paused"))
    assert (True, "Up") == (predicted.result["changed"], predicted.result["result"])

    paused = powershell(task(member, Name="ex01", State="Paused"))
    assert (True, "Paused") == (paused.result["changed"], paused.result["result"])
    assert paused.machine is not None
    assert "Paused" == paused.machine.cluster_node
    assert not powershell(task(paused.machine, Name="EX01", State="Paused")).result["changed"]
    assert "Up" == powershell(task(paused.machine, Name="EX01", State="Up")).result["result"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"script": "Remove-Item C:\\"}, "Not modelled: a script of SHA-256"),
        ({"State": "Down"}, "Cannot bind the parameters"),
        ({"Cluster": "x"}, "Cannot bind the parameters"),
        ({"Name": "EX02"}, "other nodes of the cluster"),
    ],
)
def test_refusals(member: Machine, change: dict[str, str], said: str) -> None:
    """It should refuse another script, other parameters, and another server's node."""
    with pytest.raises(ModuleFailed, match=said):
        powershell(task(member, **({"Name": "EX01", "State": "Paused"} | change)))


def test_no_cluster(member: Machine) -> None:
    """It should fail on a server that is in no availability group."""
    with pytest.raises(ModuleFailed, match="cluster service is not running"):
        powershell(task(replace(member, cluster_node=None), Name="EX01", State="Paused"))
    assert Premises().machines["EX03"].cluster_node is None


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*/files/*.ps1")), ids=lambda file: file.name)
def test_no_script_waits_for_ever(script: Path) -> None:
    """It should wait for other processes only up to a moment, which PowerShell's own waits do not know."""
    text = script.read_text(encoding="utf-8")
    assert [] == re.findall(r"Wait-Process(?!.*-Timeout)|Start-Process\b.*-Wait|WaitForExit\(\)", text)


def test_uninstalling(member: Machine) -> None:
    """It should uninstall once, say so in check mode, refuse what Setup refuses, and leave a bare server alone."""
    text = (FOLDER / "decommission/files/uninstall_exchange.ps1").read_text(encoding="utf-8")
    usual = replace(task(member, script=text), obstacles=list)
    predicted = powershell(replace(usual, check=True))
    assert (True, None, False) == (predicted.result["changed"], predicted.machine, predicted.uninstalls)
    with pytest.raises(ModuleFailed, match="It sends mail"):
        powershell(replace(usual, obstacles=lambda: ["It sends mail."]))
    done = powershell(usual)
    assert (True, "absent", True) == (done.result["changed"], done.result["result"], done.uninstalls)
    assert done.machine is not None
    again = powershell(replace(usual, machine=done.machine))
    assert (False, False) == (again.result["changed"], again.uninstalls)
    with pytest.raises(ModuleFailed, match="without an organisation"):
        powershell(replace(usual, obstacles=None))
