"""What several layers must be told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from estate_schema.values import Guid, Model


class Common(Model):
    """What every layer must be told."""

    tenant_id: Guid
    protect: Annotated[
        bool,
        Field(description="true or false; true makes the engine refuse to delete or replace any resource"),
    ]
    removed: Annotated[
        bool,
        Field(description="true or false; true declares nothing, so that an update removes the whole stack"),
    ] = False


class Subscribed(Common):
    """A layer that makes Azure resources."""

    subscription_id: Guid
