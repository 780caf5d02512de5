"""The canonical history of one client."""

from __future__ import annotations

import re

from rehearsal.exchange_online.history import canonical
from rehearsal.exchange_online.lab import Lab, batch
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Reply, Request

Calls = list[tuple[Request, Reply]]


def night(host: str, connection: str, *, wait: float = 12) -> Calls:
    """Drive one batch to its end as a client on *host* would, and return every call with its answer."""
    lab = Lab(
        ["investigate", "transient", "two_mailboxes", None],
        faults=[
            Fault("exchange_online", "New-MigrationBatch", 1, Kind.DROP),
            Fault("exchange_online", "Get-MigrationUser", 2, Kind.THROTTLE),
        ],
    )
    lab.headers |= {"host": host, "connection-id": connection, "client-request-id": connection}
    calls: Calls = []
    handle = lab.service.handle

    def recorded(request: Request) -> Reply:
        reply = handle(request)
        calls.append((request, reply))
        return reply

    lab.service.handle = recorded  # type: ignore[method-assign]
    lab.post("New-MigrationBatch", batch("wave-1") | {"CSVData": lab.listed(lab.addresses)})
    lab.rows("Start-MigrationBatch", Identity="wave-1")
    lab.advance(hours=wait)
    for address in lab.addresses:
        lab.post("Get-MigrationUser", {"Identity": address}, prefer="odata.maxpagesize=1")
    lab.rows("Set-MigrationUser", Identity=lab.addresses[0], ApproveSkippedItems=True)
    lab.complete()
    lab.post("Get-MigrationUser", {}, prefer="odata.maxpagesize=1")
    lab.rows("Get-MigrationUserStatistics", Identity=None)
    return calls


def test_two_runs_have_one_history() -> None:
    """It should be the same from another host, port and session."""
    first, second = night("127.0.0.1:8443", "a" * 8), night("outlook.office365.com", "b" * 8)

    assert canonical(first) == canonical(second)
    assert [reply.body for _, reply in first] != [reply.body for _, reply in second]


def test_it_is_kept_for_each_entity() -> None:
    """It should file the calls under batch, user and tenant, and hold no id and no port."""
    history = canonical(night("127.0.0.1:8443", "x"))

    assert ["wave-1", "tenant"] == [name for name in history if "@" not in name]
    assert 4 == sum("@" in name for name in history)
    assert history["wave-1"][0].endswith("-> lost")
    assert "8443" not in str(history)
    assert "MigrationUser" in history["tenant"][0]


def test_another_course_of_events_is_another_history() -> None:
    """It should differ when the same calls met another state."""
    assert canonical(night("h", "x")) != canonical(night("h", "x", wait=11))


def test_ids_are_left_out() -> None:
    """It should not matter which GUID an object was given."""
    calls = night("h", "x")
    guid = b"12345678-1234-4234-8234-123456789abc"
    other = [(request, replace_guid(reply, guid)) for request, reply in calls]

    assert canonical(calls) == canonical(other)


def replace_guid(reply: Reply, guid: bytes) -> Reply:
    """Return *reply* with other migration users' GUIDs."""
    pattern = rb'"Guid":"[0-9a-f-]{36}"'
    return Reply(
        reply.status, reply.headers, re.sub(pattern, b'"Guid":"' + guid + b'"', reply.body), reply.drop
    )
