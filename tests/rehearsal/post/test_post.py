"""The post between the sites and the tenant: where a message goes, and who can read of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange_admin import Refused
from rehearsal.estate import Mailbox
from rehearsal.post.track import CLOUD, PREMISES, Letter
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.delivery import allow
from tests.mailwave.rehearsed.services import CLIENT, Services


@pytest.fixture
def services() -> Services:
    """An estate of which nobody has moved."""
    return Services(faults=[])


def move(services: Services) -> Mailbox:
    """Let somebody have moved."""
    box = services.estate.mailboxes[1]
    services.sites[box.site].directory.convert_to_remote(box.exchange_guid)
    services.online.tenant.recipient(box.exchange_guid).moved = services.clock.now
    return box


def trace(services: Services, **asked: Any) -> list[Any]:
    """The rows of the trace."""
    return list(services.cloud(Boundary(), dry_run=True).invoke("Get-MessageTraceV2", asked).rows)


def test_mail_to_who_stays_never_leaves_the_sites(services: Services) -> None:
    """It should be put into the mailbox at its site, and the cloud know nothing of it."""
    box = services.estate.mailboxes[0]
    services.post.from_premises(Letter("<1@x>", services.post.mailboxes.premises, "s"), [box.address])

    sides = [(each.side, each.name) for each in services.track.events]
    assert [(PREMISES, "RECEIVE"), (PREMISES, "DELIVER")] == sides


def test_mail_to_who_moved_goes_by_the_routing_domain(services: Services) -> None:
    """It should reach the mailbox in the cloud under its address in the routing domain (fact D24)."""
    box = move(services)
    services.post.from_premises(Letter("<1@x>", services.post.mailboxes.premises, "s"), [box.address])

    last = services.track.events[-1]
    assert (CLOUD, "DELIVER", box.routing_address.lower()) == (last.side, last.name, last.recipient.lower())


def test_the_trace_is_late_and_counts_handing_on_as_delivery(services: Services) -> None:
    """It should show nothing for five minutes, then Delivered, of which only the detail says that it was sent on."""
    boxes = services.post.mailboxes
    services.post.from_cloud(Letter("<1@x>", boxes.cloud, "s"), [boxes.premises])
    services.clock.advance_to(services.clock.now + timedelta(minutes=4))
    early = trace(services, SenderAddress=[boxes.cloud])
    services.clock.advance_to(services.clock.now + timedelta(minutes=2))
    (row,) = trace(services, SenderAddress=[boxes.cloud])
    asked = {"MessageTraceId": row["MessageTraceId"], "RecipientAddress": row["RecipientAddress"]}
    detail = services.cloud(Boundary(), dry_run=True).invoke("Get-MessageTraceDetailV2", asked).rows

    assert ([], "Delivered") == (early, row["Status"])
    assert ["Receive", "Send external"] == [each["Event"] for each in detail]


def test_a_question_covers_ten_days_and_names_both_ends(services: Services) -> None:
    """It should refuse a longer stretch, one with one end, and more than 5,000 rows."""
    now: datetime = services.clock.now
    begin = (now - timedelta(days=11)).isoformat()

    for asked in (
        {"StartDate": begin, "EndDate": now.isoformat()},
        {"StartDate": begin},
        {"ResultSize": 5_001},
    ):
        with pytest.raises(Refused):
            trace(services, **asked)


def test_each_server_has_a_log_of_its_own(services: Services) -> None:
    """It should show of a message only what passed the server that is asked."""
    box = services.estate.mailboxes[0]
    sender = services.post.mailboxes.premises
    for number in range(6):
        services.post.from_premises(Letter(f"<{number}@x>", sender, "s"), [box.address])
    services.clock.advance_to(services.clock.now + timedelta(minutes=1))

    site = services.premises(box.site)
    found = {
        server: len(site.invoke("Get-MessageTrackingLog", {"Sender": sender, "Server": server}).rows)
        for server in ("EX01", "EX02", "EX03")
    }
    assert 12 == sum(found.values())
    assert max(found.values()) < 12


def test_a_role_of_applications_opens_the_mailboxes_of_its_scope(services: Services) -> None:
    """It should open nothing before it is assigned, then the one mailbox, and no other."""
    role, cloud = "Application Mail.Send", services.post.mailboxes.cloud
    other = move(services).address

    before = services.post.may(CLIENT, role, cloud)
    allow(services)

    assert (False, True) == (before, services.post.may(CLIENT, role, cloud))
    assert not services.post.may(CLIENT, role, other)
    assert not services.post.may(CLIENT, "Application Mail.Read", cloud)
