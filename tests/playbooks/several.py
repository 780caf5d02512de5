"""Several plays, or roles, in one run of Ansible: each start of it costs more than what these tests look at.

Between two parts a read reaches the simulated systems that names `MARK`, by which they divide what has reached them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from mailwave.adapters.ansible import Ansible
from mailwave.core.plays import Answer, Finding, PlayResult
from rehearsal.wire import CmdletCall
from tests.playbooks.loopback import PLAYBOOKS

NAME = "90_together"
MARK = "between-two-parts"
"""The server that nobody has, for which the read between two parts asks."""
_SETTINGS = f"""[defaults]
collections_path = {PLAYBOOKS / "collections"}:{PLAYBOOKS.parent / ".cache" / "collections"}
gathering = explicit
forks = 10
[inventory]
enable_plugins = mailwave.exchange.estate
"""
_LOGON = "{{ lookup('ansible.builtin.file', exchange_password_file) }}"
_NEXT = "The next part of this test"

Play = Mapping[str, Any]


class Served(Protocol):
    """Simulated systems that are served: the files by which Ansible finds them."""

    @property
    def endpoints(self) -> Path: ...

    @property
    def inventory(self) -> Path: ...


def importing(served: Served, *plays: str, **variables: Any) -> Ansible:
    """An Ansible whose one play, `NAME`, is those *plays* one after another."""
    return _written(
        served,
        [{"ansible.builtin.import_playbook": str(PLAYBOOKS / f"{play}.yml")} for play in plays],
        variables,
    )


def roles(served: Served, *names: str, **variables: Any) -> Ansible:
    """An Ansible whose one play, `NAME`, is those roles one after another, server by server."""
    return _written(served, [{**doing(*names), "serial": 1, "max_fail_percentage": 0}], variables)


def doing(*names: str, hosts: str = "exchange_servers") -> Play:
    """A play of those roles, each with the name of its tasks after a slash where they are not its main ones."""
    return {
        "hosts": hosts,
        "gather_facts": False,
        "tasks": [
            {
                "ansible.builtin.include_role": {
                    "name": f"mailwave.exchange.{name.partition('/')[0]}",
                    "tasks_from": name.partition("/")[2] or "main",
                }
            }
            for name in names
        ],
    }


def judging(*names: str) -> list[Play]:
    """The verify plays *names*, of which none keeps the next from running by what it finds."""
    return [{**_last(name), "ignore_errors": True} for name in names]


def applying(*names: str) -> list[Play]:
    """The plays *names*, without what each shares with the others at its beginning."""
    return [_last(name) for name in names]


def _last(name: str) -> Play:
    plays: list[Play] = yaml.safe_load((PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8"))
    return plays[-1]


def in_parts(served: Served, *parts: Sequence[Play], **variables: Any) -> Ansible:
    """An Ansible whose one play, `NAME`, is those *parts* one after another; `answers_of` divides what it answers."""
    seen = {"mark": {"cmdlet": "Get-ExchangeServer", "parameters": {"Identity": MARK}}}
    mark = {"name": _NEXT, "mailwave.exchange.read": {"site": "{{ exchange_site }}", "reads": seen}}
    between = {"hosts": "exchange_organisation", "gather_facts": False, "tasks": [mark]}
    (served.endpoints.parent / "plays").mkdir(exist_ok=True)
    kept = served.endpoints.parent / "plays" / "group_vars"
    if not kept.exists():
        kept.symlink_to(PLAYBOOKS / "group_vars")
    return _written(served, [play for part in parts for play in (*part, between)], variables)


@dataclass
class Parts:
    """What reached the simulated systems, part by part: *writes* so far and shells *opened* by each part.

    The read between two parts opens one shell, which is not counted.
    """

    def forget(self, opened: int) -> None:
        """Begin again: another run follows, and so many shells were *opened* before it."""
        self.writes.clear()
        self.opened.clear()
        self._before = opened

    def opened_by(self, plays: Sequence[str]) -> dict[str, int]:
        """The shells that each of *plays* has opened, of which the first parts are one each; printed too."""
        found = dict(zip(plays, self.opened, strict=False))
        print("shells opened:", ", ".join(f"{play} {count}" for play, count in found.items()))
        return found

    writes: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    _before: int = 0

    def take(self, call: CmdletCall, *, writes: int, opened: int) -> None:
        """Note the end of a part where *call* is the read between two."""
        if call.parameters.get("Identity") == MARK:
            self.writes.append(writes)
            self.opened.append(opened - self._before - 1)
            self._before = opened


def answers_of(result: PlayResult) -> list[list[Answer]]:
    """What each part of `in_parts` answered."""
    parts: list[list[Answer]] = [[]]
    for answer in result.answers:
        if answer.task == _NEXT:
            parts.append([])
        else:
            parts[-1].append(answer)
    return parts[:-1]


def together(parts: Sequence[Sequence[Answer]]) -> list[Answer]:
    """The answers of all *parts*."""
    return [answer for part in parts for answer in part]


def findings_of(answers: Sequence[Answer]) -> tuple[Finding, ...]:
    """What verify plays found, of their *answers*; what they could not read fails the test."""
    verdicts = [answer.values for answer in answers if answer.action.endswith(".verdict")]
    assert [one for values in verdicts for one in values["unknown"]] == []
    return tuple(Finding(**each) for values in verdicts for each in values["findings"])


def _written(served: Served, plays: Sequence[Play], variables: Mapping[str, Any]) -> Ansible:
    folder = served.endpoints.parent / "plays"
    folder.mkdir(exist_ok=True)
    (folder / f"{NAME}.yml").write_text(json.dumps(plays), encoding="utf-8")
    (folder / "ansible.cfg").write_text(_SETTINGS, encoding="utf-8")
    group = served.inventory.parent / "group_vars"
    group.mkdir(exist_ok=True)
    values = {"ansible_password": _LOGON, **variables}
    (group / "exchange_servers.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return Ansible(folder, served.inventory, served.endpoints, dry_run=False, seconds=300)
