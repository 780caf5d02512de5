"""The duties, held to what the rehearsal consents to."""

from __future__ import annotations

from infra.identity.applications import APPLICATIONS, MICROSOFT_GRAPH
from rehearsal.graph import OPERATOR


def test_the_rehearsal_consents_to_what_the_stack_consents_to() -> None:
    """It should give the simulated operator exactly the permissions on Graph that the duties have together."""
    given = {
        role.value
        for duty in APPLICATIONS.values()
        for role in duty.roles
        if role.resource == MICROSOFT_GRAPH
    }

    assert set(OPERATOR) == given
