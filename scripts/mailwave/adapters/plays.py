"""The playbooks as the runbooks see them: the port `Plays`, on top of Ansible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from mailwave.core.play_table import PlayOrder, Value
from mailwave.core.plays import Beat, PlayResult

OnBeat = Callable[[Beat], None]
OnDone = Callable[[str], None]


class RunsPlays(Protocol):
    """What is needed of `mailwave.adapters.ansible.Ansible`."""

    def run_play(
        self,
        play: str,
        *,
        variables: Mapping[str, Value],
        servers: Sequence[str],
        check: bool,
        on_beat: OnBeat | None,
        on_done: OnDone | None,
    ) -> PlayResult:
        """Run *play* and return what came of it."""
        ...


class Plays:
    """Runs plays through *ansible*; *on_beat* is told of each task on each server."""

    def __init__(self, ansible: RunsPlays, *, on_beat: OnBeat | None = None) -> None:
        self._ansible = ansible
        self._on_beat = on_beat

    def run(self, order: PlayOrder, on_done: OnDone | None = None) -> PlayResult:
        """Run what *order* says; *on_done* is told of each server that the play is through with."""
        return self._ansible.run_play(
            order.play,
            variables=order.variables,
            servers=order.servers,
            check=order.check,
            on_beat=self._on_beat,
            on_done=on_done,
        )
