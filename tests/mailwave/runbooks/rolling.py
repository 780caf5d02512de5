"""A rolling play that takes each server through maintenance, and the command that runs it: to be killed in the middle.

The servers are files: one called after a server says that it is in maintenance, and `done` has a line for each time
that a server was worked on. At one server the play waits until the file `go` is there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import yaml

from mailwave.adapters.ansible import Ansible
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.play_files import load_plays, source
from mailwave.adapters.plays import Plays
from mailwave.core.plays import Beat
from mailwave.core.reason import Reason
from mailwave.runbooks.site_plays import Applied, ApplyPlay, Sites
from tests.mailwave.adapters.small_plays import CONFIGURATION, ESTATE, write_endpoints
from tests.mailwave.runbooks.test_site_plays import SERVERS, Door

PLAY, TWIN = "12_roll", "13_look"
HELD = "EX02"
"""Where it waits."""
REASON = Reason(who="a.person", source="test", ticket="CHG1", text="test")
SECONDS = 200


def write(folder: Path) -> Path:
    """The folder of playbooks, made in *folder*."""
    plays, state = folder / "plays", folder / "state"
    plays.mkdir()
    state.mkdir()
    (plays / "ansible.cfg").write_text(CONFIGURATION, encoding="utf-8")
    here = f"{state}/{{{{ inventory_hostname }}}}"
    roll = [
        _do("Enter maintenance", f"touch {here}"),
        _do(
            "Work",
            f"while [ {{{{ inventory_hostname }}}} = {HELD} ] && [ ! -e {state}/go ]; do sleep 0.1; done",
        ),
        _do("Note it", f"echo {{{{ inventory_hostname }}}} >> {state}/done"),
        _do("Leave maintenance", f"rm {here}"),
    ]
    look = [_do("In service", f"test ! -e {here}")]
    for name, tasks, more in ((PLAY, roll, {"serial": 1}), (TWIN, look, {})):
        play = {"name": name, "hosts": "exchange_servers", "gather_facts": False, **more, "tasks": tasks}
        (plays / f"{name}.yml").write_text(json.dumps([play]), encoding="utf-8")
    (plays / "plays.yaml").write_text(f"- play: {PLAY}\n  verify: {TWIN}\n", encoding="utf-8")
    write_endpoints(plays)
    estate = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    estate["sites"] = estate["sites"][:1]
    (folder / ESTATE.name).write_text(yaml.safe_dump(estate), encoding="utf-8")
    return plays


def _do(name: str, command: str) -> dict[str, object]:
    """A task that runs *command* on the controller, without the price of a module."""
    done = f"lookup('ansible.builtin.pipe', \"{command}\") == ''".replace(
        "{{ inventory_hostname }}", '" ~ inventory_hostname ~ "'
    )
    return {"name": name, "ansible.builtin.assert": {"that": done, "quiet": True}}


@contextmanager
def runbook(folder: Path, on_beat: Callable[[Beat], None] | None = None) -> Iterator[ApplyPlay]:
    """The runbook over the plays in *folder*, with a ledger there."""
    plays = folder / "plays"
    ansible = Ansible(
        plays,
        folder / ESTATE.name,
        plays / "endpoints.json",
        dry_run=False,
        seconds=SECONDS,
        locks=folder / "locks",
    )
    with Ledger.open(f"sqlite:///{folder}/ledger.db", lambda: datetime(2026, 9, 1, tzinfo=UTC)) as ledger:
        yield ApplyPlay(
            Plays(ansible, on_beat=on_beat),
            Sites({"leeds": SERVERS[:3]}, Door()),
            load_plays(plays),
            source(plays),
            ArtifactFolder(folder / "artifacts"),
            ledger,
            REASON,
        )


def run(folder: Path, on_beat: Callable[[Beat], None] | None = None) -> Applied:
    """What the command does."""
    with runbook(folder, on_beat) as made:
        return made.run(made.prepare(PLAY, {}, ()))


if __name__ == "__main__":
    run(Path(sys.argv[1]))
