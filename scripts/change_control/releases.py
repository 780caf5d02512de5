"""One code on its way through the environments: what a release is, what proves it in one, and whether that counts.

A release is the digests of all code and the versions of the tools, whatever environment they are used in; the data of
an environment is none of it. An environment takes a release when the one before it has proved it, not too long ago, by
somebody who may say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from securesystemslib.signer import Key, Signer

from change_control import statements
from change_control.contents import Contents, canonical, digest_of
from change_control.errors import Drifted, NotProved
from change_control.sources import CODE
from change_control.statements import NoStatement, Statement

PREDICATE = "https://mailwave.example/attestations/proof/v1"
SUBJECT = "release"


class Release(msgspec.Struct, frozen=True):
    """Digests of the *sources* and versions of the *tools*, by name."""

    sources: Mapping[str, str]
    tools: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The digest that names the release."""
        return digest_of(canonical(self))


def release_of(contents: Contents) -> Release:
    """The release that a change is made with."""
    return release_in(contents.sources, contents.tools)


def release_in(sources: Mapping[str, str], tools: Mapping[str, str]) -> Release:
    """The release in *sources*, of which an environment's own data is left out."""
    return Release({name: sources[name] for name in CODE if name in sources}, tools)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What *who* saw a release do in *environment* at *made_at*, in UTC by the machine's clock.

    *counts* says of how much (mailboxes moved, parts of changes made, and so on), *differs* and *unread* how much was
    not as declared and could not be read, *journal* how long the journal was, and its root.
    """

    environment: str
    tenant: str
    release: Release
    who: str
    ticket: str
    counts: Mapping[str, int]
    differs: int
    unread: int
    journal: str
    made_at: datetime


class Prover(Protocol):
    """Somebody whose proof counts."""

    @property
    def who(self) -> str:
        """The immutable id."""
        ...

    def holds(self, at: datetime) -> bool:
        """Whether the proof counts at the moment *at*."""
        ...

    def key(self) -> Key:
        """The public key."""
        ...


class Before(Protocol):
    """The environment that proves a release first, for how long that counts, and whose word it is."""

    @property
    def environment(self) -> str:
        """Its name."""
        ...

    @property
    def hours(self) -> int:
        """How long a proof counts."""
        ...

    @property
    def provers(self) -> Sequence[Prover]:
        """Whose proof counts."""
        ...


def sign(proof: Proof, signer: Signer) -> bytes:
    """The file of a proof."""
    return statements.sign(PREDICATE, proof, {SUBJECT: proof.release.digest}, signer)


def require_proof(
    release: Release, files: Sequence[bytes], before: Before | None, *, now: datetime
) -> Statement[Proof] | None:
    """The newest of the proofs in *files* by which *release* may come in; None where nothing comes *before*.

    Raises:
        NotProved: there is none that counts, it is too old, or something could not be read.
        Drifted: what was last seen of the environment before is not as declared.
    """
    if before is None:
        return None
    heard, whys = _heard(files, before, now)

    def refused(*whys: str) -> NotProved:
        return NotProved(release=release.digest, environment=before.environment, whys=whys)

    ours = [each for each in heard if each.said.release == release]
    if not ours:
        others = {each.said.release.digest for each in heard}
        raise refused(*whys, *(f"one proves {each}" for each in sorted(others)))
    newest, latest = (max(each, key=lambda proof: proof.said.made_at) for each in (ours, heard))
    for seen in (latest.said, newest.said):
        if seen.differs:
            raise Drifted(environment=before.environment, differs=seen.differs, at=seen.made_at)
    if newest.said.unread:
        raise refused(f"{newest.said.unread} things could not be read there")
    if now - newest.said.made_at > timedelta(hours=before.hours):
        when = f"{newest.said.made_at:%Y-%m-%d %H:%M} UTC"
        raise refused(f"that was at {when}, and counts for {before.hours} hours")
    return newest


def _heard(files: Sequence[bytes], before: Before, now: datetime) -> tuple[list[Statement[Proof]], list[str]]:
    """The proofs of the environment before by those who may say so, and what speaks against the others."""
    heard: list[Statement[Proof]] = []
    whys: list[str] = []
    for data in files:
        try:
            found = statements.read(data, PREDICATE, Proof)
        except NoStatement as error:
            whys.append(str(error))
            continue
        if why := _against(found, before, now):
            whys.append(f"{found.said.who}: {why}")
        else:
            heard.append(found)
    return heard, whys


def _against(found: Statement[Proof], before: Before, now: datetime) -> str:
    """What speaks against counting a proof; empty when nothing does. The signature comes first."""
    proof = found.said
    theirs = [each for each in before.provers if each.who == proof.who]
    signers = [each for each in theirs if found.is_good(each.key())]
    checks = (
        (bool(theirs), f"proves nothing in {before.environment}"),
        (bool(signers), "the signature is not theirs"),
        (any(each.holds(now) for each in signers), "may not prove anything at this time"),
        (found.subjects == {SUBJECT: proof.release.digest}, "it is about something else than it says"),
        (proof.environment == before.environment, f"it is of {proof.environment}"),
        (proof.made_at <= now, "it is dated in the future"),
    )
    return next((why for holds, why in checks if not holds), "")
