"""What the commands of evidence need: the vault, the keys, and everything that is worth keeping."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from estate_schema import ConfigurationError
from estate_schema.endpoints import VARIABLE, Credentials, SecretFile, SecretUnreadable
from estate_schema.evidence import Evidence
from mailwave.adapters.vault_errors import KeyUnusable, VaultError, VaultUnreachable
from mailwave.core.evidence.checking import Check, Files, Say, Verified, quiet
from mailwave.core.evidence.entries import Sealed
from mailwave.core.evidence.leaks import Leaks
from mailwave.core.evidence.merkle import Tree, leaf
from mailwave.core.evidence.note import Checkpoint, NoteKey
from mailwave.core.refusals import Refusal
from mailwave.runbooks.push_evidence import PushEvidence
from mailwave.wiring.settings import Settings, folder

if TYPE_CHECKING:  # each takes a quarter of a second to import: a command loads only what it uses
    from mailwave.adapters.evidence_keys import Seal, TrustedKeys
    from mailwave.adapters.ledger import Ledger
    from mailwave.adapters.vault import S3Vault

KEPT = ("artifacts", "changes", "proofs")
"""The folders of an environment whose files are evidence: what plays and updates left, and what people consented to.

The lists of batches are not: they hold people's addresses, and the journal has their digests. The engine's plans are
not: they hold secrets, though encrypted, and each change lists the digest of its own.
"""

_PLAN = ".plan.json"

_SECRETS = ("PULUMI_CONFIG_PASSPHRASE", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "PGPASSWORD")
"""Environment variables that hold a secret."""


def origin_of(settings: Settings) -> str:
    """The name of the environment's log, as checkpoints have it."""
    return f"{settings.estate.tenant.domain}/mailwave/{settings.environment}"


def anchor_of(settings: Settings, ledger: Ledger) -> Checkpoint:
    """The journal of *ledger* as it is: how many entries, under which root."""
    tree = Tree(leaf(bytes.fromhex(each.removeprefix("sha256:"))) for each in ledger.digests())
    return Checkpoint(origin_of(settings), tree.size, tree.root())


def anchor(settings: Settings) -> Checkpoint:
    """The same, of the environment's ledger; of none where there is no ledger yet, which is not made for this."""
    from mailwave.adapters.ledger_engine import database_file

    file = database_file(settings.ledger_url)
    if file is not None and not file.exists():
        return Checkpoint(origin_of(settings), 0, Tree(()).root())
    with settings.ledger() as ledger:
        return anchor_of(settings, ledger)


def vault_is_configured(settings: Settings) -> bool:
    """Whether this environment has a vault: the estate file says which bucket, the endpoints file where it answers."""
    has_endpoints = bool(os.environ.get(VARIABLE))
    return settings.estate.evidence is not None and has_endpoints and settings.endpoints().s3 is not None


def vault_of(settings: Settings) -> S3Vault:
    """The vault; raise `ConfigurationError` where the environment has none."""
    from mailwave.adapters.vault import S3Vault
    from mailwave.adapters.vault_client import s3_client

    wanted, endpoints = _evidence(settings).vault, settings.endpoints()
    if endpoints.s3 is None:
        raise ConfigurationError(
            file="endpoints", key="s3", problem="is not there", allowed="the address of S3, for the vault"
        )
    key = endpoints.credentials.vault
    pair = (key.access_key_id, key.secret()) if key else None
    client = s3_client(endpoints.s3, wanted.region, pair, ca=endpoints.ca)
    return S3Vault(client, wanted.bucket, f"{settings.environment}/", mode=wanted.mode, days=wanted.days)


def _evidence(settings: Settings) -> Evidence:
    if settings.estate.evidence is None:
        raise ConfigurationError(
            file=f"environments/estate.{settings.environment}.yaml",
            key="evidence",
            problem="is not there",
            allowed="a vault with bucket, region, mode and days",
        )
    return settings.estate.evidence


def seal_of(settings: Settings) -> Seal:
    """Who signs: a key file that the endpoints name, or a key of KMS that the estate file names."""
    from mailwave.adapters.evidence_keys import Seal

    file, kms_key = settings.endpoints().credentials.evidence_key, _evidence(settings).kms_key
    if file is not None:
        return Seal.of_pem(file.secret())
    if kms_key is None:
        raise ConfigurationError(
            file="endpoints",
            key="credentials.evidence_key",
            problem="is not there, and the estate file names no key of KMS",
            allowed="a file with a private key in PEM",
        )
    return Seal.of_kms(kms_key, _evidence(settings).vault.region)


def trusted(settings: Settings | None, files: Sequence[Path]) -> TrustedKeys:
    """The keys in *files*, or those of the environment; raise `KeyUnusable` where there are none."""
    from mailwave.adapters.evidence_keys import TrustedKeys

    if files:
        return TrustedKeys([_pem(file) for file in files])
    named = settings.estate.evidence.keys if settings and settings.estate.evidence else ()
    if named or settings is None or not os.environ.get(VARIABLE):
        return TrustedKeys(named)
    return TrustedKeys([seal_of(settings).public_pem])


