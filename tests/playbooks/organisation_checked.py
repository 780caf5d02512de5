"""What the verify plays 20 to 39 would find, and what their partners would do, worked out in memory without Ansible."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from ansible_collections.mailwave.exchange.plugins.filter.objects import each_group
from ansible_collections.mailwave.exchange.plugins.plugin_utils import auth_certificates, sync_server
from ansible_collections.mailwave.exchange.plugins.plugin_utils.keeping import Site, keep, look
from ansible_collections.mailwave.exchange.plugins.plugin_utils.protected_groups import protected_checks
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import judge

from exchange_admin import directory_sync
from exchange_admin.cmdlets import Side, complete
from exchange_admin.errors import ExchangeError
from exchange_admin.port import ExchangeAdmin
from rehearsal.wire import CmdletCall, CmdletResult
from tests.playbooks.organisation import TwoSites
from tests.plugins.roles import INVENTORY, KEPT, ROLES, SERVERS, objects, yaml_of
from tests.plugins.simulated import SimulatedAdmin, nothing_but


def an_admin(premises: TwoSites, server: str = "EX01", *, dry_run: bool = False) -> SimulatedAdmin:
    """A shell on *server* of the first site."""

    def run(call: CmdletCall) -> CmdletResult:
        return premises.invoke("leeds", call)

    return SimulatedAdmin(
        run, server, dry_run=dry_run, prepare=lambda *each: complete(*each, Side.ON_PREMISES)
    )


def a_sync_admin(premises: TwoSites, *, dry_run: bool = False) -> SimulatedAdmin:
    """A shell on the server of directory synchronisation."""
    return SimulatedAdmin(premises.synchronise, dry_run=dry_run, prepare=directory_sync.prepare)


def a_site(premises: TwoSites, *, dry_run: bool = False) -> Site:
    """The first site as the actions reach it."""

    def connect(host: str) -> AbstractContextManager[ExchangeAdmin]:
        return nothing_but(an_admin(premises, host.partition(".")[0].upper() or "EX01", dry_run=dry_run))

    return Site("http://ex01.leeds.nhsmail.example/PowerShell/", connect)


def kept(premises: TwoSites, role: str, *, check: bool = False) -> dict[str, Any]:
    """Run *role* for the first server, or in *check* predict it."""
    return keep(a_site(premises, dry_run=check), objects(role), check=check)


def make_healthy(premises: TwoSites) -> TwoSites:
    """Let every role do its work, for the first server."""
    for role in KEPT:
        kept(premises, role)
    sync_server.let_run(a_sync_admin(premises), start=True, check=False)
    return premises


def found(premises: TwoSites, servers: tuple[str, ...] = SERVERS) -> list[dict[str, Any]]:
    """The findings of every verify play for the first of *servers*, those of the estate file; all must be readable."""
    site = a_site(premises, dry_run=True)
    checks = [check for role in KEPT for check in look(site, objects(role, servers=servers))["checks"]]
    sync = sync_server.read(a_sync_admin(premises, dry_run=True))
    admin = an_admin(premises, dry_run=True)
    protected = yaml_of(ROLES / "migration_account/vars/main.yml")["migration_account_protected"]
    groups = {name: _read(admin, each) for name, each in each_group(protected).items()}
    suffixes = _read(admin, {"cmdlet": "Get-UserPrincipalNamesSuffix"})
    verdict = judge(
        [
            *checks,
            *sync_server.checks(sync),
            *sync_server.suffix_checks(suffixes, [INVENTORY["exchange_mail_domain"]]),
            *protected_checks(groups, servers),
            *auth_certificates.checks(admin, premises.clock.now),
        ],
        server="EX01",
    )
    assert verdict.unknown == []
    return verdict.findings


def _read(admin: ExchangeAdmin, read: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"rows": admin.invoke(read["cmdlet"], read.get("parameters") or {}).rows}
    except ExchangeError as error:
        return {"error": str(error)}
