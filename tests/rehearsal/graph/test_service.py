"""Who may come in, what writes do, what it costs, and batches (facts C22-C25, E4, E5, E7-E10)."""

from __future__ import annotations

import json

import pytest

from rehearsal.directory.objects import Group, User
from rehearsal.graph.lab import CLIENT, ROLES, Lab, refusal
from rehearsal.graph.options import Options
from rehearsal.graph.routes import ROUTES

GROUP = {"displayName": "g", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True}
USER = {
    "accountEnabled": True,
    "displayName": "New",
    "mailNickname": "new",
    "userPrincipalName": "new@nhsmail.onmicrosoft.com",
    "passwordProfile": {"password": "throw-away"},
}
PRIVATE = "directoryObjects"


@pytest.fixture
def lab() -> Lab:
    """Three users, and no replica that lags."""
    return Lab(options=Options(replicas_lag=False))


def reference(key: str) -> dict[str, str]:
    """The body that refers to an object."""
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/{PRIVATE}/{key}"}


@pytest.mark.parametrize("header", [{"authorization": ""}, {"authorization": "Bearer x.y.z"}])
def test_nobody_comes_in_without_a_token(lab: Lab, header: dict[str, str]) -> None:
    """It should answer 401 in Graph's envelope, and say how to sign in."""
    reply = lab.send("GET", "users", headers=header)

    assert (401, "InvalidAuthenticationToken") == refusal(reply)
    assert "www-authenticate" in reply.headers


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {'/'.join(route.path)}")
def test_each_request_needs_a_permission(route: object) -> None:
    """It should refuse every route to an application without any, by 403 (facts E5, E7, E8, E9)."""
    path = "/".join(part.replace("*", "x") for part in route.path)  # type: ignore[attr-defined]

    reply = Lab(1, roles=()).send(route.method, path, {})  # type: ignore[attr-defined]

    assert (403, "Authorization_RequestDenied") == refusal(reply)


def test_every_answer_can_be_traced(lab: Lab) -> None:
    """It should have a request-id of its own, and give the client's back (fact E10)."""
    first = lab.send("GET", "users/nobody", headers={"client-request-id": "mine"})
    second = lab.send("GET", "domains")

    inner = json.loads(first.body)["error"]["innerError"]
    assert (first.headers["request-id"], "mine") == (inner["request-id"], inner["client-request-id"])
    assert first.headers["request-id"] != second.headers["request-id"]


def test_a_user_is_made_changed_deleted_and_brought_back(lab: Lab) -> None:
    """It should do what is documented, with 201, 204 and 404."""
    made = lab.do("POST", "users", USER)["id"]
    lab.do("PATCH", f"users/{made}", {"@odata.type": "#microsoft.graph.user", "department": "Theatre"})
    assert "Theatre" == lab.get(f"users/{made}?$select=department")["department"]
    lab.do("DELETE", f"users/{made}")
    assert (404, "Request_ResourceNotFound") == refusal(lab.send("GET", f"users/{made}"))
    assert [made] == [row["id"] for row in lab.get("directory/deletedItems/microsoft.graph.user")["value"]]
    lab.do("POST", f"directory/deletedItems/{made}/restore")
    assert "New" == lab.get(f"users/{made}")["displayName"]


@pytest.mark.parametrize(
    ("method", "where", "body", "code"),
    [
        ("POST", "users", {**USER, "passwordProfile": None}, "BadRequest"),
        ("POST", "users", {"displayName": "x"}, "Request_BadRequest"),
        ("POST", "users", {**USER, "userPrincipalName": "a@b.example"}, "Request_BadRequest"),
        ("POST", "users", {**USER, "shoeSize": 9}, "BadRequest"),
        ("POST", "users", {**USER, "displayName": 9}, "BadRequest"),
        ("POST", "groups", {**GROUP, "mailEnabled": True}, "Request_BadRequest"),
        ("POST", "groups", {"displayName": "x"}, "Request_BadRequest"),
        ("POST", "groups", {**GROUP, "groupTypes": ["DynamicMembership"]}, "Request_BadRequest"),
        ("POST", "groups", {**GROUP, "membershipRule": "user.x"}, "Request_BadRequest"),
        ("POST", "directory/administrativeUnits", {}, "Request_BadRequest"),
        ("POST", "users/person.0@nhsmail.onmicrosoft.com/assignLicense", {"addLicenses": []}, "BadRequest"),
    ],
)
def test_a_wrong_body_is_refused(lab: Lab, method: str, where: str, body: object, code: str) -> None:
    """It should refuse what is missing, unknown, of the wrong type, or cannot be."""
    assert (400, code) == refusal(lab.send(method, where, body))


@pytest.mark.parametrize(
    ("where", "body", "missing", "kind"),
    [
        ("users", USER, "passwordProfile", "User"),
        ("groups", GROUP, "securityEnabled", "Group"),
        ("directory/administrativeUnits", {"displayName": "u"}, "displayName", "AdministrativeUnit"),
    ],
)
def test_what_is_missing_is_called_by_its_name_on_the_wire(
    lab: Lab, where: str, body: dict[str, object], missing: str, kind: str
) -> None:
    """It should refuse to make an object without a required property, and name that as the client would write it."""
    said = {name: value for name, value in body.items() if name != missing}

    error = json.loads(lab.send("POST", where, said).body)["error"]

    assert f"A value is required for property '{missing}' of resource '{kind}'." == error["message"]


