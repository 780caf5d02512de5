"""Accounts: those of people's mailboxes and those of services; their policies, and the role groups they are in."""

from __future__ import annotations

from rehearsal import draws
from rehearsal.estate import Estate, accounts
from rehearsal.site import failures, opath
from rehearsal.site.binding import Bound
from rehearsal.site.directory import Directory
from rehearsal.site.objects import unchanged
from rehearsal.site.offer import Offer, Offered, offered
from rehearsal.site.organisation import Organisation
from rehearsal.site.replication import Replicated
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row
from rehearsal.wire import CmdletResult

MIGRATION_ACCOUNT = "svc-migration"
"""The account that the migration endpoint logs on as, in every site's domain."""

_SETTINGS: Row = {
    "AuthenticationPolicy": None,
    "Company": "",
    "Department": "",
    "Office": "",
    "Phone": "",
    "RemotePowerShellEnabled": True,
    "Title": "",
}


class Users:
    """The accounts of one site's domain."""

    def __init__(self, estate: Estate, directory: Directory, organisation: Organisation) -> None:
        self._site = estate.site
        self._tenant = estate.tenant
        self._seed = estate.seed
        self._directory = directory
        self._organisation = organisation
        self._around = organisation.around
        self._services = (MIGRATION_ACCOUNT, *(each.name for each in estate.accounts))
        self._changes: Replicated[Row] = Replicated(self._around.clock, self._around.controllers)
        self.cmdlets: Offer = {
            "Get-User": offered("Filter Identity ResultSize", self._get),
            "Set-User": Offered(self._set, frozenset(_SETTINGS) | {"Identity"}),
            "Get-RoleGroupMember": offered("Identity ResultSize", self._members),
            "Add-RoleGroupMember": offered("BypassSecurityGroupManagerCheck Identity Member", self._add),
            "Remove-RoleGroupMember": offered(
                "BypassSecurityGroupManagerCheck Identity Member", self._remove
            ),
            "Get-UserPrincipalNamesSuffix": offered("", self._suffixes),
            "Get-ThrottlingPolicyAssociation": offered(
                "Identity ResultSize ThrottlingPolicy", self._associations
            ),
            "Set-ThrottlingPolicyAssociation": offered("Identity ThrottlingPolicy", self._associate),
        }

    def policy(self, account: str) -> str | None:
        """The authentication policy of *account*, None for the organisation's own or an account unknown here."""
        name = self._account(account)
        known = {} if name is None else self._changes.read(name, self._around.controllers.of("")) or {}
        policy = known.get("AuthenticationPolicy")
        return None if policy is None else str(policy)

    def _account(self, identity: str) -> str | None:
        """The account that *identity* names: a mailbox's alias, or a service's name; None for nobody."""
        bare = identity.rpartition("\\")[2].partition("@")[0].casefold()
        service = next((name for name in self._services if name.casefold() == bare), None)
        return service or self._directory.trustee(identity)

    def _one(self, identity: str, controller: str) -> str:
        found = self._account(identity)
        if found is None:
            raise failures.not_found(identity, controller)
        return found

    def _get(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        if (text := bound.get("Filter")) is not None:
            return self._filtered(opath.parse(text), controller, bound)
        if (identity := bound.get("Identity")) is not None:
            names = [self._one(identity, controller)]
        else:
            names = [*self._services, *(each.alias for each in self._directory.mailboxes())]
        rows = (self._row(name, controller) for name in names)
        return limited(rows, bound, cuts=self._around.options.first_thousand)

    def _filtered(self, wanted: opath.Filter, controller: str, bound: Bound) -> CmdletResult:
        """The accounts that pass, of those whose mailbox has moved too."""
        rows = [row for name in self.names() if wanted.passes(row := self._row(name, controller))]
        return limited(rows, bound, cuts=self._around.options.first_thousand)

    def names(self) -> list[str]:
        """The names of every account: people keep theirs when their mailbox has moved."""
        moved = (mailbox.alias for mailbox, _ in self._directory.remote_mailboxes())
        return [*self._services, *(each.alias for each in self._directory.mailboxes()), *moved]

    def _suffixes(self, bound: Bound) -> CmdletResult:
        """The forest's suffixes, which the real cmdlet writes as bare texts: they arrive under this name."""
        suffixes = self._organisation.suffixes
        return CmdletResult(rows=[{"Value": suffix} for suffix in suffixes])

    def _row(self, name: str, controller: str) -> Row:
        kind, mailbox = "User", None
        if self._directory.is_person(name):
            mailbox = self._directory.person(name)
            kind = mailbox.recipient_type
        identity = self._directory.identity(mailbox) if mailbox else f"{self._site.domain}/Users/{name}"
        logon = self._directory.logon(name) if mailbox else f"{self._site.netbios}\\{name}"
        return {
            "Identity": identity,
            "Name": name,
            "DisplayName": mailbox.display_name if mailbox else name,
            "SamAccountName": logon.partition("\\")[2],
            "UserPrincipalName": mailbox.address if mailbox else f"{name}@{self._tenant.mail_domain}",
            "Guid": draws.guid(self._seed, name, "object-guid"),
            "Sid": accounts.sid(self._seed, self._site.name, name),
            "SidHistory": [],
            "RecipientType": "UserMailbox" if mailbox else "User",
            "RecipientTypeDetails": kind,
            "UserAccountControl": "NormalAccount",
            "IsValid": True,
            **_SETTINGS,
            **(self._changes.read(name, controller) or {}),
            "OriginatingServer": controller,
        }

    def _set(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        name = self._one(bound.get("Identity"), controller)
        given = {key: value for key, value in bound.values.items() if key in _SETTINGS}
        if (policy := given.get("AuthenticationPolicy")) is not None:
            found = self._organisation.objects("AuthenticationPolicy").find(policy, controller)
            given["AuthenticationPolicy"] = found["Name"]
        before = _SETTINGS | (self._changes.read(name, controller) or {})
        if before == before | given:
            return unchanged(bound.get("Identity"))
        if bound.changes:
            self._changes.write(name, (self._changes.read(name, controller) or {}) | given, controller)
        return CmdletResult()

    def _members(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        group = self._organisation.objects("RoleGroup").find(bound.get("Identity"), controller)
        names = [str(name) for name in group["Members"]] if isinstance(group["Members"], list) else []
        return limited((self._row(name, controller) for name in names), bound)

    def _add(self, bound: Bound) -> CmdletResult:
        return self._change_members(bound, add=True)

    def _remove(self, bound: Bound) -> CmdletResult:
        return self._change_members(bound, add=False)

    def _change_members(self, bound: Bound, *, add: bool) -> CmdletResult:
        controller, groups = self._around.controller(bound), self._organisation.objects("RoleGroup")
        group = groups.find(bound.get("Identity"), controller)
        if not bound.get("Member"):
            raise failures.missing_parameters(["Member"])
        member = self._one(bound.get("Member"), controller)
        names = list(group["Members"]) if isinstance(group["Members"], list) else []
        if add and member in names:
            raise failures.member_already(bound.get("Member"), str(group["Name"]))
        if not add and member not in names:
            raise failures.member_missing(bound.get("Member"), str(group["Name"]))
        quiet = add or bound.get("Confirm") is False or bound.get("WhatIf")
        if self._around.options.writes_ask and not quiet:
            raise failures.no_confirmation(f'Removing role group member "{member}" of "{group["Name"]}".')
        after = [*names, member] if add else [name for name in names if name != member]
        if bound.changes:
            groups.change(group, {"Members": after}, controller)
        return CmdletResult()

    def _associations(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        identity = bound.get("Identity")
        names = [self._one(identity, controller)] if identity else list(self._services)
        rows = [self._association(name, controller) for name in names]
        if (policy := bound.get("ThrottlingPolicy")) is not None:
            rows = [row for row in rows if str(row["ThrottlingPolicyId"]).casefold() == policy.casefold()]
        return limited(rows, bound)

    def _association(self, name: str, controller: str) -> Row:
        known = self._changes.read(name, controller) or {}
        row = self._row(name, controller)
        shown = ("Identity", "Name", "Guid", "IsValid", "OriginatingServer")
        return {key: row[key] for key in shown} | {
            "ObjectId": row["Identity"],
            "ThrottlingPolicyId": known.get("ThrottlingPolicy"),
        }

    def _associate(self, bound: Bound) -> CmdletResult:
        controller = self._around.controller(bound)
        name, policy = self._one(bound.get("Identity"), controller), bound.get("ThrottlingPolicy")
        if policy is not None:
            policy = self._organisation.objects("ThrottlingPolicy").find(policy, controller)["Name"]
        if bound.changes:
            known = self._changes.read(name, controller) or {}
            self._changes.write(name, known | {"ThrottlingPolicy": policy}, controller)
        return CmdletResult()
