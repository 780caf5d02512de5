"""The table of what Graph answers: method, path, what it costs (fact C23) and which permissions open it (fact E)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.directory.errors import Refusal
from rehearsal.graph import calendars, groups, settings, tenancy, users
from rehearsal.graph.call import Call
from rehearsal.graph.errors import NotModelled
from rehearsal.wire import Reply

_READ_ALL, _WRITE_ALL = "Directory.Read.All", "Directory.ReadWrite.All"
_USERS = (_READ_ALL, _WRITE_ALL, "User.Read.All", "User.ReadWrite.All")
_USERS_WRITE = (_WRITE_ALL, "User.ReadWrite.All")
_GROUPS = (_READ_ALL, _WRITE_ALL, "Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All")
_GROUPS_WRITE = (_WRITE_ALL, "Group.ReadWrite.All")
_MEMBERS_WRITE = (*_GROUPS_WRITE, "GroupMember.ReadWrite.All")
_LICENCES = (*_USERS_WRITE, "LicenseAssignment.ReadWrite.All")
_GROUP_LICENCES = (*_GROUPS_WRITE, "LicenseAssignment.ReadWrite.All")
_ORGANISATION = (_READ_ALL, _WRITE_ALL, "Organization.Read.All")
_UNITS_WRITE = (_WRITE_ALL, "AdministrativeUnit.ReadWrite.All")
_UNITS = (_READ_ALL, *_UNITS_WRITE, "AdministrativeUnit.Read.All")
_DOMAINS = (_READ_ALL, _WRITE_ALL, "Domain.Read.All")
_MAIL = ("Mail.Send",)
_CALENDARS = ("Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite")
_AUTHORISE = ("Policy.ReadWrite.Authorization",)
_CONSENT = ("Policy.ReadWrite.ConsentRequest",)
_APPLICATIONS = ("Policy.ReadWrite.ApplicationConfiguration",)
_POLICIES = ("Policy.Read.All",)
_SYNC_WRITE = ("OnPremDirectorySynchronization.ReadWrite.All",)
_SYNC = ("OnPremDirectorySynchronization.Read.All", *_SYNC_WRITE)
_ROLES_WRITE = ("RoleManagement.ReadWrite.Directory",)
_ROLES = (_READ_ALL, _WRITE_ALL, "RoleManagement.Read.Directory", "RoleManagement.Read.All", *_ROLES_WRITE)
OPERATOR = (
    *("User.Read.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Organization.Read.All"),
    *("Policy.Read.All", "OnPremDirectorySynchronization.Read.All", "RoleManagement.Read.Directory"),
)
"""The permissions of the application that operates the move: those that the identity stack consents to."""
ADMINISTRATOR = (
    *("Directory.Read.All", "User.ReadWrite.All", "Group.ReadWrite.All", "LicenseAssignment.ReadWrite.All"),
    *("AdministrativeUnit.Read.All", "Domain.Read.All", "Organization.Read.All", "Mail.Send"),
)
"""The permissions of the tenant's own administration, which the migration does not have."""
OF_MAILBOXES = frozenset({"sendMail", "getSchedule"})
"""The ends of routes to what is in a mailbox, which Exchange can open to an application by a role with a scope."""
KEY = "*"
"""The part of a path that names an object."""


@dataclass(frozen=True)
class Route:
    """One row; *path* has `KEY` where an object is named, *roles* are permissions of which one is enough."""

    method: str
    path: tuple[str, ...]
    answer: Callable[[Call], Reply]
    roles: tuple[str, ...]
    cost: int = 1

    @property
    def writes(self) -> bool:
        """Whether it counts as a write."""
        return self.method != "GET"


def _rows(base: str, *rows: tuple[str, str, Callable[[Call], Reply], tuple[str, ...], int]) -> list[Route]:
    return [
        Route(method, tuple(f"{base}/{path}".rstrip("/").split("/")), answer, roles, cost)
        for method, path, answer, roles, cost in rows
    ]


_Row = tuple[str, str, Callable[[Call], Reply], tuple[str, ...], int]


def _setting(name: str, verb: str, readers: tuple[str, ...], writers: tuple[str, ...]) -> tuple[_Row, _Row]:
    """The two rows of a setting of which a tenant has one."""
    return ("GET", name, settings.reading(name), readers, 1), (
        verb,
        name,
        settings.changing(name),
        writers,
        1,
    )


