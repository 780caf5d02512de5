"""The licence groups over the simulated Graph: who is in, who has what, the seats, and being put off."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import httpx2
import msgspec
import pytest

from exchange_admin.tokens import ClientSecretTokens
from mailwave.adapters.graph import Graph
from mailwave.adapters.licence_groups import LicenceGroups
from mailwave.core.licences import Standing
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown
from rehearsal.directory.objects import EXCHANGE_PLAN_1, OFFICE_E3, AssignedLicence, Group
from rehearsal.graph import OPERATOR
from rehearsal.graph.lab import CLIENT, SECRET, TENANT, Lab
from rehearsal.identity import GRAPH
from rehearsal.wire import Request

PEOPLE = 45
SEATS = 40


@dataclass
class Wire(httpx2.BaseTransport):
    """Carries requests to the laboratory's services. *plan* says what becomes of the next batches that write."""

    lab: Lab
    plan: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method, request.url.path, request.url.query.decode(), headers, request.read())
        if not asked.path.startswith("/v1.0/"):
            return self._shown(self.lab.tokens.handle(asked))
        fate = self.plan.pop(0) if self.plan and b"$ref" in asked.body else "answered"
        if fate == "put off":
            return httpx2.Response(429, headers={"Retry-After": "2.5"}, json={"error": {"message": "later"}})
        reply = self.lab.graph.handle(asked)
        self.sent.append(asked.body)
        if fate == "lost":
            raise httpx2.ReadError("the connection was cut")
        if fate == "some put off":
            whole = json.loads(reply.body)
            whole["responses"][-1] = {
                "id": whole["responses"][-1]["id"],
                "status": 429,
                "headers": {"Retry-After": "7"},
                "body": {"error": {"message": "later"}},
            }
            return httpx2.Response(200, json=whole)
        return self._shown(reply)

    def sleep(self, seconds: float) -> None:
        """Wait, in the laboratory's time."""
        self.slept.append(seconds)
        self.lab.advance(seconds=seconds)

    @staticmethod
    def _shown(reply: object) -> httpx2.Response:
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))


@dataclass
class Half:
    """The real client, joined to a tenant with a licence group."""

    lab: Lab
    wire: Wire
    group: Group
    groups: LicenceGroups

    @property
    def people(self) -> list[str]:
        return [user.id for user in self.lab.users]

    @property
    def members(self) -> list[str]:
        return list(self.lab.entra.store.links.members(self.group.id))


def joined(*plan: str, roles: tuple[str, ...] = OPERATOR) -> Half:
    skus = (msgspec.structs.replace(OFFICE_E3, enabled=SEATS), EXCHANGE_PLAN_1)
    lab = Lab(PEOPLE, roles=roles, skus=skus)
    entra = lab.entra
    group = Group(
        id=entra.store.new_id("group"),
        display_name="office",
        created_date_time=lab.clock.now,
        mail_nickname="office",
    )
    entra.add_group(group)
    entra.licensing.give_by_group(group, [AssignedLicence(OFFICE_E3.sku_id)], ())
    wire = Wire(lab, list(plan))
    http = httpx2.Client(transport=wire)
    tokens = ClientSecretTokens("https://token", TENANT, CLIENT, lambda: SECRET, http, f"{GRAPH}/.default")
    groups = LicenceGroups(Graph(GRAPH, tokens, http, wire.sleep), {"office": group.id})
    return Half(lab, wire, group, groups)


def test_people_join_twenty_at_a_time_and_are_licensed_later() -> None:
    """It should put everybody in by batches of at most 20, and see the licence once the group has given it."""
    half = joined()
    some = half.people[:SEATS]

    assert {Standing.OUTSIDE} == {held.standing for held in half.groups.standing(some).values()}
    half.wire.sent.clear()
    half.groups.join("office", some)
    half.lab.advance(seconds=30)

    assert some == half.members
    assert [20, 20] == [len(json.loads(body)["requests"]) for body in half.wire.sent]
    assert {Standing.JOINED} == {held.standing for held in half.groups.standing(some).values()}
    half.lab.advance(minutes=10)
    assert {Standing.LICENSED} == {held.standing for held in half.groups.standing(some).values()}
    assert set(some) == half.groups.licensed()


def test_joining_again_changes_nothing() -> None:
    """It should take whoever is a member already for one who has joined."""
    half = joined()
    half.groups.join("office", half.people[:3])

    half.groups.join("office", half.people[:4])

    assert half.people[:4] == half.members


