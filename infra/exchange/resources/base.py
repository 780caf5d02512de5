"""What the generated classes stand on, and the provider."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypedDict

import pulumi
from pulumi import Input, Output, ResourceOptions


class Bounds(TypedDict):
    """What a live value may move between without being drift."""

    minimum: Input[int]
    maximum: Input[int]


class Provider(pulumi.ProviderResource):
    """Exchange Online of the tenant with the GUID *tenant_id*.

    Its address and credential come from the file that MAILWAVE_ENDPOINTS names; a file of another tenant is refused.
    """

    def __init__(
        self, resource_name: str, *, tenant_id: Input[str], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("exchange", resource_name, {"tenantId": tenant_id}, opts)


class Resource(pulumi.CustomResource):
    """A resource whose properties are in snake case here and in camel case in the engine."""

    guid: Output[str]
    """Exchange's own id of the object."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None, inputs: Mapping[str, object]
    ) -> None:
        super().__init__(
            f"exchange:index:{type(self).__name__}", resource_name, {**inputs, "guid": None}, opts
        )

    def translate_input_property(self, prop: str) -> str:
        """Return the engine's name of a property."""
        return re.sub(r"_(\w)", lambda found: found[1].upper(), prop)

    def translate_output_property(self, prop: str) -> str:
        """Return this class's name of a property."""
        return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", prop)
