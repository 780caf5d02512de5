"""Whole migration batches by plays: the port `Batches` on top of the playbooks 50 to 59."""

from __future__ import annotations

from pathlib import Path

from mailwave.core.batches import Release
from mailwave.core.outcomes import ActUnknown, PlayFailed
from mailwave.core.play_table import PlayOrder, Value
from mailwave.core.plays import PlayOutcome
from mailwave.ports import Plays

START, STOP, COMPLETE, ROLL_BACK, REMOVE = (
    "50_start_batch",
    "52_stop_batch",
    "54_complete_batch",
    "56_roll_back_batch",
    "58_remove_batch",
)
TWINS = {
    START: "51_verify_batch",
    STOP: "53_verify_stopped_batch",
    COMPLETE: "55_verify_completed_batch",
    ROLL_BACK: "57_verify_rolled_back_batch",
    REMOVE: "59_verify_removed_batch",
}


class PlayBatches:
    """Drives batches through *plays*. A play that was cut off is read back by its twin before it is called unknown."""

    def __init__(self, plays: Plays) -> None:
        self._plays = plays

    def start(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._run(START, manifest, digest)

    def stop(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._run(STOP, manifest, digest)

    def complete(self, manifest: Path, digest: str, release: Release) -> None:
        """See `mailwave.ports.Batches`."""
        window = {"batch_opens": release.opens.isoformat(), "batch_closes": release.closes.isoformat()}
        self._run(COMPLETE, manifest, digest, **window)

    def roll_back(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._run(ROLL_BACK, manifest, digest)

    def remove(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._run(REMOVE, manifest, digest)

    def _run(self, play: str, manifest: Path, digest: str, **more: Value) -> None:
        variables = {
            "batch_manifest": str(manifest.resolve()),
            "batch_digest": digest.removeprefix("sha256:"),
            **more,
        }
        result = self._plays.run(PlayOrder(play=play, variables=variables))
        if result.outcome is PlayOutcome.FAILED:
            raise PlayFailed(act=f"play {play}", subject=manifest.stem, why=result.why)
        if result.outcome is PlayOutcome.UNKNOWN:
            twin = self._plays.run(PlayOrder(play=TWINS[play], variables=variables))
            if twin.outcome is not PlayOutcome.OK:
                raise ActUnknown(act=f"play {play}", subject=manifest.stem, why=result.why)
