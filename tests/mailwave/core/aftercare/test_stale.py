"""Entries of access lists that are nobody's: told from those of somebody, of Windows, and of whom nobody can ask."""

from __future__ import annotations

import pytest

from mailwave.core.aftercare.leftovers import STALE_ACCESS, STRANGER
from mailwave.core.aftercare.stale import Accounts, Entry, domain, identifiers, sid, sorted_out

HERE, ELSEWHERE = "S-1-5-21-1-2-3", "S-1-5-21-7-8-9"
ASKED = Accounts(frozenset({f"{HERE}-1200"}), frozenset({HERE}))


def entry(
    holder: str, *rights: str, denied: bool = False, inherited: bool = False, kind: str = STALE_ACCESS
) -> Entry:
    """An entry on somebody's mailbox; Full Access where no rights are named."""
    given = rights or ("FullAccess",)
    return Entry(kind, "g", "a@nhs.example", "leeds", holder, given, denied, inherited)


def test_an_identifier_of_a_domain_that_was_asked_is_nobodys() -> None:
    """It should be surplus, with the rights and the holder as they were read, in any case of letters."""
    stale, unknown = sorted_out([entry(f"{HERE}-1300".lower(), "FullAccess", "ReadPermission")], ASKED)
    assert [(f"{HERE}-1300".lower(), ("FullAccess", "ReadPermission"))] == [
        (each.what, each.rights) for each in stale
    ]
    assert [] == unknown


@pytest.mark.parametrize(
    "somebodys",
    [
        entry(f"{HERE}-1200"),
        entry(f"{HERE}-1200".lower()),
        entry(f"{HERE}-1300", denied=True),
        entry(f"{HERE}-1300", inherited=True),
        entry(f"{HERE}-512"),
        entry("S-1-5-10"),
        entry("S-1-5-32-544"),
        entry("NT AUTHORITY\\SELF"),
        entry("NHSMAIL\\s-1-5-21-1-2-3-1300"),
        entry("jane@nhs.example"),
        entry("EURPRD04A001\\$P47IJ1-90OH1234567"),
        entry(f"{HERE}-1300-1"),
    ],
)
def test_what_is_somebodys_or_no_right_stays(somebodys: Entry) -> None:
    """It should neither remove nor name what resolves, is refused, is inherited, or is Windows's own."""
    assert ([], []) == sorted_out([somebodys], ASKED)


@pytest.mark.parametrize(
    "doubtful", [entry(f"{ELSEWHERE}-1300"), entry(f"{HERE}-1300", "FullAccess", "ExternalAccount")]
)
def test_whom_nobody_can_ask_about_is_named(doubtful: Entry) -> None:
    """It should name an account of another domain, and leave it."""
    stale, (named,) = sorted_out([doubtful], ASKED)
    assert ([], STRANGER, "a@nhs.example") == (stale, named.kind, named.address)


def test_identifiers_are_compared_in_capitals() -> None:
    """It should ask about each once, and take an identifier apart from its domain."""
    entries = [entry(f"{HERE}-1300"), entry(f"{HERE}-1300".lower()), entry("jane@nhs.example")]
    assert {f"{HERE}-1300"} == identifiers(entries)
    assert (HERE, "", "") == (domain(f"{HERE}-1300".lower()), domain("jane"), sid(None))
