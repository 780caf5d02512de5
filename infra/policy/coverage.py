"""`python -m infra.policy.coverage > docs/policy-coverage.md`: every control, and by which means it is looked at."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from controls.catalogue import Control, controls

_HEAD = """\
# What the controls are held to

This page is generated: `python -m infra.policy.coverage > docs/policy-coverage.md`.

The numbers are those of the collection of facts, section C2. Each control asks for means of its own: P a resource's
inputs, S a whole stack, D DNS records, L the live tenant. Looked at today: {some} of {all}, {live} of them in the live
tenant; not yet: {none}.

- What a stack declares (resource, stack, records): `mailwave infra preview` and `mailwave infra up` start the policy
  pack. A broken control ends both with code 5, and `up` has changed nothing of that stack by then. Plain `pulumi` takes
  the pack by its absolute path: `pulumi preview --stack foundation-production --policy-pack "$PWD/infra/policy/run"`.
- What is deployed, and what the tenant shows (live): `mailwave change baseline` holds the stacks' exported state to
  the same rules, and reads the tenant by Get- cmdlets and Microsoft Graph. A failed read is unknown, never passed.

What is waived, by whom and until when, stands in `scripts/controls/controls.yaml`; an expired waiver waives nothing.
The rule `hybrid_declares` keeps a control from being met by leaving its object out of the stack.

| control | what it asks | source | asked | looked at by | not yet |
| --- | --- | --- | --- | --- | --- |
"""


def page(every: Sequence[Control] | None = None) -> str:
    """Return the page as it should be on disk."""
    rows = controls() if every is None else every
    some = sum(1 for control in rows if control.checks)
    live = sum(1 for control in rows if control.live)
    head = _HEAD.format(some=some, all=len(rows), none=len(rows) - some, live=live)
    return head + "".join(map(_line, rows))


def _line(control: Control) -> str:
    means = "; ".join(f"{check.means}: `{check.rule}`" for check in control.checks) or "**not yet**"
    cells = (str(control.id), control.title, control.cites, control.wanted, means, control.not_yet)
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
