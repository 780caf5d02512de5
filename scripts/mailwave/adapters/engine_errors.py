"""What can go wrong with the Pulumi engine; apart from the engine, so that naming an error does not load the SDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailwave.core.outcomes import ActRefused
from mailwave.core.stacks import Breach


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


class PluginMissing(EngineError):
    """The engine finds no provider *plugin* of *version*, and may not or could not fetch it."""

    def __init__(self, *, stack: str, operation: str, plugin: str, version: str) -> None:
        self.plugin = plugin
        self.version = version
        super().__init__(
            stack=stack, operation=operation, problem=f"the engine has no plugin {plugin} {version}"
        )


class EngineRefusedInDryRun(Exception):
    """*operation* would change *stack*, in a dry run."""

    def __init__(self, *, stack: str, operation: str) -> None:
        self.stack = stack
        self.operation = operation
        super().__init__(f"{operation} may change stack {stack} and this is a dry run")


class StackNotFound(EngineError):
    """The stack has not been deployed, or there is no configuration file for it."""


class StackBusy(EngineError):
    """Another update holds the stack's lock."""


class CreationRefused(EngineError):
    """An update ended with an error, and the providers' words to each failed step are *refusals*, by URN."""

    def __init__(self, *, stack: str, operation: str, problem: str, refusals: Mapping[str, str]) -> None:
        self.refusals = dict(refusals)
        super().__init__(stack=stack, operation=operation, problem=problem)


class ControlBroken(EngineError):
    """A deployment was stopped by controls that only the values made on the way showed to be broken: *breaches*."""

    def __init__(self, *, stack: str, operation: str, breaches: Sequence[Breach]) -> None:
        self.breaches = tuple(breaches)
        super().__init__(stack=stack, operation=operation, problem="; ".join(map(str, breaches)))


class PendingOperations(EngineError):
    """An earlier update was cut off while it made *urns*, and nothing here can tell whether those objects exist."""

    def __init__(self, *, stack: str, urns: Sequence[str]) -> None:
        self.urns = list(urns)
        super().__init__(
            stack=stack,
            operation="recovery",
            problem=(
                f"an update was cut off, or is under way elsewhere, while it made {', '.join(urns)}; no rule "
                "tells whether it exists, for its service would take a second one of that name and its provider finds "
                "one by its id only; when nobody is at work, look for each by its name, bring in what exists with "
                f"`pulumi import --stack {stack} <type> <name> <id>`, then run "
                f"`pulumi refresh --stack {stack} --clear-pending-creates`; `pulumi cancel {stack}` clears a lock that "
                "is left"
            ),
        )
