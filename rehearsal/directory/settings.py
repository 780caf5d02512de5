"""What holds for a whole tenant, and who has which role in it: settings as a new tenant has them, and assignments.

The names and the values of a new tenant are those of Microsoft Graph's reference, v1.0: authorizationPolicy,
adminConsentRequestPolicy, tenantAppManagementPolicy, onPremisesDirectorySynchronization, unifiedRoleAssignment.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import msgspec

from rehearsal.directory.errors import Absent, Invalid, Refusal
from rehearsal.directory.store import Store

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"""The role's template, the same in every tenant ("Microsoft Entra built-in roles")."""

Setting = dict[str, Any]

_RESTRICTIONS: Setting = {"passwordCredentials": [], "keyCredentials": []}
USUAL: Mapping[str, Setting] = {
    "authorizationPolicy": {
        "id": "authorizationPolicy",
        "displayName": "Authorization Policy",
        "allowInvitesFrom": "everyone",
        "allowedToSignUpEmailBasedSubscriptions": True,
        "allowedToUseSSPR": True,
        "allowEmailVerifiedUsersToJoinOrganization": False,
        "blockMsolPowerShell": False,
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": True,
            "allowedToCreateSecurityGroups": True,
            "allowedToCreateTenants": True,
            "allowedToReadOtherUsers": True,
            "permissionGrantPoliciesAssigned": [
                "ManagePermissionGrantsForSelf.microsoft-user-default-legacy"
            ],
        },
    },
    "adminConsentRequestPolicy": {
        "isEnabled": False,
        "notifyReviewers": False,
        "remindersEnabled": False,
        "requestDurationInDays": 0,
        "reviewers": [],
        "version": 0,
    },
    "defaultAppManagementPolicy": {
        "id": "00000000-0000-0000-0000-000000000000",
        "displayName": "Default app management tenant policy",
        "isEnabled": False,
        "applicationRestrictions": _RESTRICTIONS,
        "servicePrincipalRestrictions": _RESTRICTIONS,
    },
    "onPremisesSynchronization": {
        "features": {
            "blockCloudObjectTakeoverThroughHardMatchEnabled": False,
            "blockSoftMatchEnabled": False,
            "passwordSyncEnabled": True,
        },
    },
}


class RoleAssignment(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody has a role of the directory, in the whole tenant."""

    id: str
    principal_id: str
    role_definition_id: str
    directory_scope_id: str = "/"


class Settings:
    """The settings of one tenant, and the assignments of its roles."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._settings = {name: deepcopy(dict(usual)) for name, usual in USUAL.items()}
        self.assignments: dict[str, RoleAssignment] = {}

    def read(self, name: str) -> Setting:
        """What holds."""
        return self._settings[name]

    def change(self, name: str, values: Mapping[str, Any]) -> None:
        """Change some of the properties; those of a nested object that are left out stay.

        :raises Invalid: for a property that there is not, or one of another kind.
        """
        self._settings[name] = _changed(self._settings[name], values)

    def assign(self, principal: str, role: str) -> RoleAssignment:
        """Give a role; raises `Refusal` for who has it already, and `Absent` for who is not there."""
        if self._store.find(principal) is None:
            raise Absent(principal)
        if any((each.principal_id, each.role_definition_id) == (principal, role) for each in self.every()):
            raise Refusal(400, "Request_BadRequest", "A conflicting object with one or more of the specified property "
                          "values is present in the directory.")  # fmt: skip
        made = RoleAssignment(self._store.new_id("role-assignment"), principal, role)
        self.assignments[made.id] = made
        return made

    def every(self) -> list[RoleAssignment]:
        """The assignments of those who are there, oldest first."""
        return [each for each in self.assignments.values() if self._store.find(each.principal_id)]

    def withdraw(self, key: str) -> None:
        """Take a role away. Raises `Absent`."""
        if self.assignments.pop(key, None) is None:
            raise Absent(key)


def _changed(old: Setting, values: Mapping[str, Any]) -> Setting:
    changed = dict(old)
    for name, value in values.items():
        if name not in old:
            raise Invalid(f"Property '{name}' does not exist as a declared property.")
        held = old[name]
        if isinstance(value, dict) != isinstance(held, dict) or isinstance(value, bool) != isinstance(
            held, bool
        ):
            raise Invalid(f"Invalid value specified for property '{name}'.")
        changed[name] = _changed(held, value) if isinstance(held, dict) else value
    return changed
