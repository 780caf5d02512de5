"""Digests: one for one meaning."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.manifest import canonical, digest
from tests.mailwave.builders import a_mailbox

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abcdef", max_size=4), values))
def test_the_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    """It should give one digest for a mapping written in any order."""
    assert digest(value) == digest(dict(reversed(list(value.items()))))


def test_text_is_compared_in_one_form() -> None:
    """It should give one digest for an accent written as one character or as two."""
    assert digest({"name": "Si\u00e2n"}) == digest({"name": "Sia\u0302n"})


def test_two_keys_of_one_form_are_refused() -> None:
    """It should not drop one of two keys that only look different."""
    with pytest.raises(ValueError, match="same key"):
        canonical({"\u00e2": 1, "a\u0302": 2})


def test_structs_and_moments_have_a_form() -> None:
    """It should take the values of the core as they are."""
    assert b'{"at":"2026-09-01T08:00:00Z","box":{"address"' in canonical(
        {"at": datetime(2026, 9, 1, 8, tzinfo=UTC), "box": a_mailbox()}
    )


def test_a_digest_says_what_it_is() -> None:
    """It should be the known sha256 of the canonical text."""
    assert "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" == digest({})
