"""Changes and consents for tests, made through the package itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from securesystemslib.signer import CryptoSigner, Key

from change_control.admission import Trust
from change_control.approvals import Approval, Signed, read, sign
from change_control.contents import Contents, PlayPart, StackPart, WavePart, Window
from change_control.folder import REPORTS, Bundle, open_bundle, write_bundle
from change_control.releases import Proof, release_of
from change_control.releases import sign as sign_proof

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=4))
STACK = StackPart(
    stack="hybrid-pilot", layer="hybrid", plan="hybrid.plan.json", preview="hybrid.preview.json"
)
PLAY = PlayPart(play="22_receive_connector", prediction="play.json", changes=2)
WAVE = WavePart(
    wave="W20261124", digest="sha256:w", window=WINDOW, mailboxes=3, organisations=1, manifest="wave.json"
)


def contents(**other: Any) -> Contents:
    """A change of one stack, one play and one wave."""
    made = Contents(
        environment="pilot",
        tenant="c3a8f1d4-26be-4a6f-8d0e-b1f2c7e95a30",
        requester="requester",
        ticket="CHG1",
        why="a reason",
        made_at=NOW - timedelta(hours=2),
        window=WINDOW,
        sources={"code": "sha256:c"},
        tools={"python": "3.13.0"},
        stacks=(STACK,),
        plays=(PLAY,),
        waves=(WAVE,),
    )
    return msgspec.structs.replace(made, **other)


def bundle(folder: Path, **other: Any) -> Bundle:
    """A whole change in *folder*, with a small file for every part and both reports."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("hybrid.plan.json", "hybrid.preview.json", "play.json", "wave.json"):
        (folder / name).write_bytes(b'{"name":"' + name.encode() + b'"}')
    write_bundle(folder, contents(**other))
    for name in REPORTS:
        (folder / name).write_text(f"the {name}", encoding="ascii")
    return open_bundle(folder)


@dataclass(frozen=True)
class Person:
    """An approver with a key of their own."""

    who: str
    signer: CryptoSigner
    role: str = "change-manager"
    until: datetime = datetime(9999, 1, 1, tzinfo=UTC)

    @classmethod
    def called(cls, who: str, **other: Any) -> Person:
        """Somebody with a fresh key."""
        return replace(cls(who, CryptoSigner.generate_ed25519()), **other)

    def holds(self, at: datetime) -> bool:
        """Whether their time is not over."""
        return at < self.until

    def key(self) -> Key:
        """The public half."""
        return self.signer.public_key

    def entry(self, **other: str) -> dict[str, str]:
        """Their line in a file of approvers or provers, for a century."""
        key: str = self.key().to_dict()["keyval"]["public"]
        return {"who": self.who, "first": "2000-01-01", "last": "2099-12-31", "ed25519": key, **other}

    def proof(self, **other: Any) -> bytes:
        """Their proof of dev, of an hour ago, in which nothing differs, unless it says something *other*."""
        said = Proof(
            environment="dev",
            tenant="c3a8f1d4-26be-4a6f-8d0e-b1f2c7e95a30",
            release=release_of(contents()),
            who=self.who,
            ticket="CHG1",
            counts={"parts": 2},
            differs=0,
            unread=0,
            journal="journal 1 root",
            made_at=NOW - timedelta(hours=1),
        )
        return sign_proof(msgspec.structs.replace(said, **other), self.signer)

    def consent(self, to: Bundle, **other: Any) -> Signed:
        """Their consent to all parts, unless it says something *other*."""
        said = Approval(
            environment=to.contents.environment,
            tenant=to.contents.tenant,
            parts=tuple(part.name for part in to.contents.firm),
            window=WINDOW,
            who=self.who,
            role=self.role,
            ticket="CHG1",
            nonce="0" * 32,
            approved_at=NOW - timedelta(minutes=30),
        )
        return read(sign(msgspec.structs.replace(said, **other), to.subjects, self.signer))


def trust(*people: Person, needed: int = 2) -> Trust:
    """That *needed* of *people* are enough."""
    approvers: Sequence[Person] = people
    return Trust(needed, approvers)
