"""Signed notes and checkpoints, held to the standard's own example and to another implementation."""

from __future__ import annotations

import aics_tlog
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mailwave.adapters.evidence_keys import TrustedKeys
from mailwave.core.evidence.merkle import leaf
from mailwave.core.evidence.note import ED25519, Checkpoint, NoteBroken, NoteKey, opened, unbase64
from tests.mailwave.core.evidence.vaults import ORIGIN, SEAL, TRUST

POINT = Checkpoint(ORIGIN, 20, leaf(b"a leaf"))
NOTE = SEAL.checkpoint(POINT)


def open_it(note: bytes, trust: TrustedKeys = TRUST) -> Checkpoint:
    return opened(note, trust.note_keys(ORIGIN), trust.is_good)


def test_the_example_of_the_standard() -> None:
    """It should name the key of the standard's example (C2SP signed-note) as that does, and accept its signature."""
    material = unbase64("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")[1:]
    key = NoteKey("example.com/foo", ED25519, material)
    pem = Ed25519PublicKey.from_public_bytes(material).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    trust = TrustedKeys([pem.decode()])
    signature = unbase64(
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    )
    assert key.text == "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    assert key.id == signature[:4]
    assert trust.is_good(key, b"This is an example message.\n", signature[4:])
    assert not trust.is_good(key, b"This is another message.\n", signature[4:])


@pytest.mark.conformance
def test_another_implementation_opens_our_checkpoint() -> None:
    """It should write a checkpoint and a key that an implementation of others' reads and verifies."""
    (key,) = TRUST.note_keys(ORIGIN)
    read = aics_tlog.verify_checkpoint(
        aics_tlog.parse_note(NOTE), aics_tlog.parse_vkey(key.text), [], quorum=0
    )
    assert (True, ORIGIN, 20, POINT.root) == (read.ok, read.origin, read.size, read.root)


def test_what_was_signed_is_opened() -> None:
    """It should give back the checkpoint, in which a signature of somebody unknown does not matter."""
    stranger = NOTE.rstrip(b"\n") + b"\n\xe2\x80\x94 witness.example Az3grlgtzPICa5OS8npVmf1M\n"
    assert POINT == open_it(NOTE) == open_it(stranger)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_byte_can_be_changed(at: int, change: int) -> None:
    """It should open no note of which one byte was changed."""
    changed = bytearray(NOTE)
    changed[at % len(NOTE)] ^= change
    with pytest.raises(NoteBroken):
        open_it(bytes(changed))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{ORIGIN}\n020\nAAAA\n", "three lines"),
        (f"{ORIGIN}\n20\nAAAA\n", "no sha256"),
        (f"{ORIGIN}\n20\nAA=A\n", "no base64"),
        (f"{ORIGIN}\n20\nAB==\n", "another way"),
        (f"{ORIGIN} x\n20\nAAAA\n", "three lines"),
        (f"{ORIGIN}\n20\nAAAA\nmore\n", "three lines"),
        (f"{ORIGIN}\n2\N{DEVANAGARI DIGIT ZERO}\nAAAA\n", "three lines"),
    ],
)
def test_what_is_no_checkpoint(text: str, why: str) -> None:
    """It should take exactly three lines: a name, a plain number, and 32 bytes in base64 as it is usually written."""
    with pytest.raises(NoteBroken, match=why):
        Checkpoint.of_text(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "new\nline", "ümlaut"])
def test_a_log_needs_a_name(name: str) -> None:
    """It should sign nothing in the name of what would read as something else."""
    with pytest.raises(ValueError, match="name for a log"):
        SEAL.checkpoint(Checkpoint(name, 1, POINT.root))
