"""What the runbooks of changes need: a place for changes, and whoever signs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from securesystemslib.signer import Key, Signer

from change_control.approvals import Signed
from change_control.contents import Contents
from change_control.folder import Bundle
from change_control.releases import Proof
from change_control.statements import Statement

ChangeSigner = Callable[[Key], Signer]
"""Who signs with the private half of a public key, wherever it is kept."""


class Claims(Protocol):
    """Names that are taken once, where everybody who can make a change sees them."""

    @property
    def where(self) -> str:
        """The place, as people call it."""
        ...

    def take(self, name: str, said: bytes) -> bytes:
        """Take *name* with *said*, which is not empty; what stands there, *said* or what somebody said before."""
        ...

    def held(self, name: str) -> bytes:
        """What was said under *name*; nothing where it is free."""
        ...

    def give_back(self, name: str) -> None:
        """Let others take *name*."""
        ...


class Changes(Protocol):
    """The changes that were reviewed, each a folder that its digest names."""

    def draft(self) -> AbstractContextManager[Path]:
        """A folder for the files of a change that is being made."""
        ...

    def keep(self, draft: Path, contents: Contents) -> Bundle:
        """Make the files in *draft* a change, with its list and its reports."""
        ...

    def find(self, asked: str) -> Bundle:
        """The change whose digest begins with *asked*, or the only one; raise where there is none or it is broken."""
        ...

    def require_reports(self, bundle: Bundle) -> None:
        """Raise `BundleBroken` where a report is not what the change makes of itself."""
        ...

    def add(self, bundle: Bundle, name: str, approval: bytes) -> Path:
        """Keep an approval's file beside the change."""
        ...

    def add_proof(self, bundle: Bundle, proof: Statement[Proof]) -> None:
        """Keep a proof's file beside the change, unless it lies there already."""
        ...

    def approvals(self, bundle: Bundle) -> tuple[Sequence[Signed], Sequence[str]]:
        """The approvals beside the change, and what is wrong with files that are none."""
        ...


class Proofs(Protocol):
    """The proofs that were signed in an environment."""

    def keep(self, proof: Proof, signed: bytes) -> Path:
        """Keep the *signed* file of a proof; the file of it."""
        ...
