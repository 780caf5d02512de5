"""`mailwave aftercare` as it is typed."""

from __future__ import annotations

from mailwave.core.aftercare.kinds import KINDS
from mailwave.exits import Exit
from tests.mailwave.cli.conftest import WHY, Run


def test_every_kind_is_listed(run: Run) -> None:
    """It should name every kind of damage."""
    code, said = run("aftercare", "kinds")

    assert Exit.OK == code
    assert [] == [kind for kind in KINDS if kind not in said]


def test_an_exception_is_of_a_known_kind_and_ends_within_a_year(run: Run) -> None:
    """It should end with 2 for damage of another name, and for a day that has gone or is far."""
    owner = ("--owner", "a.person")

    unknown = run("aftercare", "accept", "--kind", "gremlins", "--until", "2026-09-30", *owner, *WHY)
    over = run("aftercare", "accept", "--kind", "audit-off", "--until", "2020-01-01", *owner, *WHY)

    assert (Exit.CONFIGURATION, Exit.CONFIGURATION) == (unknown[0], over[0])
    assert "no damage is called 'gremlins'" in unknown[1]
    assert "cannot last until 2020-01-01" in over[1]
