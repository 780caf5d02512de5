"""Applications that Exchange Online has known since its tenant was set up, as the stack hybrid makes them."""

from __future__ import annotations

from rehearsal import draws
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.rbac import Assignment, Principal, Scope


class Known:
    """The application *client*, called *name*, and what it is given."""

    def __init__(self, online: ExchangeOnline, client: str, name: str) -> None:
        self.name = name
        self.rbac = online.rbac
        self.then = online.tenant.set_up
        self._key = online.tenant.seed, client
        object_id, guid = self.guid("object-id"), self.guid("service-principal")
        self.principal = Principal(client, object_id, name, guid, self.then)
        self.rbac.principals[guid] = self.principal

    def guid(self, what: str) -> str:
        """A GUID of something of its own, the same in every run."""
        return draws.guid(*self._key, what)

    def scope(self, condition: str) -> str:
        """The GUID of a management scope of its own, of the recipients that *condition* lets through."""
        guid = self.guid("scope")
        self.rbac.scopes[guid] = Scope(self.name, guid, condition, self.then)
        return guid

    def assign(self, role: str, scope: str | None, assignee: str | None = None) -> None:
        """Give *role* within *scope* to itself, or to the group *assignee*."""
        guid = self.guid(f"assignment {role}")
        called = f"{role}-{self.name}"
        self.rbac.assignments[guid] = Assignment(
            called, guid, role, assignee or self.principal.guid, self.then, scope
        )
