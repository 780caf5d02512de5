"""Tests of whose consent counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from change_control.admission import admit
from change_control.contents import Window
from change_control.errors import NotAdmitted
from change_control.folder import Bundle
from tests.change_control.changes import NOW, STACK, WINDOW, Person, bundle, trust


@pytest.fixture
def change(tmp_path: Path) -> Bundle:
    """A change of the pilot."""
    return bundle(tmp_path / "change")


FIRST, SECOND = Person.called("first"), Person.called("second", role="clinical-safety-officer")
TRUST = trust(FIRST, SECOND)


def test_two_who_may_are_enough(change: Bundle) -> None:
    """It should admit a part that as many people as needed consent to, whatever else lies beside it."""
    stranger = Person.called("stranger").consent(change)
    signed = [stranger, SECOND.consent(change), FIRST.consent(change)]
    found = admit(change, STACK, signed, TRUST, now=NOW)
    assert ["first", "second"] == [each.approval.who for each in found]


def test_one_person_counts_once(change: Bundle) -> None:
    """It should not take two consents of one person for two people."""
    with pytest.raises(NotAdmitted, match="1 of 2 people needed"):
        admit(change, STACK, [FIRST.consent(change), FIRST.consent(change, nonce="1" * 32)], TRUST, now=NOW)


AGAINST: dict[str, tuple[dict[str, Any], str]] = {
    "environment": ({"environment": "production"}, "it is for production"),
    "tenant": ({"tenant": "another"}, "it is for the tenant another"),
    "part": ({"parts": ("wave W20261124",)}, "it does not cover this part"),
    "role": ({"role": "change-manager"}, "is no change-manager"),
    "begins": ({"window": Window(NOW + timedelta(seconds=1), WINDOW.ends)}, "it holds from 2026-11-24 18:00"),
    "expires": ({"window": Window(WINDOW.begins, NOW)}, "it expired at 2026-11-24 18:00 UTC"),
    "future": ({"approved_at": NOW + timedelta(seconds=1)}, "it is dated in the future"),
    "requester": ({"who": "requester"}, "is no approver of pilot"),
}


@pytest.mark.parametrize("name", AGAINST)
def test_what_speaks_against_a_consent_is_said(change: Bundle, name: str) -> None:
    """It should refuse a consent that does not fit, by the person's name and the reason."""
    other, why = AGAINST[name]
    with pytest.raises(NotAdmitted) as refused:
        admit(change, STACK, [FIRST.consent(change), SECOND.consent(change, **other)], TRUST, now=NOW)
    assert f"{other.get('who', 'second')}: {why}" in str(refused.value)
    assert "1 of 2 people needed have approved it" in refused.value.whys


@pytest.mark.parametrize(
    "near",
    [
        {"window": Window(NOW, WINDOW.ends)},
        {"window": Window(WINDOW.begins, NOW + timedelta(seconds=1))},
        {"approved_at": NOW},
        {"parts": (STACK.name,)},
    ],
)
def test_what_just_fits_counts(change: Bundle, near: dict[str, Any]) -> None:
    """It should count a consent that begins, ends or was given just in time, and covers just this part."""
    assert admit(change, STACK, [FIRST.consent(change), SECOND.consent(change, **near)], TRUST, now=NOW)


def test_who_asked_does_not_count(tmp_path: Path) -> None:
    """It should not count an approver who asked for the change."""
    change = bundle(tmp_path, requester="second")
    with pytest.raises(NotAdmitted, match="second: asked for the change"):
        admit(change, STACK, [FIRST.consent(change), SECOND.consent(change)], TRUST, now=NOW)


def test_another_change_is_not_meant(change: Bundle, tmp_path: Path) -> None:
    """It should not count a consent to another change, or to another report of this one."""
    other = bundle(tmp_path / "other", why="another reason")
    with pytest.raises(NotAdmitted, match=f"second: it is for the change {other.digest}"):
        admit(change, STACK, [FIRST.consent(change), SECOND.consent(other)], TRUST, now=NOW)
    signed = [FIRST.consent(change), SECOND.consent(change)]
    (change.folder / "report.html").write_text("a kinder report", encoding="ascii")
    with pytest.raises(NotAdmitted, match="first: it is for another report"):
        admit(change, STACK, signed, TRUST, now=NOW)


def test_a_signature_must_be_theirs(change: Bundle) -> None:
    """It should not count what somebody else signed in their name, or what was changed after it was signed."""
    forger = Person.called("second", role="clinical-safety-officer")
    with pytest.raises(NotAdmitted, match="second: the signature is not theirs"):
        admit(change, STACK, [FIRST.consent(change), forger.consent(change)], TRUST, now=NOW)


def test_a_nonce_is_used_once(change: Bundle) -> None:
    """It should not count a consent whose nonce was spent elsewhere."""
    signed = [FIRST.consent(change), SECOND.consent(change, nonce="f" * 32)]
    assert admit(change, STACK, signed, TRUST, now=NOW, used={"1" * 32})
    with pytest.raises(NotAdmitted, match="second: it was used before"):
        admit(change, STACK, signed, TRUST, now=NOW, used={"f" * 32})


def test_who_is_gone_may_not(change: Bundle) -> None:
    """It should not count somebody whose time as an approver is over."""
    gone = Person.called("second", role="clinical-safety-officer", until=NOW)
    with pytest.raises(NotAdmitted, match="second: may not approve at this time"):
        admit(change, STACK, [FIRST.consent(change), gone.consent(change)], trust(FIRST, gone), now=NOW)


def test_the_change_has_its_own_window(change: Bundle) -> None:
    """It should admit nothing once the change's own window has ended, whatever the consents say."""
    late = {"window": Window(WINDOW.begins, WINDOW.ends + timedelta(days=1))}
    signed = [FIRST.consent(change, **late), SECOND.consent(change, **late)]
    with pytest.raises(NotAdmitted, match="the change's own window is not open"):
        admit(change, STACK, signed, TRUST, now=WINDOW.ends)


def test_nobody_is_needed_where_none_is(change: Bundle) -> None:
    """It should admit everything where an environment asks for nobody's consent."""
    assert () == admit(change, STACK, [], trust(needed=0), now=NOW)
