# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The inventory plugin that reads estate files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin

from estate_schema import ConfigurationError, Endpoints, Estate, endpoints_from_environment, load_estate
from estate_schema.connection_map import Place, place
from estate_schema.endpoints import VARIABLE
from estate_schema.estate import Site

DOCUMENTATION = """
name: estate
short_description: The servers of an environment's estate file
version_added: "0.1.0"
author: The mailwave authors
description:
  - Reads C(environments/estate.<environment>.yaml), which is given with C(-i), so that servers are written down once.
  - Each server is a host of the group C(exchange_servers) and of the group C(site_<name>) of its site. Servers of a
    site that the file marks as leaving are in C(exchange_leaving) instead, so that no other play takes them.
  - The members of a database availability group are a group C(dag_<name>), in lower case with underscores.
  - The tenant is the one host C(exchange-online) of the group C(exchange_online).
  - The sites are one Exchange organisation, the one host C(exchange-organisation) of the group
    C(exchange_organisation). What the organisation has once is written through it, and so written once.
  - Every action of this collection runs on the controller; nothing logs on to a host.
  - A play for Ansible's Windows modules says C(connection=psrp) in its variables. Where the variable
    E(MAILWAVE_ENDPOINTS) names an endpoints file, each server then has the variables of that connection plugin, which
    knows no connection map of its own.
options: {}
"""

EXAMPLES = """
# ansible-inventory -i environments/estate.rehearsal.yaml --graph
"""

TENANT_HOST = "exchange-online"
ORGANISATION_HOST = "exchange-organisation"
WINRM_PORT = 5985
"""Windows remote management over http, whose messages Kerberos or NTLM encrypts."""


class InventoryModule(BaseInventoryPlugin):  # type: ignore[misc]
    """Turns an estate file into hosts and groups."""

    NAME = "mailwave.exchange.estate"

    def verify_file(self, path: str) -> bool:
        """Take files called ``estate.<environment>.yaml`` only."""
        name = Path(path).name
        return name.startswith("estate.") and name.endswith((".yaml", ".yml"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:  # noqa: FBT001, FBT002
        """Read *path* and fill *inventory*; the signature is Ansible's."""
        super().parse(inventory, loader, path, cache)
        try:
            estate = load_estate(Path(path))
            endpoints = endpoints_from_environment() if VARIABLE in os.environ else None
        except ConfigurationError as error:
            raise AnsibleParserError(str(error)) from error
        self._fill(estate)
        if endpoints is not None:
            for server in (server for site in estate.sites for server in site.servers):
                self._lead_to_windows(server.name, server.fqdn, endpoints)

    def _fill(self, estate: Estate) -> None:
        for variable, value in {
            "exchange_environment": estate.environment,
            "exchange_tenant": estate.tenant.id,
            "exchange_tenant_domain": estate.tenant.domain,
            "exchange_routing_domain": estate.tenant.routing_domain,
            "exchange_mail_domain": estate.mail_domain,
            "ansible_connection": "local",
        }.items():
            self.inventory.set_variable("all", variable, value)
        self.inventory.add_group("exchange_online")
        self.inventory.add_host(TENANT_HOST, "exchange_online")
        staying = [site.name for site in estate.sites if not site.leaving]
        self._add_organisation(staying, estate.sites[0].name)
        self.inventory.add_group("exchange_servers")
        self.inventory.add_group("exchange_leaving")
        for site in estate.sites:
            self._fill_site(site)

    def _add_organisation(self, sites: list[str], first: str) -> None:
        """The one host of what the Exchange organisation has once.

        The servers of the first of *sites*, which stay, answer for it, and those of *first* where none stays.
        """
        self.inventory.add_group("exchange_organisation")
        self.inventory.add_host(ORGANISATION_HOST, "exchange_organisation")
        self.inventory.set_variable(ORGANISATION_HOST, "exchange_site", next(iter(sites), first))
        self.inventory.set_variable(ORGANISATION_HOST, "exchange_sites", sites)

    def _fill_site(self, site: Site) -> None:
        group = self.inventory.add_group(f"site_{site.name.replace('-', '_')}")
        self.inventory.add_child("exchange_leaving" if site.leaving else "exchange_servers", group)
        if site.leaving:
            told = site.leaving.model_dump(mode="json", exclude_none=True)
            self.inventory.set_variable(group, "exchange_leaving_told", told)
        self.inventory.set_variable(group, "exchange_site", site.name)
        self.inventory.set_variable(group, "exchange_endpoint", site.endpoint)
        for server in site.servers:
            host = self.inventory.add_host(server.name, group)
            self.inventory.set_variable(host, "exchange_fqdn", server.fqdn)
            self.inventory.set_variable(host, "exchange_version", server.version)
            self.inventory.set_variable(host, "exchange_dag", server.dag or "")
            if server.dag:
                members = self.inventory.add_group(f"dag_{server.dag.replace('-', '_').lower()}")
                self.inventory.add_host(host, members)

    def _lead_to_windows(self, host: str, fqdn: str, endpoints: Endpoints) -> None:
        """Give *host* the variables of the psrp connection: to the address of the map, in the name of the server."""
        named = str(Place(fqdn.lower(), WINRM_PORT))
        address = place(endpoints.connect.get(named, named))
        account = endpoints.credentials.sites
        for variable, value in {
            # with psrp's own variable for it each turn of a loop opened a shell of its own and left it open: Ansible
            # keeps a connection only while its address is this one
            "ansible_host": address.host,
            "ansible_psrp_port": address.port,
            "ansible_psrp_protocol": "http",
            "ansible_psrp_ignore_proxy": address.is_loopback,
            "ansible_psrp_negotiate_hostname_override": fqdn,
            "ansible_psrp_user": account.username,
            "exchange_password_file": str(account.secret_file),
        }.items():
            self.inventory.set_variable(host, variable, value)
