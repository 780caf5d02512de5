"""`mailwave estate attest` and `waive`: what an administrator signs, with the key that their settings name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, out, settings
from mailwave.cli.estate_check import Organisation

if TYPE_CHECKING:  # what signs takes a while to import: a command loads only what it uses
    from mailwave.core.readiness.attestation import Attestation, SignedWaiver
    from mailwave.wiring import Acting

Rule = Annotated[str, typer.Option("--rule", help="A rule of environments/readiness.yaml")]
Days = Annotated[int, typer.Option("--days", min=1, max=366, help="For how long it is said")]
To = Annotated[
    Path | None, typer.Option("--to", dir_okay=False, help="The file to add it to; else the one kept here")
]


def attest(
    environment: Environment,
    rule: Rule,
    days: Days = 90,
    *,
    value: Annotated[
        str | None,
        typer.Option(
            "--value", help="What is so, as docs/readiness.md lists it; egress can be tried instead"
        ),
    ] = None,
    organisation: Organisation = None,
    to: To = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Attest a fact of your own organisation, signed, for a time. Your settings say who you are.

    Without --value the rule egress is tried from this machine, which is to stand in that organisation.
    """
    from mailwave.core.readiness.attestation import Attestation

    found = settings(environment, administrators=True)
    acting, now = wiring.acting_administrator(found), found.clock().now()
    said = Attestation(
        environment=environment,
        rule=rule,
        who=acting.administrator.who,
        at=now,
        expires=now + timedelta(days=days),
        organisation=organisation or acting.administrator.organisation,
        value=wiring.tried(found, rule) if value is None else value,
    )
    _sign(found, acting, said, to, as_json=as_json, dry_run=dry_run)


def waive(  # noqa: PLR0913  each is an option of the command
    environment: Environment,
    rule: Rule,
    organisation: Annotated[str, typer.Option("--organisation", help="The ODS code it is for")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it")],
    why: Annotated[str, typer.Option("--reason", help="Why it need not be passed until then")],
    days: Days = 30,
    *,
    mailbox: Annotated[str | None, typer.Option(help="Of this one only: its ExchangeGuid")] = None,
    to: To = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Waive a rule for an organisation or one of its mailboxes, signed by somebody who may, for a time."""
    from mailwave.core.readiness.attestation import SignedWaiver

    found = settings(environment, administrators=True)
    acting, now = wiring.acting_administrator(found), found.clock().now()
    said = SignedWaiver(
        environment=environment,
        rule=rule,
        who=acting.administrator.who,
        at=now,
        expires=now + timedelta(days=days),
        organisation=organisation,
        subject=mailbox or organisation,
        owner=owner,
        reason=why,
    )
    _sign(found, acting, said, to, as_json=as_json, dry_run=dry_run)


def _sign[Kind: (Attestation, SignedWaiver)](
    found: wiring.Settings, acting: Acting, said: Kind, to: Path | None, *, as_json: bool, dry_run: bool
) -> None:
    from mailwave.core.readiness.attestation import sign

    signed = sign(acting.administrator, acting.signer, said, wiring.rule_book(found), said.at)
    until = f"{signed.expires:%Y-%m-%d %H:%M} UTC"
    file = None if dry_run else wiring.keep_statement(found, signed, to)
    if as_json:
        whole = {"signed": signed, "file": file and str(file), "dry_run": dry_run}
        out.print_json(msgspec.json.encode(whole).decode())
    elif file is None:
        out.print(escape(f"{_what(signed)} would be signed until {until}"))
    else:
        out.print(escape(f"{_what(signed)} is signed until {until}, in {file}"))


def _what(said: Attestation | SignedWaiver) -> str:
    value = getattr(said, "value", "")
    return f"{said.rule}{value and f' ({value})'} of {said.organisation}"