ROUTES: tuple[Route, ...] = (
    *_rows(
        "users",
        ("GET", "", users.listing, _USERS, 2),
        ("POST", "", users.make, _USERS_WRITE, 1),
        ("GET", "$count", users.count, _USERS, 2),
        ("GET", "delta", users.changes, _USERS, 2),
        ("GET", "*", users.read, _USERS, 1),
        ("PATCH", "*", users.change, _USERS_WRITE, 1),
        ("DELETE", "*", users.remove, _USERS_WRITE, 1),
        ("GET", "*/licenseDetails", users.licences, _USERS, 2),
        ("GET", "*/memberOf", users.memberships, _USERS, 2),
        ("POST", "*/assignLicense", users.give, _LICENCES, 1),
        ("POST", "*/reprocessLicenseAssignment", users.reprocess, _LICENCES, 1),
        ("POST", "*/sendMail", users.send_mail, _MAIL, 1),
        ("POST", "*/calendar/getSchedule", calendars.schedules, _CALENDARS, 1),
    ),
    *_rows(
        "groups",
        ("GET", "", groups.listing, _GROUPS, 1),
        ("POST", "", groups.make, _GROUPS_WRITE, 1),
        ("GET", "$count", groups.count, _GROUPS, 1),
        ("GET", "delta", groups.changes, _GROUPS, 1),
        ("GET", "*", groups.read, _GROUPS, 1),
        ("PATCH", "*", groups.change, _GROUPS_WRITE, 1),
        ("DELETE", "*", groups.remove, _GROUPS_WRITE, 1),
        ("POST", "*/assignLicense", groups.give, _GROUP_LICENCES, 1),
        ("GET", "*/members", groups.members, _GROUPS, 3),
        ("GET", "*/members/$count", groups.members_count, _GROUPS, 3),
        ("GET", "*/transitiveMembers", groups.all_members, _GROUPS, 5),
        ("GET", "*/membersWithLicenseErrors", groups.in_trouble, _GROUPS, 1),
        ("POST", "*/members/$ref", groups.join, _MEMBERS_WRITE, 1),
        ("DELETE", "*/members/*/$ref", groups.leave, _MEMBERS_WRITE, 1),
    ),
    *_rows(
        "directory",
        ("GET", "administrativeUnits", groups.units, _UNITS, 1),
        ("POST", "administrativeUnits", groups.make_unit, _UNITS_WRITE, 1),
        ("GET", "administrativeUnits/*", groups.unit, _UNITS, 1),
        ("PATCH", "administrativeUnits/*", groups.change_unit, _UNITS_WRITE, 1),
        ("DELETE", "administrativeUnits/*", groups.remove_unit, _UNITS_WRITE, 1),
        ("GET", "administrativeUnits/*/members", groups.unit_members, _UNITS, 1),
        ("POST", "administrativeUnits/*/members/$ref", groups.join_unit, _UNITS_WRITE, 1),
        ("DELETE", "administrativeUnits/*/members/*/$ref", groups.leave_unit, _UNITS_WRITE, 1),
        ("GET", "deletedItems/microsoft.graph.user", users.deleted, _USERS, 1),
        ("POST", "deletedItems/*/restore", users.restore, _USERS_WRITE, 1),
        ("GET", settings.SYNCHRONISATION, settings.synchronisations, _SYNC, 1),
        (
            "PATCH",
            f"{settings.SYNCHRONISATION}/*",
            settings.changing(settings.SYNCHRONISATION),
            _SYNC_WRITE,
            1,
        ),
    ),
    *_rows(
        "policies",
        *_setting("authorizationPolicy", "PATCH", (*_POLICIES, *_AUTHORISE), _AUTHORISE),
        *_setting("adminConsentRequestPolicy", "PUT", (*_POLICIES, *_CONSENT), _CONSENT),
        *_setting("defaultAppManagementPolicy", "PATCH", (*_POLICIES, *_APPLICATIONS), _APPLICATIONS),
    ),
    *_rows(
        "roleManagement/directory/roleAssignments",
        ("GET", "", settings.assignments, _ROLES, 1),
        ("POST", "", settings.assign, _ROLES_WRITE, 1),
        ("DELETE", "*", settings.withdraw, _ROLES_WRITE, 1),
    ),
    *_rows("subscribedSkus", ("GET", "", tenancy.skus, _ORGANISATION, 3)),
    *_rows("organization", ("GET", "", tenancy.organisation, _ORGANISATION, 1)),
    *_rows("domains", ("GET", "", tenancy.domains, _DOMAINS, 1), ("GET", "*", tenancy.domain, _DOMAINS, 1)),
)
_ALIASES = {"delta()": "delta", "microsoft.graph.delta()": "delta", "graph.user": "microsoft.graph.user"}


def found(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route of a path after /v1.0/, and the keys in it.

    :raises NotModelled: if there is none; 405 where only the method is wrong.
    """
    parts = tuple(_ALIASES.get(part, part) for part in path.strip("/").split("/"))
    wrong_method = False
    for route in ROUTES:
        if len(route.path) != len(parts) or not _fits(route.path, parts):
            continue
        if route.method == method:
            return route, tuple(part for part, name in zip(parts, route.path, strict=True) if name == KEY)
        wrong_method = True
    if wrong_method:
        raise Refusal(
            405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."
        )
    raise NotModelled(f"{method} /{path}")


def _fits(path: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Whether a path is that of a route: names fit in any case, a key fits what is no name of Graph's own."""
    return all(
        (not part.startswith("$") and part != "delta") if name == KEY else name.casefold() == part.casefold()
        for name, part in zip(path, parts, strict=True)
    )
