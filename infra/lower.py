"""The outputs of the stack one layer down, which has to be deployed first: a reference from stack to stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pulumi

from infra.errors import NotDeployed, StillNeeded, WrongOwner
from infra.stack import LAYERS, PROJECT, StackName

_READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"


@dataclass(frozen=True)
class Lower:
    """A deployed stack: *name* is its own, *reader* the stack that reads it, *outputs* what it exported."""

    name: StackName
    reader: StackName
    outputs: Mapping[str, Any]

    @classmethod
    async def of(cls, reader: StackName, layer: str) -> Lower:
        """The stack of *layer* in the reader's environment.

        Raises:
            NotDeployed: that stack does not exist.
        """
        name = reader.other(layer)
        full_name = f"{pulumi.get_organization()}/{PROJECT}/{name}"
        return cls(name, reader, await _outputs(full_name, name, reader))

    def require(self, output: str) -> Any:
        """The value of *output*.

        Raises:
            NotDeployed: the stack has not exported it.
        """
        if self.outputs.get(output) is None:
            raise NotDeployed(stack=str(self.reader), below=str(self.name), missing=output)
        return self.outputs[output]

    def require_each(self, output: str, names: Iterable[str]) -> Mapping[str, Any]:
        """The values of *output* by name, among them each of *names*.

        Raises:
            NotDeployed: the stack was deployed by a version that did not know one of them.
        """
        found: Mapping[str, Any] = self.require(output)
        for name in names:
            if name not in found:
                raise NotDeployed(stack=str(self.reader), below=str(self.name), missing=f"{output}.{name}")
        return found

    def require_owner(self, **asked: str) -> None:
        """Compare the stack's ``<what>_id`` with each *what* that is asked for.

        Raises:
            WrongOwner: the lower stack belongs to another tenant or subscription.
        """
        for what, value in asked.items():
            found = self.require(f"{what}_id")
            if found != value:
                raise WrongOwner(
                    stack=str(self.reader), what=what, asked=value, where=f"stack {self.name}", found=found
                )


async def removed(stack: StackName) -> Mapping[str, Any]:
    """No outputs, of a stack that declares nothing.

    Raises:
        StillNeeded: a stack above it is there, and reads what it made.
    """
    for layer in LAYERS[LAYERS.index(stack.layer) + 1 :]:
        with suppress(NotDeployed):
            above = await Lower.of(stack, layer)
            if above.outputs:
                raise StillNeeded(stack=str(stack), above=str(above.name))
    return {}


async def _outputs(full_name: str, name: StackName, reader: StackName) -> Mapping[str, Any]:
    """What the stack has exported, by the engine's own function.

    The resource StackReference reads the same once more, and ends the engine's run in its own words where there is no
    such stack. No output is a secret, which is all that it would keep.
    """
    try:
        found = await pulumi.runtime.invoke_async(_READ_OUTPUTS, {"name": full_name})
    except Exception as error:  # the SDK raises nothing narrower
        if "unknown stack" not in str(error):
            raise
        raise NotDeployed(stack=str(reader), below=str(name), missing="tenant_id") from None
    return dict(found["outputs"] or {})
