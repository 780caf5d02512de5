"""What administrators sign: facts of their own organisation, and waivers of rules. Each counts for a time.

A statement is no more than a claim until it is accepted: it is of this environment, its administrator is known, may
say it of that organisation, holds a key that counts and has signed exactly this; it is not dated in the future and has
not expired. What is not accepted is no evidence at all, and is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

import msgspec
import rfc8785

from mailwave.core.readiness.checks import ORGANISATION_CHECKS
from mailwave.core.readiness.evidence import OrganisationFact, value_problem
from mailwave.core.readiness.rules import Effect, RuleBook, Waiver
from mailwave.core.readiness.scope import EVERY, Administrator, NotAttestable, NotTheirOrganisation, Part

LONGEST_DAYS = 366
"""How many days a statement counts at most."""

KINDS: Mapping[str, str] = {
    name: check.dated.removesuffix("_on") for name, check in ORGANISATION_CHECKS.items() if check.dated
}
"""The rules that can be attested for an organisation, each with the kind of its evidence."""


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What *who* (an immutable id) signed at the moment *at* of the *rule*, for *environment*, until *expires*."""

    environment: str
    rule: str
    who: str
    at: datetime
    expires: datetime
    signature: str = ""

    def message(self) -> bytes:
        """What is signed: what kind of statement it is and all its parts, in canonical JSON (RFC 8785)."""
        parts = {
            name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
            for name, value in msgspec.structs.asdict(self).items()
            if name != "signature"
        }
        return rfc8785.dumps({"says": type(self).__name__, **parts})


