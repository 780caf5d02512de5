"""Which properties can be filtered and sorted by which operator (Microsoft's table beside fact E2).

`in` goes where `eq` goes, and `not` is always advanced. A property without a row cannot be filtered by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.directory.objects import AdministrativeUnit, DirectoryObject, Group, User

_USERS = """
accountEnabled                | eq                  | ne ge le
assignedLicenses              | any:eq              | count
companyName                   |                     | eq ne ge le startswith null
createdDateTime               | eq ge le gt lt      | ne
department                    | eq ge le startswith | ne null
displayName                   | eq startswith       | ne null
givenName                     | eq ge le startswith | ne null
id                            | eq                  | ne
jobTitle                      | eq ge le            | ne null
mail                          | eq ge le startswith | ne endswith
mailNickname                  | eq ge le startswith | ne null
mobilePhone                   |                     | eq ne ge le startswith null
officeLocation                |                     | eq ne ge le startswith null
onPremisesImmutableId         |                     | eq ne ge le
onPremisesLastSyncDateTime    |                     | eq ne ge le gt lt
onPremisesSamAccountName      |                     | eq ne ge le startswith
onPremisesSyncEnabled         | eq                  | ne
onPremisesUserPrincipalName   | eq ge le startswith | ne
onPremisesExtensionAttributes/extensionAttribute1 | | eq ne ge le null
proxyAddresses                | any:eq any:startswith | any:endswith count
surname                       | eq ge le startswith | ne null
usageLocation                 | eq ge le startswith | ne
userPrincipalName             | eq le startswith    | ne endswith
userType                      | eq                  | ne null
"""
_GROUPS = """
assignedLicenses              | any:eq              | count
createdDateTime               | eq ge le gt lt      | ne
displayName                   | eq ge le startswith | ne null
groupTypes                    | any:eq              | count
id                            | eq                  | ne
mail                          | eq ge le startswith | ne
mailEnabled                   | eq                  | ne
mailNickname                  | eq ge le startswith | ne
membershipRule                |                     | eq ne startswith
onPremisesSyncEnabled         | eq                  | ne
proxyAddresses                | any:eq any:startswith | any:endswith count
securityEnabled               | eq                  | ne
"""
_UNITS = """
description                   | eq startswith       | ne
displayName                   | eq startswith       | ne
id                            | eq                  | ne
"""


@dataclass(frozen=True)
class Capability:
    """What a property can be asked for: *plain* by default, *advanced* only with the parameters of advanced queries."""

    plain: frozenset[str]
    advanced: frozenset[str]


def _table(text: str) -> Mapping[str, Capability]:
    rows = (line.split("|") for line in text.strip().splitlines())
    return {
        name.strip(): Capability(frozenset(plain.split()), frozenset(advanced.split()))
        for name, plain, advanced in rows
    }


@dataclass(frozen=True)
class Resource:
    """A collection: the *type* that its errors name, its properties, and what it can be sorted by.

    *plain_order* works by default, *advanced_order* with the parameters of advanced queries; *searched* are the
    properties that `$search` takes; *shown* is what comes without `$select`.
    """

    type: str
    properties: Mapping[str, Capability]
    plain_order: tuple[str, ...]
    advanced_order: tuple[str, ...]
    searched: tuple[str, ...]
    shown: tuple[str, ...]


_USER_SHOWN = (
    *("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation"),
    *("preferredLanguage", "surname", "userPrincipalName", "id"),
)
_GROUP_SHOWN = (
    *("id", "deletedDateTime", "createdDateTime", "description", "displayName", "groupTypes", "mail"),
    *("mailEnabled", "mailNickname", "membershipRule", "membershipRuleProcessingState"),
    *("onPremisesSyncEnabled", "proxyAddresses", "securityEnabled", "visibility"),
)
_UNIT_SHOWN = ("id", "deletedDateTime", "displayName", "description", "visibility")
RESOURCES: Mapping[type[DirectoryObject], Resource] = {
    User: Resource(
        "User",
        _table(_USERS),
        ("displayName", "userPrincipalName"),
        ("createdDateTime",),
        ("displayName", "mail", "mailNickname", "userPrincipalName", "givenName", "surname"),
        _USER_SHOWN,
    ),
    Group: Resource(
        "Group", _table(_GROUPS), ("displayName",), (), ("displayName", "description", "mail"), _GROUP_SHOWN
    ),
    AdministrativeUnit: Resource(
        "AdministrativeUnit",
        _table(_UNITS),
        (),
        ("createdDateTime", "displayName"),
        ("displayName", "description"),
        _UNIT_SHOWN,
    ),
}
