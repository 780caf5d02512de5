"""An estate in the domains of another tenant: the same people and sizes, under other names."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.environments import Tenant
from rehearsal.estate.model import Estate, Site


def belonging_to(tenant: Tenant, estate: Estate) -> Estate:
    """*estate* as it would be in the environment of *tenant*: its addresses and host names end in that mail domain."""
    return replace(
        estate,
        tenant=tenant,
        sites=tuple(_site(tenant, site) for site in estate.sites),
        mailboxes=tuple(replace(mailbox, tenant=tenant) for mailbox in estate.mailboxes),
        groups=tuple(replace(group, tenant=tenant) for group in estate.groups),
    )


def _site(tenant: Tenant, site: Site) -> Site:
    def renamed(host: str) -> str:
        return host.removesuffix(site.tenant.mail_domain) + tenant.mail_domain

    return replace(
        site,
        tenant=tenant,
        endpoint_host=renamed(site.endpoint_host),
        servers=tuple(replace(server, fqdn=renamed(server.fqdn)) for server in site.servers),
    )
