"""What local administrators attest of their own organisation, signed, for a time.

An attestation is no more than a claim until it is accepted: its administrator is known and of that organisation, its
signature is good, it is not dated in the future, and it has not expired. What is not accepted is no evidence at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
import rfc8785

from mailwave.core.readiness.evidence import OrganisationFact, value_problem
from mailwave.core.refusals import Refusal


class Administrator(msgspec.Struct, frozen=True):
    """A local administrator: *who*, the one *organisation* they are of, and their Ed25519 *public_key* in hex."""

    who: str
    organisation: str
    public_key: str


class Attestation(msgspec.Struct, frozen=True):
    """That *kind* of *organisation* is *value*, says *who* at the moment *at*, until *expires*; both in UTC."""

    organisation: str
    kind: str
    value: str
    who: str
    at: datetime
    expires: datetime
    signature: str = ""

    def message(self) -> bytes:
        """What is signed: every part but the signature, in canonical JSON (RFC 8785)."""
        return rfc8785.dumps(
            {
                "organisation": self.organisation,
                "kind": self.kind,
                "value": self.value,
                "who": self.who,
                "at": self.at.isoformat(),
                "expires": self.expires.isoformat(),
            }
        )


class Refused(msgspec.Struct, frozen=True):
    """An attestation that is no evidence, and why."""

    attestation: Attestation
    why: str


class Verifies(Protocol):
    """Whether a signature is good."""

    def is_good(self, public_key: str, message: bytes, signature: str) -> bool:
        """Whether *signature* (hex) on *message* was made with the other half of *public_key* (hex)."""
        ...


class Signs(Protocol):
    """The private half of an administrator's key, wherever it is kept."""

    def sign(self, message: bytes) -> str:
        """The signature on *message*, in hex."""
        ...


class NotTheirOrganisation(Refusal):
    """An administrator who asked for, or spoke of, another organisation than their own."""

    def __init__(self, *, who: str, own: str, asked: str) -> None:
        self.who = who
        self.own = own
        self.asked = asked
        super().__init__(f"{who} is an administrator of {own} and has no say in {asked}")


class NotAttestable(Refusal):
    """A value that cannot be attested: *problem*."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"nothing was attested: it {problem}")


def attest(administrator: Administrator, signs: Signs, said: Attestation) -> Attestation:
    """*said*, signed by *administrator*.

    Raises:
        NotTheirOrganisation: it is of another organisation, or in another's name.
        NotAttestable: its value is none of its kind, or it has expired before it begins.
    """
    if said.organisation != administrator.organisation or said.who != administrator.who:
        raise NotTheirOrganisation(
            who=administrator.who, own=administrator.organisation, asked=said.organisation
        )
    if problem := value_problem(said.kind, said.value):
        raise NotAttestable(problem)
    if said.expires <= said.at:
        raise NotAttestable("expires before it begins")
    return msgspec.structs.replace(said, signature=signs.sign(said.message()))


def accepted(
    attestations: Iterable[Attestation],
    administrators: Iterable[Administrator],
    verifies: Verifies,
    now: datetime,
) -> tuple[list[OrganisationFact], list[Refused]]:
    """The facts that *attestations* prove as of *now*, and those that prove nothing."""
    known = {administrator.who: administrator for administrator in administrators}
    facts, refused = [], []
    for said in attestations:
        why = _refusal(said, known.get(said.who), verifies, now)
        if why:
            refused.append(Refused(said, why))
        else:
            facts.append(
                OrganisationFact(said.organisation, said.kind, said.value, said.at.date(), observed=False)
            )
    return facts, refused


def _refusal(
    said: Attestation, administrator: Administrator | None, verifies: Verifies, now: datetime
) -> str:
    if administrator is None:
        return f"{said.who} is no administrator that is known"
    if administrator.organisation != said.organisation:
        return f"{said.who} is an administrator of {administrator.organisation}, not of {said.organisation}"
    if not verifies.is_good(administrator.public_key, said.message(), said.signature):
        return "its signature is not good"
    if said.at > now:
        return f"it is dated {said.at:%Y-%m-%d}, a day to come"
    if said.expires <= now:
        return f"it expired on {said.expires:%Y-%m-%d}"
    return value_problem(said.kind, said.value)


class OfOneOrganisation(Protocol):
    """Anything that belongs to one organisation."""

    @property
    def organisation(self) -> str:
        """Its ODS code."""
        ...


def seen_by[Owned: OfOneOrganisation](
    administrator: Administrator, rows: Sequence[Owned], asked: Collection[str] = ()
) -> list[Owned]:
    """Those of *rows* that *administrator* may see; raise `NotTheirOrganisation` when more was *asked* for."""
    for organisation in asked:
        if organisation != administrator.organisation:
            raise NotTheirOrganisation(
                who=administrator.who, own=administrator.organisation, asked=organisation
            )
    return [row for row in rows if row.organisation == administrator.organisation]
