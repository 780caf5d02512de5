"""The canonical history of one client."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rehearsal.exchange_online.history import canonical
from rehearsal.exchange_online.lab import Lab, batch
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Reply, Request
from tests.rehearsal.exchange_online.sequential import FAULTS, in_memory, over_sockets
from tests.rehearsal.exchange_online.sequential import night as there_and_back

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


def test_the_place_in_a_long_answer_is_kept_and_its_token_is_not() -> None:
    """It should leave out the part of a next link that depends on the ids in the request (fact A14)."""
    calls = night("h", "x")
    other = [
        (
            request,
            Reply(
                reply.status,
                body=re.sub(rb"(skiptoken=\d+)-[0-9a-f]+", rb"\1-beef", reply.body),
                drop=reply.drop,
            ),
        )
        for request, reply in calls
    ]

    assert any(b"-beef" in reply.body for _, reply in other)
    assert canonical(calls) == canonical(other)


def replace_guid(reply: Reply, guid: bytes) -> Reply:
    """Return *reply* with other migration users' GUIDs."""
    pattern = rb'"Guid":"[0-9a-f-]{36}"'
    return Reply(
        reply.status, reply.headers, re.sub(pattern, b'"Guid":"' + guid + b'"', reply.body), reply.drop
    )


@pytest.fixture(scope="module")
def without_sockets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    with in_memory(tmp_path_factory.mktemp("memory"), FAULTS) as client:
        return canonical(there_and_back(client))


def test_a_whole_estate_has_one_history_on_two_runs(
    without_sockets: dict[str, list[str]], tmp_path: Path
) -> None:
    """It should be the same in another world of the same seed, and tell of the way there and back."""
    with in_memory(tmp_path, FAULTS) as client:
        again = canonical(there_and_back(client))

    assert without_sockets == again
    assert {"wave-1", "back", "tenant"} <= without_sockets.keys()
    assert without_sockets["wave-1"][0].endswith("-> lost")
    assert [] != [line for line in without_sockets["tenant"] if "-> 302" in line]


@pytest.mark.parametrize("run", ["one run", "another run"])
def test_sockets_make_no_difference(without_sockets: dict[str, list[str]], tmp_path: Path, run: str) -> None:
    """It should be the same through TLS, real host names and a server in a process of its own, time after time."""
    with over_sockets(tmp_path, FAULTS) as client:
        served = canonical(there_and_back(client))

    assert without_sockets == served
