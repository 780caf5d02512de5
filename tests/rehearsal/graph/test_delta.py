"""Delta queries (fact E3)."""

from __future__ import annotations

import pytest

from rehearsal.graph.lab import Lab, refusal
from rehearsal.graph.options import Options

GROUP = {"displayName": "g", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True}


@pytest.fixture
def lab() -> Lab:
    """Three users, and no replica that lags."""
    return Lab(options=Options(replicas_lag=False))


def read(lab: Lab, where: str) -> tuple[list[dict[str, object]], str]:
    """Everything to the end, and the link for what comes after."""
    rows: list[dict[str, object]] = []
    while True:
        answer = lab.get(where)
        rows += answer["value"]
        if "@odata.deltaLink" in answer:
            return rows, answer["@odata.deltaLink"]
        where = answer["@odata.nextLink"]


def test_everything_comes_once_and_then_nothing() -> None:
    """It should read 450 users in three pages, and have nothing to tell afterwards."""
    lab = Lab(450, options=Options(replicas_lag=False))
    rows, link = read(lab, "users/delta()?$select=displayName")

    assert [user.id for user in lab.users] == [row["id"] for row in rows]
    assert ([], ["displayName", "id"]) == (read(lab, link)[0], sorted(rows[0]))


def test_what_changes_while_it_is_read_comes_afterwards() -> None:
    """It should tell a change made between two pages by the link at the end."""
    lab = Lab(250, options=Options(replicas_lag=False))
    first = lab.get("users/delta")
    lab.do("PATCH", f"users/{lab.users[0].id}", {"jobTitle": "Nurse"})
    _, link = read(lab, first["@odata.nextLink"])

    assert [lab.users[0].id] == [row["id"] for row in read(lab, link)[0]]


def test_made_changed_and_deleted_are_told(lab: Lab) -> None:
    """It should show each once, the deleted with its reason, and follow from link to link."""
    _, link = read(lab, "users/delta")
    body = {
        "accountEnabled": True,
        "displayName": "New",
        "mailNickname": "new",
        "userPrincipalName": "new@nhsmail.onmicrosoft.com",
        "passwordProfile": {"password": "throw-away"},
    }
    made = lab.do("POST", "users", body)["id"]
    for title in ("Nurse", "Doctor"):
        lab.do("PATCH", f"users/{lab.users[0].id}", {"jobTitle": title})
    lab.do("DELETE", f"users/{lab.users[1].id}")

    rows, link = read(lab, link)

    told = {row["id"]: row for row in rows}
    assert {made, lab.users[0].id, lab.users[1].id} == told.keys()
    assert ("New", "Doctor") == (told[made]["displayName"], told[lab.users[0].id]["jobTitle"])
    assert {"id": lab.users[1].id, "@removed": {"reason": "changed"}} == told[lab.users[1].id]
    lab.do("POST", f"directory/deletedItems/{lab.users[1].id}/restore")
    assert [lab.users[1].id] == [row["id"] for row in read(lab, link)[0]]


def test_only_selected_properties_are_watched(lab: Lab) -> None:
    """It should not tell a change of what was not selected."""
    _, link = read(lab, "users/delta?$select=displayName")
    lab.do("PATCH", f"users/{lab.users[0].id}", {"jobTitle": "Nurse"})

    assert [] == read(lab, link)[0]


def test_only_named_objects_are_watched(lab: Lab) -> None:
    """It should keep to the ids of the filter, at most 50 of them."""
    one = lab.users[0].id
    rows, link = read(lab, f"users/delta?$filter=id eq '{one}' or id eq 'nobody'")
    for user in lab.users:
        lab.do("PATCH", f"users/{user.id}", {"jobTitle": "Nurse"})

    assert [[one], [one]] == [[row["id"] for row in found] for found in (rows, read(lab, link)[0])]
    many = " or ".join(f"id eq '{n}'" for n in range(51))
    assert 400 == lab.send("GET", f"users/delta?$filter={many}").status


def test_members_are_told_as_they_come_and_go(lab: Lab) -> None:
    """It should show who joined and who left a group since the link."""
    group = lab.do("POST", "groups", GROUP)["id"]
    first, second = (user.id for user in lab.users[:2])
    join = f"groups/{group}/members/$ref"
    lab.do("POST", join, {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{first}"})
    rows, link = read(lab, "groups/delta?$select=displayName,members")
    lab.do("POST", join, {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{second}"})
    lab.do("DELETE", f"groups/{group}/members/{first}/$ref")

    (told,) = read(lab, link)[0]

    user = "#microsoft.graph.user"
    assert [{"@odata.type": user, "id": first}] == rows[0]["members@delta"]
    assert [
        {"@odata.type": user, "id": second},
        {"id": first, "@removed": {"reason": "deleted"}},
    ] == told["members@delta"]


def test_latest_skips_what_is_there(lab: Lab) -> None:
    """It should give a link for what comes from now on."""
    rows, link = read(lab, "users/delta?$deltatoken=latest")
    lab.do("PATCH", f"users/{lab.users[2].id}", {"jobTitle": "Nurse"})

    assert ([], [lab.users[2].id]) == (rows, [row["id"] for row in read(lab, link)[0]])


def test_an_old_link_says_where_to_start_over(lab: Lab) -> None:
    """It should be 410 Gone after seven days, with the address of a new beginning."""
    _, link = read(lab, "users/delta")
    lab.advance(days=7)
    assert 200 == lab.send("GET", link).status
    lab.advance(seconds=1)
    gone = lab.send("GET", link)

    assert (410, "syncStateNotFound") == refusal(gone)
    assert 3 == len(read(lab, gone.headers["location"])[0])


@pytest.mark.parametrize(
    "query", ["$top=5", "$orderby=displayName", '$search="displayName:a"', "$select=none"]
)
def test_what_delta_does_not_take_is_refused(lab: Lab, query: str) -> None:
    """It should refuse paging, sorting, searching and unknown properties."""
    assert 400 == lab.send("GET", f"users/delta?{query}").status
