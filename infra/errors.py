"""What stops the program before it plans anything.

All are `pulumi.RunError`: the engine shows their sentence and no traceback.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pulumi

_LONGEST_VALUE = 120


class StackRefused(pulumi.RunError):
    """The program does not run for this stack; *stack* is the stack's name."""

    def __init__(self, stack: str, sentence: str) -> None:
        self.stack = stack
        super().__init__(sentence)


class UnknownStack(StackRefused):
    """The stack's name is not ``<layer>-<environment>`` with a known layer and a known environment."""

    def __init__(self, *, stack: str, layers: Sequence[str], environments: Sequence[str]) -> None:
        self.layers = tuple(layers)
        self.environments = tuple(environments)
        super().__init__(
            stack,
            f"stack {stack!r} is unknown: a stack is called <layer>-<environment>, where the layer is "
            f"{_or(layers)} and the environment is {_or(environments)}; list the stacks with: pulumi stack ls",
        )


class BadSetting(StackRefused):
    """A configuration key that is missing, unknown or malformed.

    *key* is the full key, with the path inside a structured value; *problem* says what is wrong, with the value that
    was found; *allowed* is what would be right; *more* counts the further problems of the same stack.
    """

    def __init__(self, *, stack: str, key: str, problem: str, allowed: str, more: int = 0) -> None:
        self.key = key
        self.problem = problem
        self.allowed = allowed
        self.more = more
        others = f" ({more} more to correct after it)" if more else ""
        super().__init__(
            stack,
            f"configuration of stack {stack}: {key} {problem}; allowed: {allowed}; "
            f"correct it in environments/Pulumi.{stack}.yaml{others}",
        )


class WrongOwner(StackRefused):
    """A credential or a lower stack belongs to another tenant or subscription than this stack (invariant 8).

    *what* is ``tenant`` or ``subscription``; *asked* is what the stack's configuration says, *found* what *where* has.
    """

    def __init__(self, *, stack: str, what: str, asked: str, where: str, found: str) -> None:
        self.what = what
        self.asked = asked
        self.where = where
        self.found = found
        super().__init__(
            stack,
            f"stack {stack} is for {what} {asked}, but {where} is of {what} {found or 'unknown'}; nothing was planned: "
            f"sign in to the environment of the stack, or correct mailwave:{what}_id in "
            f"environments/Pulumi.{stack}.yaml",
        )


class SignInRefused(StackRefused):
    """A provider cannot act for *tenant*, the stack's; *who* is the credential, *text* what the provider says."""

    def __init__(self, *, stack: str, tenant: str, who: str, text: str) -> None:
        self.tenant = tenant
        self.who = who
        self.text = text
        super().__init__(
            stack,
            f"stack {stack} is for tenant {tenant} (mailwave:tenant_id) and cannot use {who}: {text}; nothing was "
            "planned: sign in to the environment of the stack",
        )


class NotDeployed(StackRefused):
    """The stack below has not been deployed; *below* is its name, *missing* the output that it has not got."""

    def __init__(self, *, stack: str, below: str, missing: str) -> None:
        self.below = below
        self.missing = missing
        super().__init__(
            stack,
            f"stack {stack} reads {missing!r} of stack {below}, which is not deployed or was deployed by an older "
            f"version of this program; deploy it first: pulumi up --stack {below}",
        )


class StillNeeded(StackRefused):
    """The stack is to be removed, and *above*, which reads what it made, is still there."""

    def __init__(self, *, stack: str, above: str) -> None:
        self.above = above
        super().__init__(
            stack,
            f"stack {stack} cannot be removed while {above} stands on it; nothing was planned: remove that one first, "
            f"with mailwave:removed in environments/Pulumi.{above}.yaml",
        )


def shown(value: object) -> str:
    """The value as the stack file would hold it, cut where it is long."""
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


class NotConsented(StackRefused):
    """The update is no part of an approved change, and *why*; the environment asks for one."""

    def __init__(self, *, stack: str, why: str) -> None:
        self.why = why
        super().__init__(
            stack,
            f"stack {stack} is not updated: {why}; nothing was planned: make the change with "
            "`mailwave change review`, `approve` and `apply`",
        )
