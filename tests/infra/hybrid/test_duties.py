"""The table of duties."""

from __future__ import annotations

from infra.hybrid.duties import DUTIES
from infra.identity.applications import APPLICATIONS, MANAGE_AS_APP


def test_every_application_that_manages_exchange_has_a_duty() -> None:
    """It should give roles to exactly the applications that sign in to Exchange's administration."""
    assert {name for name, duty in APPLICATIONS.items() if MANAGE_AS_APP in duty.roles} == set(DUTIES)


def test_the_reader_changes_nothing() -> None:
    """It should give the reader roles that only read."""
    assert () == DUTIES["reader"].writes
    assert all(role.startswith("View-Only ") for duty in DUTIES.values() for role in duty.reads)
