"""The cmdlets that read and change mailboxes and remote mailboxes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate, Mailbox, Right
from rehearsal.multi_valued import edited
from rehearsal.site import failures, opath
from rehearsal.site.binding import Bound, parameters_of
from rehearsal.site.directory import Directory
from rehearsal.site.objects import shown, unchanged
from rehearsal.site.offer import Offer, Offered, offered
from rehearsal.site.organisation import Organisation
from rehearsal.site.recipient_rows import (
    CAS_SETTINGS,
    MAILBOX_SETTINGS,
    NOBODY,
    REMOTE_SETTINGS,
    common_row,
    mailbox_row,
    remote_row,
)
from rehearsal.site.replication import Replicated
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row
from rehearsal.site.system_mailboxes import IN_THE_ROOT, KINDS, system_mailboxes
from rehearsal.site.values import moment_pair
from rehearsal.wire import CmdletResult

_WRITTEN = frozenset({"Force", "Identity"})
_ADDRESSES = frozenset({"Alias", "CustomAttribute1", "DisplayName", "EmailAddresses", "PrimarySmtpAddress"})
_ON_BEHALF = "GrantSendOnBehalfTo"
_ONE_OBJECT = (
    "EmailAddresses",
    "PrimarySmtpAddress",
    "HiddenFromAddressListsEnabled",
    "EmailAddressPolicyEnabled",
)
"""What a mailbox keeps when it becomes a remote mailbox: both are the same object of the directory."""
_MAILBOX = frozenset(MAILBOX_SETTINGS) | _ADDRESSES | {_ON_BEHALF, "UserPrincipalName"}
_REMOTE = frozenset(REMOTE_SETTINGS) | _ADDRESSES | {"ArchiveGuid", "ExchangeGuid", "RemoteRoutingAddress"}


class Recipients:
    """Recipient cmdlets over a *directory* of one site of *organisation*."""

    def __init__(
        self, estate: Estate, clock: VirtualClock, directory: Directory, organisation: Organisation
    ) -> None:
        self._seed = estate.seed
        self._clock = clock
        self._directory = directory
        self._organisation = organisation
        self._around = organisation.around
        self._site = estate.site.name
        organisation.forest.join("Get-Mailbox", self._mailboxes)
        organisation.forest.join("Get-RemoteMailbox", self._remotes)
        self._changes: Replicated[Row] = Replicated(clock, self._around.controllers)
        self.cmdlets: Offer = {
            "Enable-RemoteMailbox": offered("Archive Force Identity", self._enable_remote),
            "Get-CASMailbox": offered("Filter Identity ResultSize", self._cas_mailbox),
            "Get-Mailbox": offered(
                "Arbitration Archive AuditLog Database Filter Identity IgnoreDefaultScope PublicFolder "
                "RecipientTypeDetails ResultSize Server",
                self._mailbox,
            ),
            "Get-RemoteMailbox": offered(
                "Archive Filter Identity IgnoreDefaultScope ResultSize", self._remote_mailbox
            ),
            "Set-CASMailbox": Offered(self._set_cas, frozenset(CAS_SETTINGS) | _WRITTEN),
            "Set-Mailbox": Offered(self._set_mailbox, _MAILBOX | _WRITTEN),
            "Set-RemoteMailbox": Offered(self._set_remote, _REMOTE | _WRITTEN),
        }

    def _mailbox(self, bound: Bound) -> CmdletResult:
        forest = self._organisation.forest
        if own := next((kind for kind in KINDS if bound.get(kind)), None):
            return CmdletResult(rows=self._own(own, bound))
        return self._limited(forest.rows(self._mailboxes, bound), bound)

    def _own(self, kind: str, bound: Bound) -> list[Row]:
        """The organisation's own mailboxes of *kind*, where they are in the scope of *bound*."""
        first, databases = self._around.sites[0], self._organisation.databases.meant(bound)
        whole = self._organisation.forest.is_whole(bound)
        in_root = kind in IN_THE_ROOT and self._around.options.system_mailboxes_in_root
        if not bound.get("IgnoreDefaultScope") and (in_root or not (whole or self._site == first.name)):
            return []
        server = first.servers[0]
        its = system_mailboxes(kind, server.name, server.databases[0])
        return [row for row in its if databases is None or row["Database"] in databases]

    def _mailboxes(self, bound: Bound) -> Iterator[Row]:
        """The mailboxes of this domain that *bound* names."""
        chosen, passes = self._asked(bound)
        if (kinds := bound.get("RecipientTypeDetails")) is not None:
            named = {kind.strip().casefold() for kind in kinds.split(",")}
            chosen = [mailbox for mailbox in chosen if mailbox.recipient_type.casefold() in named]
        if bound.get("Archive"):
            chosen = [mailbox for mailbox in chosen if mailbox.archive_guid is not None]
        return filter(passes, (self._mailbox_row(mailbox, bound) for mailbox in chosen))

    def _asked(self, bound: Bound) -> tuple[list[Mailbox], Callable[[Row], bool] | None]:
        """The mailboxes that *bound* may mean, and what tells which of them it does; None: it means all of them.

        Whoever an Identity or ExchangeGuids name, or databases hold, is found without a look at anybody else's row.
        """
        databases, text = self._organisation.databases, bound.get("Filter")
        if bound.get("Identity") is not None:
            return self._directory.find(bound.get("Identity")), None
        chosen = self._directory.mailboxes
        if text is None:
            return chosen(databases.meant(bound)), None
        wanted = databases.filtered(text, self._around.controller(bound))
        if (names := wanted.only("Database")) is not None:
            return chosen(names), wanted.passes
        guids = wanted.only("ExchangeGuid")
        if guids is None:
            return chosen(databases.meant(bound)), wanted.passes
        found = (each for guid in dict.fromkeys(guids) for each in self._directory.find(guid))
        return [each for each in found if each.exchange_guid.casefold() in guids], None

    def _named(self, bound: Bound) -> list[Mailbox]:
        identity = bound.get("Identity")
        found = self._directory.find(identity)
        if not found:
            raise failures.not_found(identity, self._around.controller(bound))
        return found

    def one(self, bound: Bound) -> Mailbox:
        """The one live mailbox that a call's Identity names; raise `failures.CmdletFailure`."""
        return self.named(bound, bound.get("Identity"))

    def either(self, bound: Bound) -> Mailbox:
        """The one mailbox, or remote mailbox, that a call's Identity names; raise `failures.CmdletFailure`."""
        gone = self._directory.find_remote(bound.get("Identity"))
        return gone[0][0] if len(gone) == 1 else self.one(bound)

    def settings(self, mailbox: Mailbox) -> Row:
        """What *mailbox*, or the remote mailbox that it became, is set to; its addresses only where changed."""
        controller = self._around.controllers.of(mailbox.server)
        kinds = ("mailbox", "remote")
        changes = (self._changes.read(f"{kind} {mailbox.exchange_guid}", controller) or {} for kind in kinds)
        before, after = changes
        return MAILBOX_SETTINGS | before | after

    def named(self, bound: Bound, identity: str) -> Mailbox:
        """The one live mailbox that *identity* names in a call; raise `failures.CmdletFailure`."""
        found = self._directory.find(identity)
        if not found:
            raise failures.not_found(identity, self._around.controller(bound))
        if len(found) > 1 and self._around.options.names_are_ambiguous:
            raise failures.not_unique(identity)
        return found[0]

    def _mailbox_row(self, mailbox: Mailbox, bound: Bound) -> Row:
        server = self._organisation.databases.server_of(mailbox.database)
        row = mailbox_row(mailbox, self._directory, server, self._organisation.shown_version(server))
        return row | self._changed("mailbox", mailbox, bound)

    def _changed(self, kind: str, mailbox: Mailbox, bound: Bound) -> Row:
        controller = self._around.controller(bound)
        changes = self._changes.read(f"{kind} {mailbox.exchange_guid}", controller) or {}
        return changes | {"OriginatingServer": controller}

    def _set_cas(self, bound: Bound) -> CmdletResult:
        return self._set(bound, "cas", self.one(bound), CAS_SETTINGS)

    def on_behalf(self, mailbox: Mailbox) -> Iterator[Right]:
        """Return who sends on behalf of *mailbox*."""
        controller = self._around.controllers.of(mailbox.server)
        changed = (self._changes.read(f"mailbox {mailbox.exchange_guid}", controller) or {}).get(_ON_BEHALF)
        if changed is None:
            yield from (each for each in mailbox.rights if each.kind == "SendOnBehalf" and not each.folder)
            return
        for name in _listed(changed):
            trustee = self._directory.trustee(name.rpartition("/")[2])
            if trustee is not None:
                yield Right("SendOnBehalf", trustee)

    def _set_mailbox(self, bound: Bound) -> CmdletResult:
        mailbox = self.one(bound)
        return self._set(bound, "mailbox", mailbox, self._mailbox_row(mailbox, bound))

    def _set_remote(self, bound: Bound) -> CmdletResult:
        found = self._directory.find_remote(bound.get("Identity"))
        if not found:
            raise failures.not_found(bound.get("Identity"), self._around.controller(bound))
        mailbox, moved = found[0]
        return self._set(bound, "remote", mailbox, self._remote_row(mailbox, moved, bound))

    def _enable_remote(self, bound: Bound) -> CmdletResult:
        """Give a remote mailbox an archive in the cloud, which the next synchronisation brings there (fact D26)."""
        found = self._directory.find_remote(bound.get("Identity"))
        if not found:
            raise failures.not_found(bound.get("Identity"), self._around.controller(bound))
        mailbox, moved = found[0]
        if not bound.get("Archive"):
            raise failures.invalid_operation(f"{mailbox.alias} is of type RemoteUserMailbox already.")
        if self._remote_row(mailbox, moved, bound)["ArchiveGuid"] != NOBODY:
            raise failures.invalid_operation(f"The remote mailbox {mailbox.alias} already has an archive.")
        if bound.changes:
            key, controller = f"remote {mailbox.exchange_guid}", self._around.controller(bound)
            guid = uuid.UUID(draws.guid(self._seed, mailbox.exchange_guid, "archive"))
            given: Row = {"ArchiveGuid": guid, "ArchiveState": "HostedPending"}
            self._changes.write(key, (self._changes.read(key, controller) or {}) | given, controller)
            self.touch(mailbox, controller)
        return CmdletResult()

    def _set(self, bound: Bound, kind: str, mailbox: Mailbox, before: Mapping[str, object]) -> CmdletResult:
        """Change the settings of a *kind* that *bound* gives; say so where every value is what it was."""
        types = parameters_of(bound.cmdlet)
        key, controller = f"{kind} {mailbox.exchange_guid}", self._around.controller(bound)
        now = {**before, **(self._changes.read(key, controller) or {})}
        given: Row = {}
        for name, value in bound.values.items():
            if name in now and name != "Identity":
                listed = name == _ON_BEHALF
                given[name] = (
                    self._people(now[name], value, bound) if listed else _after(now[name], value, types[name])
                )
        if all(now[name] == value for name, value in given.items()):
            return unchanged(bound.get("Identity"))
        _check_addresses(given, now)
        if bound.changes:
            changes = (self._changes.read(key, controller) or {}) | given
            self._changes.write(key, changes, controller)
            self.touch(mailbox, controller)
        return CmdletResult()

    def touch(self, mailbox: Mailbox, controller: str) -> None:
        """Move WhenChanged of *mailbox*, one object of the directory, whichever cmdlet shows it."""
        now = moment_pair("WhenChanged", self._clock.now)
        for kind in ("mailbox", "cas", "remote"):
            key = f"{kind} {mailbox.exchange_guid}"
            self._changes.write(key, (self._changes.read(key, controller) or {}) | now, controller)

    def _people(self, before: object, value: object, bound: Bound) -> list[str]:
        """Those who send on behalf, by their canonical names."""
        edit = value if isinstance(value, dict) else {"Add": _listed(value)}
        resolved = {kind: [self._shown(str(item), bound) for item in items] for kind, items in edit.items()}
        return edited(_listed(before) if isinstance(value, dict) else [], resolved)

    def _shown(self, identity: str, bound: Bound) -> str:
        alias = self._directory.trustee(identity)
        if alias is None:
            raise failures.not_found(identity, self._around.controller(bound))
        return self._directory.shown(alias)

    def _cas_mailbox(self, bound: Bound) -> CmdletResult:
        chosen = self._directory.mailboxes() if bound.get("Identity") is None else self._named(bound)
        rows: Iterable[Row] = (self._cas_row(mailbox, bound) for mailbox in chosen)
        if (text := bound.get("Filter")) is not None:
            rows = filter(opath.parse(text).passes, rows)
        return self._limited(rows, bound)

    def _cas_row(self, mailbox: Mailbox, bound: Bound) -> Row:
        common = common_row(mailbox, self._directory)
        server = self._organisation.databases.server_of(mailbox.database)
        return {**common, **CAS_SETTINGS, "ServerName": server.lower()} | self._changed("cas", mailbox, bound)

    def _remote_mailbox(self, bound: Bound) -> CmdletResult:
        return self._limited(self._organisation.forest.rows(self._remotes, bound), bound)

    def _remotes(self, bound: Bound) -> Iterator[Row]:
        """The remote mailboxes of this domain that *bound* names."""
        identity, text = bound.get("Identity"), bound.get("Filter")
        directory = self._directory
        remote = directory.remote_mailboxes() if identity is None else directory.find_remote(identity)
        if bound.get("Archive"):
            remote = [each for each in remote if each[0].archive_guid is not None]
        rows = (self._remote_row(*each, bound) for each in remote)
        if text is None:
            return rows
        return filter(
            self._organisation.databases.filtered(text, self._around.controller(bound)).passes, rows
        )

    def _remote_row(self, mailbox: Mailbox, moved: datetime, bound: Bound) -> Row:
        row = remote_row(mailbox, moved, self._directory)
        before = self._changed("mailbox", mailbox, bound)
        carried = {name: before[name] for name in _ONE_OBJECT if name in before}
        if "EmailAddresses" in carried:  # the end of the move adds the tenant's own
            carried["EmailAddresses"] = [
                *_listed(before["EmailAddresses"]),
                *_listed(row["EmailAddresses"])[2:],
            ]
        return row | carried | self._changed("remote", mailbox, bound)

    def _limited(self, rows: Iterable[Row], bound: Bound) -> CmdletResult:
        """The first of *rows*, as many as asked, with the warning that Exchange gives where there are more."""
        return limited(rows, bound, cuts=self._around.options.first_thousand)


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _after(before: object, value: object, kind: str) -> object:
    return edited(_listed(before), value) if isinstance(value, dict) else shown(value, kind)


