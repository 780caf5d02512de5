"""Groups and their licences that a Pulumi provider made, as the directory has them: both are one tenant's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.directory.objects import AssignedLicence, Group
from rehearsal.directory.tenant import Entra

_GROUPS = ("azuread:index/group:Group", "azuread:index/groupWithoutMembers:GroupWithoutMembers")
_LICENCE = "azuread:index/groupLicense:GroupLicense"


class Declared:
    """Carries groups without rules, and the licences of groups, over to *entra*; nothing else is known there."""

    def __init__(self, entra: Entra) -> None:
        self._entra = entra

    def stored(self, kind: str, view: Mapping[str, Any]) -> None:
        """Notice that an object of the type *kind* was made or changed, and shows *view* now.

        :raises Refusal: if the tenant has not bought the licence, or a name is taken.
        """
        if kind in _GROUPS and not view.get("dynamicMembership"):
            self._keep(view)
        elif kind == _LICENCE:
            licence = AssignedLicence(view["skuId"], tuple(view.get("disabledPlans") or ()))
            self._entra.licensing.give_by_group(self._group(view["groupObjectId"]), [licence], ())

    def removed(self, kind: str, view: Mapping[str, Any]) -> None:
        """Notice that an object is gone; one that the directory does not have is no matter."""
        if kind in _GROUPS and isinstance(found := self._entra.store.find(view["objectId"]), Group):
            self._entra.delete(found)
        elif kind == _LICENCE:
            group = self._entra.store.find(view["groupObjectId"])
            if isinstance(group, Group) and any(
                each.sku_id == view["skuId"] for each in group.assigned_licenses
            ):
                self._entra.licensing.give_by_group(group, (), [view["skuId"]])

    def _keep(self, view: Mapping[str, Any]) -> None:
        values: dict[str, Any] = {
            "display_name": str(view["displayName"]),
            "description": view.get("description"),
            "security_enabled": bool(view.get("securityEnabled")),
        }
        key = str(view["objectId"])
        found = self._entra.store.find(key)
        if isinstance(found, Group):
            self._entra.change_group(found, values)
            return
        made = self._entra.store.clock.now
        self._entra.add_group(Group(id=key, created_date_time=made, mail_nickname=key, **values))

    def _group(self, key: str) -> Group:
        return self._entra.store.get(Group, key)
