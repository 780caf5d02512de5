"""What the commands of change need: review, consent, and the making of exactly what was consented to."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from securesystemslib.exceptions import Error
from securesystemslib.signer import Key, Signer

from change_control.admission import Trust
from change_control.sources import source_digests
from estate_schema.errors import ConfigurationError
from mailwave.adapters.change_folder import Changes
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.run_lock import run_lock
from mailwave.core.reason import Reason
from mailwave.core.stacks import StackReport
from mailwave.runbooks.apply_change import ApplyChange
from mailwave.runbooks.approve_change import ApproveChange
from mailwave.runbooks.find_all_drift import FindAllDrift
from mailwave.runbooks.review_change import ReviewChange, Setting
from mailwave.wiring.settings import ROOT, Say, Settings, folder
from mailwave.wiring.sites import prepare_sites, verify_sites
from mailwave.wiring.stacks import OnStackBeat, engine

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
    return Changes(folder(settings) / "changes")


def review_change(settings: Settings, ledger: Ledger, reason: Reason, telling: ChangeTelling) -> ReviewChange:
    """The runbook that puts a change together; it can change nothing."""
    return ReviewChange(
        _setting(settings, ledger),
        engine(settings, on_beat=telling.stack_beat),
        lambda: prepare_sites(settings, ledger, reason, on_beat=telling.play_beat).plays,
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
    from botocore.exceptions import BotoCoreError, ClientError

    address = os.environ.get(KEY_VARIABLE, "")
    try:
        found = Signer.from_priv_key_uri(address, public)
        probe = found.sign(b"")
        public.verify_signature(probe, b"")
    except (ValueError, TypeError, OSError, Error, BotoCoreError, ClientError) as error:
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
    """The runbook that makes a change, while no other command of this ledger makes one."""
    trusted = settings.approvers()
    with run_lock(folder(settings) / "change.lock"), TemporaryDirectory(prefix="mailwave-") as scratch:
        yield ApplyChange(
            _setting(settings, ledger),
            Trust(trusted.needed, trusted.approvers),
            engine(settings, on_beat=telling.stack_beat, dry_run=dry_run),
            lambda: prepare_sites(settings, ledger, reason, on_beat=telling.play_beat).plays,
            ledger,
            changes(settings),
            settings.clock(),
            reason,
            Path(scratch),
            telling.report,
            telling.line,
        )


@contextmanager
def finding_drift(settings: Settings, telling: ChangeTelling) -> Iterator[FindAllDrift]:
    """The runbook that compares everything with what is there; it can change nothing."""
    with TemporaryDirectory(prefix="mailwave-") as scratch:
        yield FindAllDrift(
            engine(settings, on_beat=telling.stack_beat),
            verify_sites(settings, on_beat=telling.play_beat),
            Path(scratch),
            telling.line,
        )


def _setting(settings: Settings, ledger: Ledger) -> Setting:
    return Setting(
        environment=settings.environment,
        tenant=settings.estate.tenant.id,
        sources=lambda: source_digests(ROOT, settings.environment),
        tools=_tools(),
        granted={name: int(limit.granted) for name, limit in settings.limits.named().items()},
        journal=lambda: _journal(ledger),
    )


def _tools() -> Mapping[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in _TOOLS}}


def _journal(ledger: Ledger) -> str:
    entries = ledger.journal()
    return f"{entries[-1].n} entries" if entries else ""
