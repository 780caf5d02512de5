"""The model of environments/approvers.<environment>.yaml: whose consent a change needs, and what proved it before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import Field, model_validator
from securesystemslib.signer import Key, SSlibKey

from estate_schema.errors import ConfigurationError, validated
from estate_schema.estate import Environment
from estate_schema.reading import read_yaml
from estate_schema.values import Model

LEAST = {"rehearsal": 0, "dev": 0, "pilot": 1, "production": 2}
"""How few people may be enough: a mistake in production reaches two million people's mail."""

ROAD = tuple(LEAST)
"""The order in which a release goes through the environments."""

Role = Literal["change-manager", "clinical-safety-officer", "information-governance", "platform-engineer"]
Ed25519 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$", description="An Ed25519 public key, 64 lower-case hexadecimal digits"),
]
P256 = Annotated[
    str,
    Field(
        pattern=r"^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n?$",
        description="The PEM of a P-256 public key, as AWS KMS and Azure Key Vault show it",
    ),
]


class Signatory(Model):
    """Whose signature counts, with which key, from the first day to the end of the last one in UTC.

    Exactly one of *ed25519*, for a key in a file, and *p256*, for one that a key service keeps, is given.
    """

    who: Annotated[str, Field(min_length=1, max_length=80, description="The operator's immutable name")]
    first: date
    last: date
    ed25519: Ed25519 | None = None
    p256: P256 | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if (self.ed25519 is None) == (self.p256 is None):
            raise ValueError("needs exactly one of ed25519 and p256")
        try:
            self.key()
        except (ValueError, TypeError) as error:
            raise ValueError("has a key that is none") from error
        return self

    def holds(self, at: datetime) -> bool:
        """Whether the signature counts at the moment *at*."""
        return self.first <= at.astimezone(UTC).date() <= self.last

    def key(self) -> Key:
        """The public key, whose id is the digest of its content."""
        if self.ed25519 is not None:
            return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.ed25519)))
        found = load_pem_public_key(str(self.p256).encode())
        if not isinstance(found, EllipticCurvePublicKey) or not isinstance(found.curve, SECP256R1):
            raise TypeError("is no P-256 key")
        return SSlibKey.from_crypto(found)


class Approver(Signatory):
    """Who may consent, and in which *role*."""

    role: Role


class Predecessor(Model):
    """The *environment* that proves a release before this one takes it, and for how many *hours* its proof counts."""

    environment: Environment
    hours: Annotated[int, Field(ge=1, le=8784)]


class Approvers(Model):
    """Who may consent in *environment*, and how many of them are needed for each part of a change.

    *provers* sign what a release did here; *predecessor* is the environment that has to have proved it before.
    """

    environment: Environment
    needed: Annotated[int, Field(ge=0, le=5)]
    approvers: tuple[Approver, ...] = ()
    predecessor: Predecessor | None = None
    provers: tuple[Signatory, ...] = ()

    @model_validator(mode="after")
    def _enough(self) -> Self:
        least = LEAST[self.environment]
        if self.needed < least:
            raise ValueError(f"is {self.needed}, and {self.environment} needs at least {least}")
        keys = [each.ed25519 or each.p256 for each in (*self.approvers, *self.provers)]
        if len({*keys}) < len(keys):
            raise ValueError("has one key twice; everybody has a key of their own")
        if len({each.who for each in self.approvers}) < self.needed:
            raise ValueError(f"names fewer people than the {self.needed} that are needed")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.predecessor and ROAD.index(self.predecessor.environment) + 1 != ROAD.index(self.environment):
            raise ValueError(f"has a predecessor that is not the one before it in {', '.join(ROAD)}")
        return self


@dataclass(frozen=True)
class Road:
    """The way of a release into an environment: which one comes before, how long its proof counts, and who proves."""

    environment: str
    hours: int
    provers: Sequence[Signatory]


def load_approvers(path: Path) -> Approvers:
    """The approvers in the file at *path*; raise `ConfigurationError` when it is not there or not right."""
    return validated(Approvers, read_yaml(path), path)


def approvers_of(environment: str, folder: Path, rehearsed: Path | None) -> Approvers:
    """Those of *environment*: in the file that a rehearsal has made, if there is one, else in *folder*.

    Raises:
        ConfigurationError: the file is not there, not right, or another environment's.
    """
    file = rehearsed or folder / f"approvers.{environment}.yaml"
    found = load_approvers(file)
    if found.environment != environment:
        raise ConfigurationError(
            file=file, key="environment", problem=f"is {found.environment}", allowed=environment
        )
    return found


def road_to(environment: str, folder: Path, rehearsed: Path | None) -> Road | None:
    """How a release comes into *environment*; None where nothing has to be proved before.

    The provers are those of the file of the environment before, which lies beside this one's.

    Raises:
        ConfigurationError: a file is not there, not right, or another environment's.
    """
    found = approvers_of(environment, folder, rehearsed).predecessor
    if found is None:
        return None
    before = approvers_of(found.environment, rehearsed.parent if rehearsed else folder, None)
    return Road(found.environment, found.hours, before.provers)
