"""What is said of calendars by what was answered to each question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailwave.core.aftercare.calendars import (
    NO_RELATIONSHIP,
    NOT_ASKED,
    RESULTS,
    Asked,
    Look,
    is_of_calendars,
    judged,
)
from mailwave.core.aftercare.kinds import KINDS
from mailwave.core.coexistence import Aspect, Coexistence, Fault

AT = datetime(2026, 9, 1, tzinfo=UTC)
SOUND = Coexistence(AT)
PEOPLE = {"a@x.example": "g1"}
UNRESOLVED = "Unable to resolve e-mail address it to an Active Directory object."


def unset(aspect: Aspect) -> Coexistence:
    """Halves with one fault."""
    return Coexistence(AT, (Fault(aspect, "it is off", "run play 28"),))


@pytest.mark.parametrize(
    ("address", "code", "said", "kind"),
    [
        ("a@x.example", "ErrorNoFreeBusyAccess", "", "calendar-hidden"),
        ("check@x.example", "ErrorNoFreeBusyAccess", "", "calendars-not-shared"),
        ("a@x.example", "ErrorMailRecipientNotFound", UNRESOLVED, "calendar-unknown"),
        ("check@x.example", "ErrorMailRecipientNotFound", UNRESOLVED, "calendar-unknown"),
        (
            "check@x.example",
            "ErrorMailRecipientNotFound",
            "The relationship can't be used",
            "calendars-astray",
        ),
        ("check@x.example", "ErrorAutoDiscoverFailed", "", "calendars-astray"),
        ("check@x.example", "ErrorProxyRequestProcessingFailed", "status 401", "calendars-refused"),
        ("check@x.example", "ErrorProxyRequestProcessingFailed", "timed out", "calendar-not-shown"),
        ("check@x.example", "ErrorSomethingNew", "", "calendar-not-shown"),
        ("check@x.example", NOT_ASKED, "403", "calendar-not-asked"),
    ],
)
def test_each_answer_to_the_cloud_has_its_kind(address: str, code: str, said: str, kind: str) -> None:
    """It should tell a person's own setting from what concerns everybody, and never take a code for seen."""
    (found,) = judged([Look(Asked.SCHEDULE, address, code, said)], PEOPLE, SOUND)

    assert (kind, PEOPLE.get(address, "")) == (found.kind, found.guid)
    assert address not in found.what


@pytest.mark.parametrize(
    ("asked", "code", "said", "kind"),
    [
        (Asked.SIGN_IN, "Error", "(401) Unauthorized.", "calendars-refused"),
        (Asked.SIGN_IN, "Warning", "", "calendars-refused"),
        (Asked.SIGN_IN, "Error", "the user-context in the token does not exist", "calendar-unknown"),
        (Asked.SIGN_IN, "Error", "The remote name could not be resolved: 'x'", "calendars-astray"),
        (Asked.RELATIONSHIP, NO_RELATIONSHIP, "", "calendars-not-shared"),
        (Asked.RELATIONSHIP, "ApplicationUrisDiffer", "", "calendars-astray"),
        (Asked.RELATIONSHIP, "FailureToGetDelegationToken", "", "calendars-refused"),
        (Asked.RELATIONSHIP, NOT_ASKED, "it refused", "calendar-not-asked"),
    ],
)
def test_each_result_of_a_site_has_its_kind(asked: Asked, code: str, said: str, kind: str) -> None:
    """It should name what a test says by its kind, whatever else the site is."""
    (found,) = judged([Look(asked, "leeds", code, said)], PEOPLE, SOUND)

    assert (kind, "leeds") == (found.kind, found.address)


def test_one_code_for_two_causes_is_told_apart_by_what_is_set() -> None:
    """It should say not-shared of the mailbox at the sites where the way is set wrong, and unknown of a person."""
    looks = [
        Look(Asked.SCHEDULE, each, "ErrorMailRecipientNotFound", UNRESOLVED)
        for each in ("a@x.example", "check@x.example")
    ]

    found = judged(looks, PEOPLE, unset(Aspect.FREE_BUSY_IN))

    assert ["calendar-unknown", "calendars-not-shared", "calendars-not-set"] == [each.kind for each in found]


def test_what_is_set_counts_where_it_is_about_calendars() -> None:
    """It should name a setting with who mends it though every answer was right, and leave mail out."""
    assert [] == judged([Look(Asked.SIGN_IN, "leeds")], PEOPLE, unset(Aspect.ROUTING))
    (found,) = judged([Look(Asked.SIGN_IN, "leeds")], PEOPLE, unset(Aspect.OAUTH))
    assert ("calendars-not-set", "it is off; run play 28") == (found.kind, found.what)


def test_results_about_other_things_are_left_out() -> None:
    """It should leave out what a relationship is for beside calendars, and every kind be of the table."""
    assert is_of_calendars("AccessMismatchLocalRemote", "FreeBusyAccessEnabled does not match")
    assert not is_of_calendars("AccessMismatchLocalRemote", "MailTipsAccessEnabled does not match")
    assert not is_of_calendars("PropertiesDiffer", "MailboxMoveEnabled")
    assert set() == set(RESULTS.values()) - set(KINDS)
