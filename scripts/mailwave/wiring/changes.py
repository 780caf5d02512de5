"""What the commands of change need: review, consent, and the making of exactly what was consented to."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from securesystemslib.exceptions import Error
from securesystemslib.signer import Key, Signer

from change_control.admission import Trust
from change_control.releases import release_of, require_proof
from change_control.sources import source_digests
from estate_schema.errors import ConfigurationError
from mailwave.adapters.change_folder import Changes
from mailwave.adapters.claims import BACKEND, claims_of
from mailwave.adapters.hazard_file import load
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.run_lock import run_lock
from mailwave.core.evidence.leaks import Leaks
from mailwave.core.reason import Reason
from mailwave.core.stacks import StackReport
from mailwave.ports.changes import Claims
from mailwave.runbooks.apply_change import ApplyChange
from mailwave.runbooks.approve_change import ApproveChange
from mailwave.runbooks.find_all_drift import FindAllDrift
from mailwave.runbooks.hold_changes import Holder, UnlockChanges, holding
from mailwave.runbooks.provision import LAYERS
from mailwave.runbooks.review_change import ReviewChange, Setting
from mailwave.runbooks.site_changes.carried import carrying
from mailwave.wiring.prices import prices_of
from mailwave.wiring.settings import ROOT, Say, Settings, folder, kept
from mailwave.wiring.sites import play_table, prepare_sites, verify_sites
from mailwave.wiring.stacks import OnStackBeat, engine
from mailwave.wiring.vault import anchor_of, secrets_of

if TYPE_CHECKING:
    from mailwave.adapters.ansible import OnBeat

KEY_VARIABLE = "MAILWAVE_SIGNING_KEY"
"""Names where an approver's private key is: ``file2:<path>``, ``awskms:<id>`` or ``azurekms://<vault>/keys/<name>``."""

_TOOLS = ("ansible-core", "mailwave", "pulumi", "pulumi-azure-native", "pulumi-azuread", "pulumi-policy")


@dataclass(frozen=True)
class ChangeTelling:
    """How a face is told of a change being made."""

    report: Callable[[StackReport], None]
    line: Say
    stack_beat: OnStackBeat
    play_beat: OnBeat


def changes(settings: Settings) -> Changes:
    """The changes of the environment."""
    return Changes(folder(settings) / "changes", lambda: Leaks(secrets_of(settings)))


def review_change(
    settings: Settings, ledger: Ledger, reason: Reason, telling: ChangeTelling, plays: Sequence[str] = ()
) -> ReviewChange:
    """The runbook that puts a change together; it can change nothing.

    *plays* are those that it looks at by name, the preparing ones where none is named; raises as `carrying` does.
    """
    carrying(play_table(), plays)  # before a stack is looked at, which takes minutes
    return ReviewChange(
        _setting(settings, ledger),
        engine(settings, on_beat=telling.stack_beat),
        lambda: replace(
            found := prepare_sites(settings, ledger, reason, on_beat=telling.play_beat).plays,
            table=carrying(found.table, plays),
        ),
        ledger,
        changes(settings),
        settings.clock(),
        reason,
        telling.line,
    )


def approve_change(settings: Settings, reason: Reason) -> ApproveChange:
    """The runbook that signs a consent."""
    return ApproveChange(
        settings.approvers().approvers,
        changes(settings),
        settings.clock(),
        reason,
        lambda: secrets.token_hex(16),
    )


def signer(public: Key) -> Signer:
    """Who signs with the other half of *public*, by the address in the environment.

    Raises:
        ConfigurationError: there is no such key, or it is another one.
    """
    from azure.core.exceptions import AzureError
    from botocore.exceptions import BotoCoreError, ClientError

    address = os.environ.get(KEY_VARIABLE, "")
    try:
        found = Signer.from_priv_key_uri(address, public)
        probe = found.sign(b"")
        public.verify_signature(probe, b"")
    except (ValueError, TypeError, OSError, Error, AzureError, BotoCoreError, ClientError) as error:
        raise ConfigurationError(
            file="environment",
            key=KEY_VARIABLE,
            problem=f"leads to no key of yours ({type(error).__name__})",
            allowed="file2:<path>, awskms:<id> or azurekms://<vault>/keys/<name>, the other half of your public key",
        ) from None
    return found


