"""Lists: what can be asked, and how pages come (facts E1, E2)."""

from __future__ import annotations

import pytest

from rehearsal.directory.objects import AssignedLicence, User
from rehearsal.graph.lab import Lab, refusal
from rehearsal.graph.options import Options

EVENTUAL = {"consistencylevel": "eventual"}


@pytest.fixture(scope="module")
def lab() -> Lab:
    """Five users, two with a licence; the first has no job title, the second signs in elsewhere."""
    made = Lab(5, options=Options(replicas_lag=False))
    sku = made.entra.licensing.skus[0].sku_id
    for user in made.users[:2]:
        made.entra.licensing.give(user, [AssignedLicence(sku)], ())
    second = made.entra.store.get(User, made.users[1].id)
    made.entra.change_user(second, {"job_title": "Nurse", "extension_attribute1": "R0A"})
    made.advance(minutes=10)
    return made


def found(lab: Lab, query: str, *, advanced: bool = False) -> list[str]:
    """The last digits of the names of the users that a query finds."""
    where = f"users?$select=displayName&{query}{'&$count=true' if advanced else ''}"
    answer = lab.advanced(where) if advanced else lab.get(where)
    return [row["displayName"][-1] for row in answer["value"]]


PLAIN = [
    ("$filter=department eq 'ward 0'", "024"),
    ("$filter=displayName in ('Person 001','person 003')", "13"),
    ("$filter=startswith(userPrincipalName,'person.2')", "2"),
    ("$filter=proxyAddresses/any(p:p eq 'SMTP:person.4@nhsmail.example')", "4"),
    ("$filter=proxyAddresses/any(x:startswith(x,'smtp:person.3'))", "3"),
    ("$filter=(mail ge 'person.3' and accountEnabled eq true) or jobTitle eq 'Nurse'", "134"),
    ("$filter=createdDateTime le 2026-08-02T08:00:00Z", "01234"),
    ("$filter=createdDateTime lt 2026-08-02T08:00:00Z", ""),
    ("$orderby=displayName desc", "43210"),
]
ADVANCED = [
    ("$filter=department ne 'Ward 0'", "13"),
    ("$filter=not(department eq 'Ward 0')", "13"),
    ("$filter=NOT startswith(displayName,'Person 00')", ""),
    ("$filter=endsWith(mail,'NHSMAIL.example')", "01234"),
    ("$filter=assignedLicenses/$count eq 0", "234"),
    ("$filter=onPremisesExtensionAttributes/extensionAttribute1 eq 'R0A'", "1"),
    ("$filter=jobTitle eq null", "0234"),
    ("$filter=department eq 'Ward 1'&$orderby=displayName desc", "31"),
    ("$orderby=createdDateTime", "01234"),
]


@pytest.mark.parametrize(("query", "names"), PLAIN)
def test_a_plain_query_needs_nothing_else(lab: Lab, query: str, names: str) -> None:
    """It should compare without regard to case, and read lists, functions and times."""
    assert list(names) == found(lab, query)


@pytest.mark.parametrize(("query", "names"), [*ADVANCED, *PLAIN])
def test_an_advanced_query_is_answered_with_both_parameters(lab: Lab, query: str, names: str) -> None:
    """It should answer with header and count what it refuses without, and whatever is plain (fact E2)."""
    assert list(names) == found(lab, query, advanced=True)


