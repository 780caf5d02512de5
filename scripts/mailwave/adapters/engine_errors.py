"""What can go wrong with the Pulumi engine; apart from the engine, so that naming an error does not load the SDK."""

from __future__ import annotations

from mailwave.core.outcomes import ActRefused


class EngineError(ActRefused):
    """An operation of the engine ended with an error, and said which: *problem*; the state holds what was done."""

    def __init__(self, *, stack: str, operation: str, problem: str) -> None:
        self.stack = stack
        self.operation = operation
        self.problem = problem
        super().__init__(act=operation, subject=f"stack {stack}", why=problem)


class EngineMissing(Exception):
    """There is no `pulumi` on PATH."""

    def __init__(self) -> None:
        super().__init__("the Pulumi engine `pulumi` is not on PATH")


class StackNotFound(EngineError):
    """The stack has not been deployed, or there is no configuration file for it."""


class StackBusy(EngineError):
    """Another update holds the stack's lock."""


class PendingOperations(Exception):
    """An earlier update was cut off in the middle of *urns*: what became of them must be settled first."""

    def __init__(self, *, stack: str, urns: list[str]) -> None:
        self.stack = stack
        self.urns = urns
        named = ", ".join(urn.rsplit("::", 1)[-1] for urn in urns)
        super().__init__(f"an earlier update of stack {stack} was cut off while it made {named}")
