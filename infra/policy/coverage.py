"""`python -m infra.policy.coverage > docs/policy-coverage.md`: every control, and by which means it is looked at."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from infra.policy.controls import Control, controls

_HEAD = """\
# What the policy pack looks at

This page is generated: `python -m infra.policy.coverage > docs/policy-coverage.md`.

The numbers are those of the collection of facts, section C2. Each control asks for means of its own: P a resource's
inputs, S a whole stack, D DNS records, L the live tenant. Looked at today: {some} of {all}; {none} are not yet. What is
looked at is what a stack declares; nothing here says what the tenant does.

```sh
pulumi preview --stack foundation-production --policy-pack infra/policy/run
```

A broken control fails the preview. During a deployment the engine refuses a resource that breaks a rule of its own, but
others may have been made by then: preview first. What is waived, by whom and until when, stands in
`infra/policy/controls.yaml`.

| control | what it asks | source | asked | looked at by | not yet |
| --- | --- | --- | --- | --- | --- |
"""


def page(every: Sequence[Control] | None = None) -> str:
    """Return the page as it should be on disk."""
    rows = controls() if every is None else every
    some = sum(1 for control in rows if control.checks)
    head = _HEAD.format(some=some, all=len(rows), none=len(rows) - some)
    return head + "".join(map(_line, rows))


def _line(control: Control) -> str:
    means = "; ".join(f"{check.means}: `{check.rule}`" for check in control.checks) or "**not yet**"
    cells = (str(control.id), control.title, control.cites, control.wanted, means, control.not_yet)
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
