"""The applications of the migration inside Exchange: whom it knows, and the roles of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import (
    ApplicationAssignment,
    ManagementRole,
    ManagementRoleAssignment,
    ManagementScope,
    RoleGroup,
    ServicePrincipal,
)
from infra.hybrid.duties import DUTIES, MOVABLE
from infra.hybrid.part import Part


@dataclass(frozen=True)
class AdministrationArgs:
    """*clients* and *principals* are application and object ids by duty; *names* what each role group is called.

    *mailbox* is that by which mail and free/busy are tried, None where there is none; *mailbox_scope* is what
    the scope is called that has it.
    """

    clients: Mapping[str, str]
    principals: Mapping[str, str]
    names: Mapping[str, str]
    scope_name: str
    mailbox: str | None = None
    mailbox_scope: str = ""


class Administration(Part):
    """A role group a duty with one member, the duty's application.

    Whoever changes recipients does so within one scope, and whoever sends mail or asks for free/busy does so as one
    mailbox. Roles are assigned one by one, so that none is missing while another changes.
    """

    def __init__(
        self, name: str, args: AdministrationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("Administration", name, opts)
        self._args = args

        self.scope = ManagementScope(
            "movable", name=args.scope_name, recipient_restriction_filter=MOVABLE, opts=self.child
        )
        self.principals = {duty: self._principal(duty) for duty in DUTIES}
        self.groups = {duty: self._group(duty) for duty in DUTIES}
        self.assignments = [each for duty in DUTIES for each in self._assignments(duty)]
        self.in_mailbox = [] if args.mailbox is None else self._in_mailbox(args.mailbox)

        self.group_names: dict[str, pulumi.Output[str]] = {
            duty: group.name for duty, group in self.groups.items()
        }
        self.register_outputs({"group_names": self.group_names})

    def _principal(self, duty: str) -> ServicePrincipal:
        return ServicePrincipal(
            duty,
            object_id=self._args.principals[duty],
            app_id=self._args.clients[duty],
            display_name=self._args.names[duty],
            opts=self.child,
        )

    def _group(self, duty: str) -> RoleGroup:
        return RoleGroup(
            duty,
            name=self._args.names[duty],
            description=DUTIES[duty].description,
            members=[self.principals[duty].object_id],
            opts=self.child,
        )

    def _assignments(self, duty: str) -> Iterator[ManagementRoleAssignment]:
        for role in DUTIES[duty].reads:
            yield self._assignment(duty, role)
        for role in DUTIES[duty].writes:
            yield self._assignment(duty, role, self.scope.name)
        for role, cmdlets in DUTIES[duty].parts.items():
            yield self._assignment(duty, role, self.scope.name, self._part(duty, role, cmdlets).name)

    def _part(self, duty: str, role: str, cmdlets: Sequence[str]) -> ManagementRole:
        """A role of the duty's own, which has some of the *cmdlets* of a built-in one."""
        return ManagementRole(
            _key(duty, role),
            name=f"{role} of {self._args.names[duty]}",
            parent=role,
            enabled_cmdlets=cmdlets,
            opts=self.child,
        )

    def _in_mailbox(self, address: str) -> list[ApplicationAssignment]:
        """The roles of applications: each within a scope that has one mailbox (RBAC for Applications)."""
        scope = ManagementScope(
            "mailbox",
            name=self._args.mailbox_scope,
            recipient_restriction_filter=f"PrimarySmtpAddress -eq '{address}'",
            opts=self.child,
        )
        return [
            ApplicationAssignment(
                _key(duty, role),
                name=f"{role}-{self._args.names[duty]}",
                role=role,
                app=self.principals[duty].object_id,
                custom_resource_scope=scope.name,
                enabled=True,
                opts=self.child,
            )
            for duty, row in DUTIES.items()
            for role in row.mailbox
        ]

    def _assignment(
        self,
        duty: str,
        role: str,
        scope: pulumi.Output[str] | None = None,
        part: pulumi.Output[str] | None = None,
    ) -> ManagementRoleAssignment:
        bounds = {} if scope is None else {"custom_recipient_write_scope": scope}
        return ManagementRoleAssignment(
            _key(duty, role),
            name=f"{role}-{self._args.names[duty]}",
            role=part or role,
            security_group=self.groups[duty].name,
            enabled=True,
            opts=self.child,
            **bounds,
        )


def _key(duty: str, role: str) -> str:
    """What the engine calls what gives *role* to *duty*."""
    return f"{duty}-{role.replace(' ', '-').lower()}"