@contextmanager
def applying_change(
    settings: Settings, ledger: Ledger, reason: Reason, telling: ChangeTelling, *, dry_run: bool
) -> Iterator[ApplyChange]:
    """The runbook that makes a change, while nobody else makes one, from this ledger or from another.

    Raises:
        AlreadyRunning: another command of this ledger makes one.
        ChangeHeld: another operator does.
    """
    trusted, before = settings.approvers(), settings.road()
    claims, home = _claims(settings), folder(settings)
    with (
        run_lock(home / "change.lock"),
        nullcontext() if dry_run else holding(claims, _holder(home, reason, settings.clock().now())),
        TemporaryDirectory(prefix="mailwave-") as scratch,
    ):
        yield ApplyChange(
            _setting(settings, ledger),
            Trust(trusted.needed, trusted.approvers),
            lambda bundle: require_proof(
                release_of(bundle.contents), bundle.proofs, before, now=machine_time()
            ),
            engine(settings, on_beat=telling.stack_beat, dry_run=dry_run),
            lambda: prepare_sites(settings, ledger, reason, on_beat=telling.play_beat).plays,
            ledger,
            changes(settings),
            claims,
            kept(settings),
            secrets.token_hex(16),
            settings.clock(),
            reason,
            Path(scratch),
            telling.report,
            telling.line,
        )


def unlock_changes(settings: Settings, ledger: Ledger, reason: Reason) -> UnlockChanges:
    """The runbook that takes the lock from somebody who is gone for good."""
    return UnlockChanges(_claims(settings), ledger, reason)


def _claims(settings: Settings) -> Claims:
    return claims_of(settings.environment, os.environ.get(BACKEND, ""))


def _holder(home: Path, reason: Reason, now: datetime) -> Holder:
    """Who makes a change from *home*, which has an id of its own from the first one on; the lock there is held."""
    file = home / "place"
    place = file.read_text(encoding="ascii") if file.exists() else ""
    if not place:  # none yet, or a kill came before its first byte, and so before any lock
        place = secrets.token_hex(16)
        file.write_text(place, encoding="ascii")
    return Holder(reason.who, place, now.isoformat(timespec="seconds"))


@contextmanager
def finding_drift(
    settings: Settings, telling: ChangeTelling, *, layers: Sequence[str] = LAYERS, plays: bool = True
) -> Iterator[FindAllDrift]:
    """The runbook that compares stacks, and with *plays* the sites too, with what is there; it can change nothing."""
    with TemporaryDirectory(prefix="mailwave-") as scratch:
        yield FindAllDrift(
            engine(settings, on_beat=telling.stack_beat),
            verify_sites(settings, on_beat=lambda _: None),  # several at once: a line each, when it has ended
            Path(scratch),
            telling.line,
            layers=layers,
            plays=plays,
        )


def machine_time() -> datetime:
    """Now, in UTC, by the machine's clock also in a rehearsal: a proof goes from one environment to another."""
    return datetime.now(UTC)


def _setting(settings: Settings, ledger: Ledger) -> Setting:
    return Setting(
        environment=settings.environment,
        tenant=settings.estate.tenant.id,
        sources=lambda: source_digests(ROOT, settings.environment),
        tools=tools(),
        granted={name: int(limit.granted) for name, limit in settings.limits.named().items()},
        licence_groups=settings.estate.licences.groups,
        prices=lambda: prices_of(settings),
        journal=lambda: anchor_of(settings, ledger).short,
        hazards=lambda: load(ROOT / "docs" / "safety" / "hazard-log.yaml").hazards,
    )


def tools() -> Mapping[str, str]:
    """The versions of what changes are made with; *engine* is that of the program, *pulumi* of what speaks to it."""
    from mailwave.adapters.engine_process import EngineCommand

    engine = str(EngineCommand().version)
    return {"engine": engine, "python": platform.python_version(), **{name: version(name) for name in _TOOLS}}
