"""Probes of who may do what to whom, and of how many at once."""

from __future__ import annotations

from rehearsal.clock import VirtualClock
from rehearsal.estate import START
from rehearsal.exchange_online.lab import READER, STRANGER, UNCONSENTED, Lab, batch
from rehearsal.exchange_online.probes.registry import PROBES, Bench
from rehearsal.exchange_online.sessions import Sessions, TenantBusy

_READ = "Get-AcceptedDomain"
_MOST_OF_ONE, _MOST_OF_ALL = 3, 300


def _status(lab: Lab, cmdlet: str, **parameters: object) -> int:
    return lab.post(cmdlet, parameters).status


def known_application(bench: Bench) -> Lab:
    """Return a tenant whose Exchange knows the application that has no role in the directory."""
    lab = bench.tenant()
    key = "00000000-0000-4000-8000-0000000000aa"
    lab.rows("New-ServicePrincipal", AppId=STRANGER, ObjectId=key, ServiceId=key, DisplayName="batch jobs")
    return lab


def scoped(bench: Bench, *roles: str) -> Lab:
    """Return a tenant whose administrators have some *roles* for the people of an organisation that has none."""
    lab = bench.tenant(None, None)
    lab.rows("New-ManagementScope", Name="few", RecipientRestrictionFilter="CustomAttribute1 -eq 'none'")
    for role in roles:
        assignment = f"{role}-Organization Management"
        lab.rows("Set-ManagementRoleAssignment", Identity=assignment, CustomRecipientWriteScope="few")
    return lab


@PROBES.keep
def _permission_needed(bench: Bench) -> object:
    lab = bench.tenant()
    lab.sign_in(UNCONSENTED)
    return _status(lab, _READ) == 403


@PROBES.keep
def _role_needed(bench: Bench) -> object:
    lab = bench.tenant()
    lab.sign_in(STRANGER)
    return _status(lab, _READ) == 403


@PROBES.keep
def _roles_carry_cmdlets(bench: Bench) -> object:
    lab = bench.tenant()
    lab.sign_in(READER)
    return _status(lab, "New-MigrationBatch", **batch("wave-1"), CSVData=lab.listed(lab.addresses)) == 403


@PROBES.keep
def _roles_carry_parameters(bench: Bench) -> object:
    lab = bench.tenant()
    lab.rows("Set-ManagementRoleAssignment", Identity="Legal Hold-Organization Management", Enabled=False)
    lab.service.tenant.recipients[0].moved = lab.clock.now
    return _status(lab, "Set-Mailbox", Identity=lab.addresses[0], LitigationHoldEnabled=True) == 400


@PROBES.keep
def _role_groups_take_applications(bench: Bench) -> object:
    lab = known_application(bench)
    lab.rows("Add-RoleGroupMember", Identity="View-Only Organization Management", Member="batch jobs")
    lab.sign_in(STRANGER)
    return _status(lab, _READ) == 200


@PROBES.keep
def _applications_take_application_roles(bench: Bench) -> object:
    lab = known_application(bench)
    return _status(lab, "New-ManagementRoleAssignment", App="batch jobs", Role="Mail Recipients") == 400


@PROBES.keep
def _write_scope_bounds(bench: Bench) -> object:
    lab = scoped(bench, "Mail Recipients")
    given = {"Identity": lab.addresses[0], "Trustee": lab.addresses[1], "AccessRights": ["SendAs"]}
    return _status(lab, "Add-RecipientPermission", **given, Confirm=False) == 400


@PROBES.keep
def _csv_ignores_scope(bench: Bench) -> object:
    lab = scoped(bench, "Migration", "Move Mailboxes")
    return _status(lab, "New-MigrationBatch", **batch("wave-1"), CSVData=lab.listed(lab.addresses)) == 200


@PROBES.keep
def _used_scope_stays(bench: Bench) -> object:
    lab = scoped(bench, "Mail Recipients")
    return _status(lab, "Remove-ManagementScope", Identity="few", Confirm=False) == 400


@PROBES.keep
def _assigned_role_stays(bench: Bench) -> object:
    lab = bench.tenant()
    given = {"Parent": "Audit Logs", "EnabledCmdlets": ["Set-Mailbox"]}
    lab.rows("New-ManagementRole", Name="own", **given)
    lab.rows("New-ManagementRoleAssignment", Role="own", SecurityGroup="Recipient Management")
    return _status(lab, "Remove-ManagementRole", Identity="own", Confirm=False) == 400


@PROBES.keep
def _policies_take_user_roles(bench: Bench) -> object:
    given = {"Policy": "Default Role Assignment Policy", "Role": "Mail Recipients"}
    return _status(bench.tenant(), "New-ManagementRoleAssignment", **given) == 400


@PROBES.keep
def _used_policy_stays(bench: Bench) -> object:
    lab = bench.tenant()
    lab.rows("New-RoleAssignmentPolicy", Name="own", Roles=["MyBaseOptions"])
    return _status(lab, "Remove-RoleAssignmentPolicy", Identity="own", Confirm=False) == 400


@PROBES.keep
def _built_in_groups_stay(bench: Bench) -> object:
    return _status(bench.tenant(), "Remove-RoleGroup", Identity="Recipient Management", Confirm=False) == 400


@PROBES.keep
def _sessions_a_user(bench: Bench) -> object:
    lab = bench.tenant()
    answers = [lab.post(_READ, {}, connection_id=str(n)).status for n in range(_MOST_OF_ONE + 1)]
    return _MOST_OF_ONE if answers[-1] == 400 else None


@PROBES.keep
def _sessions_a_tenant(bench: Bench) -> object:
    """So many callers are too slow on the wire, where `test_sessions` has them."""
    sessions = Sessions(VirtualClock(START), bench.options)
    for n in range(_MOST_OF_ALL + 1):
        try:
            sessions.use(f"application {n // _MOST_OF_ONE}", str(n))
        except TenantBusy:
            return n
    return None
