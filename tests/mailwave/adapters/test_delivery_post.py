"""What Graph's answer to a message says of whether it was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from exchange_admin.port import NOTHING, Result
from mailwave.adapters.delivery_post import DeliveryPost
from mailwave.adapters.graph import Answer
from mailwave.core.aftercare.delivery import Fate, Probe, Standing, Way
from mailwave.core.outcomes import ActError, ActPostponed, ActRefused, ActUnknown

PROBE = Probe("one", Way.OUT, "check@x.onmicrosoft.com", "check@x.example")


class Graph:
    """Answers each request with *status*."""

    def __init__(self, status: int) -> None:
        self.status = status

    def batch(self, requests: Sequence[tuple[str, str, Mapping[str, Any] | None]]) -> list[Answer]:
        """Answer them."""
        return [Answer(self.status, {}) for _ in requests]


def post(status: int) -> DeliveryPost:
    """A post whose Graph answers with *status*, and which has nothing else."""
    nobody = cast("Any", None)
    return DeliveryPost(nobody, Graph(status), nobody, {}, {}, lambda: datetime(2026, 9, 1, tzinfo=UTC))


def test_a_message_that_is_accepted_is_sent() -> None:
    """It should take 202 for an answer, and nothing else that succeeds."""
    post(202).send(PROBE)
    with pytest.raises(ActRefused):
        post(200).send(PROBE)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, ActRefused),
        (429, ActPostponed),
        (503, ActPostponed),
        (500, ActUnknown),
        (502, ActUnknown),
        (504, ActUnknown),
    ],
)
def test_what_failed_on_its_way_is_never_taken_for_refused(status: int, kind: type[ActError]) -> None:
    """It should say that nobody knows where the service failed, so that no message is sent a second time."""
    with pytest.raises(kind) as raised:
        post(status).send(PROBE)
    assert kind is type(raised.value)


class Trace:
    """Shows a message that was delivered, and the copy of it that its owner forwards and that was given back.

    As the service does, it shows the detail of the last two days where no span is asked for.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Answer as the trace."""
        rows = [
            {"MessageId": INWARD.message_id, "MessageTraceId": key, "RecipientAddress": to, "Status": status}
            for key, to, status in (("2", "other@y.example", "Failed"), ("1", INWARD.recipient, "Delivered"))
        ]
        if cmdlet == "Get-MessageTraceV2":
            return Result(rows)
        begin = datetime.fromisoformat(str(parameters.get("StartDate", self.now - timedelta(days=2))))
        delivered = parameters["MessageTraceId"] == "1" and begin <= SENT
        return Result([{"Event": "Deliver", "Detail": ""}] if delivered else [])


INWARD = Probe("two", Way.IN, "check@x.example", "a@x.example", "g1")
SENT = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 3, 29])
def test_what_is_in_the_mailbox_has_arrived(days: int) -> None:
    """It should not tell a forward that failed as a message that failed, nor forget after two days what arrived."""
    nobody, now = cast("Any", None), SENT + timedelta(days=days)
    told = DeliveryPost(nobody, nobody, Trace(now), {}, {}, lambda: now)

    assert {INWARD.name: Fate(Standing.ARRIVED)} == told.fates([INWARD], SENT)
