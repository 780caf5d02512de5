"""`mailwave evidence`: send it to the vault, check it, look at it, and prove single entries to others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Column, Table

from mailwave.cli.context import AsJson, DryRun, Environment, err, out, settings
from mailwave.core.evidence import proofs
from mailwave.core.evidence.checking import Say, Verified
from mailwave.core.evidence.entries import Sealed, tree
from mailwave.core.evidence.note import Checkpoint, NoteBroken, unbase64
from mailwave.core.evidence.refusals import NoSuchEntry, shown
from mailwave.wiring import vault, write_whole

app = typer.Typer(
    help="The evidence: vault, checkpoints and proofs (docs/evidence.md).", no_args_is_help=True
)

PROOF = ".tlog-proof"

Copy = Annotated[
    Path | None, typer.Argument(help="A copy of the vault, folder or zip; without it the vault itself")
]
AnyEnvironment = Annotated[
    str | None,
    typer.Option(
        "--environment", "-e", envvar="MAILWAVE_ENVIRONMENT", help="Whose log and keys it must be; or --key"
    ),
]
Keys = Annotated[
    list[Path] | None,
    typer.Option("--key", exists=True, dir_okay=False, help="A trusted public key in PEM; may be repeated"),
]


def _anchor(text: str) -> Checkpoint:
    """What a report printed, as `journal 120 ROOT`, or only `120 ROOT`."""
    words = text.removeprefix("journal ").split()
    if len(words) != 2 or not words[0].isascii() or not words[0].isdigit():
        raise typer.BadParameter("write it as a report has it: journal NUMBER ROOT")
    try:
        return Checkpoint("", int(words[0]), unbase64(words[1]))
    except NoteBroken:
        raise typer.BadParameter("write it as a report has it: journal NUMBER ROOT") from None


Anchor = Annotated[
    Checkpoint | None,
    typer.Option(
        "--anchor", parser=_anchor, metavar="TEXT", help="The line 'journal NUMBER ROOT' of a report"
    ),
]


@app.command()
def push(environment: Environment, *, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Send the journal, a signed checkpoint and what runs have left to the vault; again: only what is new."""
    found = settings(environment)
    with found.ledger() as ledger, _progress() as say:
        runbook = vault.push_evidence(found, ledger, say=say)
        if dry_run:
            ready = runbook.prepare()
            told = {
                "entries": ready.entries,
                "objects": len(ready.package.objects),
                "journal": ready.anchor.short,
            }
        else:
            pushed = runbook.run()
            told = {
                "entries": pushed.entries,
                "objects": pushed.objects,
                "bytes": pushed.bytes,
                "there": pushed.there,
                "statement": pushed.statement,
                "journal": pushed.anchor.short,
            }
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    out.print(told["journal"], markup=False)
    verb = "would be sent" if dry_run else "sent"
    out.print(f"{told['entries']} entries and {told['objects']} objects {verb}")