@pytest.mark.parametrize("query", [query for query, _ in ADVANCED])
def test_an_advanced_query_is_refused_without_either(lab: Lab, query: str) -> None:
    """It should want the header and the count, both (fact E2)."""
    bare = lab.send("GET", f"users?{query}")
    uncounted = lab.send("GET", f"users?{query}", headers=EVENTUAL)

    assert [(400, "Request_UnsupportedQuery")] * 2 == [refusal(bare), refusal(uncounted)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("$filter=contains(displayName,'a')", "Request_UnsupportedQuery"),
        ("$filter=preferredLanguage eq 'en'", "Request_UnsupportedQuery"),
        ("$filter=startswith(usageLocation2,'G')", "Request_UnsupportedQuery"),
        ("$filter=displayName ge 'a'", "Request_UnsupportedQuery"),
        ("$filter=displayName eq", "BadRequest"),
        ("$filter=displayName eq 'a' mail", "BadRequest"),
        ("$filter=displayName like 'a'", "BadRequest"),
        ("$filter='", "BadRequest"),
        ("$filter=createdDateTime le 2026-99-99T00:00:00Z", "BadRequest"),
        ("$orderby=department", "Request_UnsupportedQuery"),
        ("$select=password", "BadRequest"),
        ("$select=exchange", "BadRequest"),
        ("$top=0", "Request_UnsupportedQuery"),
        ("$top=1000", "Request_UnsupportedQuery"),
        ("$skip=1", "BadRequest"),
        ("$surprise=1", "BadRequest"),
        ("$skiptoken=abc", "BadRequest"),
    ],
)
def test_what_cannot_be_asked_is_refused(lab: Lab, query: str, code: str) -> None:
    """It should refuse what a property does not allow, what cannot be read, and what directories never take."""
    assert (400, code) == refusal(lab.send("GET", f"users?{query}"))


def test_what_is_not_modelled_says_so(lab: Lab) -> None:
    """It should answer 501, which no client takes for an answer of the real service."""
    for where in ("users?$expand=manager", "applications", "users/a/messages"):
        assert (501, "NotModelled") == refusal(lab.send("GET", where))


def test_a_search_finds_beginnings_of_words(lab: Lab) -> None:
    """It should find by parts of names, joined by OR and AND (fact E2)."""
    query = '$search="displayName:002" OR "mail:person.3" AND "displayName:person"'
    rows = lab.advanced(f"users?{query}")["value"]

    assert ["Person 002", "Person 003"] == [row["displayName"] for row in rows]
    assert (400, "Request_UnsupportedQuery") == refusal(
        lab.send("GET", 'users?$search="department:ward"', headers=EVENTUAL)
    )


def test_pages_follow_one_another(lab: Lab) -> None:
    """It should go on where the page before ended, filtered and sorted, to the end (fact E1)."""
    for query in ("$filter=department eq 'Ward 0'", "$orderby=displayName desc", ""):
        pages, where = [], f"users?$top=2&{query}"
        while where:
            answer = lab.get(where)
            pages.append([row["displayName"][-1] for row in answer["value"]])
            where = answer.get("@odata.nextLink", "")
        assert found(lab, query) == [name for page in pages for name in page]
        assert all(len(page) == 2 for page in pages[:-1])


def test_a_page_link_belongs_to_its_query(lab: Lab) -> None:
    """It should refuse a token of another query, and take one that was encoded otherwise (fact E1)."""
    link = lab.get("users?$top=2")["@odata.nextLink"]

    assert (400, "BadRequest") == refusal(lab.send("GET", link.replace("$top=2", "$top=3")))
    assert 200 == lab.send("GET", link.replace("$top", "%24top").replace("$skiptoken", "%24skiptoken")).status


def test_a_count_comes_with_the_header_on_the_first_page(lab: Lab) -> None:
    """It should count all that is found, and not be told without the header (facts E1, E2)."""
    assert 5 == lab.advanced("users?$count=true&$top=1")["@odata.count"]
    assert "@odata.count" not in lab.get("users?$count=true&$top=1")
    assert b"2" == lab.send("GET", "users/$count?$filter=department eq 'Ward 1'", headers=EVENTUAL).body


def test_a_user_is_shown_as_asked(lab: Lab) -> None:
    """It should show the usual properties, or those that were selected, by id or sign-in name."""
    usual = lab.get(f"users/{lab.users[1].id}")
    chosen = lab.get("users/PERSON.1@nhsmail.onmicrosoft.com?$select=onPremisesExtensionAttributes,jobTitle")

    assert (None, "Nurse", False) == (usual["mobilePhone"], usual["jobTitle"], "department" in usual)
    assert "R0A" == chosen["onPremisesExtensionAttributes"]["extensionAttribute1"]
    assert {"@odata.context", "onPremisesExtensionAttributes", "jobTitle"} == chosen.keys()
