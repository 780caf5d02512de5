"""The playbooks as the runbooks see them: the port `Plays`, on top of Ansible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from mailwave.core.play_table import PlayOrder, Value
from mailwave.core.plays import Beat, PlayResult

OnBeat = Callable[[Beat], None]
OnDone = Callable[[str], None]
Sent = Callable[[str, int], None]

CALLS = "calls"
"""The value of an answer that says how many requests of each cmdlet its task has sent to Exchange Online."""


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
    """Runs plays through *ansible*; *on_beat* is told of each task on each server.

    *sent* is told how many requests of which cmdlet a play has sent to Exchange Online, as its tasks tell; of one that
    was cut off, what the task tells that it was in is lost.
    """

    def __init__(
        self, ansible: RunsPlays, *, on_beat: OnBeat | None = None, sent: Sent | None = None
    ) -> None:
        self._ansible = ansible
        self._on_beat = on_beat
        self._sent = sent

    def run(self, order: PlayOrder, on_done: OnDone | None = None) -> PlayResult:
        """Run what *order* says; *on_done* is told of each server that the play is through with."""
        result = self._ansible.run_play(
            order.play,
            variables=order.variables,
            servers=order.servers,
            check=order.check,
            on_beat=self._on_beat,
            on_done=on_done,
        )
        if self._sent is not None:
            for answer in result.answers:
                for cmdlet, number in answer.values.get(CALLS, {}).items():
                    self._sent(str(cmdlet), int(number))
        return result