@app.command()
def verify(
    copy: Copy = None,
    environment: AnyEnvironment = None,
    key: Keys = None,
    origin: Annotated[str, typer.Option("--origin", help="The log that it must be of")] = "",
    anchor: Anchor = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check every byte by public keys alone; end 38 and name the first bad entry when something is wrong.

    A file whose name ends in .tlog-proof is the proof of one entry, from `mailwave evidence prove`.
    """
    found = settings(environment) if environment else None
    if copy is not None and copy.suffix == PROOF and copy.is_file():
        _show_proof(*vault.proof_in(copy, found, key or ()), as_json=as_json)
        return
    with _progress() as say:
        checked = vault.verify_evidence(found, copy, keys=key or (), origin=origin, anchored=anchor, say=say)
    if as_json:
        typer.echo(json.dumps(_summary(checked), indent=2))
        return
    _show(checked)


@app.command()
def show(
    copy: Copy = None,
    environment: AnyEnvironment = None,
    key: Keys = None,
    entry: Annotated[
        int | None, typer.Option("--entry", min=1, help="Show this entry of the journal")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check it, and show what it holds: its keys, its last entries, or one entry."""
    found = settings(environment) if environment else None
    with _progress() as say:
        checked = vault.verify_evidence(found, copy, keys=key or (), say=say)
    if entry is not None:
        _show_entry(_entry(checked, entry), as_json=as_json)
        return
    trusted = [each.text for each in vault.trusted(found, key or ()).note_keys(checked.origin)]
    if as_json:
        typer.echo(json.dumps({**_summary(checked), "keys": trusted}, indent=2))
        return
    _show(checked)
    for text in trusted:
        out.print(f"key {text}", markup=False)
    table = Table("entry", "at", "act", Column("subject", overflow="fold"), "who", "ticket")
    for each in checked.sealed[-10:]:
        texts = (each.at, each.act, each.subject, each.who, each.ticket)
        table.add_row(str(each.n), *(shown(text) for text in texts))
    out.print(table)


@app.command()
def prove(
    entry: Annotated[int, typer.Argument(min=1, help="The number of an entry")],
    to: Annotated[Path, typer.Option("--to", help=f"Where the proof is written; usually NAME{PROOF}")],
    copy: Annotated[
        Path | None, typer.Option("--from", help="A copy of the vault; without it the vault itself")
    ] = None,
    environment: AnyEnvironment = None,
    key: Keys = None,
    *,
    growth: Annotated[
        bool, typer.Option("--growth", help="Prove that the journal up to ENTRY was only added to")
    ] = False,
) -> None:
    """Write a proof that the entry is in the journal, which anybody can check (docs/evidence.md)."""
    found = settings(environment) if environment else None
    with _progress() as say:
        checked = vault.verify_evidence(found, copy, keys=key or (), say=say)
    sealed = _entry(checked, entry)
    with vault.evidence_in(found, copy) as files:
        checkpoint = files.read(checked.last_checkpoint)
    size, whole = checked.anchor.size, tree(checked.sealed)
    if entry > size:
        raise NoSuchEntry(n=entry, last=size)
    proof = (
        proofs.of_growth(entry, whole, size, checkpoint)
        if growth
        else proofs.of_entry(sealed, whole, size, checkpoint)
    )
    write_whole(to, proof)
    out.print(f"{to}: {checked.anchor.short}", markup=False)


@contextmanager
def _progress() -> Iterator[Say]:
    with err.status("looking") as status:
        yield lambda what, done, of: status.update(f"{what}: {done:,} of {of:,}")


def _summary(checked: Verified) -> dict[str, object]:
    return {
        "origin": checked.origin,
        "environment": checked.environment,
        "entries": checked.entries,
        "journal": checked.anchor.short,
        "statements": checked.statements,
        "checkpoints": checked.checkpoints,
        "artifacts": checked.artifacts,
        "unstated": list(checked.unstated),
    }


def _show(checked: Verified) -> None:
    out.print(checked.anchor.short, markup=False)
    out.print(f"log {checked.origin}: whole", markup=False)
    out.print(
        f"{checked.entries:,} entries, {checked.checkpoints} checkpoints, {checked.artifacts} artifacts, "
        f"{checked.statements} statements"
    )
    for name in checked.unstated:
        out.print(
            f"{shown(name)}: nobody states it (a push was cut off, or somebody else wrote it)", markup=False
        )


def _entry(checked: Verified, n: int) -> Sealed:
    if n > checked.entries:
        raise NoSuchEntry(n=n, last=checked.entries)
    return checked.sealed[n - 1]


def _show_entry(entry: Sealed, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_members(entry), indent=2))
        return
    for name, text in msgspec.to_builtins(entry).items():
        out.print(f"{name}: {shown(str(text))}", markup=False)


def _members(entry: Sealed) -> dict[str, object]:
    return {**msgspec.to_builtins(entry), "detail": msgspec.json.decode(entry.detail)}


def _show_proof(entry: Sealed, anchor: Checkpoint, *, as_json: bool) -> None:
    if as_json:
        told = {"entry": _members(entry), "origin": anchor.origin, "journal": anchor.short}
        typer.echo(json.dumps(told, indent=2))
        return
    out.print(f"{anchor.short} of {anchor.origin} holds:", markup=False)
    _show_entry(entry, as_json=False)
