"""A change and a proof as a terminal or a program reads them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from rich.console import Console

from change_control.folder import Bundle
from change_control.releases import Proof
from mailwave.cli.context import err, out
from mailwave.core.change.costs import Costs
from mailwave.core.change.report import Report


def show_change(bundle: Bundle, report: Report, *, as_json: bool) -> None:
    """What *bundle* holds, whom it reaches and what it costs by its *report*, and where that lies."""
    if as_json:
        out.print_json(json.dumps(_told(bundle, report)))
        return
    out.print(f"change {bundle.digest}", markup=False)
    for part in bundle.contents.parts:
        why = part.provisional
        out.print(f"  {part.name}{f': provisional, {why}' if why else ''}", markup=False)
    for line in bundle.contents.unread:
        out.print(f"  could not be read: {line}", markup=False)
    reach = report.radius
    out.print(
        f"reaches {reach.mailboxes:,} mailboxes of {reach.organisations:,} organisations, {reach.shared:,} shared",
        markup=False,
    )
    out.print(f"cost: {report.costs.says}", markup=False)
    out.print(f"report {bundle.folder / 'report.html'}", markup=False)


def show_proof(proof: Proof | None, to: Console = err) -> None:
    """Where, when and by whom a release was proved, and with how much; nothing where no environment comes before."""
    if proof is None:
        return
    counts = "".join(f", {number:,} {what}" for what, number in sorted(proof.counts.items()))
    to.print(
        f"release {proof.release.digest} was proved in {proof.environment} by {proof.who}"
        f" at {proof.made_at:%Y-%m-%d %H:%M} UTC{counts}, {proof.journal}",
        markup=False,
    )


def _told(bundle: Bundle, report: Report) -> dict[str, Any]:
    """The same as values of JSON. Amounts are texts, as no float holds a penny."""
    return {
        "change": bundle.digest,
        "folder": str(bundle.folder),
        "parts": [{"name": part.name, "provisional": part.provisional} for part in bundle.contents.parts],
        "risks": {str(risk): count for risk, count in report.counts},
        "dangerous": len(report.dangers),
        "reaches": msgspec.to_builtins(report.radius),
        "cost": _cost(report.costs),
        "unread": bundle.contents.unread,
    }


def _cost(costs: Costs) -> dict[str, Any]:
    return {
        "example": costs.example,
        "totals": [
            {"per": per, "currency": currency, "amount": str(amount)}
            for per, currency, amount in costs.totals
        ],
        "known": [
            {
                **msgspec.to_builtins(each.price),
                "item": each.item,
                "units": str(each.units),
                "amount": str(each.amount),
            }
            for each in costs.known
        ],
        "unknown": [msgspec.to_builtins(each) for each in costs.gaps],
    }
