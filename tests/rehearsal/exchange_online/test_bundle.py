"""`$batch`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.exchange_online.lab import Lab, batch, csv_of
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Reply, Request

PREFER = "odata.continue-on-error"


def item(number: int, cmdlet: str, parameters: dict[str, object], **headers: str) -> dict[str, Any]:
    """Return one request of a batch."""
    return {
        "id": str(number),
        "method": "POST",
        "url": "InvokeCommand",
        "headers": headers,
        "body": {"CmdletInput": {"Parameters": parameters, "CmdletName": cmdlet}},
    }


def post(lab: Lab, *items: object, **headers: str) -> Reply:
    """Post requests in one batch."""
    body = json.dumps({"requests": list(items)}).encode()
    path = f"/adminapi/beta/{lab.estate.tenant_id}/$batch"
    return lab.service.handle(Request("POST", path, "", lab.headers | {"prefer": PREFER} | headers, body))


def answers(reply: Reply) -> list[dict[str, Any]]:
    """Return the answers inside one."""
    assert reply.status == 200, reply.body
    found: list[dict[str, Any]] = json.loads(reply.body)["responses"]
    return found


def test_each_request_has_its_answer() -> None:
    """It should go on after a refusal when asked to, and keep the ids (fact A5)."""
    lab = Lab()

    found = answers(
        post(
            lab,
            item(1, "Get-Nothing", {}),
            item(2, "Get-Mailbox", {"Identity": "x"}),
            item(3, "Get-MailUser", {}),
        )
    )

    assert [("1", 403), ("2", 404), ("3", 200)] == [(each["id"], each["status"]) for each in found]
    assert len(found[2]["body"]["value"]) == 2
    assert found[0]["body"] is None


def test_the_next_link_of_an_item_is_followed_by_posting_its_body() -> None:
    """It should take the item's own body at the link, however it is written (facts A5, A14)."""
    lab = Lab([None] * 3)
    first = answers(post(lab, item(1, "Get-MailUser", {}, Prefer="odata.maxpagesize=2")))[0]["body"]
    link = first["@odata.nextLink"]

    second = json.loads(
        lab.post("Get-MailUser", {}, query=link.partition("?")[2], prefer="odata.maxpagesize=2").body
    )

    seen = [row["PrimarySmtpAddress"] for row in first["value"] + second["value"]]
    assert lab.addresses == seen
    assert link.partition("?")[0].endswith("/InvokeCommand")


def test_a_fault_meets_one_item() -> None:
    """It should throttle a single request of a batch."""
    lab = Lab(faults=[Fault("exchange_online", "Get-MailUser", 1, Kind.THROTTLE)])

    found = answers(post(lab, item(1, "Get-MailUser", {}), item(2, "Get-MailUser", {})))

    assert [429, 200] == [each["status"] for each in found]


def test_a_lost_answer_loses_the_whole_batch() -> None:
    """It should take effect and cut the connection."""
    lab = Lab(faults=[Fault("exchange_online", "New-MigrationBatch", 1, Kind.DROP)])

    reply = post(lab, item(1, "New-MigrationBatch", batch("wave-1") | {"CSVData": csv_of(lab.addresses)}))

    assert reply.drop
    assert lab.batch_status() == "Created"


@pytest.mark.parametrize(
    "requests",
    [
        [item(n, "Get-MailUser", {}) for n in range(11)],
        [item(1, "Get-MailUser", {}), item(1, "Get-MailUser", {})],
        ["nonsense"],
    ],
)
def test_a_batch_may_be_refused_as_a_whole(requests: list[object]) -> None:
    """It should refuse more than ten, ids that are the same, and what is no request."""
    assert post(Lab(), *requests).status == 400


def test_an_item_passes_the_same_door() -> None:
    """It should refuse another tenant, another method and a batch inside, item by item."""
    lab = Lab()
    other = item(1, "Get-MailUser", {}) | {"url": "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand"}
    got = item(2, "Get-MailUser", {}) | {"method": "GET"}
    nested = item(3, "Get-MailUser", {}) | {"url": "$batch"}

    found = answers(post(lab, other, got, nested))

    assert [403, 405, 400] == [each["status"] for each in found]


def test_a_batch_wants_a_token() -> None:
    """It should answer 401 without one."""
    assert post(Lab(), item(1, "Get-MailUser", {}), authorization="").status == 401
