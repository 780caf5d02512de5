"""What a stack is called, and what follows from its name."""

from __future__ import annotations

from dataclasses import dataclass

from infra.errors import UnknownStack

PROJECT = "mailwave"
"""The name in Pulumi.yaml, which is also the namespace of the configuration keys."""

ENGINE_NAMESPACE = "pulumi"
"""Configuration keys such as ``pulumi:tags`` are read by the engine itself."""

LAYERS = ("foundation", "identity", "hybrid")
"""From the lowest up: a layer reads outputs of the one below it."""

ENVIRONMENTS = ("rehearsal", "dev", "pilot", "production")


@dataclass(frozen=True)
class StackName:
    """One layer of one environment, such as ``identity-production``."""

    layer: str
    environment: str

    @classmethod
    def parse(cls, text: str) -> StackName:
        """Read a stack's name.

        Raises:
            UnknownStack: it is not ``<layer>-<environment>`` with a known layer and environment.
        """
        layer, _, environment = text.partition("-")
        if layer not in LAYERS or environment not in ENVIRONMENTS:
            raise UnknownStack(stack=text, layers=LAYERS, environments=ENVIRONMENTS)
        return cls(layer, environment)

    def __str__(self) -> str:
        return f"{self.layer}-{self.environment}"

    def other(self, layer: str) -> StackName:
        """The stack of *layer* in the same environment."""
        return StackName(layer, self.environment)

    def display_name(self, what: str) -> str:
        """A directory object's name; these share one name space per tenant, so it says which environment."""
        return f"{PROJECT} {what} ({self.environment})"

    def tags(self) -> dict[str, str]:
        """What every Azure resource of the stack is tagged with, whatever the configuration adds."""
        return {
            "service": PROJECT,
            "environment": self.environment,
            "layer": self.layer,
            "managed-by": "pulumi",
        }
