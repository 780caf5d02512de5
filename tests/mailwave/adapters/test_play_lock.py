"""One run of a play at a time, also after the command that began it was killed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mailwave.adapters.play_lock import PlayUnderWay, alone


def test_is_held_by_whoever_inherits_it(tmp_path: Path) -> None:
    """It should be held for as long as the play's process lives, and be free after that."""
    file = tmp_path / "locks" / "play.lock"
    with alone(file, "play") as inherited:
        process = subprocess.Popen(["sleep", "60"], pass_fds=inherited)

    with pytest.raises(PlayUnderWay) as caught, alone(file, "play", patience=0.3):
        pass
    assert caught.value.play == "play"

    process.kill()
    process.wait()
    with alone(file, "play", patience=0):
        pass
