"""Resource groups, and the locks that keep their contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, resources


@dataclass(frozen=True)
class GroupsArgs:
    """*names*: what each group is called before the engine adds its suffix."""

    names: Sequence[str]
    location: str
    tags: Mapping[str, str]


class Groups(pulumi.ComponentResource):
    """One group for each part of the platform that lives and goes together; *group_names* are by the name asked for."""

    def __init__(self, name: str, args: GroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Groups", name, None, opts)
        self._args = args

        self.groups = {each: self._group(each) for each in args.names}

        self.group_names = {each: group.name for each, group in self.groups.items()}
        self.register_outputs({"group_names": self.group_names})

    def _group(self, name: str) -> resources.ResourceGroup:
        # Groups used to stand beside the components: the alias keeps those that were made then.
        alias = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
        return resources.ResourceGroup(
            name,
            location=self._args.location,
            tags=self._args.tags,
            opts=pulumi.ResourceOptions(parent=self, aliases=[alias]),
        )


@dataclass(frozen=True)
class LocksArgs:
    """*group_names*: of the groups to be locked, by the name of the lock."""

    group_names: Mapping[str, pulumi.Input[str]]


class Locks(pulumi.ComponentResource):
    """A lock on each group: nothing in it can be deleted, by anybody, before the lock is.

    The component depends on everything in the groups. So locks are made last and removed first, and an update that
    would delete or replace something that they hold is refused by Azure until a person removes the lock.
    """

    def __init__(self, name: str, args: LocksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Locks", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)

        self.locks = [self._lock(each, group) for each, group in args.group_names.items()]

        self.register_outputs({})

    def _lock(self, name: str, group: pulumi.Input[str]) -> authorization.ManagementLockAtResourceGroupLevel:
        return authorization.ManagementLockAtResourceGroupLevel(
            name,
            resource_group_name=group,
            lock_name="keep",
            level=authorization.LockLevel.CAN_NOT_DELETE,
            notes="Mail, identity or evidence depends on what is here: see infra/README.md before removing this lock.",
            opts=self._child,
        )
