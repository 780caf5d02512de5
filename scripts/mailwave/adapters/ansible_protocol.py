"""What the operator command and the process that runs a play say to each other, one JSON text a line."""

from __future__ import annotations

from typing import Any

import msgspec

from mailwave.core.plays import Answer, Beat, Tally


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Run *playbook* of the folder *project*; *private* is a new, empty folder of this run's own.

    *seconds* is the longest it may take. *limit* names the servers to keep to, in Ansible's own notation.
    """

    playbook: str
    project: str
    private: str
    inventory: str
    variables: dict[str, Any]
    arguments: str
    seconds: int
    limit: str = ""


class Progress(msgspec.Struct, frozen=True, tag="beat"):
    """A task began or ended on a server."""

    beat: Beat


class Answered(msgspec.Struct, frozen=True, tag="answer"):
    """A task of this project's collection, or one that changed something or failed, returned something."""

    answer: Answer


class Said(msgspec.Struct, frozen=True, tag="said"):
    """Lines printed outside tasks: warnings, and errors before the first task."""

    lines: list[str]


class Turned(msgspec.Struct, frozen=True, tag="turned"):
    """Ansible begins a play, or its next batch of servers: it is through with whatever was before."""


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """The closing report: a run that was cut off has none."""

    servers: dict[str, Tally]


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """Ansible's process ended; *status* is ansible-runner's word for how."""

    exit_code: int | None
    status: str


Message = Progress | Answered | Said | Turned | Closed | Ended