def test_who_left_is_no_member_and_leaving_again_changes_nothing() -> None:
    """It should end memberships, and pass over whoever has none."""
    half = joined()
    half.groups.join("office", half.people[:3])

    half.groups.leave(half.people[1:5])

    assert half.people[:1] == half.members


def test_seats_are_counted_and_one_too_few_is_seen() -> None:
    """It should count the free seats of the group's licence, and say why somebody got none (fact E6)."""
    half = joined()
    assert SEATS == half.groups.free_seats()
    half.groups.join("office", half.people)
    half.lab.advance(minutes=30)

    assert 0 == half.groups.free_seats()
    refused = [
        held for held in half.groups.standing(half.people).values() if held.standing is Standing.REFUSED
    ]
    assert [PEOPLE - SEATS, {"CountViolation"}] == [len(refused), {held.why for held in refused}]


@pytest.mark.parametrize("given", [(), (OFFICE_E3, EXCHANGE_PLAN_1)])
def test_a_group_that_gives_no_one_licence_is_refused(given: tuple[object, ...]) -> None:
    """It should not count seats for a group that gives no licence, or two."""
    half = joined()
    licensing = half.lab.entra.licensing
    half.group = licensing.give_by_group(
        half.lab.entra.store.get(Group, half.group.id), (), [OFFICE_E3.sku_id]
    )
    licensing.give_by_group(half.group, [AssignedLicence(sku.sku_id) for sku in given], ())

    with pytest.raises(ActRefused, match="must give one licence"):
        half.groups.free_seats()


@pytest.mark.parametrize("reads_before", range(4))
def test_a_group_made_a_moment_ago_is_read_although_replicas_lag(reads_before: int) -> None:
    """It should ask again while a replica, whichever read it answers, does not know the group yet."""
    half = joined()
    for _ in range(reads_before):
        half.groups.stocks()

    assert {"office": 0} == half.groups.sizes()
    assert {"office": OFFICE_E3.sku_id} == half.groups.given()
    assert set() == half.groups.members("office")
    assert ["office"] == list(half.groups.processing())


def test_a_group_that_does_not_exist_is_refused_in_the_end() -> None:
    """It should give up after four waits of ten seconds."""
    half = joined()
    gone = LicenceGroups(half.groups._graph, {"office": "4e450d66-e206-4ca9-a2ee-54f11121c4e4"})

    with pytest.raises(ActRefused, match="it does not exist"):
        gone.given()
    assert [10.0] * 4 == half.wire.slept


def test_waits_as_long_as_it_is_told() -> None:
    """It should send a batch, or the one request of it that was put off, again after its own Retry-After (fact C24)."""
    half = joined("put off", "some put off")

    half.groups.join("office", half.people[:3])

    assert [2.5, 7.0] == half.wire.slept
    assert half.people[:3] == half.members
    assert 1 == len(json.loads(half.wire.sent[-1])["requests"])


def test_a_spent_limit_is_waited_out() -> None:
    """It should read everybody where the resource units are used up, and refused requests use up more (fact C24)."""
    half = joined()
    assert SEATS == half.groups.free_seats()
    half.lab.graph.throttle.spend("units", CLIENT, 3_500)

    assert set(half.people) == set(half.groups.entitled(half.people))
    assert 0 < sum(half.wire.slept) < 60


def test_what_is_put_off_for_good_is_postponed() -> None:
    """It should say that it did not happen when it is put off again and again."""
    half = joined(*["put off"] * 9)

    with pytest.raises(ActPostponed):
        half.groups.join("office", half.people[:3])
    assert [] == half.members


def test_a_lost_answer_is_unknown() -> None:
    """It should not call a batch refused whose answer was lost."""
    half = joined("lost")

    with pytest.raises(ActUnknown):
        half.groups.join("office", half.people[:3])


def test_without_the_permission_nobody_joins() -> None:
    """It should need to write members, and name the refusal: reading groups is not enough."""
    half = joined(roles=tuple(role for role in OPERATOR if role != "GroupMember.ReadWrite.All"))

    with pytest.raises(ActRefused, match="403"):
        half.groups.join("office", half.people[:3])
    assert [] == half.members


def test_a_licence_without_exchange_keeps_no_mailbox() -> None:
    """It should not take a licence for one whose plan with Exchange is switched off."""
    half = joined()
    (plan, *_) = (each.service_plan_id for each in OFFICE_E3.service_plans)
    user = half.lab.users[0]
    half.lab.entra.licensing.give(user, [AssignedLicence(OFFICE_E3.sku_id, (plan,))], ())
    half.lab.advance(minutes=1)

    assert Standing.OUTSIDE is half.groups.standing([user.id])[user.id].standing
    assert set() == half.groups.licensed()
