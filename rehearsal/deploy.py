"""Deploy the stacks of an environment as its operators do: at once, or as changes that others consent to first."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rehearsal.approvers import NEEDED, ROLES
from rehearsal.errors import StepFailed

LAYERS = ("foundation", "identity", "hybrid")

FAR = "2099-12-30T00:00"
"""Until when a rehearsal's changes hold, whatever its clock says."""

SIGNING_KEY = "MAILWAVE_SIGNING_KEY"
"""The variable that says where somebody's private key is."""

Run = Callable[[Sequence[str], Mapping[str, str]], tuple[int, str]]
"""Runs one command with more variables, and gives its exit code and standard output."""


def deploy(
    run: Run, environment: str, home: Path, reason: Sequence[str], layers: Sequence[str] = LAYERS
) -> None:
    """Bring *layers* up through *run*, in the rehearsal in *home*; *reason* are the options that every command takes.

    Raises:
        StepFailed: a command ended with another code than 0.
    """
    if NEEDED[environment] == 0:
        _done(run, ("infra", "up", *reason, *(f"--layer={layer}" for layer in layers)))
        return
    for layer in layers:  # one at a time: a layer reads what the one below it has made
        reviewed = _done(
            run, ("change", "review", *reason, "--until", FAR, "--layer", layer, "--no-plays", "--json")
        )
        change = json.loads(reviewed)["change"]
        for who in list(ROLES)[: NEEDED[environment]]:
            _done(run, ("change", "approve", change, *reason), as_approver(home, who))
        _done(run, ("change", "apply", change, *reason))


def as_approver(home: Path, who: str) -> dict[str, str]:
    """The variables by which *who* signs with their throw-away key in the rehearsal in *home*."""
    key = home / "credentials" / "approvers" / f"{who}.pem"
    return {"MAILWAVE_OPERATOR": who, SIGNING_KEY: f"file2:{key}"}


def _done(run: Run, arguments: Sequence[str], more: Mapping[str, str] | None = None) -> str:
    command = ["mailwave", *arguments]
    code, out = run(command, more or {})
    if code != 0:
        raise StepFailed(step=" ".join(command), code=code)
    return out
