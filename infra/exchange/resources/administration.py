"""Generated from infra/exchange/objects/administration.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Resource


class ServicePrincipalArgs(TypedDict, total=False):
    """The properties of ServicePrincipal."""

    object_id: Required[Input[str]]
    """Which object is meant."""
    app_id: Required[Input[str]]
    """GUID of the application."""
    display_name: Input[str]
    """What it is called in Exchange."""


class ServicePrincipal(Resource):
    """An application of the directory as Exchange knows it.

    *objectId* is its service principal's there. It is made and removed by the stack; one of that name is
    adopted.
    """

    object_id: Output[str]
    app_id: Output[str]
    display_name: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ServicePrincipalArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class RoleGroupArgs(TypedDict, total=False):
    """The properties of RoleGroup."""

    name: Required[Input[str]]
    """Which object is meant."""
    description: Input[str]
    """What the group is for."""
    members: Input[Sequence[Input[str]]]
    """Object ids or names of its members."""


class RoleGroup(Resource):
    """Who has the roles that are assigned to the group.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    description: Output[str]
    members: Output[Sequence[str]]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[RoleGroupArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class ManagementScopeArgs(TypedDict, total=False):
    """The properties of ManagementScope."""

    name: Required[Input[str]]
    """Which object is meant."""
    recipient_restriction_filter: Required[Input[str]]
    """The filter that they meet."""


class ManagementScope(Resource):
    """Which recipients a role may change.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    recipient_restriction_filter: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ManagementScopeArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class ManagementRoleArgs(TypedDict, total=False):
    """The properties of ManagementRole."""

    name: Required[Input[str]]
    """Which object is meant."""
    parent: Required[Input[str]]
    """The built-in role."""
    enabled_cmdlets: Required[Input[Sequence[Input[str]]]]
    """The cmdlets, of those that *parent* has."""


class ManagementRole(Resource):
    """Some of the cmdlets of a built-in role of Exchange, as a role of their own.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    parent: Output[str]
    enabled_cmdlets: Output[Sequence[str]]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ManagementRoleArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class ManagementRoleAssignmentArgs(TypedDict, total=False):
    """The properties of ManagementRoleAssignment."""

    name: Required[Input[str]]
    """Which object is meant."""
    role: Required[Input[str]]
    """The role."""
    security_group: Required[Input[str]]
    """The role group."""
    custom_recipient_write_scope: Input[str]
    """The management scope that bounds what it changes."""
    enabled: Input[bool]
    """Whether it is in force."""


class ManagementRoleAssignment(Resource):
    """A role of Exchange, given to a role group.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    role: Output[str]
    security_group: Output[str]
    custom_recipient_write_scope: Output[str]
    enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ManagementRoleAssignmentArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class ApplicationAssignmentArgs(TypedDict, total=False):
    """The properties of ApplicationAssignment."""

    name: Required[Input[str]]
    """Which object is meant."""
    role: Required[Input[str]]
    """The role."""
    app: Required[Input[str]]
    """Object id of the application."""
    custom_resource_scope: Input[str]
    """The management scope of the mailboxes."""
    enabled: Input[bool]
    """Whether it is in force."""


class ApplicationAssignment(Resource):
    """A role of applications over what is in mailboxes, given to one application.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    role: Output[str]
    app: Output[str]
    custom_resource_scope: Output[str]
    enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ApplicationAssignmentArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class RoleAssignmentPolicyArgs(TypedDict, total=False):
    """The properties of RoleAssignmentPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    description: Input[str]
    """What the policy is for."""
    roles: Input[Sequence[Input[str]]]
    """The end-user roles that it gives."""


class RoleAssignmentPolicy(Resource):
    """What people may do with their own mailboxes. It is adopted, and stays when it leaves the stack."""

    name: Output[str]
    description: Output[str]
    roles: Output[Sequence[str]]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[RoleAssignmentPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
