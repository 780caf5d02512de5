"""What the objects of one kind know of the others and of the tenant."""

from __future__ import annotations

from typing import Protocol

from rehearsal.exchange_online.objects.kind import Kind
from rehearsal.exchange_online.objects.options import ObjectOptions
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Row


class Others(Protocol):
    """The objects of another kind."""

    noun: str
    kind: Kind

    def rows(self) -> list[Row]:
        """Return what they show."""
        ...

    def find(self, identity: object, *, status: int = 400) -> Row:
        """Return what the one of this identity shows; raise `NotFound`."""
        ...

    def at(self, guid: str) -> Row | None:
        """Return what the one with this GUID shows, None once it is removed."""
        ...


class World(Protocol):
    """The tenant, its rules and its other objects."""

    tenant: Tenant
    options: ObjectOptions

    def kind(self, noun: str) -> Others:
        """Return the objects of another kind."""
        ...

    def cname(self, name: str) -> str | None:
        """Return to what the public DNS points *name*."""
        ...
