"""What services show of organisations as evidence: nothing where nothing was seen, and nothing of two at once."""

from __future__ import annotations

from datetime import date

import polars as pl

from mailwave.core.readiness.observed import Leads, name_facts, owner_facts, web_facts
from mailwave.core.web_log import WebSeen

TODAY = date(2026, 9, 1)
PEOPLE = pl.DataFrame(
    {
        "guid": ["1", "2", "3", "4"],
        "organisation": ["RR8", "RR8", "RAE", "RAE"],
        "account": ["a", "b", "C", "twice"],
        "upn": ["a@one.example", "twice@x", "c@two.example", None],
        "domains": ["one.example;t.example", "two.example", "two.example", None],
        "lane": ["usual", "shared", "pop-imap", "usual"],
    }
)


def said(facts: object) -> list[tuple[str, str, str]]:
    """Organisation, kind and value of each of *facts*."""
    return [(each.organisation, each.kind, each.value) for each in facts]  # type: ignore[attr-defined]


def test_what_accounts_show_is_their_organisations() -> None:
    r"""It should find an account by its name alone, as DOMAIN\name and as its sign-in name, in any case."""
    seen = {
        "nhs\\a": WebSeen("1.3", TODAY, {"edge": 140}, date(2026, 8, 1)),
        "twice@x": WebSeen("1.1", date(2026, 8, 30)),
        "c": WebSeen(browsers={"safari": 17, "chrome": 9}, browsers_on=TODAY),
        "healthmailbox1": WebSeen("1.0", TODAY),
    }
    expected = [
        ("RAE", "browsers", "chrome 9; safari 17"),
        ("RR8", "tls", "1.1"),
        ("RR8", "browsers", "edge 140"),
    ]
    assert expected == said(web_facts(PEOPLE, seen))
    assert [TODAY, date(2026, 8, 1)] == [each.on for each in web_facts(PEOPLE, seen)][-2:]


def test_an_account_of_two_organisations_says_nothing() -> None:
    """It should leave out a name that people of two organisations have."""
    both = PEOPLE.with_columns(account=pl.lit("same"), upn=pl.lit(None, dtype=pl.String))
    assert [] == list(web_facts(both, {"one\\same": WebSeen("1.0", TODAY)}))


def test_one_domain_that_nobody_could_say_leaves_no_evidence() -> None:
    """It should hand in the hosts of all domains of an organisation, none as none, and nothing where one is unknown."""
    leads = {
        "one.example": Leads(("mail.one.example",), ()),
        "two.example": Leads(("mail.two.example",), None),
    }
    assert [
        ("RAE", "mail_exchanger", "mail.two.example"),
        ("RR8", "mail_exchanger", "mail.one.example; mail.two.example"),
    ] == said(name_facts(PEOPLE, leads, TODAY))
    assert [("RR8", "mail_exchanger", "mail.one.example"), ("RR8", "autodiscover", "none")] == said(
        name_facts(PEOPLE, {"one.example": leads["one.example"]}, TODAY)
    )


def test_only_a_person_can_name_owners() -> None:
    """It should say of an organisation without applications that no owner is missing, and of others nothing."""
    assert [("RR8", "owners", "0")] == said(owner_facts(PEOPLE, TODAY, pl.Series([], dtype=pl.String)))


def test_a_mailbox_that_a_program_opens_has_an_owner() -> None:
    """It should say nothing of an organisation in whose mailboxes the logs show a program."""
    assert [] == said(owner_facts(PEOPLE, TODAY, pl.Series(["2"])))