def test_a_wrong_method_is_405(lab: Lab) -> None:
    """It should tell a wrong method from an unknown path."""
    assert 405 == lab.send("PUT", "users").status


def test_members_come_and_go(lab: Lab) -> None:
    """It should list who is in a group, also through others, and refuse a second joining (fact C19)."""
    first, second = (user.id for user in lab.users[:2])
    inner = lab.do("POST", "groups", {**GROUP, "members@odata.bind": [reference(first)["@odata.id"]]})["id"]
    outer = lab.do("POST", "groups", GROUP)["id"]
    for key in (inner, second):
        lab.do("POST", f"groups/{outer}/members/$ref", reference(key))

    direct = lab.get(f"groups/{outer}/members?$select=id")["value"]
    every = lab.get(f"groups/{outer}/transitiveMembers?$select=id")["value"]
    again = lab.send("POST", f"groups/{outer}/members/$ref", reference(second))

    assert [("#microsoft.graph.group", inner), ("#microsoft.graph.user", second)] == [
        (row["@odata.type"], row["id"]) for row in direct
    ]
    assert [inner, second, first] == [row["id"] for row in every]
    assert (400, "Request_BadRequest") == refusal(again)
    lab.do("DELETE", f"groups/{outer}/members/{second}/$ref")
    assert 404 == lab.send("DELETE", f"groups/{outer}/members/{second}/$ref").status
    assert [inner] == [row["id"] for row in lab.get(f"users/{first}/memberOf")["value"]]


def test_a_large_group_has_pages() -> None:
    """It should cut members into pages, and count them with the header only."""
    lab = Lab(120, options=Options(replicas_lag=False))
    group = lab.do("POST", "groups", GROUP)["id"]
    for user in lab.users:
        lab.entra.join(lab.entra.store.get(Group, group), user)
    lab.advance(minutes=2)
    first = lab.get(f"groups/{group}/members")
    second = lab.get(first["@odata.nextLink"])

    assert (100, 20, True) == (len(first["value"]), len(second["value"]), "@odata.nextLink" not in second)
    count = lab.send("GET", f"groups/{group}/members/$count", headers={"consistencylevel": "eventual"})
    assert b"120" == count.body
    assert 400 == lab.send("GET", f"groups/{group}/members/$count").status


def test_a_group_licence_is_on_its_way_at_first(lab: Lab) -> None:
    """It should answer 202, say that it is processing, and use units later (facts C19, E5, E7)."""
    group, sku = lab.do("POST", "groups", GROUP)["id"], lab.entra.licensing.skus[0].sku_id
    lab.do("POST", f"groups/{group}/members/$ref", reference(lab.users[0].id))
    body = {"addLicenses": [{"skuId": sku, "disabledPlans": []}], "removeLicenses": []}
    status = lab.send("POST", f"groups/{group}/assignLicense", body).status

    def told() -> tuple[str, int]:
        state = lab.get(f"groups/{group}?$select=licenseProcessingState")["licenseProcessingState"]["state"]
        return state, lab.get("subscribedSkus")["value"][0]["consumedUnits"]

    before = told()
    lab.advance(minutes=2)
    assert (202, ("ProcessingInProgress", 0), ("ProcessingComplete", 1)) == (status, before, told())
    states = lab.get(f"users/{lab.users[0].id}?$select=licenseAssignmentStates")["licenseAssignmentStates"]
    assert [(group, "Active", "None")] == [
        (each["assignedByGroup"], each["state"], each["error"]) for each in states
    ]


def test_trouble_with_licences_can_be_listed() -> None:
    """It should name the members to whom a group could not give them (fact E6)."""
    lab = Lab(2, options=Options(replicas_lag=False))
    group, sku = lab.do("POST", "groups", GROUP)["id"], lab.entra.licensing.skus[1].sku_id
    for user in lab.users:
        lab.do("POST", f"groups/{group}/members/$ref", reference(user.id))
    body = {"addLicenses": [{"skuId": sku, "disabledPlans": []}], "removeLicenses": []}
    lab.do("POST", f"groups/{group}/assignLicense", body)
    lab.advance(minutes=2)

    rows = lab.get(f"groups/{group}/membersWithLicenseErrors")["value"]

    assert [lab.users[1].id] == [row["id"] for row in rows]


def test_units_are_made_and_filled(lab: Lab) -> None:
    """It should keep administrative units and their members (facts C15, E8)."""
    made = lab.do("POST", "directory/administrativeUnits", {"displayName": "North"})["id"]
    lab.do("PATCH", f"directory/administrativeUnits/{made}", {"description": "the north"})
    lab.do("POST", f"directory/administrativeUnits/{made}/members/$ref", reference(lab.users[0].id))

    (row,) = lab.get("directory/administrativeUnits")["value"]
    members = lab.get(f"directory/administrativeUnits/{made}/members")["value"]
    assert ("the north", [lab.users[0].id]) == (row["description"], [each["id"] for each in members])
    lab.do("DELETE", f"directory/administrativeUnits/{made}/members/{lab.users[0].id}/$ref")
    lab.do("DELETE", f"directory/administrativeUnits/{made}")
    assert [] == lab.get("directory/administrativeUnits")["value"]


