"""The manifest of one batch."""

from __future__ import annotations

import pytest

from mailwave.core.batches import Destination, User
from mailwave.core.manifest import digest
from tests.mailwave.builders import a_mailbox

DESTINATION = Destination("test", "tenant", "test.mail.onmicrosoft.com", {"leeds": "leeds-endpoint"})


def test_a_manifest_says_whence_and_whither() -> None:
    """It should name the endpoint of the site and the routing domain of the environment."""
    manifest = DESTINATION.manifest("b1", "leeds", [a_mailbox(0)])

    assert ("b1", "leeds-endpoint", "test.mail.onmicrosoft.com") == (
        manifest.batch,
        manifest.endpoint,
        manifest.routing_domain,
    )
    assert (User("person0@nhsmail.example"),) == manifest.users


def test_order_does_not_matter() -> None:
    """It should have one digest for one set of mailboxes."""
    one, other = (DESTINATION.manifest("b", "leeds", map(a_mailbox, ns)) for ns in ((0, 1, 2), (2, 0, 1)))

    assert digest(one) == digest(other)


def test_a_site_without_an_endpoint_is_a_mistake() -> None:
    """It should not invent an endpoint."""
    with pytest.raises(KeyError):
        DESTINATION.manifest("b", "york", [a_mailbox(0)])
