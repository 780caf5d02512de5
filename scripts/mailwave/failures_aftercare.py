"""How the commands of aftercare end that end otherwise than well."""

from __future__ import annotations

from collections.abc import Mapping

from mailwave.adapters.artifacts import ArtifactDamaged
from mailwave.exits import Exit, Failure
from mailwave.runbooks.aftercare.accept import BadExpiry, NoSuchKind
from mailwave.runbooks.aftercare.delivery import LogsForgot
from mailwave.runbooks.aftercare.snapshots import NoSnapshot
from mailwave.runbooks.services.attest import NotAService, NotByGroup, NotByWord, NotServed

AFTERCARE: Mapping[type[Exception], Failure] = {
    NoSnapshot: Failure(
        Exit.NOT_AS_PROMISED,
        "it cannot be told what they were promised: look at them with `mailwave wave verify`",
    ),
    LogsForgot: Failure(
        Exit.OUTCOME_UNKNOWN,
        "their reports are in the artifacts; begin another verification with `--again`. Nothing was sent",
    ),
    ArtifactDamaged: Failure(Exit.EVIDENCE_BROKEN, "fetch it from the vault (docs/evidence.md)"),
    **dict.fromkeys(
        (NotAService, NotByGroup, NotByWord, NotServed),
        Failure(Exit.CONFIGURATION, "environments/services.yaml has the services; nothing was done"),
    ),
    **dict.fromkeys(
        (NoSuchKind, BadExpiry),
        Failure(Exit.CONFIGURATION, "`mailwave aftercare kinds` lists the kinds; nothing was recorded"),
    ),
}
"""A part of `mailwave.failures.FAILURES`."""
