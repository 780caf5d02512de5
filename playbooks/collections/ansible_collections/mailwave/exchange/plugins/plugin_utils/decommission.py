# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The steps that take a site down, each worked out from what Exchange says at that moment.

A step is a list of deeds: what still has to be sent so that it is done, none once it is. So a run that was cut off goes
on by itself, and a second run finds nothing to do. The gates of a step are asked before its first deed, and again
before each server's: an older answer counts for nothing. The order is that of Microsoft's pages
"Remove-MailboxDatabaseCopy", "Remove-MailboxDatabase", "Remove-DatabaseAvailabilityGroupServer" and "Manage recipients
in Exchange Hybrid environments using Management tools".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotTaken, PlayError, some
from ansible_collections.mailwave.exchange.plugins.plugin_utils.residents import (
    OWN_KINDS,
    archives,
    mailboxes,
    own_mailboxes,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.shown import diff

from exchange_admin.errors import OutcomeUnknown
from exchange_admin.port import ExchangeAdmin, Row
from exchange_admin.values import plain


class Step(StrEnum):
    """What is taken from a site, in this order; each needs all that come before it but the first of them."""

    MAIL_FLOW = "mail_flow"
    CLIENTS = "clients"
    DATABASES = "databases"
    GROUP = "group"


class StillUsed(PlayError):
    """*what* of the site may not go: *why*, and a person has to see to it; nothing was changed by this step."""

    def __init__(self, *, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what} may not go: {why}")


@dataclass(frozen=True)
class Deed:
    """One thing to do: *cmdlet* with *parameters* turns *option* of *identity* from *before* into *after*.

    *check* is the id of the verify play's check that it fails, *owner* the server that it belongs to, empty for the
    organisation. *require* raises `StillUsed` where it must not be done now.
    """

    check: str
    owner: str
    identity: str
    option: str
    before: object
    after: object
    cmdlet: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    require: Callable[[], None] = lambda: None

    @property
    def shown(self) -> dict[str, Any]:
        """The object as a task's result names it."""
        before, after = {self.option: self.before}, {self.option: self.after}
        return {
            "identity": self.identity,
            "differing": [self.option],
            "before": before,
            "values": after,
            "diff": diff(before, after, self.identity),
        }


Gates = Callable[[], None]
"""Asks every gate of the step anew, and raises where one does not hold."""


@dataclass(frozen=True)
class Site:
    """The site that leaves: its *servers* by their short names, and the availability *groups* that they were in."""

    servers: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def has(self, server: object) -> bool:
        """Whether *server* is one of its own, in any case of letters, by its short or its full name."""
        return str(server).partition(".")[0].casefold() in {each.casefold() for each in self.servers}


def deeds(admin: ExchangeAdmin, step: Step, site: Site) -> list[Deed]:
    """What *step* still has to do, in its order; it only reads."""
    found: Mapping[Step, Callable[[ExchangeAdmin, Site], Iterator[Deed]]] = {
        Step.MAIL_FLOW: _mail_flow,
        Step.CLIENTS: _clients,
        Step.DATABASES: _databases,
        Step.GROUP: _groups,
    }
    return list(found[step](admin, site))


CHECKS: Mapping[Step, tuple[str, ...]] = {
    Step.MAIL_FLOW: ("site-is-a-source", "site-takes-mail"),
    Step.CLIENTS: ("site-answers-clients",),
    Step.DATABASES: ("site-has-databases",),
    Step.GROUP: ("site-has-groups",),
}
"""The checks that say of each step that it is done."""


def looks(admin: ExchangeAdmin, step: Step, site: Site) -> Mapping[str, Callable[[], list[str]]]:
    """The checks of *step*: each names what is left to do, and holds where nothing is."""

    def left(check: str) -> list[str]:
        return sorted({each.identity for each in deeds(admin, step, site) if each.check == check})

    return {check: lambda check=check: left(check) for check in CHECKS[step]}  # type: ignore[misc]


def take(admin: ExchangeAdmin, step: Step, site: Site, gates: Gates, *, check: bool) -> list[Deed]:
    """Do what *step* still has to do, and return it; in *check* only say it. Where nothing is left no gate is asked.

    Raises:
        StillUsed: something of the site must not go; no deed of the step was done.
        NotTaken: a cmdlet was accepted, and reading back shows that it changed nothing.
        PlayError: a gate does not hold; nothing was done since it did.
        ExchangeError: Exchange refused, could not be reached, or its answer was lost.
    """
    todo = deeds(admin, step, site)
    if not todo:
        return []
    gates()
    for each in todo:
        each.require()
    if check:
        return todo
    for number, owner in enumerate(dict.fromkeys(each.owner for each in todo)):
        if number:
            gates()
        _carry_out(admin, step, site, [each for each in todo if each.owner == owner])
    return todo


def _carry_out(admin: ExchangeAdmin, step: Step, site: Site, todo: Sequence[Deed]) -> None:
    """Send each deed of one server, and read back; a lost answer is decided by that reading."""
    lost: OutcomeUnknown | None = None
    for each in todo:
        each.require()
        try:
            admin.invoke(each.cmdlet, each.parameters)
        except OutcomeUnknown as error:
            lost = error
            break
    sent = {(each.cmdlet, each.identity) for each in todo}
    left = [each for each in deeds(admin, step, site) if (each.cmdlet, each.identity) in sent]
    if lost is not None and left:
        raise lost
    if left:
        first = left[0]
        wanted, found = {first.option: first.after}, {first.option: first.before}
        raise NotTaken(identity=first.identity, wanted=wanted, found=found)


def _mail_flow(admin: ExchangeAdmin, site: Site) -> Iterator[Deed]:
    """No send connector has a server of the site as a source, disabled ones too; no receive connector takes mail."""
    for row in admin.invoke("Get-SendConnector").rows:
        sources = [str(each) for each in plain(row.get("SourceTransportServers")) or ()]
        rest = [each for each in sources if not site.has(each)]
        if rest != sources:
            yield _source(str(row["Identity"]), sources, rest)
    for row in sorted(admin.invoke("Get-ReceiveConnector").rows, key=lambda row: str(row["Server"])):
        server = str(
            plain(row["Server"])
        )  # all are read, for one that is uninstalled already cannot be asked about
        if site.has(server) and plain(row["Enabled"]):
            identity = str(row["Identity"])
            settings = {"Identity": identity, "Enabled": False}
            yield Deed(
                *("site-takes-mail", server, identity, "enabled", True, False, "Set-ReceiveConnector"),
                settings,
            )


def _source(identity: str, sources: list[str], rest: list[str]) -> Deed:
    def require() -> None:
        if not rest:
            why = "only servers of the site send by it; name servers of another site, or remove it (play 24)"
            raise StillUsed(what=f"the send connector {identity}", why=why)

    return Deed(
        *("site-is-a-source", "", identity, "source_transport_servers", sources, rest, "Set-SendConnector"),
        {"Identity": identity, "SourceTransportServers": rest},
        require,
    )


def _clients(admin: ExchangeAdmin, site: Site) -> Iterator[Deed]:
    """No server of the site tells clients inside the domain of an Autodiscover of its own (service connection point).

    Each names the address that the servers that stay name, which DNS leads to the tenant (gate
    site-answers-autodiscover); Setup takes the record itself away with the server.
    """
    rows = admin.invoke("Get-ClientAccessService").rows
    told = {str(row["Name"]): str(plain(row.get("AutoDiscoverServiceInternalUri")) or "") for row in rows}
    staying = sorted({uri for name, uri in told.items() if uri and not site.has(name)})
    for name, uri in told.items():
        if uri and site.has(name) and uri not in staying:
            yield _client(name, uri, staying)


def _client(name: str, uri: str, staying: Sequence[str]) -> Deed:
    after = staying[0] if len(staying) == 1 else ""

    def require() -> None:
        if not after:
            why = (
                f"servers that stay name {some(staying) or 'no Autodiscover'}, and not one address (play 20)"
            )
            raise StillUsed(what=f"the service connection point of {name}", why=why)

    return Deed(
        *("site-answers-clients", name, name, "auto_discover_service_internal_uri", uri, after),
        "Set-ClientAccessService",
        {"Identity": name, "AutoDiscoverServiceInternalUri": after},
        require,
    )


def _databases(admin: ExchangeAdmin, site: Site) -> Iterator[Deed]:
    """No server of the site has a database: each loses its passive copies, is dismounted, and then removed."""
    for row in admin.invoke("Get-MailboxDatabase", {"Status": True}).rows:
        holders = [str(each) for each in plain(row.get("Servers")) or (row["Server"],)]
        if any(site.has(each) for each in holders):
            yield from _database(admin, row, [each for each in holders if not site.has(each)])


def _database(admin: ExchangeAdmin, row: Row, elsewhere: Sequence[str]) -> Iterator[Deed]:
    name, owner = str(row["Name"]), str(plain(row["Server"]))

    def require() -> None:
        if elsewhere:
            raise StillUsed(
                what=f"the database {name}", why=f"it has a copy on {some(elsewhere)}, which stays"
            )
        if residents := _residents(admin, row):
            raise StillUsed(what=f"the database {name}", why=f"it holds {some(residents)}")

    about = ("site-has-databases", owner, f"database {name}")
    yield from _copies(row, about, require)
    if plain(row.get("Mounted")):
        yield Deed(*about, "mounted", True, False, "Dismount-Database", {"Identity": name}, require)
    yield Deed(*about, "state", "present", "absent", "Remove-MailboxDatabase", {"Identity": name}, require)


def _copies(row: Row, about: tuple[str, str, str], require: Callable[[], None]) -> Iterator[Deed]:
    """No passive copy is left; circular logging ends before the last of them goes.

    The page of `Remove-MailboxDatabaseCopy` wants both; on a database with copies circular logging ends at once
    (Microsoft's page "Configure circular logging for a mailbox database").
    """
    name, active = str(row["Name"]), str(plain(row["Server"]))
    holders = [str(each) for each in plain(row.get("Servers")) or ()]
    passive = [each for each in holders if each.casefold() != active.casefold()]
    if passive and plain(row.get("CircularLoggingEnabled")):
        settings = {"Identity": name, "CircularLoggingEnabled": False}
        yield Deed(*about, "circular_logging_enabled", True, False, "Set-MailboxDatabase", settings, require)
    check, owner, _ = about
    for holder in passive:
        copy = f"{name}\\{holder}"
        yield Deed(
            *(check, owner, f"copy {copy}", "state", "present", "absent", "Remove-MailboxDatabaseCopy"),
            {"Identity": copy},
            require,
        )


def _residents(admin: ExchangeAdmin, database: Row) -> list[str]:
    """Everybody in *database*, for whom Exchange keeps it: archives, and what a plain Get-Mailbox leaves out, too."""
    rows = [*mailboxes(admin, [database]), *archives(admin, [database])]
    for kind in OWN_KINDS:
        rows += own_mailboxes(admin, kind, str(database["Name"]))
    return sorted({str(row["Name"]) for row in rows})


def _groups(admin: ExchangeAdmin, site: Site) -> Iterator[Deed]:
    """No server of the site is in an availability group, and a group of nobody else is gone."""
    own = {each.casefold() for each in site.groups}
    for row in admin.invoke("Get-DatabaseAvailabilityGroup").rows:
        name = str(row["Name"])
        members = [str(each) for each in plain(row.get("Servers")) or ()]
        mine = [each for each in members if site.has(each)]
        yield from (_member(name, each) for each in mine)
        if len(mine) == len(members) and (mine or name.casefold() in own):
            yield Deed(
                *("site-has-groups", "", f"availability group {name}", "state", "present", "absent"),
                "Remove-DatabaseAvailabilityGroup",
                {"Identity": name},
            )


def _member(group: str, server: str) -> Deed:
    return Deed(
        *("site-has-groups", server, f"{group}\\{server}", "state", "present", "absent"),
        "Remove-DatabaseAvailabilityGroupServer",
        {"Identity": group, "MailboxServer": server},
    )


def result(done: Iterable[Deed]) -> dict[str, Any]:
    """The result of a task that did, or would do, what *done* says."""
    objects = [each.shown for each in done]
    return {
        "changed": bool(objects),
        "identity": ", ".join(each["identity"] for each in objects),
        "differing": sorted({option for each in objects for option in each["differing"]}),
        "objects": [{key: value for key, value in each.items() if key != "diff"} for each in objects],
        "diff": [each["diff"] for each in objects],
    }
