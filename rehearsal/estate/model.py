"""What stands on premises before the first move: values, without the rules that make them up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from rehearsal.environments import REHEARSAL, Tenant

MAIL_DOMAIN = REHEARSAL.mail_domain
"""The mail domain of the environment called rehearsal; `Tenant.mail_domain` is that of any."""
ROUTING_DOMAIN = REHEARSAL.routing_domain
"""Likewise."""
TENANT_DOMAIN = REHEARSAL.domain
"""Likewise."""
LEGACY_DN = "/o=NHSmail/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn="
"""What the LegacyExchangeDN of every mailbox begins with; its alias follows."""
START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
GIB = 1024**3

OUTLOOK_NEW = "16.0.17932.20286"
OUTLOOK_2013 = "15.0.5603.1000"
OUTLOOK_2010 = "14.0.7268.5000"
"""Office 2010's Outlook: below every minimum of fact D28."""

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
    "Edg/140.0.0.0"
)
"""The User-Agent of a browser of these months."""


@dataclass(frozen=True)
class Organisation:
    """A body with an ODS code, at one site.

    *kind* is trust, prescriber or dispenser; *old_share* the part of its people still on Office 2010.
    """

    code: str
    name: str
    kind: str
    mailboxes: int
    old_share: float
    site: str = "leeds"


@dataclass(frozen=True)
class Server:
    """One on-premises Exchange server; *version* as Exchange's AdminDisplayVersion shows it."""

    name: str
    fqdn: str
    version: str
    databases: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    r"""A group of servers behind one migration endpoint, in an Active Directory domain of its own.

    The domains of an estate are children of one forest, so all sites are one Exchange organisation: whoever asks a
    site sees the recipients of its own domain, which is Exchange's usual view, and knows those of the others by name.
    *netbios* is that domain's short name, as in `NHSMAIL\account`.
    """

    name: str
    endpoint_host: str
    servers: tuple[Server, ...]
    netbios: str
    tenant: Tenant = REHEARSAL

    @property
    def domain(self) -> str:
        """The domain's full name."""
        return f"{self.name}.{self.tenant.mail_domain}"


@dataclass(frozen=True)
class Right:
    """A right on the mailbox that holds it; *trustee* is the alias of a mailbox or group, or an account's name.

    *kind* is FullAccess, SendAs or SendOnBehalf, or with a *folder*, such as Calendar, a role there, such as Reviewer.
    """

    kind: str
    trustee: str
    folder: str = ""


@dataclass(frozen=True)
class Mailbox:
    """One source mailbox. *trustee* of a right and *alias* are in the same name space.

    *cause* seeds trouble in its move, or is None: investigate, poor, stall, multiple_entries and transient occur in
    every estate; two_mailboxes, increment_failed, completion_failed and corrupt are known to the simulated service too.
    *client* is the Outlook version that its owner's machine logged last, None when nobody logs on; that machine speaks
    at most *tls*, and its *browser* (a User-Agent, None without one) came last so many *web_days* ago, None for some
    day of the logs. *phones* are the ActiveSync versions of its devices, None for whatever is drawn. *in_place_holds*
    are those that searches keep on it; *application* is an account without a mailbox that logs on to it, None for
    none. *archive_guid* and *archive_bytes* are None when it has no archive, *archive_database* where that is in the
    mailbox's own database. *site* is that of its account's domain; *database* may be another site's.
    """

    exchange_guid: str
    alias: str
    display_name: str
    organisation: str
    recipient_type: str
    server: str
    database: str
    size_bytes: int
    items: int
    client: str | None
    cause: str | None = None
    rights: tuple[Right, ...] = ()
    site: str = "leeds"
    archive_guid: str | None = None
    archive_bytes: int | None = None
    archive_items: int = 0
    archive_database: str | None = None
    tls: str = "1.2"
    browser: str | None = EDGE
    web_days: float | None = None
    phones: tuple[str, ...] | None = None
    in_place_holds: tuple[str, ...] = ()
    application: str | None = None
    tenant: Tenant = REHEARSAL

    @property
    def address(self) -> str:
        """The primary SMTP address."""
        return f"{self.alias}@{self.tenant.mail_domain}"

    @property
    def routing_address(self) -> str:
        """The address in the tenant's routing domain (fact D24)."""
        return f"{self.alias}@{self.tenant.routing_domain}"

    @property
    def legacy_dn(self) -> str:
        """The LegacyExchangeDN, as the RPC Client Access log names the mailbox."""
        return f"{LEGACY_DN}{self.alias}"


@dataclass(frozen=True)
class Group:
    """A group of a site's domain; *members* are aliases of mailboxes and of other groups.

    *security*: it may hold rights; without that it only receives mail.
    """

    alias: str
    display_name: str
    site: str
    organisation: str
    members: tuple[str, ...]
    security: bool = True
    tenant: Tenant = REHEARSAL

    @property
    def address(self) -> str:
        """The primary SMTP address."""
        return f"{self.alias}@{self.tenant.mail_domain}"


@dataclass(frozen=True)
class Contact:
    """Somebody outside, in the address book of a site's domain."""

    alias: str
    display_name: str
    external_address: str
    site: str


@dataclass(frozen=True)
class Account:
    """A service account without a mailbox, that holds *right* on every mailbox of its site."""

    name: str
    site: str
    right: str


@dataclass(frozen=True)
class Estate:
    """Everything that stands on premises, or the part of it at one site (`at`).

    In a part, *elsewhere* are the mailboxes of the *other_sites*: a right may name them.
    """

    seed: int
    tenant: Tenant
    sites: tuple[Site, ...]
    organisations: tuple[Organisation, ...]
    mailboxes: tuple[Mailbox, ...] = field(repr=False)
    groups: tuple[Group, ...] = ()
    contacts: tuple[Contact, ...] = ()
    accounts: tuple[Account, ...] = ()
    elsewhere: tuple[Mailbox, ...] = field(default=(), repr=False)
    other_sites: tuple[Site, ...] = ()

    @property
    def tenant_id(self) -> str:
        """The tenant's GUID."""
        return self.tenant.id

    @property
    def site(self) -> Site:
        """The site of an estate that has only one; ValueError where there are several."""
        (only,) = self.sites
        return only

    @cached_property
    def site_named(self) -> dict[str, Site]:
        """Every site by name, those of `elsewhere` too."""
        return {site.name: site for site in (*self.sites, *self.other_sites)}

    def at(self, name: str) -> Estate:
        """The part of this estate at the site *name*; KeyError when there is none."""
        here = self.site_named[name]
        return replace(
            self,
            sites=(here,),
            organisations=tuple(each for each in self.organisations if each.site == name),
            mailboxes=tuple(each for each in self.mailboxes if each.site == name),
            groups=tuple(each for each in self.groups if each.site == name),
            contacts=tuple(each for each in self.contacts if each.site == name),
            accounts=tuple(each for each in self.accounts if each.site == name),
            elsewhere=tuple(each for each in self.mailboxes if each.site != name),
            other_sites=tuple(each for each in self.sites if each.name != name),
        )
