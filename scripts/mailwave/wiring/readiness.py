"""What the commands of readiness need: the rules, the evidence, who works here, and what they sign."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from estate_schema import load_readiness
from estate_schema.administrators import Administrators, load_administrators
from estate_schema.endpoints import VARIABLE
from mailwave import rules
from mailwave.core.reason import Reason
from mailwave.wiring.settings import IDENTITY_VARIABLE, ROOT, Settings, folder

if TYPE_CHECKING:  # polars and databases take a while to import: a command loads only what it uses
    from mailwave.adapters.ledger import Ledger
    from mailwave.adapters.signatures import Ed25519Signer
    from mailwave.core.organisation_view import Signed
    from mailwave.core.readiness.attestation import Register, Said
    from mailwave.core.readiness.handed_in import HandedIn
    from mailwave.core.readiness.rules import RuleBook
    from mailwave.core.readiness.scope import Administrator, Scope
    from mailwave.runbooks.check_estate import CheckEstate
    from mailwave.runbooks.collect_evidence import CollectEvidence, Discovered

ENVIRONMENTS = ROOT / "environments"


class Acting(NamedTuple):
    """An administrator at work, and what signs for them."""

    administrator: Administrator
    signer: Ed25519Signer


def readiness_folder(settings: Settings) -> Path:
    """Where an environment keeps what was collected and signed, and the last judgement."""
    return folder(settings) / "readiness"


def check_estate(
    settings: Settings, ledger: Ledger, reason: Reason, given: Path | None = None
) -> CheckEstate:
    """The runbook that judges every mailbox on what lies in the folder *given*, or in the environment's own."""
    from mailwave.adapters.kept_judgement import KeptJudgement
    from mailwave.adapters.signatures import Ed25519Verifier
    from mailwave.runbooks.check_estate import CheckEstate

    days = settings.estate.clients.evidence_days
    kept = KeptJudgement(readiness_folder(settings), given)
    return CheckEstate(settings.clock(), ledger, rule_book(settings), days, Ed25519Verifier(), reason, kept)


def collect_evidence(settings: Settings, ledger: Ledger) -> CollectEvidence:
    """The runbook that collects what services show, into the environment's own folder."""
    from mailwave.adapters.discovery_store import write_found
    from mailwave.adapters.name_service import NameService
    from mailwave.runbooks.collect_evidence import CollectEvidence
    from mailwave.wiring.licences import licence_groups

    estate = settings.estate
    return CollectEvidence(
        clock=settings.clock(),
        ledger=ledger,
        discovered=lambda: discovered(settings),
        licences=licence_groups(settings),
        routing_domain=estate.tenant.routing_domain,
        domains=(estate.mail_domain,),
        names=NameService.of(settings.endpoints()),
        log_days=estate.clients.evidence_days,
        keep=lambda tables: write_found(readiness_folder(settings), tables),
    )


def discovered(settings: Settings) -> Discovered:
    """What the last discovery has kept: as evidence, each value with its own day, and of whom.

    Raises:
        NotDiscovered: no discovery has ended.
    """
    import polars as pl

    from mailwave.core.discovery.refusals import NotDiscovered
    from mailwave.runbooks.collect_evidence import Discovered
    from mailwave.wiring.discovery import discovery_folder

    place = discovery_folder(settings)
    try:
        evidence = pl.read_parquet(place / "evidence" / "mailboxes.parquet")
        people = pl.read_parquet(place / "found" / "mailboxes.parquet", columns=["guid", "account", "upn"])
        lanes = pl.read_parquet(place / "found" / "lanes.parquet")
        domains = pl.read_parquet(place / "evidence" / "domains.parquet")
    except FileNotFoundError as error:
        raise NotDiscovered from error
    whole = people.join(evidence.select("guid", "domains"), on="guid", how="left")
    return Discovered(evidence, whole.join(lanes, on="guid", how="left"), domains)


def rule_book(settings: Settings) -> RuleBook:
    """The rules of readiness, as they are in the environment."""
    return rules.readiness(settings.estate, load_readiness(ENVIRONMENTS / "readiness.yaml"))


def register(settings: Settings) -> Register:
    """Who may attest and waive in the environment; nobody where it has no such table."""
    from mailwave.core.readiness.attestation import Register

    return Register(settings.environment, rules.administrators(administrators(settings)))


def administrators(settings: Settings) -> Administrators:
    """The table of the environment or, in a rehearsal, the one that it has made."""
    rehearsed = settings.endpoints().administrators if VARIABLE in os.environ else None
    return load_administrators(rehearsed or ENVIRONMENTS / f"administrators.{settings.environment}.csv")


