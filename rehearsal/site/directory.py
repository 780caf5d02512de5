"""The source's directory: mailboxes still here, and those that have become remote mailboxes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate, Mailbox, Right, Site
from rehearsal.site.mrs_proxy import Door

_LONGEST_ACCOUNT = 20
"""Active Directory's limit for a sAMAccountName."""


class NotAtSource(KeyError):
    """No mailbox with this ExchangeGuid is at the source: there never was one, or it has moved."""

    def __init__(self, *, exchange_guid: str) -> None:
        self.exchange_guid = exchange_guid
        super().__init__(f"no mailbox {exchange_guid} is at the source")


def account(mailbox: Mailbox) -> str:
    """The sAMAccountName: the alias, or its end where it is too long, which still tells people apart."""
    return mailbox.alias[-_LONGEST_ACCOUNT:].lstrip(".")


class Directory:
    """Who is where, at one site.

    *door* gives MRSProxy of a server as a move meets it, *rights* what is given on a mailbox itself, *settings* what it
    or the remote mailbox that it became is set to.
    """

    def __init__(
        self,
        estate: Estate,
        clock: VirtualClock,
        door: Callable[[str], Door],
        rights: Callable[[Mailbox], tuple[Right, ...]],
        settings: Callable[[Mailbox], Mapping[str, object]],
    ) -> None:
        self.door = door
        self.rights = rights
        self.settings = settings
        self._seed = estate.seed
        self._clock = clock
        self._site = estate.site.name
        self._domain_name = estate.site.domain
        self._here: dict[str, Mailbox] = {}
        self._in: dict[str, dict[str, Mailbox]] = {}
        self._archives: dict[str, str] = {}
        for mailbox in estate.mailboxes:
            self._arrive(mailbox)
        self._known = dict(self._here)
        self._gone: dict[str, tuple[Mailbox, datetime]] = {}
        self._databases = {
            name.casefold(): (server.name, name)
            for server in estate.site.servers
            for name in server.databases
        }
        self._sites = estate.site_named
        self._by_alias = {mailbox.alias: mailbox for mailbox in (*estate.mailboxes, *estate.elsewhere)}
        self._accounts = {each.alias: each.site for each in estate.groups}
        self._accounts |= {each.name: each.site for each in estate.accounts}
        self._names: dict[str, list[str]] = {}
        for mailbox in estate.mailboxes:
            for name in dict.fromkeys(self._identities(mailbox)):
                self._names.setdefault(name, []).append(mailbox.exchange_guid)

    @property
    def controller(self) -> str:
        """The domain controller that answers."""
        return f"dc01.{self._domain_name}"

    def mailboxes(self, databases: Collection[str] | None = None) -> list[Mailbox]:
        """The mailboxes still live at the source, or those of them in *databases*, in any case of letters.

        Of one database it looks at no other.
        """
        if databases is None:
            return list(self._here.values())
        names = {name.casefold() for name in databases}
        if len(names) == 1:
            return list(self._in.get(names.pop(), {}).values())
        return [mailbox for mailbox in self._here.values() if mailbox.database.casefold() in names]

    def archives(self, databases: Iterable[str]) -> list[Mailbox]:
        """Those who have an archive in one of *databases*, in any case of letters, moved or not."""
        wanted = {name.casefold() for name in databases}
        found = [guid for guid, name in self._archives.items() if name.casefold() in wanted]
        return [self._here[guid] if guid in self._here else self._gone[guid][0] for guid in found]

    def residents(self, database: str) -> list[str]:
        """The addresses of those whose mailbox or archive is in *database*."""
        return [each.address for each in (*self.mailboxes([database]), *self.archives([database]))]

    def archive_of(self, mailbox: Mailbox) -> str | None:
        """The database of its archive, None where it has none on premises."""
        return self._archives.get(mailbox.exchange_guid)

    def remote_mailboxes(self) -> list[tuple[Mailbox, datetime]]:
        """The mailboxes that moved, each with the time at which it did."""
        return list(self._gone.values())

    def convert_to_remote(self, exchange_guid: str, *, archive_stays: bool = False) -> None:
        """Make a mailbox a remote mailbox, as the end of its move does (fact B20); raise `NotAtSource`.

        *archive_stays* where it is, as after a move of the primary alone (fact B10).
        """
        mailbox = self._here.pop(exchange_guid, None)
        if mailbox is None:
            raise NotAtSource(exchange_guid=exchange_guid)
        self._in[mailbox.database.casefold()].pop(exchange_guid)
        if not archive_stays:
            self._archives.pop(exchange_guid, None)
        self._gone[exchange_guid] = mailbox, self._clock.now

    def _arrive(self, mailbox: Mailbox) -> None:
        """Let *mailbox* live in its database, and its archive, where it has one here, in that of its own."""
        self._here[mailbox.exchange_guid] = mailbox
        self._in.setdefault(mailbox.database.casefold(), {})[mailbox.exchange_guid] = mailbox
        if mailbox.archive_guid is not None:
            self._archives[mailbox.exchange_guid] = mailbox.archive_database or mailbox.database

    def forget_remote(self, exchange_guid: str) -> None:
        """Lose a remote mailbox, as when its account was disabled for mail."""
        self._gone.pop(exchange_guid)
        self._archives.pop(exchange_guid, None)

    def convert_to_local(self, exchange_guid: str, database: str) -> Mailbox:
        """Make a remote mailbox a mailbox in *database* again and return it, as the end of a move back does (fact B48).

        `NotAtSource` if no remote mailbox has this ExchangeGuid, or the site has no such database.
        """
        place = self._databases.get(database.casefold())
        if exchange_guid not in self._gone or place is None:
            raise NotAtSource(exchange_guid=exchange_guid)
        mailbox, _ = self._gone.pop(exchange_guid)
        stayed = self._archives.get(exchange_guid)
        mailbox = replace(mailbox, server=place[0], database=place[1], archive_database=stayed)
        self._arrive(mailbox)
        self._by_alias[mailbox.alias] = mailbox
        return mailbox

    def holds_mailbox(self, exchange_guid: str) -> bool:
        """Whether a mailbox with this ExchangeGuid is live here."""
        return exchange_guid in self._here

    def holds_remote(self, exchange_guid: str) -> bool:
        """Whether a remote mailbox here carries this ExchangeGuid (fact B49)."""
        return exchange_guid in self._gone

    def find(self, identity: str) -> list[Mailbox]:
        """The live mailboxes that *identity* names: GUID, address, alias, account, display name, name or DN."""
        return [self._here[guid] for guid in self._names.get(identity.casefold(), ()) if guid in self._here]

    def find_remote(self, identity: str) -> list[tuple[Mailbox, datetime]]:
        """The remote mailboxes that *identity* names, in the same ways."""
        return [self._gone[guid] for guid in self._names.get(identity.casefold(), ()) if guid in self._gone]

    def person(self, alias: str) -> Mailbox:
        """Whoever has *alias*, here or moved, of this site or another."""
        return self._by_alias[alias]

    def is_person(self, alias: str) -> bool:
        """Whether *alias* is a mailbox's, and no group's or service account's."""
        return alias in self._by_alias

    def logon(self, alias: str) -> str:
        r"""The `DOMAIN\account` by which Exchange shows the mailbox, group or service account of that name."""
        if alias in self._by_alias:
            mailbox = self._by_alias[alias]
            return f"{self._sites[mailbox.site].netbios}\\{account(mailbox)}"
        return f"{self._sites[self._accounts[alias]].netbios}\\{alias}"

    def shown(self, alias: str) -> str:
        """The canonical name of the mailbox, group or service account of that name, as Exchange shows a recipient."""
        if alias in self._by_alias:
            return self.identity(self._by_alias[alias])
        return f"{self._sites[self._accounts[alias]].domain}/NHSmail/Groups/{alias}"

    def trustee(self, identity: str) -> str | None:
        r"""The alias of whom *identity* names as a trustee, None for nobody: a mailbox, group or service account."""
        wanted = identity.casefold()
        found = self._names.get(wanted) or self._names.get(wanted.rpartition("\\")[2])
        if found:
            return self._known[found[0]].alias
        bare = wanted.rpartition("\\")[2].partition("@")[0]
        known = [*self._accounts, *self._by_alias]
        return next((name for name in known if name.casefold() == bare), None)

    def _domain(self, mailbox: Mailbox) -> Site:
        return self._sites[mailbox.site]

    def guid(self, mailbox: Mailbox) -> str:
        """The GUID of the directory object, which is not the mailbox's."""
        return draws.guid(self._seed, mailbox.exchange_guid, "object-guid")

    def identity(self, mailbox: Mailbox) -> str:
        """The canonical name, as Exchange shows an identity."""
        return f"{self._domain(mailbox).domain}/NHSmail/{mailbox.organisation}/{mailbox.alias}"

    def distinguished_name(self, mailbox: Mailbox) -> str:
        """The name in LDAP's form."""
        domain = ",".join(f"DC={part}" for part in self._domain(mailbox).domain.split("."))
        return f"CN={mailbox.alias},OU={mailbox.organisation},OU=NHSmail,{domain}"

    def _identities(self, mailbox: Mailbox) -> list[str]:
        names = (
            *(
                mailbox.exchange_guid,
                self.guid(mailbox),
                mailbox.address,
                mailbox.alias,
                mailbox.display_name,
            ),
            *(account(mailbox), self.logon(mailbox.alias), mailbox.legacy_dn),
            *(self.identity(mailbox), self.distinguished_name(mailbox)),
        )
        return [name.casefold() for name in names]