def _check_addresses(given: Row, before: Mapping[str, object]) -> None:
    """Refuse addresses without exactly one primary, and a primary beside an address policy that makes it."""
    if "EmailAddresses" in given:
        primary = [each for each in _listed(given["EmailAddresses"]) if each.startswith("SMTP:")]
        if len(primary) != 1:
            raise failures.invalid_property(
                "There must be exactly one primary SMTP address among EmailAddresses."
            )
        if "PrimarySmtpAddress" in given:
            raise failures.ambiguous_set()
        given["PrimarySmtpAddress"] = primary[0].removeprefix("SMTP:")
    elif "PrimarySmtpAddress" in given:
        others = [each.replace("SMTP:", "smtp:") for each in _listed(before["EmailAddresses"])]
        address = str(given["PrimarySmtpAddress"])
        kept = [each for each in others if each.partition(":")[2].casefold() != address.casefold()]
        given["EmailAddresses"] = [f"SMTP:{address}", *kept]
    else:
        return
    policy = given.get("EmailAddressPolicyEnabled", before.get("EmailAddressPolicyEnabled"))
    if policy and given["PrimarySmtpAddress"] != before["PrimarySmtpAddress"]:
        raise failures.invalid_operation(
            "The primary SMTP address can't be changed while EmailAddressPolicyEnabled is $true: the email address "
            "policy makes it."
        )
