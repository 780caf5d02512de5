"""A secret is found in whichever common way it is written, and nothing else is taken for it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.evidence.leaks import Leaks

CANARY = 'canary-5d1f/ü "q"+x'
WRITTEN: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    ("raw", str.encode),
    ("UTF-16", lambda text: text.encode("utf-16-le")),
    ("hex", lambda text: text.encode().hex().encode()),
    ("HEX", lambda text: text.encode().hex().upper().encode()),
    ("base64", lambda text: base64.b64encode(text.encode())),
    ("base64 in the middle", lambda text: base64.b64encode(b"x: " + text.encode() + b"\n")),
    ("base64 one byte on", lambda text: base64.b64encode(b"a" + text.encode() + b"tail")),
    ("base64 two bytes on", lambda text: base64.b64encode(b"ab" + text.encode() + b"tail")),
    ("base64 for addresses", lambda text: base64.urlsafe_b64encode(b"user:" + text.encode())),
    ("an encoded PowerShell command", lambda text: base64.b64encode(f"$p = '{text}'".encode("utf-16-le"))),
    ("JSON", lambda text: json.dumps({"p": text}).encode()),
    ("JSON in UTF-8", lambda text: json.dumps({"p": text}, ensure_ascii=False).encode()),
    ("an address", lambda text: quote(text).encode()),
    ("the whole of an address", lambda text: quote(text, safe="").encode()),
    ("a form", lambda text: quote_plus(text).encode()),
    ("an address in small letters", lambda text: quote(text, safe="").lower().encode()),
)


@pytest.mark.parametrize("write", [row[1] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_every_way_to_write_it(write: Callable[[str], bytes]) -> None:
    """It should find the canary among other text, and not its near likeness written in the same way."""
    leaks = Leaks({"the secret of sites": CANARY})
    likeness = CANARY.replace("5d1f", "5d1e")
    assert leaks.found(b'{"a": "' + write(CANARY) + b'"}') == "the secret of sites"
    assert leaks.found(b'{"a": "' + write(likeness) + b'"}') == ""


@given(
    st.binary(max_size=5),
    st.text(st.characters(codec="utf-8"), min_size=6, max_size=30),
    st.binary(max_size=5),
)
def test_base64_wherever_it_stands(before: bytes, secret: str, behind: bytes) -> None:
    """It should find any secret of six letters or more in base64, whatever was encoded with it."""
    if len(secret.strip()) >= 6 and len(secret.splitlines()) == 1:
        assert Leaks({"it": secret}).found(base64.b64encode(before + secret.encode() + behind)) == "it"


def test_a_key_in_many_lines() -> None:
    """It should find any line of a private key, and not the line that says that it is one."""
    head, *lines = (
        "-----BEGIN PRIVATE KEY-----",
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v",
        "VpguoRK9JLsLMREScVpezJpGXA7r",
    )
    leaks = Leaks({"the key": "\n".join([head, *lines, "-----END PRIVATE KEY-----", ""])})
    assert leaks.found(b"... VpguoRK9JLsLMREScVpezJpGXA7r ...") == "the key"
    assert leaks.found(head.encode()) == ""


def test_ordinary_words_are_no_secret() -> None:
    """It should look for nothing that is shorter than any secret."""
    assert Leaks({"the secret of notify": "abc"}).found(b"abc abc abc") == ""