def test_the_tenant_is_described(lab: Lab) -> None:
    """It should tell its domains and how full it is (facts C14, E8)."""
    domains = {row["id"]: row for row in lab.get("domains")["value"]}
    (tenant,) = lab.get("organization")["value"]

    assert (True, True) == (
        domains["nhsmail.example"]["isDefault"],
        domains["nhsmail.onmicrosoft.com"]["isInitial"],
    )
    assert {"used": 3, "total": 300_000} == tenant["directorySizeQuota"]
    assert 404 == lab.send("GET", "domains/nowhere.example").status


def test_costs_are_told(lab: Lab) -> None:
    """It should charge what is published: two for users, one less with `$select` or a small page (fact C23)."""
    costs = {
        where: lab.send("GET", where).headers["x-ms-resource-unit"]
        for where in ("users", "users?$select=id", "users?$top=5&$select=id", "subscribedSkus", "domains")
    }

    assert ["2", "1", "1", "3", "1"] == list(costs.values())


def test_writes_are_throttled_and_come_back(lab: Lab) -> None:
    """It should refuse the 3,001st write in 2.5 minutes, say when to come back, and be right (facts C22, C24)."""
    where = f"users/{lab.users[0].id}"
    lab.do("PATCH", where, {"jobTitle": "0"})
    lab.graph.throttle.spend("writes", CLIENT, 2_999)

    refused = lab.send("PATCH", where, {"jobTitle": "1"})

    assert (429, "TooManyRequests") == refusal(refused)
    assert "WriteLimitExceeded" == refused.headers["x-ms-throttle-information"]
    assert refused.headers["x-ms-throttle-scope"].startswith(f"Tenant_Application/Write/{CLIENT}/")
    assert 200 == lab.send("GET", where).status
    lab.advance(seconds=float(refused.headers["retry-after"]) + 0.01)
    assert 204 == lab.send("PATCH", where, {"jobTitle": "1"}).status


@pytest.mark.parametrize(("users", "units"), [(3, 3_500), (60, 5_000), (501, 8_000)])
def test_a_larger_tenant_has_more_units(users: int, units: int) -> None:
    """It should have 3,500, 5,000 or 8,000 resource units in ten seconds (fact C22)."""
    lab = Lab(users)
    lab.get("domains")
    lab.graph.throttle.spend("units", CLIENT, units - 2)

    assert [200, 429] == [lab.send("GET", "domains").status for _ in range(2)]


def test_near_a_limit_it_is_told(lab: Lab) -> None:
    """It should tell the share from 0.8 on (fact C24)."""
    lab.get("domains")
    lab.graph.throttle.spend("units", CLIENT, 2_900)

    assert "0.83" == lab.send("GET", "domains").headers["x-ms-throttle-limit-percentage"]


def test_a_batch_answers_each_request(lab: Lab) -> None:
    """It should answer by id, have what depends on a failure fail too, and encode what is no JSON (fact E4)."""
    answers = lab.batch(
        {"id": "1", "method": "GET", "url": "/users/nobody"},
        {"id": "2", "method": "GET", "url": "domains", "dependsOn": ["1"]},
        {
            "id": "3",
            "method": "PATCH",
            "url": f"/users/{lab.users[0].id}",
            "headers": {"Content-Type": "application/json"},
            "body": {"jobTitle": "Nurse"},
        },
        {"id": "4", "method": "GET", "url": "/users/$count", "headers": {"ConsistencyLevel": "eventual"}},
        {"id": "5", "method": "POST", "url": "/$batch"},
    )

    assert {"1": 404, "2": 424, "3": 204, "4": 200, "5": 400} == {
        key: answer["status"] for key, answer in answers.items()
    }
    assert ("Mw==", "Nurse") == (answers["4"]["body"], lab.entra.store.get(User, lab.users[0].id).job_title)


@pytest.mark.parametrize(
    "requests",
    [
        [{"id": "1", "method": "GET", "url": "/users"}] * 2,
        [{"id": "1", "method": "GET"}],
        [{"id": "1", "method": "GET", "url": "/users", "dependsOn": ["2"]}],
        [{"id": "1", "method": "POST", "url": "/users", "body": {}}],
        [{"id": str(n), "method": "GET", "url": "/users"} for n in range(21)],
    ],
)
def test_a_batch_that_is_none_is_refused_whole(lab: Lab, requests: object) -> None:
    """It should refuse repeated ids, what is incomplete, and more than twenty (fact E4)."""
    assert 400 == lab.send("POST", "$batch", {"requests": requests}).status


def test_the_roles_of_the_laboratory_open_every_route() -> None:
    """It should have a permission for each route, or the tests above would prove nothing."""
    assert all(set(route.roles) & set(ROLES) for route in ROUTES)
