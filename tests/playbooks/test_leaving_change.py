"""A site is taken down by reviewed changes, through the unmodified ansible-core, against two sites and a tenant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import Site, Step, take

from change_control.errors import NotAdmitted
from exchange_admin.cmdlets import Side, complete
from mailwave.adapters.ansible import Ansible
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.play_files import load_plays, source
from mailwave.adapters.plays import Plays
from mailwave.adapters.stragglers import end_stragglers
from mailwave.core.outcomes import PlayFailed
from mailwave.runbooks.site_changes.carried import carrying
from mailwave.runbooks.site_plays import ApplyPlay, Sites
from rehearsal.wire import CmdletCall
from tests.mailwave.adapters.canned import Canned
from tests.mailwave.runbooks.change_board import REASON, Board, open_board
from tests.mailwave.runbooks.test_site_plays import Door
from tests.playbooks.leaving import GROUP, SERVERS, Scene, serving
from tests.playbooks.loopback import PLAYBOOKS
from tests.plugins.simulated import SimulatedAdmin

LAG = timedelta(minutes=20)
"""After which every domain controller of every site knows what was written."""
SETUP = "ansible.windows.win_powershell"
STEPS = (
    ("61_release_mail_flow", "63_release_clients"),
    ("65_remove_databases",),
    ("67_leave_groups",),
    ("69_uninstall_servers",),
)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Two sites, of which bristol may go."""
    with serving(tmp_path) as served:
        yield served


def ansible(scene: Scene) -> Ansible:
    """The real one."""
    return Ansible(PLAYBOOKS, scene.inventory, scene.endpoints, dry_run=False, seconds=300)


@dataclass
class PlayBoard(Board):
    """A board whose plays are the real ones; a review looks at those *named*."""

    scene: Scene | None = None
    named: tuple[str, ...] = field(default=())

    def plays(self, ledger: Ledger, canned: Canned) -> ApplyPlay:
        """The runbook of plays, by Ansible."""
        assert self.scene is not None
        table = carrying(load_plays(PLAYBOOKS), self.named)
        servers = {site.name: tuple(each.name for each in site.servers) for site in self.scene.sources}
        artifacts = ArtifactFolder(self.folder / "artifacts")
        return ApplyPlay(
            Plays(ansible(self.scene)),
            Sites(servers, Door()),
            table,
            source(PLAYBOOKS),
            artifacts,
            ledger,
            REASON,
        )


@pytest.fixture
def board(tmp_path: Path, scene: Scene) -> Iterator[PlayBoard]:
    """The board of an environment with these sites."""
    folder = tmp_path / "board"
    folder.mkdir()
    with open_board(folder) as usual:
        yield PlayBoard(folder, usual.ledger, usual.cloud, usual.canned, scene=scene)


@pytest.mark.timeout(1800)
def test_a_site_goes_by_changes_that_a_board_approved(board: PlayBoard, scene: Scene) -> None:
    """It should show each step before it is approved, make only what was, and leave nothing of the site."""
    for names in STEPS:
        board.named = names
        before, sent = scene.standing(), len(scene.writes)
        change = board.review(layers=())
        assert (before, sent) == (scene.standing(), len(scene.writes))
        page = (change.folder / "report.md").read_text(encoding="utf-8")
        assert all(name.partition("_")[2].split("_")[0] in page for name in names)
        with pytest.raises(NotAdmitted):
            board.apply(change)
        assert sent == len(scene.writes)
        board.approve(change)
        board.apply(change)
        scene.pass_time(LAG)
    assert {
        "sources": set(),
        "receives": 0,
        "finds": set(),
        "databases": set(),
        "groups": set(),
        "servers": set(),
    } == scene.standing()
    assert ["EX12", "EX11"] == [at for at, call in scene.calls if _uninstalls(call)]
    assert ["EX01"] == [row["Name"] for row in scene.run("Get-ExchangeServer", site="leeds")]
    sent = len(scene.writes)
    again = ansible(scene).run_play("69_uninstall_servers")
    assert ((), sent) == (again.failures, len(scene.writes))


def _uninstalls(call: CmdletCall) -> bool:
    return call.cmdlet == SETUP and not call.parameters.get("check")


@pytest.mark.timeout(900)
def test_a_gate_that_shuts_after_the_approval_stops_the_change(board: PlayBoard, scene: Scene) -> None:
    """It should neither review nor make a step while somebody sends by the site, and touch nothing; then make it."""
    board.named = ("61_release_mail_flow",)
    change = board.review(layers=())
    board.approve(change)
    scene.sends("EX12")
    for act in (lambda: board.apply(change), lambda: board.review(layers=())):
        with pytest.raises(PlayFailed, match=r"site-relays-mail.*10\.1\.2\.3 by ex12"):
            act()
    assert [] == scene.writes
    scene.write_logs()
    board.apply(change)
    scene.pass_time(LAG)
    standing = scene.standing()
    assert (0, set(SERVERS), {GROUP}) == (standing["receives"], standing["servers"], standing["groups"])


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("play", "dies_after"), [("61_release_mail_flow", 5), ("69_uninstall_servers", 0)])
def test_a_killed_run_goes_on(scene: Scene, tmp_path: Path, play: str, dies_after: int) -> None:
    """It should end, after a kill between two deeds and a second run, as a run that nobody killed."""
    if not dies_after:
        through(scene)
    killed = _killed(scene, tmp_path, play, dies_after)
    assert killed.wait(timeout=300) == -signal.SIGKILL
    scene.after = lambda _: None
    scene.pass_time(LAG)
    left = scene.standing()
    assert (
        (7, {*SERVERS}) == (left["receives"], left["servers"]) if dies_after else {"EX11"} == left["servers"]
    )
    sent = len(scene.writes)
    result = ansible(scene).run_play(play)
    assert result.failures == (), result.why
    scene.pass_time(LAG)
    standing = scene.standing()
    assert not (standing["servers"] if play.startswith("69") else standing["receives"])
    repeated = [
        (at, str(call.parameters)) for at, call in scene.calls if call.cmdlet == "Set-ReceiveConnector"
    ]
    assert len(repeated) == len(set(repeated))
    assert [name for name in SERVERS if _uninstalled(scene, name) > 1] == []
    assert sent < len(scene.writes)


def through(scene: Scene) -> None:
    """Take every step before the servers', by hand as it were."""
    admin = SimulatedAdmin(
        scene.world.sites["bristol"].invoke, prepare=partial(complete, side=Side.ON_PREMISES)
    )
    for step in Step:
        take(admin, step, Site(SERVERS, (GROUP,)), lambda: None, check=False)
    scene.pass_time(LAG)


def _uninstalled(scene: Scene, server: str) -> int:
    return sum(_uninstalls(call) for at, call in scene.calls if at == server)


def _killed(scene: Scene, folder: Path, play: str, dies_after: int) -> subprocess.Popen[bytes]:
    """Ansible on *play*, killed after so many writes, or without any number once a server is uninstalled.

    Its workers lead sessions of their own and would go on with the task they have.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "MAILWAVE_ENDPOINTS": str(scene.endpoints),
    }
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    running = subprocess.Popen(
        [program, "-i", str(scene.inventory), str(PLAYBOOKS / f"{play}.yml")],
        env=environment,
        cwd=PLAYBOOKS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def kill(call: CmdletCall) -> None:
        if len(scene.writes) >= dies_after if dies_after else _uninstalls(call):
            os.killpg(running.pid, signal.SIGKILL)
            end_stragglers(f"ANSIBLE_HOME={folder / 'ansible'}")

    scene.after = kill
    return running
