"""The playbooks by what they do: the port `Plays`, on top of Ansible."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from mailwave.core.outcomes import ActRefused, ActUnknown
from mailwave.core.plays import Answer, Beat, PlayOutcome, PlayResult

PREPARE = ("10_receive_connector",)
VERIFY = ("11_verify_receive_connector",)
START_BATCH = "50_start_batch"


OnBeat = Callable[[Beat], None]


class PlayFailed(ActRefused):
    """A play ended with a failed task, which says why; nothing is in doubt."""


class RunsPlays(Protocol):
    """What is needed of `mailwave.adapters.ansible.Ansible`."""

    def run_play(
        self, play: str, *, variables: Mapping[str, str], check: bool, on_beat: OnBeat | None
    ) -> PlayResult:
        """Run *play* and return what came of it."""
        ...


class Plays:
    """Runs plays through *ansible*; *on_beat* is told of each task on each server."""

    def __init__(self, ansible: RunsPlays, *, on_beat: OnBeat | None = None) -> None:
        self._ansible = ansible
        self._on_beat = on_beat

    def prepare_servers(self, *, check: bool) -> Sequence[str]:
        """Bring every server to its desired settings and verify it, or only say what differs.

        Raises:
            PlayFailed: a play failed, and what it did is visible.
            ActUnknown: a play was cut off, or an answer was lost.
        """
        lines: list[str] = []
        for play in PREPARE:
            result = self._run(play, {}, subject="the servers", check=check)
            lines.extend(
                _said(answer, check=check) for answer in result.answers if answer.values.get("differing")
            )
        if not check:
            for play in VERIFY:
                self._run(play, {}, subject="the servers")
        return lines

    def start_batch(self, manifest: Path, digest: str) -> None:
        """Create and start the batch of *manifest*, whose digest must be *digest* (64 hexadecimal digits).

        Raises:
            PlayFailed: it was not started, and nothing is in doubt.
            ActUnknown: it may have been created or started: read it back.
        """
        variables = {
            "batch_manifest": str(manifest.resolve()),
            "batch_digest": digest.removeprefix("sha256:"),
        }
        self._run(START_BATCH, variables, subject=manifest.stem)

    def _run(self, play: str, variables: dict[str, str], *, subject: str, check: bool = False) -> PlayResult:
        result = self._ansible.run_play(play, variables=variables, check=check, on_beat=self._on_beat)
        if result.outcome is PlayOutcome.UNKNOWN:
            raise ActUnknown(act=f"play {play}", subject=subject, why=result.why)
        if result.outcome is PlayOutcome.FAILED:
            raise PlayFailed(act=f"play {play}", subject=subject, why=result.why)
        return result


def _said(answer: Answer, *, check: bool) -> str:
    would = "would set" if check else "set"
    identity = answer.values.get("identity", answer.server)
    return f"{identity}: {would} {', '.join(answer.values['differing'])}"
