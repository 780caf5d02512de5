"""What is in every directory before anybody makes anything: the principals of Microsoft's own services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class BuiltIn:
    """A service by its application id; *roles*: ids of the permissions it publishes that are rehearsed, by value."""

    client_id: str
    name: str
    roles: Mapping[str, str]

    @property
    def object_id(self) -> str:
        """The id of its principal. A real one differs from tenant to tenant, as a rehearsal has only one."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"rehearsal:built-in:{self.client_id}"))

    @property
    def path(self) -> str:
        """Where its principal lies."""
        return f"/servicePrincipals/{self.object_id}"


_ALL = (
    BuiltIn(
        "00000002-0000-0ff1-ce00-000000000000",
        "Office 365 Exchange Online",
        {
            "Exchange.ManageAsApp": "dc50a0fb-09a3-484d-be87-e023b12c6440",
            "full_access_as_app": "dc890d15-9560-4a4c-9b7f-a736ec74ec40",
        },
    ),
    BuiltIn(
        "00000003-0000-0000-c000-000000000000",
        "Microsoft Graph",
        {
            "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
            "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
            "GroupMember.ReadWrite.All": "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
            "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
            "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
            "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
            "OnPremDirectorySynchronization.Read.All": "bb70e231-92dc-4729-aff5-697b3f04be95",
        },
    ),
)

BUILT_IN: Mapping[str, BuiltIn] = {service.client_id: service for service in _ALL}
"""By application id. Source: the permissions references of Microsoft Graph and of Exchange Online."""

BUILT_IN_PATHS = frozenset(service.path.lower() for service in _ALL)
"""In lower case, as the store compares paths."""
