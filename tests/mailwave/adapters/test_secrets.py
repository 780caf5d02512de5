"""What a play reports, without the credentials of the endpoints file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailwave.adapters.ansible import Ansible, VariableRefused
from mailwave.adapters.secrets import HIDDEN, Censor
from mailwave.core.plays import PlayOutcome
from tests.mailwave.adapters.small_plays import ENDPOINTS, ESTATE, show, write_play

CANARY = 'cänary"\\7'


def endpoints(folder: Path) -> Path:
    """An endpoints file whose site password is the canary."""
    secret = folder / "canary"
    secret.write_text(CANARY, encoding="utf-8")
    secret.chmod(0o600)
    sites = {"username": "X\\y", "secret_file": str(secret)}
    file = folder / "endpoints.json"
    credentials = {**ENDPOINTS["credentials"], "sites": sites}  # type: ignore[dict-item]
    file.write_text(json.dumps({**ENDPOINTS, "credentials": credentials}), encoding="utf-8")
    return file


@pytest.mark.parametrize("ascii_only", [True, False])
def test_hides_a_secret_however_it_is_written(ascii_only: bool) -> None:  # noqa: FBT001
    """It should hide a secret with quotes and accents in JSON, escaped or not, and leave the line valid."""
    line = json.dumps({"msg": f"sign-in with {CANARY} failed"}, ensure_ascii=ascii_only).encode()

    hidden = Censor((CANARY,)).line(line)

    assert json.loads(hidden) == {"msg": f"sign-in with {HIDDEN} failed"}


def test_a_play_that_shows_a_secret(tmp_path: Path) -> None:
    """It should let no credential out of a play, be it in what a task says, in a variable, or in a warning."""
    folder = write_play(
        tmp_path / "plays", show(f"{{{{ lookup('ansible.builtin.file', '{tmp_path}/canary') }}}}")
    )
    ansible = Ansible(folder, ESTATE, endpoints(tmp_path), dry_run=False, seconds=60)

    result = ansible.run_play("50_small")
    with pytest.raises(VariableRefused) as caught:
        ansible.run_play("50_small", variables={"colour": f"x{CANARY}"})

    assert result.outcome is PlayOutcome.FAILED
    assert result.why == f"EX01: Show: {HIDDEN}"
    assert CANARY not in str(caught.value)
