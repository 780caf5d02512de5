"""The files of the rehearsal, as the core takes them."""

from datetime import date, time
from pathlib import Path

import pytest

from estate_schema import load_estate, load_limits, load_readiness
from estate_schema.administrators import Administrators
from estate_schema.limits import Limit
from estate_schema.notices import load_notices
from mailwave import rules
from mailwave.core.calendar import Calendar, LocalWindow
from mailwave.core.notice_pace import Quota
from mailwave.core.notices import Audience, Milestone, NoticeRules
from mailwave.core.readiness.checks import MAILBOX_CHECKS, ORGANISATION_CHECKS, USERS
from mailwave.core.readiness.rules import Effect, Subject
from mailwave.core.readiness.scope import Administrator, Part

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
ESTATE = load_estate(ENVIRONMENTS / "estate.rehearsal.yaml")
LIMITS = load_limits(ENVIRONMENTS / "limits.rehearsal.yaml")
READINESS = load_readiness(ENVIRONMENTS / "readiness.yaml")


def test_the_calendar_is_the_files() -> None:
    """It should carry the hours and the zone."""
    expected = Calendar(
        "Europe/London",
        LocalWindow(time(20), time(6)),
        LocalWindow(time(8), time(22)),
    )

    assert expected == rules.calendar(ESTATE, [date(2026, 12, 25)])


def test_the_readiness_rules_are_the_files() -> None:
    """It should carry the minimum of each major version as numbers, and the threshold."""
    figures = rules.readiness(ESTATE, READINESS).figures

    assert {15: (15, 0, 4971, 1000), 16: (16, 0, 4600, 1000)} == figures.client_minimum
    assert 0.25 == figures.organisation_threshold
    sites = ("mail.leeds.nhsmail.example", "mail.bristol.nhsmail.example")
    assert ("mail.nhsmail.example", *sites) == figures.mail_exchangers
    assert ("autodiscover.nhsmail.example", *sites) == figures.autodiscover


def test_every_check_has_its_rule() -> None:
    """It should apply each check that there is to the kind of subject it is for, and block on it everywhere."""
    book = rules.readiness(ESTATE, READINESS)

    assert {*MAILBOX_CHECKS, USERS} == {rule.name for _, rule in book.of(Subject.MAILBOX)}
    assert set(ORGANISATION_CHECKS) == {rule.name for _, rule in book.of(Subject.ORGANISATION)}
    assert Effect.WARNED not in {rule.effect for rule in book.rules}


def test_a_client_counts_as_long_as_its_logs_are_read() -> None:
    """It should take the age of a client's evidence from the estate file."""
    ages = {rule.name: rule.age_days for rule in rules.readiness(ESTATE, READINESS).rules}

    assert (30, 60, None) == (ages["client"], ages["mobile"], ages["size"])


@pytest.mark.parametrize(
    ("environment", "expected"), [("rehearsal", Effect.WARNED), ("pilot", Effect.DEFERRED)]
)
def test_a_rule_may_only_warn_in_one_environment(environment: str, expected: Effect) -> None:
    """It should not block where the file says so, with its reason, and block elsewhere."""
    tls = next(rule for rule in READINESS.rules if rule.name == "tls")
    softened = tls.model_copy(update={"warned_in": {"rehearsal": "no probe there"}})
    estate = ESTATE.model_copy(update={"environment": environment})

    book = rules.readiness(estate, READINESS.model_copy(update={"rules": (softened,)}))

    assert [expected] == [rule.effect for rule in book.rules]
    assert ["no probe there" if expected is Effect.WARNED else ""] == [r.warned_because for r in book.rules]


def test_administrators_are_taken_as_they_are_written() -> None:
    """It should carry whose each key is, for which organisation and part, and how long it counts."""
    row = {
        "who": "00000000-0000-0000-0000-00000000000A",
        "name": "Anne",
        "organisation": "RR8",
        "part": "attests",
        "public_key": "ab" * 32,
        "first": "2026-01-01",
        "last": "2026-12-31",
        "revoked": "",
    }
    written = Administrators.model_validate({"administrators": [row]})

    days = (date(2026, 1, 1), date(2026, 12, 31))
    expected = Administrator(str(row["who"]).lower(), "RR8", "ab" * 32, Part.ATTESTS, *days, None)
    assert (expected,) == rules.administrators(written)


def test_notices_are_the_files() -> None:
    """It should carry the days, the hour, and a template for each milestone and audience."""
    written = load_notices(ENVIRONMENTS / "notices.yaml")

    told = {(row.milestone, row.audience) for row in rules.templates(written).rows}

    assert NoticeRules(14, time(9), "Europe/London") == rules.notices(ESTATE)
    assert {(milestone, audience) for milestone in Milestone for audience in Audience} == told


@pytest.mark.parametrize(
    ("route", "day", "expected"),
    [
        ("notify", date(2026, 1, 1), Quota(3000, 900)),
        ("notify", date(2026, 1, 3), Quota(3000, 500)),
        ("smtp", date(2026, 1, 1), Quota(70, 70)),
    ],
)
def test_quotas_are_what_was_granted_of_the_route(route: str, day: date, expected: Quota) -> None:
    """It should be Notify's two or the relay's one, and the published figure after a grant's last day."""
    raised = Limit(published=500, granted=900, ticket="T1", expires=date(2026, 1, 2))
    limits = LIMITS.model_copy(
        update={
            "notify_per_minute": Limit(published=3000, granted=3000),
            "notify_per_day": raised,
            "emails_per_day": Limit(published=None, granted=70),
        }
    )
    estate = ESTATE.model_copy(update={"notices": ESTATE.notices.model_copy(update={"route": route})})

    assert expected == rules.quota(limits, estate, day)
