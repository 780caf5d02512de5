"""What the commands of releases need: proving one in an environment, and letting it into the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from change_control.folder import Bundle
from change_control.releases import Proof, Release, release_in, release_of, require_proof
from change_control.sources import source_digests
from estate_schema.approvers import ROAD
from estate_schema.errors import ConfigurationError
from mailwave.adapters.change_folder import ProofFolder
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.runbooks.promote_change import PromoteChange
from mailwave.runbooks.prove_release import ProveRelease
from mailwave.wiring.changes import ChangeTelling, changes, finding_drift, machine_time, tools
from mailwave.wiring.settings import ROOT, Settings, folder
from mailwave.wiring.vault import anchor_of

PROOFS = "proofs"
"""The folder of an environment in which its proofs lie."""


def proofs(settings: Settings) -> ProofFolder:
    """Where the proofs are kept that are signed in the environment."""
    return ProofFolder(folder(settings) / PROOFS)


@contextmanager
def proving_release(
    settings: Settings, ledger: Ledger, reason: Reason, telling: ChangeTelling
) -> Iterator[ProveRelease]:
    """The runbook that signs what this checkout's release did in the environment."""
    first = settings.environment == ROAD[0]
    with finding_drift(settings, telling, plays=not first) as drift:
        yield ProveRelease(
            settings.environment,
            settings.estate.tenant.id,
            first,
            lambda: release(settings),
            settings.provers(),
            drift,
            ledger,
            lambda: anchor_of(settings, ledger).short,
            machine_time,
            reason,
        )


def promote_change(settings: Settings, ledger: Ledger, reason: Reason) -> PromoteChange:
    """The runbook that lets a change into the environment."""
    return PromoteChange(settings.road(), changes(settings), ledger, machine_time, reason)


def proof_of(settings: Settings, bundle: Bundle) -> Proof | None:
    """The proof beside *bundle* by which its release may come in; None where no environment comes before.

    Raises:
        NotProved, Drifted: nothing there lets it in.
    """
    found = require_proof(release_of(bundle.contents), bundle.proofs, settings.road(), now=machine_time())
    return found.said if found else None


def release(settings: Settings) -> Release:
    """The release in this checkout."""
    return release_in(source_digests(ROOT, settings.environment), tools())


def proofs_in(places: list[Path]) -> list[bytes]:
    """The files in *places*, each a file or a folder of them.

    Raises:
        ConfigurationError: a place is not there, or has none.
    """
    found: list[bytes] = []
    for place in places:
        files = sorted(place.rglob("*.json")) if place.is_dir() else [place] if place.is_file() else []
        if not files:
            raise ConfigurationError(
                file="command line",
                key="PROOF",
                problem=f"{place} has none",
                allowed="files, or a folder of them",
            )
        found += [file.read_bytes() for file in files]
    return found
