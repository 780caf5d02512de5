"""What Graph's answer to a message says of whether it was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from mailwave.adapters.delivery_post import DeliveryPost
from mailwave.adapters.graph import Answer
from mailwave.core.aftercare.delivery import Probe, Way
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
