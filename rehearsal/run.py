"""The whole journey on the simulated estate, by the same commands that an operator types."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rehearsal import counts, server, vault
from rehearsal.approvers import PROVER
from rehearsal.deploy import SIGNING_KEY, as_approver
from rehearsal.errors import CountsDisagree, EngineMissing, StepFailed
from rehearsal.home import ROOT, Home, Record

REASON = ("--ticket", "REHEARSAL-1", "--reason", "rehearsal of the whole move")

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("provision", ("infra", "up", *REASON)),
    ("prepare", ("site", "prepare", *REASON)),
    ("join", ("site", "apply", "28_hybrid_trust", *REASON)),
    ("discover", ("estate", "discover", "--ods", "{ods}", *REASON)),
    ("check", ("estate", "check", "--client-logs", "{client_logs}", "--evidence", "{evidence}", *REASON)),
    ("plan", ("wave", "plan", *REASON)),
    ("approve", ("wave", "approve", *REASON)),
    ("move", ("wave", "run", *REASON)),
    ("verify", ("wave", "verify")),
    ("prove", ("change", "prove", *REASON)),
    ("keep", ("evidence", "push")),
)
"""Phase and command. Each may be run again after any crash, so an unfinished rehearsal goes through all of them."""

console = Console(soft_wrap=True)


def run(home: Home, record: Record, first_port: int | None) -> None:
    """Go through every step, count at the services, and leave `summary.json` in the rehearsal's folder."""
    if shutil.which("pulumi") is None:
        raise EngineMissing
    began = time.monotonic()
    with (
        server.serving(home, record, first_port) as running,
        vault.serving(home.path, record.environment) as kept,
    ):
        record.seconds["start"] = record.seconds.get("start", 0.0) + time.monotonic() - began
        for phase, arguments in STEPS:
            _step(running, record, phase, arguments)
        began = time.monotonic()
        with server.answering(running.process):
            os.environ["KRB5_CONFIG"] = running.settings["KRB5_CONFIG"]  # libkrb5 reads nothing else
            counted = counts.count(running.endpoints)
            record.seconds["count"] = time.monotonic() - began
            account = _json(running, ("wave", "account", "--json"))
            resources = _json(running, ("infra", "status", "--json"))
            faults = _faults(running)
        _step(running, record, "audit", ("evidence", "verify", "--anchor", account["journal"]))
        kept.require_locked()
        evidence = dict(Counter(name.split("/")[1] for name in kept.objects()))
    _compare(counted, account)
    summary = account | {
        "resources": resources,
        "evidence": evidence,
        "faults": faults,
        "seconds": _rounded(record.seconds),
    }
    record.finished = True
    home.write(record)
    (home.path / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    _show(counted, account, record, home.path)


def _step(running: server.Running, record: Record, phase: str, arguments: tuple[str, ...]) -> None:
    home = running.home.path
    places = {
        "ods": ROOT / "rehearsal" / "data" / "ods",
        "client_logs": home / "client-logs",
        "evidence": home / "evidence",
    }
    command = ["mailwave", *(argument.format(**places) for argument in arguments)]
    shown = " ".join(command).replace(f"{ROOT}/", "")
    console.rule(f"[bold]{phase}[/]  {escape(shown)}", align="left")
    began = time.monotonic()
    code = running.run(command, more=_signing(running.home.path) if phase == "prove" else {}).returncode
    record.seconds[phase] = record.seconds.get(phase, 0.0) + time.monotonic() - began
    running.home.write(record)
    if code != 0:
        raise StepFailed(step=shown, code=code)


def _signing(home: Path) -> dict[str, str]:
    """Who signs what the rehearsal proves: the caller, who has said where their key is, or this rehearsal's own."""
    return {} if SIGNING_KEY in os.environ else as_approver(home, PROVER)


def _json(running: server.Running, arguments: tuple[str, ...]) -> dict[str, Any]:
    command = ["mailwave", *arguments]
    done = running.run(command, output=subprocess.PIPE)
    if done.returncode != 0:
        raise StepFailed(step=" ".join(command), code=done.returncode)
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


def _faults(running: server.Running) -> dict[str, int]:
    """How often each kind of fault was met, as the simulated services counted."""
    fired: dict[str, int] = httpx2.get(f"{running.endpoints['clock']}/faults").json()
    return fired


def _compare(counted: counts.Counts, account: dict[str, Any]) -> None:
    for term, number in asdict(counted).items():
        if number != account[term]:
            raise CountsDisagree(term=term, counted=number, ledger=account[term])
    if not counted.conserved:
        raise CountsDisagree(term="sum of the terms", counted=counted.planned, ledger=account["planned"])


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {phase: round(spent, 2) for phase, spent in seconds.items()}


def _show(counted: counts.Counts, account: dict[str, Any], record: Record, folder: Path) -> None:
    console.rule("[bold]account[/]", align="left")
    table = Table("reader", *asdict(counted), title="planned = moved + deferred + failed + excluded")
    table.add_row("counted at the services", *(str(number) for number in asdict(counted).values()))
    table.add_row("ledger", *(str(account[term]) for term in asdict(counted)))
    console.print(table)
    times = Table("phase", "seconds", title="where the time went")
    for phase, spent in record.seconds.items():
        times.add_row(phase, f"{spent:.1f}")
    times.add_row("[bold]all", f"[bold]{sum(record.seconds.values()):.1f}")
    console.print(times)
    console.print(f"written: {folder / 'summary.json'}", markup=False)
