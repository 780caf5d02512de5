"""A stand-in for Ansible that answers as it is told, and keeps what it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailwave.core.plays import Answer, BeatStatus, PlayOutcome, PlayResult, Tally

SERVERS = ("EX01", "EX02", "EX03", "EX11", "EX12")


def an_answer(*differing: str, server: str = "EX01", status: BeatStatus = BeatStatus.CHANGED) -> Answer:
    """What a task of the collection says that changed *differing*."""
    values = {"identity": f"{server}\\Mail", "differing": list(differing)}
    return Answer(server, "Receive connector", "mailwave.exchange.receive_connector", status, values=values)


def a_failure(outcome: str = "refused", why: str = "no such endpoint") -> Answer:
    """What a task says that failed with *outcome*."""
    return Answer("EX02", "The connector", "", BeatStatus.FAILED, outcome, why)


def a_verdict(
    *, findings: Sequence[Mapping[str, Any]] = (), unknown: Sequence[Mapping[str, Any]] = ()
) -> Answer:
    """What a verify play concludes."""
    values = {"findings": list(findings), "unknown": list(unknown)}
    action = "mailwave.exchange.verdict"
    return Answer(
        "EX02", "Nothing is wrong", action, BeatStatus.FAILED, "refused", "EX02 is not in order", values
    )


FINDING = {
    "id": "tls-1-2-off",
    "fact": "D23",
    "server": "EX02",
    "title": "TLS 1.2 is not switched on [in SCHANNEL]",
    "repair": "play 03_server_settings",
    "found": {"Enabled": 0},
    "expected": 1,
    "subject": "",
    "play": "03_server_settings",
}


@dataclass
class Canned:
    """Answers each play with what *says* holds under its name, or well.

    *through* are the servers that it says it is through with before it ends.
    """

    says: dict[str, tuple[PlayOutcome, tuple[Answer, ...]]] = field(default_factory=dict)
    through: tuple[str, ...] = SERVERS
    asked: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def run_play(
        self,
        play: str,
        *,
        variables: Mapping[str, Any],
        servers: Sequence[str],
        check: bool,
        on_beat: object,
        on_done: Callable[[str], None] | None,
    ) -> PlayResult:
        """Keep what was asked for, and answer."""
        self.asked.append((play, tuple(servers), check))
        self.variables = dict(variables)
        for server in self.through:
            if on_done and (not servers or server in servers):
                on_done(server)
        outcome, answers = self.says.get(play, (PlayOutcome.OK, ()))
        tallies = {server: Tally(ok=1) for server in servers or SERVERS}
        return PlayResult(play=play, outcome=outcome, servers=tallies, answers=answers)