def _pem(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise KeyUnusable(what=str(file), why="it is no PEM of a public key") from None


def push_evidence(settings: Settings, ledger: Ledger, *, say: Say = quiet) -> PushEvidence:
    """The runbook that sends to the vault what it lacks."""
    seal, trust = seal_of(settings), trusted(settings, ())
    keys = {key.material for key in trust.note_keys("")}
    if not keys & {key.material for key in trusted_by(seal)}:
        raise KeyUnusable(what="the signing key", why="its public half is not among the environment's keys")
    return PushEvidence(
        settings.environment,
        origin_of(settings),
        ledger,
        lambda: kept_files(folder(settings)),
        vault_of(settings),
        trust,
        seal,
        Leaks(secrets_of(settings)),
        settings.clock(),
        say,
    )


def trusted_by(seal: Seal) -> list[NoteKey]:
    """The public half of *seal* as the key of a log."""
    from mailwave.adapters.evidence_keys import TrustedKeys

    return TrustedKeys([seal.public_pem]).note_keys("")


def kept_files(home: Path) -> dict[str, bytes]:
    """Every file of `KEPT` in *home*, by its name below it; what is hidden is being written, and is left out."""
    found = (path for kept in KEPT for path in sorted((home / kept).rglob("*")) if path.is_file())
    named = {path.relative_to(home): path for path in found if not path.is_symlink()}
    return {
        name.as_posix(): path.read_bytes()
        for name, path in named.items()
        if not name.name.endswith(_PLAN) and not any(part.startswith(".") for part in name.parts)
    }


def secrets_of(settings: Settings) -> Mapping[str, str]:
    """Every secret that this machine was given for the environment, by what it is for."""
    found = {name: os.environ.get(name, "") for name in _SECRETS}
    found["the ledger's password"] = urlsplit(settings.ledger_url).password or ""
    if os.environ.get(VARIABLE):
        found |= _of_endpoints(settings.endpoints().credentials)
    return {name: secret for name, secret in found.items() if secret}


def _of_endpoints(credentials: Credentials) -> Mapping[str, str]:
    found = {}
    for name in type(credentials).model_fields:
        held = getattr(credentials, name)
        if isinstance(held, SecretFile):
            try:
                found[f"the secret of {name}"] = held.secret()
            except SecretUnreadable:
                continue  # what cannot be read cannot have been written anywhere by us
    return found


def push_if_configured(settings: Settings, *, strict: bool) -> str:
    """Send to the vault what it lacks, where there is one; what there is to tell, or nothing.

    A vault that does not answer is only told of: what is not sent stays here and goes with the next push. Whatever else
    is wrong is raised if *strict*, and else told of, too.
    """
    if not vault_is_configured(settings):
        return ""
    try:
        with settings.ledger() as ledger:
            pushed = push_evidence(settings, ledger).run()
    except VaultUnreachable as error:
        return f"{error}: nothing is lost, `mailwave evidence push` sends it later"
    except (Refusal, VaultError, KeyUnusable) as error:
        if strict:
            raise
        return str(error)
    return f"evidence kept: {pushed.anchor.short}"


def push_before_consent(settings: Settings, ledger: Ledger) -> None:
    """Send to the vault what it lacks, where there is one: nobody consents to what is not anchored.

    Raises:
        VaultUnreachable: it does not answer; a new consent waits for it, and nothing that was begun does.
    """
    if vault_is_configured(settings):
        push_evidence(settings, ledger).run()


@contextmanager
def evidence_in(settings: Settings | None, copied: Path | None) -> Iterator[Files]:
    """The objects in the copy at *copied* (a folder or a zip), or in the environment's vault without one."""
    from mailwave.adapters.vault_copy import ZipCopy, copy

    if copied is None:
        if settings is None:
            raise ConfigurationError(
                file="command line",
                key="COPY",
                problem="is not there, and no environment is named",
                allowed="a folder or zip, or --environment",
            )
        yield vault_of(settings)
        return
    found = copy(copied)
    try:
        yield found
    finally:
        if isinstance(found, ZipCopy):
            found.close()


def verify_evidence(
    settings: Settings | None,
    copied: Path | None,
    *,
    keys: Sequence[Path],
    origin: str = "",
    anchored: Checkpoint | None = None,
    say: Say = quiet,
) -> Verified:
    """Check the copy at *copied*, or the environment's vault; raises `EvidenceBroken`."""
    expected = origin or (origin_of(settings) if settings else "")
    with evidence_in(settings, copied) as files:
        return Check(files, trusted(settings, keys), origin=expected, say=say).run(anchored)


def proof_in(file: Path, settings: Settings | None, keys: Sequence[Path]) -> tuple[Sealed, Checkpoint]:
    """The entry that the proof in *file* proves, and its anchor; raises `NoteBroken`."""
    from mailwave.core.evidence import proofs

    return proofs.opened(file.read_bytes(), trusted(settings, keys))
