"""Role-based access control: which cmdlets a caller may run, and on whom.

A caller is an application. The roles of the directory in its token stand for built-in role groups; as a service
principal of Exchange it can be a member of others (fact A10). Who may not run a cmdlet is answered as if it did not
exist (fact A23). A scope bounds what a role changes, never what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from rehearsal import draws
from rehearsal.exchange_online import csv_data, roles
from rehearsal.exchange_online.cmdlet import Bound, filtered
from rehearsal.exchange_online.errors import NotFound, NotPermitted, Refusal, UnknownParameter
from rehearsal.exchange_online.metadata import Cmdlet
from rehearsal.exchange_online.roles import Role
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.exchange_online.values import Row

PERMISSION = "Exchange.ManageAsApp"
"""The application permission that the admin endpoint wants (fact A10)."""
READING = ("Get-", "Test-")
_RECIPIENT_IDS = frozenset(
    f"{kind}IdParameter"
    for kind in (
        *("Mailbox", "Recipient", "MailboxFolder", "MailUser", "User", "CASMailbox", "MoveRequest"),
        "MailboxAuditBypassAssociation",
    )
)
"""The types of a parameter that names a recipient."""
_NAMING = ("Identity", "Mailbox")
"""The parameters that say what a cmdlet changes: a rule of an inbox is named beside its mailbox."""


class OutOfScope(Refusal):
    """The caller's role does not reach the recipient *name*."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            "System.InvalidOperationException",
            f"The operation on mailbox \"{name}\" failed because it's out of the current user's write scope. "
            f"The object '{name}' must be within the read scope before and after it's modified. "
            "Can't perform the save operation.",
        )


@dataclass
class Principal:
    """An application of the directory as Exchange knows it."""

    app_id: str
    object_id: str
    display_name: str
    guid: str
    made: datetime


@dataclass
class RoleGroup:
    """Who has the roles that are assigned to the group; *members* are GUIDs of principals and of recipients."""

    name: str
    guid: str
    made: datetime
    display_name: str = ""
    description: str = ""
    members: dict[str, None] = field(default_factory=dict)
    managed_by: list[str] = field(default_factory=list)
    built_in: bool = False


@dataclass
class RolePolicy:
    """What people may do with their own mailboxes, by the roles that are assigned to the policy."""

    name: str
    guid: str
    made: datetime
    description: str = ""
    default: bool = False


@dataclass
class Scope:
    """The recipients that a *condition* lets through."""

    name: str
    guid: str
    condition: str
    made: datetime


@dataclass
class Assignment:
    """A *role* given to a role group, a policy or a principal, *assignee* by its GUID, and the GUID of a *scope*."""

    name: str
    guid: str
    role: str
    assignee: str
    made: datetime
    scope: str | None = None
    enabled: bool = True


@dataclass(frozen=True)
class Caller:
    """The roles that a caller has, each with the scopes that bound it; an empty tuple means everybody."""

    grants: tuple[tuple[Role, tuple[Scope, ...]], ...]

    def may(self, cmdlet: str) -> bool:
        """Tell whether one of the roles carries a cmdlet."""
        return any(role.carries(cmdlet) for role, _ in self.grants)

    def takes(self, cmdlet: str, parameter: str) -> bool:
        """Tell whether one of the roles carries a parameter of a cmdlet."""
        return any(role.carries(cmdlet) and role.takes(cmdlet, parameter) for role, _ in self.grants)

    def scopes(self, cmdlet: str) -> tuple[Scope, ...]:
        """Return the scopes of which a recipient must meet one to be changed by a cmdlet; none if all may be."""
        bounds = [scopes for role, scopes in self.grants if role.carries(cmdlet)]
        return () if () in bounds else tuple(scope for scopes in bounds for scope in scopes)