class Attestation(Statement, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That *organisation* has *value* where the rule looks."""

    organisation: str
    value: str


class SignedWaiver(Statement, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That *subject* (an ODS code, or a mailbox's guid) of *organisation* need not pass the rule, for *reason*.

    *owner* answers for it until it has expired.
    """

    organisation: str
    subject: str
    owner: str
    reason: str


Said = Attestation | SignedWaiver


class Refused(msgspec.Struct, frozen=True):
    """A statement that counts for nothing, and why."""

    statement: Said
    why: str


class Verifies(Protocol):
    """Whether a signature is good."""

    def is_good(self, public_key: str, message: bytes, signature: str) -> bool:
        """Whether *signature* (hex) on *message* was made with the other half of *public_key* (hex)."""
        ...


class Signs(Protocol):
    """The private half of an administrator's key, wherever it is kept."""

    @property
    def public_key(self) -> str:
        """The other half, in hex."""
        ...

    def sign(self, message: bytes) -> str:
        """The signature on *message*, in hex."""
        ...


def sign[Kind: (Attestation, SignedWaiver)](
    administrator: Administrator, signs: Signs, said: Kind, book: RuleBook, now: datetime
) -> Kind:
    """*said*, signed by *administrator*.

    Raises:
        NotTheirOrganisation: it is of an organisation that they have no say in, or in another's name.
        NotAttestable: their key does not count, the rule is none of that kind, the value is not of the rule, or the
            statement has expired before it begins or counts for longer than `LONGEST_DAYS`.
    """
    own = (said.organisation, EVERY) if administrator.part is Part.WAIVES else (said.organisation,)
    if administrator.organisation not in own or said.who != administrator.who:
        raise NotTheirOrganisation(
            who=administrator.who, own=administrator.organisation, asked=said.organisation
        )
    if administrator.part is not _part(said):
        raise NotAttestable(f"is for one who {_part(said)}, and {administrator.who} {administrator.part}")
    problem = administrator.problem(said.at, now) or _unsound(said, book)
    if problem:
        raise NotAttestable(problem)
    return msgspec.structs.replace(said, signature=signs.sign(said.message()))


class Register(msgspec.Struct, frozen=True):
    """Who may say what in *environment*: a row for each key of the *administrators*."""

    environment: str = ""
    administrators: tuple[Administrator, ...] = ()


NOBODY = Register()


def accepted[Kind: (Attestation, SignedWaiver)](
    statements: Iterable[Kind], register: Register, book: RuleBook, verifies: Verifies, now: datetime
) -> tuple[list[Kind], list[Refused]]:
    """Those of *statements* that count as of *now*, and the others, each with the reason."""
    keys: dict[str, list[Administrator]] = {}
    for administrator in register.administrators:
        keys.setdefault(administrator.who, []).append(administrator)
    good, refused = [], []
    for said in statements:
        why = _refusal(said, register.environment, keys.get(said.who, ()), book, verifies, now)
        if why:
            refused.append(Refused(said, why))
        else:
            good.append(said)
    return good, refused


def facts_of(attestations: Iterable[Attestation]) -> list[OrganisationFact]:
    """What *attestations*, all accepted, say of organisations."""
    return [
        OrganisationFact(said.organisation, KINDS[said.rule], said.value, said.at.date(), observed=False)
        for said in attestations
    ]


def waivers_of(signed: Iterable[SignedWaiver], mailboxes: Mapping[str, str]) -> list[Waiver]:
    """The waivers that *signed*, all accepted, come to; *mailboxes* is whose each mailbox is.

    A waiver of a mailbox counts only while the mailbox is of the organisation that was signed for.
    """
    return [
        Waiver(said.rule, said.subject, said.owner, said.reason, said.expires.date())
        for said in signed
        if said.subject == said.organisation or mailboxes.get(said.subject) == said.organisation
    ]


def _part(said: Said) -> Part:
    return Part.ATTESTS if isinstance(said, Attestation) else Part.WAIVES


def _unsound(said: Said, book: RuleBook) -> str:
    """Why nobody could say this; empty when somebody could."""
    if said.expires <= said.at:
        return "expires before it begins"
    if (said.expires - said.at).days > LONGEST_DAYS:
        return f"would count for more than {LONGEST_DAYS} days"
    return _no_value(said) if isinstance(said, Attestation) else _no_waiver(said, book)


def _no_value(said: Attestation) -> str:
    if said.rule not in KINDS:
        return f"has {said.rule[:40]!r} where one of {', '.join(KINDS)} belongs"
    return value_problem(KINDS[said.rule], said.value)


def _no_waiver(said: SignedWaiver, book: RuleBook) -> str:
    rule = next((rule for rule in book.rules if rule.name == said.rule), None)
    if rule is None:
        return f"waives the rule {said.rule[:40]!r}, which there is none of"
    if rule.effect is Effect.EXCLUDED:
        return f"waives the rule {said.rule}, which the service itself enforces"
    return "" if said.owner.strip() and said.reason.strip() else "has no owner, or no reason"


def _refusal(
    said: Said,
    environment: str,
    keys: Collection[Administrator],
    book: RuleBook,
    verifies: Verifies,
    now: datetime,
) -> str:
    """Why *said* counts for nothing; empty when it counts. *keys* are those of whoever is to have said it."""
    if said.environment != environment:
        return f"it was signed for {said.environment[:40]!r}, not for {environment}"
    if not keys:
        return f"{said.who} is no administrator that is known"
    theirs = [each for each in keys if _may_say(each, said)]
    if not theirs:
        return f"{said.who} is none who {_part(said)} for {said.organisation}"
    message = said.message()
    good = [key for key in theirs if verifies.is_good(key.public_key, message, said.signature)]
    if not good:
        return "its signature is not good"
    return good[0].problem(said.at, now) or _untimely(said, now) or _unsound(said, book)


def _may_say(administrator: Administrator, said: Said) -> bool:
    """Whether that is what *administrator* signs: their part, and of their organisation, or any of some who waive."""
    of = (said.organisation,) if isinstance(said, Attestation) else (said.organisation, EVERY)
    return administrator.part is _part(said) and administrator.organisation in of


def _untimely(said: Said, now: datetime) -> str:
    if said.at > now:
        return f"it is dated {said.at:%Y-%m-%d}, a day to come"
    return f"it expired on {said.expires:%Y-%m-%d}" if said.expires <= now else ""
