"""The live tenant, object by object, as the rules of the controls see it: by Get- cmdlets and by Microsoft Graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from controls import rules_tenant as kinds
from controls.model import Resource, property_name
from controls.rules_exchange import EXCHANGE
from exchange_admin import ExchangeAdmin, ExchangeError
from mailwave.adapters.graph import Graph, Row
from mailwave.core.outcomes import ActRefused

NAMED_BY = ("Name", "Domain", "DomainName", "Identity")
"""The properties of which the first that is there names an object for people."""

RESOURCE_MAILBOXES = "SharedMailbox,RoomMailbox,EquipmentMailbox"


class LiveTenant:
    """The tenant of *environment*, through *admin* and *graph*, which may not be there."""

    def __init__(self, environment: str, admin: ExchangeAdmin, graph: Graph | None) -> None:
        self._stack = f"tenant-{environment}"
        self._admin = admin
        self._directory = graph
        self._readers: Mapping[str, Callable[[], Iterator[tuple[str, Mapping[str, Any]]]]] = {
            kinds.AUTHORISATION: lambda: self._setting("authorizationPolicy"),
            kinds.CONSENT_REQUESTS: lambda: self._setting("adminConsentRequestPolicy"),
            kinds.APPLICATIONS: lambda: self._setting("defaultAppManagementPolicy"),
            kinds.SYNCHRONISATION: self._synchronisation,
            kinds.ADMINISTRATOR: self._administrators,
            kinds.RESOURCE_ACCOUNT: self._resource_accounts,
        }

    def read(self, kind: str) -> Sequence[Resource]:
        """Every object of *kind*, a type of the rules.

        Raises:
            ActRefused: they could not be read.
        """
        try:
            found = (
                self._exchange(kind.removeprefix(EXCHANGE))
                if kind.startswith(EXCHANGE)
                else self._readers[kind]()
            )
            return [Resource(self._stack, kind, name, properties) for name, properties in found]
        except ExchangeError as error:
            raise ActRefused(act="read", subject=kind, why=str(error)) from error

    @property
    def _graph(self) -> Graph:
        if self._directory is None:
            raise ActRefused(act="read", subject="Microsoft Graph", why="the endpoints file does not name it")
        return self._directory

    def _exchange(self, noun: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for row in self._admin.invoke(f"Get-{noun}").rows:
            name = next((str(row[key]) for key in NAMED_BY if row.get(key)), noun)
            yield name, {property_name(parameter): value for parameter, value in row.items()}

    def _setting(self, name: str) -> Iterator[tuple[str, Row]]:
        found = self._graph.one(f"policies/{name}")
        if found is not None:
            yield name, found

    def _synchronisation(self) -> Iterator[tuple[str, Row]]:
        for row in self._graph.every("directory/onPremisesSynchronization"):
            yield "onPremisesSynchronization", row

    def _administrators(self) -> Iterator[tuple[str, Row]]:
        """Whoever has a role, once for each; a principal that is no user comes from no other directory."""
        people: dict[str, Row] = {}
        for row in self._graph.every("roleManagement/directory/roleAssignments"):
            key = row["principalId"]
            if key not in people:
                people[key] = (
                    self._graph.one(f"users/{key}?$select=id,userPrincipalName,onPremisesSyncEnabled") or {}
                )
            yield str(people[key].get("userPrincipalName") or key), {**row, "principal": people[key]}

    def _resource_accounts(self) -> Iterator[tuple[str, Row]]:
        """The mailboxes that are nobody's, and whether their accounts may sign in."""
        query = {"RecipientTypeDetails": RESOURCE_MAILBOXES, "ResultSize": "Unlimited"}
        rows = self._admin.invoke("Get-Mailbox", query).rows
        if not rows:
            return
        enabled = {
            str(row["id"]).lower()
            for row in self._graph.every("users?$filter=accountEnabled eq true&$select=id&$top=999")
        }
        for row in rows:
            account = str(row["ExternalDirectoryObjectId"]).lower()
            yield str(row["PrimarySmtpAddress"]), {"accountEnabled": account in enabled}
