"""Planned trouble of the cloud, without sockets."""

from __future__ import annotations

import json

import pytest

from rehearsal.cloud import Cloud
from rehearsal.cloud.marring import FAILED, FOREVER, HOLD
from rehearsal.cloud.store import OPERATION, TYPE
from rehearsal.faults import CLOUD, Fault, FaultPlan, Kind
from rehearsal.wire import Reply, Request

GROUP = "/arm/subscriptions/66666666-7777-4888-8999-000000000000/resourceGroups/platform"
TOKEN = "azure-native:resources:ResourceGroup"


def _created(*faults: Fault, headers: dict[str, str] | None = None) -> tuple[Reply, bool]:
    """The answer to a creation under *faults*, and whether the object is there."""
    cloud = Cloud(faults=FaultPlan(list(faults)))
    told = {OPERATION: "create", TYPE: TOKEN} if headers is None else headers
    reply = cloud.handle(Request("PUT", f"/cloud{GROUP}", headers=told, body=b'{"location": "uksouth"}'))
    return reply, cloud.handle(Request("GET", f"/cloud{GROUP}")).status == 200


class TestFaults:
    """What the plan does to an answer."""

    @pytest.mark.parametrize(
        ("kind", "status", "code"),
        [
            (Kind.REFUSE, 400, "RehearsedFault"),
            (Kind.THROTTLE, 429, "TooManyRequests"),
            (Kind.UNAVAILABLE, 503, "ServiceUnavailable"),
            (Kind.TENANT_BUSY, 500, "InternalServerError"),
        ],
    )
    def test_refusal_keeps_the_effect_away(self, kind: Kind, status: int, code: str) -> None:
        """It should answer with the planned error, and do nothing."""
        reply, there = _created(Fault(CLOUD, f"create {TOKEN}", 1, kind, text="not now"))

        assert (status, {"error": {"code": code, "message": "not now"}}, False) == (
            reply.status, json.loads(reply.body), there,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("fault", "header", "text"),
        [
            (Fault(CLOUD, "create *", 1, Kind.LATE, seconds=2.5), HOLD, "2.5"),
            (Fault(CLOUD, "create *", 1, Kind.HANG), HOLD, FOREVER),
            (Fault(CLOUD, "create *", 1, Kind.PARTIAL, text="no quota"), FAILED, "no quota"),
        ],
    )
    def test_what_comes_afterwards_has_its_effect(self, fault: Fault, header: str, text: str) -> None:
        """It should do what was asked, and tell the stand-in what happens to the answer."""
        reply, there = _created(fault)

        assert (text, True) == (reply.headers[header], there)

    def test_lost_answer_has_its_effect(self) -> None:
        """It should do what was asked, and cut the answer."""
        reply, there = _created(Fault(CLOUD, "*", 1, Kind.DROP))

        assert (True, True) == (reply.drop, there)

    def test_only_the_engine_counts(self) -> None:
        """It should leave the requests of people alone."""
        reply, _ = _created(Fault(CLOUD, "*", 1, Kind.REFUSE), headers={})

        assert 201 == reply.status

    def test_plan_is_replaced_over_http(self) -> None:
        """It should forget the old plan and its counts, and tell how often faults were met."""
        cloud = Cloud(faults=FaultPlan([Fault(CLOUD, "*", 1, Kind.REFUSE)]))
        planned = json.dumps([{"call": "read *", "fault": "refuse"}]).encode()
        cloud.handle(Request("PUT", "/cloud/faults", body=planned))
        told = {OPERATION: "create", TYPE: TOKEN}
        made = cloud.handle(Request("PUT", f"/cloud{GROUP}", headers=told, body=b'{"location": "uksouth"}'))
        read = cloud.handle(Request("GET", f"/cloud{GROUP}", headers={**told, OPERATION: "read"}))

        met = json.loads(cloud.handle(Request("GET", "/cloud/faults")).body)

        assert (201, 400, {f"refuse cloud read {TOKEN}": 1}) == (made.status, read.status, met)
