"""The table of what the simulated estate serves: one row a listening socket, with the names by which clients know it.

To add a service, add a row to `services`; if it has state, give the world an attribute and a handler for it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rehearsal import name_service, sync_server
from rehearsal.credentials import RELAY_USER, SITE_USER, Credentials
from rehearsal.estate import Estate, Server, Site
from rehearsal.exchange_online.fault_replies import REGIONAL_HOST
from rehearsal.faces import App, face
from rehearsal.site import app as site_app
from rehearsal.site import published
from rehearsal.smtp import face as smtp_face
from rehearsal.windows import app as windows_app
from rehearsal.world import World

Make = Callable[[World, Credentials], App]
HTTPS, HTTP, SUBMISSION = 443, 80, 587


@dataclass(frozen=True)
class Speaking:
    """How a service is spoken to that speaks no HTTP: the *scheme* of its address, and what makes its *connections*.

    That is given the TLS to which a connection changes.
    """

    scheme: str
    connections: Callable[[World, Credentials, ssl.SSLContext], Callable[[], asyncio.Protocol]]


@dataclass(frozen=True)
class Service:
    """One listening socket.

    *name* is what messages call it; *names* are the host names and ports, as `host:port`, under which it is known
    outside, none for what exists in a rehearsal only; *app* makes its ASGI application, or says how else it is
    spoken to. A row with a *key* is written
    into `endpoints.json` under it, as the first of *names* followed by *path*; one with a *site* is written there as
    the remote PowerShell of that site. *any_host*: it answers by its address too, as a service that listens for every
    name does.
    """

    name: str
    names: tuple[str, ...]
    app: Make | Speaking
    tls: bool = True
    key: str | None = None
    path: str = ""
    site: str | None = None
    any_host: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names without their ports."""
        return tuple(name.rpartition(":")[0] for name in self.names)

    def address(self, place: str) -> str:
        """Its web address: by its first name, or by *place*, the `host:port` where it listens, if it has none."""
        scheme = self.app.scheme if isinstance(self.app, Speaking) else "https" if self.tls else "http"
        return (
            f"{scheme}://{_without_usual_port(self.names[0], self.tls) if self.names else place}{self.path}"
        )

    def called(self, place: str) -> frozenset[str]:
        """What a Host header may say to it, which listens at *place*."""
        names = (*self.names, place) if self.any_host else self.names or (place,)
        return frozenset(names) | {_without_usual_port(name, self.tls) for name in names}


def _without_usual_port(name: str, tls: bool) -> str:  # noqa: FBT001 - a property of the row
    return name.removesuffix(f":{HTTPS if tls else HTTP}")


def services(estate: Estate) -> tuple[Service, ...]:
    """Every service of *estate*, in the order of their ports."""
    return (
        Service("token", ("login.microsoftonline.com:443",), handled("token"), key="token"),
        Service(
            "exchange_online",
            ("outlook.office365.com:443", f"{REGIONAL_HOST}:{HTTPS}"),
            handled("exchange_online"),
            key="exchange_online",
        ),
        Service("graph", ("graph.microsoft.com:443",), handled("graph"), key="graph"),
        Service("notify", ("api.notifications.service.gov.uk:443",), handled("notify"), key="notify"),
        Service(
            "smtp", (f"relay.{estate.tenant.mail_domain}:{SUBMISSION}",), Speaking("smtp", _relay), key="smtp"
        ),
        Service("inbox", (), handled("smtp"), tls=False, key="inbox", path="/inbox"),
        Service("clock", (), handled("clock"), tls=False, key="clock", path="/clock"),
        Service("cloud", (), handled("cloud"), tls=False, key="cloud", path="/cloud"),
        *(_remote_powershell(site) for site in estate.sites),
        *(_published(site) for site in estate.sites),
        *(_windows(server) for site in estate.sites for server in site.servers),
        _directory_sync(estate.sites[0]),
        Service(
            "dns", (f"ns.{estate.tenant.mail_domain}:53",), Speaking("dns", _names), tls=False, key="dns"
        ),
    )


def handled(service: str) -> Make:
    """The maker of an application that hands each request to the world's logged handler of *service*."""
    return lambda world, _: face(world.handler(service))


def _relay(world: World, credentials: Credentials, tls: ssl.SSLContext) -> Callable[[], asyncio.Protocol]:
    """The relay for notices by e-mail."""
    host = f"relay.{world.estate.tenant.mail_domain}"
    users = {RELAY_USER: credentials.relay_password}
    return smtp_face.protocol(world.relay, world.handler("smtp"), host=host, tls=tls, users=users)


def _names(world: World, _: Credentials, __: ssl.SSLContext) -> Callable[[], asyncio.Protocol]:
    """The name server of the estate's network, which knows what the cloud's public zones hold."""
    return partial(name_service.Connection, world.cloud.published)


def _remote_powershell(site: Site) -> Service:
    """The remote PowerShell of *site*: one socket, under the name of each of its servers."""

    def app(world: World, credentials: Credentials) -> App:
        return site_app.build(
            partial(world.invoke, site.name),
            {SITE_USER: credentials.site_password},
            servers={server.fqdn: server.name for server in site.servers},
            has_exchange=lambda server: server not in world.organisation.around.gone,
            keytab=credentials.keytab,
            meddle=partial(site_app.trouble, world.faults, site.name),
        )

    return Service(
        f"site-{site.name}",
        tuple(f"{server.fqdn}:{HTTP}" for server in site.servers),
        app,
        tls=False,
        path="/PowerShell/",
        site=site.name,
    )


def _published(site: Site) -> Service:
    """The published address of *site*, from which Exchange Online pulls, for callers without a credential."""

    def app(world: World, _: Credentials) -> App:
        server = site.servers[0].name
        return face(lambda request: published.answer(world.organisation.door(server), request))

    return Service(f"published-{site.name}", (f"{site.endpoint_host}:{HTTPS}",), app)


def _windows(server: Server) -> Service:
    """The Windows remote management of *server*, for Ansible's Windows modules.

    Ansible's psrp connection knows no connection map, so it goes to the address itself; WinRM listens for any name.
    """

    def app(world: World, credentials: Credentials) -> App:
        users = dict.fromkeys((SITE_USER, credentials.site_user), credentials.site_password)
        return windows_app.build(world.door(server.name), users)

    names = (f"{server.fqdn}:{windows_app.PORT}",)
    return Service(f"windows-{server.name}", names, app, tls=False, path="/wsman", any_host=True)


def kerberos_hosts(estate: Estate) -> tuple[str, ...]:
    """The hosts to which people sign in by tickets: the sites' servers, and that of directory synchronisation."""
    servers = (server.fqdn for site in estate.sites for server in site.servers)
    return (*servers, sync_host(estate.sites[0]))


def sync_host(site: Site) -> str:
    """The server of directory synchronisation in the domain of *site*."""
    return f"{sync_server.NAME.lower()}.{site.servers[0].fqdn.partition('.')[2]}"


def _directory_sync(site: Site) -> Service:
    """The remote PowerShell of the server of directory synchronisation, in the domain of *site*."""

    def app(world: World, credentials: Credentials) -> App:
        users = dict.fromkeys((SITE_USER, credentials.site_user), credentials.site_password)
        return sync_server.build(world.synchronise, users, keytab=credentials.keytab)

    names = (f"{sync_host(site)}:{windows_app.PORT}",)
    return Service("directory-sync", names, app, tls=False, path="/wsman", any_host=True)