class Rbac:
    """The role groups, scopes, assignments and service principals of a tenant, by GUID, and what follows from them.

    *row* gives what a scope's filter sees of a recipient.
    """

    def __init__(self, tenant: Tenant, row: Callable[[Recipient], Row]) -> None:
        self._tenant = tenant
        self._options = tenant.options
        self.row = row
        self.principals: dict[str, Principal] = {}
        self.groups: dict[str, RoleGroup] = {}
        self.policies: dict[str, RolePolicy] = {}
        self.scopes: dict[str, Scope] = {}
        self.assignments: dict[str, Assignment] = {}
        self.roles = {name: Role(name) for name in roles.ROLES}
        key, then = (tenant.seed, tenant.estate.tenant_id), tenant.set_up
        for name, given in roles.GROUPS.items():
            group = RoleGroup(name, _born(*key, "role-group", name), then, built_in=True)
            self.groups[group.guid] = group
            self._assign(given, name, group.guid)
        policy = roles.DEFAULT_POLICY
        guid = _born(*key, "role-policy", policy)
        self.policies[guid] = RolePolicy(policy, guid, then, default=True)
        self._assign(roles.USER_ROLES, policy, guid)

    def _assign(self, given: Sequence[str], name: str, assignee: str) -> None:
        """Let *assignee* have had these roles since the tenant was set up."""
        tenant = self._tenant
        for role in given:
            called = f"{role}-{name}"
            guid = _born(tenant.seed, tenant.estate.tenant_id, "role-assignment", called)
            self.assignments[guid] = Assignment(called, guid, role, assignee, tenant.set_up)

    def caller(self, claims: Mapping[str, object], cmdlet: str) -> Caller:
        """Return what the bearer of a token may do.

        :raises NotPermitted: if the token lacks the permission, or its bearer any role (fact A10).
        """
        if PERMISSION not in _texts(claims.get("roles")) and self._options.permission_needed:
            raise NotPermitted(cmdlet)
        grants = tuple(self._grants(claims))
        if not grants and self._options.role_needed:
            raise NotPermitted(cmdlet)
        every = ((Role(name), ()) for name in roles.GROUPS[roles.ORGANISATION_MANAGEMENT])
        return Caller(grants or tuple(every))

    def runs(self, caller: Caller, cmdlet: str) -> bool:
        """Tell whether a caller may run a cmdlet at all."""
        return caller.may(cmdlet) or not self._options.roles_carry_cmdlets

    def check(self, cmdlet: str, description: Cmdlet, bound: Bound, caller: Caller) -> None:
        """Refuse a parameter that no role of the caller carries, and to change a recipient that none reaches.

        :raises UnknownParameter: as if the cmdlet had no such parameter.
        :raises OutOfScope: if a recipient is beyond the scopes.
        """
        for parameter in bound if self._options.roles_carry_parameters else ():
            if not caller.takes(cmdlet, parameter):
                raise UnknownParameter(parameter)
        if cmdlet.startswith(READING) or not self._options.write_scope_bounds:
            return
        scopes = caller.scopes(cmdlet)
        for identity in self._changed(description, bound) if scopes else ():
            for recipient in self._tenant.named(identity):
                if not self._within(recipient, scopes):
                    raise OutOfScope(recipient.mailbox.display_name)

    def principal(self, identity: str) -> Principal | None:
        """Return the application of this object id, client id, GUID or display name."""
        wanted = identity.lower()
        for each in self.principals.values():
            if wanted in (each.object_id, each.app_id, each.guid, each.display_name.lower()):
                return each
        return None

    def scope(self, identity: str) -> Scope | None:
        """Return the scope of this name or GUID."""
        wanted = identity.lower()
        return next((each for each in self.scopes.values() if wanted in (each.name.lower(), each.guid)), None)

    def unassign(self, assignee: str) -> None:
        """Remove every assignment of who is removed."""
        self.assignments = {
            guid: each for guid, each in self.assignments.items() if each.assignee != assignee
        }

    def _grants(self, claims: Mapping[str, object]) -> Iterator[tuple[Role, tuple[Scope, ...]]]:
        names = {roles.STANDS_FOR[each] for each in _texts(claims.get("wids")) if each in roles.STANDS_FOR}
        holders = {guid for guid, group in self.groups.items() if group.built_in and group.name in names}
        app = str(claims.get("appid")).lower()
        own = {guid for guid, each in self.principals.items() if each.app_id == app}
        holders |= own
        if self._options.role_groups_take_applications:
            holders |= {guid for guid, group in self.groups.items() if own & group.members.keys()}
        for each in self.assignments.values():
            if each.assignee in holders and each.enabled and each.role not in roles.APPLICATION_ROLES:
                yield self.roles[each.role], (self.scopes[each.scope],) if each.scope else ()

    def _changed(self, description: Cmdlet, bound: Bound) -> Iterator[str]:
        """The identities of the recipients that a call changes; a batch's list is not looked at (fact B9)."""
        for name in _NAMING:
            named = description.parameters.get(name)
            if named is not None and named.type in _RECIPIENT_IDS and bound.text(name):
                yield str(bound.text(name)).partition(":")[0]
        if "CSVData" in bound and not self._options.csv_ignores_scope:
            yield from csv_data.read(bound.data("CSVData"), self._options, allow_unknown=True).addresses

    def _within(self, recipient: Recipient, scopes: Sequence[Scope]) -> bool:
        row = self.row(recipient)
        return any(filtered([row], scope.condition) for scope in scopes)


def role_named(rbac: Rbac, identity: str, *, status: int = 400) -> str:
    """Return the role of this name as the service spells it.

    :raises NotFound: if there is none.
    """
    found = next((name for name in rbac.roles if name.lower() == identity.lower()), None)
    if found is None:
        raise NotFound(identity, status=status)
    return found


def policy_named(rbac: Rbac, identity: str, *, status: int = 400) -> RolePolicy:
    """Return the policy of role assignment of this name or GUID.

    :raises NotFound: if there is none.
    """
    wanted = identity.lower()
    found = next((each for each in rbac.policies.values() if wanted in (each.name.lower(), each.guid)), None)
    if found is None:
        raise NotFound(identity, status=status)
    return found


def scope_named(rbac: Rbac, identity: str | None) -> str | None:
    """Return the GUID of the scope of this name, None if none is named.

    :raises NotFound: if there is no such scope.
    """
    if identity is None:
        return None
    found = rbac.scope(identity)
    if found is None:
        raise NotFound(identity)
    return found.guid


@cache
def _born(seed: int, tenant_id: str, kind: str, name: str) -> str:
    """Return the GUID of what is there from the beginning."""
    return draws.guid(seed, tenant_id, f"{kind} {name}")


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
