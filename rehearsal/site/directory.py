"""The source's directory: mailboxes still here, and those that have become remote mailboxes."""

from __future__ import annotations

from datetime import datetime

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.estate import MAIL_DOMAIN, Estate, Mailbox

NETBIOS_DOMAIN = "NHSMAIL"
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
    """Who is where, at one site."""

    def __init__(self, estate: Estate, clock: VirtualClock) -> None:
        self._seed = estate.seed
        self._clock = clock
        self._site = estate.site.name
        self._here = {mailbox.exchange_guid: mailbox for mailbox in estate.mailboxes}
        self._gone: dict[str, tuple[Mailbox, datetime]] = {}
        self._by_alias = {mailbox.alias: mailbox for mailbox in estate.mailboxes}
        self._names: dict[str, list[str]] = {}
        for mailbox in estate.mailboxes:
            for name in dict.fromkeys(self._identities(mailbox)):
                self._names.setdefault(name, []).append(mailbox.exchange_guid)

    @property
    def controller(self) -> str:
        """The domain controller that answers."""
        return f"dc01.{self._site}.{MAIL_DOMAIN}"

    def mailboxes(self) -> list[Mailbox]:
        """The mailboxes still live at the source."""
        return list(self._here.values())

    def remote_mailboxes(self) -> list[tuple[Mailbox, datetime]]:
        """The mailboxes that moved, each with the time at which it did."""
        return list(self._gone.values())

    def convert_to_remote(self, exchange_guid: str) -> None:
        """Make a mailbox a remote mailbox, as the end of its move does (fact B20); raise `NotAtSource`."""
        mailbox = self._here.pop(exchange_guid, None)
        if mailbox is None:
            raise NotAtSource(exchange_guid=exchange_guid)
        self._gone[exchange_guid] = mailbox, self._clock.now

    def find(self, identity: str) -> list[Mailbox]:
        """The live mailboxes that *identity* names: GUID, address, alias, account, display name, name or DN."""
        return [self._here[guid] for guid in self._names.get(identity.casefold(), ()) if guid in self._here]

    def find_remote(self, identity: str) -> list[tuple[Mailbox, datetime]]:
        """The remote mailboxes that *identity* names, in the same ways."""
        return [self._gone[guid] for guid in self._names.get(identity.casefold(), ()) if guid in self._gone]

    def person(self, alias: str) -> Mailbox:
        """Whoever has *alias*, here or moved."""
        return self._by_alias[alias]

    def guid(self, mailbox: Mailbox) -> str:
        """The GUID of the directory object, which is not the mailbox's."""
        return draws.guid(self._seed, mailbox.exchange_guid, "object-guid")

    def identity(self, mailbox: Mailbox) -> str:
        """The canonical name, as Exchange shows an identity."""
        return f"{self._site}.{MAIL_DOMAIN}/NHSmail/{mailbox.organisation}/{mailbox.alias}"

    def distinguished_name(self, mailbox: Mailbox) -> str:
        """The name in LDAP's form."""
        domain = ",".join(f"DC={part}" for part in (self._site, *MAIL_DOMAIN.split(".")))
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
            *(account(mailbox), f"{NETBIOS_DOMAIN}\\{account(mailbox)}", mailbox.legacy_dn),
            *(self.identity(mailbox), self.distinguished_name(mailbox)),
        )
        return [name.casefold() for name in names]
