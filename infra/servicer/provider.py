"""What a provider is in plain Python: the hooks that a subclass fills in, and what travels through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.servicer.values import Change, Properties, differences


@dataclass(frozen=True)
class Subject:
    """The resource that a call is about: its type token, its name in the program, and its URN."""

    type: str
    name: str
    urn: str


@dataclass(frozen=True)
class Live:
    """An object as the service has it now.

    *inputs* are what the program could have written, projected onto what it did write (`values.project`); all that
    can be written when the object is imported. *outputs* is the whole new state. *id* None: the id is as it was.
    """

    inputs: Properties
    outputs: Properties
    id: str | None = None


@dataclass(frozen=True)
class Difference:
    """What would change. *delete_first*: the old object must go before its replacement comes (same name)."""

    changes: Sequence[Change] = ()
    delete_first: bool = False
    stable: Sequence[str] = field(default=())


class CheckFailure(ValueError):
    """An input that cannot be right. *failures* pairs each property with what is wrong with it."""

    def __init__(self, failures: Sequence[tuple[str, str]]) -> None:
        self.failures = tuple(failures)
        super().__init__("; ".join(f"{name}: {reason}" for name, reason in self.failures))


class ProviderError(RuntimeError):
    """The service or the provider refuses; the engine shows the sentence and fails this one resource."""


class HalfMade(ProviderError):
    """The object is there, but did not come up: the engine keeps it in the state and repairs it at the next update.

    *object_id*, *inputs* and *outputs* are what is there; *reasons* is what the service says of it.
    """

    def __init__(
        self, object_id: str, inputs: Properties, outputs: Mapping[str, Any], reasons: Sequence[str]
    ) -> None:
        self.object_id = object_id
        self.inputs = inputs
        self.outputs = outputs
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reasons))


def _unheard(urn: str, text: str) -> None:
    """Nobody listens as long as no engine has started the provider."""
    del urn, text


class Provider:
    """A Pulumi provider. Subclasses fill in the hooks they need; the rest refuse.

    Hooks take and return plain dicts (see `infra.servicer.values`): secrets arrive unwrapped, and a value that a
    preview does not know is `UNKNOWN`. Return a `Secret` to have an output encrypted; an output with the name of a
    secret input is encrypted by the engine without that. Calls arrive on several threads at once.

    A hook raises `CheckFailure` from the two checks, `HalfMade` from create and update, and `ProviderError` anywhere;
    any other exception is a fault in the provider, and gRPC shows it with its traceback on standard error.

    *warn* and *tell* show a text on the engine's screen, beside the resource with the given URN.
    """

    name: str
    version: str
    warn: Callable[[str, str], None] = staticmethod(_unheard)
    tell: Callable[[str, str], None] = staticmethod(_unheard)

    def cancel(self) -> None:
        """The user wants to stop. By default what is under way ends by itself: half an object is worse than a wait."""

    def schema(self) -> str:
        """The package's schema in JSON; empty where there is none."""
        return ""

    def check_config(self, news: Properties) -> Properties:
        """Validate the provider's own configuration and return it, perhaps with defaults."""
        return news

    def configure(self, variables: Properties) -> None:
        """Take the configuration in, by bare names (`subscriptionId`, not `azure-native:config:subscriptionId`)."""

    def check(self, subject: Subject, olds: Properties, news: Properties, seed: bytes) -> Properties:
        """Validate a resource's inputs and return them with defaults.

        *olds* are the inputs of the last update, empty on the first. *seed* is random and kept for the operation;
        it is for names made up by the provider. Raises CheckFailure.
        """
        raise NotImplementedError(subject.type)

    def diff(
        self, subject: Subject, object_id: str, olds: Properties, news: Properties, state: Properties
    ) -> Difference:
        """Compare the old inputs with the new. By default every difference is an update in place."""
        del subject, object_id, state
        return Difference(differences(olds, news))

    def create(self, subject: Subject, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Make the object; return its id and its whole state.

        In a preview nothing may be touched: return the inputs (and outputs known for sure) and any id; outputs left
        out are unknown.
        """
        raise NotImplementedError(subject.type)

    def read(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> Live | None:
        """The live object, or None when it is certainly gone. A read that failed is an error, never None.

        *inputs* and *state* are empty on an import.
        """
        raise NotImplementedError(subject.type)

    def update(
        self,
        subject: Subject,
        object_id: str,
        olds: Properties,
        news: Properties,
        state: Properties,
        *,
        preview: bool,
    ) -> Properties:
        """Change the object in place from the inputs *olds* to *news*; return its whole new state."""
        raise NotImplementedError(subject.type)

    def delete(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> None:
        """Remove the object; that it is gone already is no error."""
        raise NotImplementedError(subject.type)

    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Any]:
        """Answer a function call of the program, such as `getClientConfig`."""
        raise ProviderError(f"{self.name} has no function {token}")