def signed_for(settings: Settings, book: RuleBook, organisation: str) -> Signed:
    """What counts today of what was signed for *organisation*, as the next check will find it."""
    from mailwave.adapters.evidence_files import statements_of
    from mailwave.adapters.signatures import Ed25519Verifier
    from mailwave.core.organisation_view import Signed
    from mailwave.core.readiness.attestation import Attestation, SignedWaiver, accepted

    kept = readiness_folder(settings)
    attested = statements_of(kept, "attestations", Attestation, organisation)
    waived = statements_of(kept, "waivers", SignedWaiver, organisation)
    if not attested and not waived:
        return Signed()  # most have signed nothing, and to read who may sign takes longer than all the rest
    judged = (register(settings), book, Ed25519Verifier(), settings.clock().now())
    return Signed(tuple(accepted(attested, *judged)[0]), tuple(accepted(waived, *judged)[0]))


def is_administrator() -> bool:
    """Whether the settings of this machine name an administrator; without them an operator is at work."""
    return bool(os.environ.get(IDENTITY_VARIABLE))


def acting(settings: Settings) -> Acting | None:
    """The administrator that MAILWAVE_IDENTITY names, None for an operator.

    Raises:
        NoAdministrator: nobody of the environment has that id and that key, or the key does not count today.
    """
    if not is_administrator():
        return None
    from estate_schema.identity import load_identity
    from mailwave.adapters.signatures import Ed25519Signer
    from mailwave.core.readiness.scope import NoAdministrator

    identity = load_identity(Path(os.environ[IDENTITY_VARIABLE]))
    signer = Ed25519Signer(identity.private_key())
    now = settings.clock().now()
    for each in register(settings).administrators:
        if (each.who, each.public_key) == (identity.who, signer.public_key):
            if problem := each.problem(now, now):
                raise NoAdministrator(who=identity.who, why=f"may not act: {problem}")
            return Acting(each, signer)
    raise NoAdministrator(
        who=identity.who, why=f"is no administrator of {settings.environment} with this key"
    )


def acting_administrator(settings: Settings) -> Acting:
    """The administrator at work; raises as `acting` does, and `NobodySigns` for an operator."""
    from mailwave.core.readiness.scope import NobodySigns

    found = acting(settings)
    if found is None:
        raise NobodySigns(variable=IDENTITY_VARIABLE)
    return found


def scope(settings: Settings, ledger: Ledger, asked: str | None) -> Scope:
    """What whoever works here looks at, who *asked* for an organisation, or for all that they may see.

    Raises:
        NotTheirOrganisation: an administrator asked for another than theirs.
        NoSuchOrganisation: an operator asked for one that owns no mailbox.
    """
    from mailwave.core.readiness.scope import NoSuchOrganisation, scope_of

    found = acting(settings)
    seen = scope_of(found.administrator if found else None, asked)
    if not seen.is_bound and asked is not None and ledger.mailbox_columns(organisation=asked).is_empty():
        raise NoSuchOrganisation(code=asked)
    return seen


def evidence(settings: Settings, given: Path | None, ledger: Ledger, seen: Scope) -> HandedIn:
    """What lies in the folder *given*, or in the environment's own; for an administrator, their own rows of it."""
    from mailwave.adapters.evidence_files import read_evidence
    from mailwave.core.readiness.scope import Own

    own = None
    if seen.is_bound and seen.organisation is not None:
        own = Own(
            seen.organisation, frozenset(ledger.mailbox_columns(organisation=seen.organisation)["guid"])
        )
    return read_evidence(given or readiness_folder(settings), register(settings), own)


def tried(settings: Settings, rule: str) -> str:
    """What this machine sees of *rule*; raise `NotAttestable` for one that it cannot try."""
    from mailwave.core.readiness.scope import NotAttestable

    if rule != "egress":
        raise NotAttestable("has no value; only egress can be tried without one")
    from mailwave.adapters.way_out import way_out

    return way_out(settings.endpoints())


def keep_statement(settings: Settings, said: Said, to: Path | None) -> Path:
    """Add *said* to the file *to*, or without one to the environment's own, and return which that is."""
    from mailwave.adapters.evidence_files import append_statement
    from mailwave.core.readiness.attestation import Attestation

    name = "attestations" if isinstance(said, Attestation) else "waivers"
    file = to or readiness_folder(settings) / f"{name}.{said.organisation}.jsonl"
    append_statement(file, said)
    return file
