"""Judges what stands outside as the commands do, with the real clients: discover, import, collect, attest, check."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mailwave.adapters.discovery_store import DiscoveryStore, write_found
from mailwave.adapters.evidence_files import append_statement, read_evidence
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.name_service import NameService
from mailwave.adapters.signatures import Ed25519Signer, Ed25519Verifier
from mailwave.core.discovery.found import Found, domains, evidence, inventory
from mailwave.core.readiness.attestation import Attestation, Register
from mailwave.core.readiness.scope import Administrator
from mailwave.runbooks.check_estate import CheckEstate
from mailwave.runbooks.collect_evidence import CollectEvidence, Discovered
from mailwave.runbooks.discover_estate import DiscoverEstate
from mailwave.runbooks.import_estate import EstateFiles, ImportEstate
from rehearsal.estate import ODS_FOLDER
from rehearsal.site import client_logs, web_logs
from tests.mailwave.builders import REASON
from tests.mailwave.core.readiness.books import ESTATE, SHIPPED
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.name_server import NameServer
from tests.mailwave.rehearsed.readiness_scene import Scene
from tests.mailwave.rehearsed.services import Services, Time

ENVIRONMENT = "rehearsal"

SETTLED = timedelta(hours=1)
"""After this every replica of the directory shows what was changed (facts E2, E10)."""


def judged(scene: Scene, folder: Path, names: NameServer) -> dict[str, str]:
    """The code of each mailbox of *scene* that is not ready, by guid."""
    services = Services(scene.estate, faults=())
    for act in scene.acts:
        act(services)
    services.clock.advance_to(services.clock.now + SETTLED)
    names.holds(scene.zones)
    found = discovered(services, folder / "discovery")
    read_on = services.clock.now.date().isoformat()
    services.clock.advance_to(services.clock.now + timedelta(days=scene.days))
    kept = folder / "readiness"
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}", lambda: services.clock.now) as ledger:
        _import(ledger, found)
        _collect(services, ledger, _kept(found, read_on), folder, names)
        register = _attest(scene, services, kept)
        client_logs.write(folder / "client-logs", scene.estate, services.clock.now)
        check = CheckEstate(
            Time(services.clock, Boundary()),
            ledger,
            SHIPPED,
            ESTATE.clients.evidence_days,
            Ed25519Verifier(),
            REASON,
        )
        checked = check.prepare(_files(folder / "client-logs", "*.LOG"), read_evidence(kept, register))
    return {finding.guid: finding.code for finding in checked.findings if finding.code}


def discovered(services: Services, folder: Path) -> Found:
    """What a reading of sites and tenant into *folder* finds."""
    store = DiscoveryStore(folder, ENVIRONMENT)
    boundary = Boundary()
    runbook = DiscoverEstate(Time(services.clock, boundary), store, tuple(services.sites), ("tenant",))
    tenant = services.tenant(store, boundary)
    with services.reading(store) as source:
        return runbook.run(runbook.prepare(), [source.read, tenant.read])


def _kept(found: Found, read_on: str) -> Discovered:
    table = evidence(found, read_on)
    people = found.estate.select("guid", "account", "upn").join(table.select("guid", "domains"), on="guid")
    return Discovered(table, people.join(found.lanes, on="guid"), domains(found, read_on))


def _import(ledger: Ledger, found: Found) -> None:
    files = inventory(found)
    ods = {file.name: file.read_bytes() for file in sorted(ODS_FOLDER.glob("etr.csv"))}
    runbook = ImportEstate(ledger, ESTATE.site_of_server, REASON)
    runbook.run(runbook.prepare(EstateFiles(ods, files.mailboxes, files.statistics, files.permissions)))


def _collect(
    services: Services, ledger: Ledger, discovered: Discovered, folder: Path, names: NameServer
) -> None:
    web_logs.write(folder / "web-logs", services.estate, services.clock.now)
    runbook = CollectEvidence(
        clock=Time(services.clock, Boundary()),
        ledger=ledger,
        discovered=lambda: discovered,
        licences=services.licences(Boundary()),
        routing_domain=ESTATE.tenant.routing_domain,
        domains=(ESTATE.mail_domain,),
        names=NameService(names.place),
        log_days=ESTATE.clients.evidence_days,
        keep=lambda tables: write_found(folder / "readiness", tables),
    )
    runbook.run(runbook.prepare(_files(folder / "web-logs", "u_ex*.log")))


def _files(folder: Path, pattern: str) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob(pattern))}


@cache
def _signer(code: str) -> Ed25519Signer:
    seed = hashlib.sha256(code.encode()).digest()
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(seed))


def _attest(scene: Scene, services: Services, folder: Path) -> Register:
    """Sign what is said, each with the key of whoever says it, and return who may."""
    now = services.clock.now
    for (code, rule), said in scene.said.items():
        signs = said.by or code
        at = now - timedelta(days=said.ago)
        statement = Attestation(
            environment=ENVIRONMENT, rule=rule, who=f"administrator of {signs}", at=at,
            expires=at + timedelta(days=said.days), organisation=code, value=said.value,
        )  # fmt: skip
        signature = _signer(signs).sign(statement.message())
        append_statement(
            folder / f"attestations.{signs}.jsonl", msgspec.structs.replace(statement, signature=signature)
        )
    lost = {code for (code, _), said in scene.said.items() if said.revoked}
    return Register(
        ENVIRONMENT,
        tuple(
            Administrator(
                f"administrator of {each.code}",
                each.code,
                _signer(each.code).public_key,
                revoked=now.date() if each.code in lost else None,
            )
            for each in scene.estate.organisations
        ),
    )
