"""Whether a part of a change may be made now: who consented, and why a consent does not count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
from securesystemslib.signer import Key

from change_control.approvals import Signed
from change_control.contents import Part
from change_control.errors import NotAdmitted
from change_control.folder import Bundle


class Approver(Protocol):
    """Somebody whose consent counts."""

    @property
    def who(self) -> str:
        """The immutable id of the person."""
        ...

    @property
    def role(self) -> str:
        """In what role."""
        ...

    def holds(self, at: datetime) -> bool:
        """Whether the consent counts at the moment *at*."""
        ...

    def key(self) -> Key:
        """The public key."""
        ...


class Trust(msgspec.Struct, frozen=True):
    """Whose consent counts in an environment: how many people are *needed*, and who they may be."""

    needed: int
    approvers: Sequence[Approver]


def admit(
    bundle: Bundle,
    part: Part,
    signed: Sequence[Signed],
    trust: Trust,
    *,
    now: datetime,
    used: Collection[str] = (),
) -> tuple[Signed, ...]:
    """The approvals by which *part* may be made at the moment *now*: one for each person.

    *used* are nonces that were spent on this part by another run.

    Raises:
        NotAdmitted: fewer people than needed have consented.
    """
    counted: dict[str, Signed] = {}
    whys: list[str] = []
    for each in signed:
        why = _against(each, bundle, part, trust, now=now, used=used)
        if why:
            whys.append(f"{each.approval.who}: {why}")
        else:
            counted.setdefault(each.approval.who, each)
    if len(counted) < trust.needed:
        if counted:
            whys.append(f"{len(counted)} of {trust.needed} people needed have approved it")
        raise NotAdmitted(part=part.name, digest=bundle.digest, whys=tuple(whys))
    return tuple(counted[who] for who in sorted(counted))


def _against(
    signed: Signed, bundle: Bundle, part: Part, trust: Trust, *, now: datetime, used: Collection[str]
) -> str:
    """What speaks against counting an approval; empty when nothing does. The signature comes first."""
    approval, contents = signed.approval, bundle.contents
    theirs = [each for each in trust.approvers if each.who == approval.who]
    signers = [each for each in theirs if signed.is_good(each.key())]
    checks = (
        (bool(theirs), f"is no approver of {contents.environment}"),
        (bool(signers), "the signature is not theirs"),
        (any(each.holds(now) for each in signers), "may not approve at this time"),
        (any(each.role == approval.role for each in signers), f"is no {approval.role}"),
        (approval.environment == contents.environment, f"it is for {approval.environment}"),
        (approval.tenant == contents.tenant, f"it is for the tenant {approval.tenant}"),
        (signed.digest == bundle.digest, f"it is for the change {signed.digest}"),
        (signed.subjects == bundle.subjects, "it is for another report of this change"),
        (part.name in approval.parts, "it does not cover this part"),
        (approval.who != contents.requester, "asked for the change"),
        (approval.approved_at <= now, "it is dated in the future"),
        (approval.window.holds(now), _outside(signed, now)),
        (contents.window.holds(now), "the change's own window is not open"),
        (approval.nonce not in used, "it was used before"),
    )
    return next((why for holds, why in checks if not holds), "")


def _outside(signed: Signed, now: datetime) -> str:
    window = signed.approval.window
    return (
        f"it holds from {window.begins:%Y-%m-%d %H:%M} UTC"
        if now < window.begins
        else f"it expired at {window.ends:%Y-%m-%d %H:%M} UTC"
    )
