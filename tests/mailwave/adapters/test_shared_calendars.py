"""What Graph and the sites answer, taken for what it is: nothing that is missing counts as seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from exchange_admin.onpremises import OnPremises
from exchange_admin.shell import ErrorSaid, Output
from mailwave.adapters.graph import Answer
from mailwave.adapters.shared_calendars import SharedCalendars
from mailwave.core.aftercare.calendars import NO_RELATIONSHIP, NOT_ASKED
from mailwave.core.aftercare.delivery import Boxes
from mailwave.core.outcomes import ActUnknown

BOXES = Boxes("check@x.example", "check@x.onmicrosoft.com")
RELATED = {"Name": "to the cloud", "DomainNames": ["x.mail.onmicrosoft.com"]}
ENDED = {"Value": "\r\nCOMPLETE.\r\n"}


class Graph:
    """Answers each question with *answer*, or fails where there is none, and keeps the *questions*."""

    def __init__(self, answer: Answer | None) -> None:
        self.answer = answer
        self.questions: list[Mapping[str, Any]] = []

    def batch(self, requests: Sequence[tuple[str, str, Mapping[str, Any] | None]]) -> list[Answer]:
        """Answer them."""
        self.questions += [body or {} for _, _, body in requests]
        if self.answer is None:
            raise ActUnknown(act="batch", subject="it", why="the connection was cut")
        return [self.answer for _ in requests]


class Shell:
    """Writes *rows* by cmdlet; what has none is refused."""

    def __init__(self, rows: Mapping[str, list[Any]]) -> None:
        self._rows = rows

    def run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None = None) -> Output:
        """Run one."""
        if cmdlet not in self._rows:
            return Output([], [], [ErrorSaid("CommandNotFoundException", f"{cmdlet} is not recognized")])
        return Output(self._rows[cmdlet], [], [])

    def close(self) -> None:
        """Nothing is held."""


def asked(answer: Answer | None = None, rows: Mapping[str, list[Any]] | None = None) -> SharedCalendars:
    """Calendars of a Graph that gives *answer*, and of one site that writes *rows*."""
    return SharedCalendars(
        Graph(answer),
        {"leeds": lambda: OnPremises(lambda: Shell(rows or {}), sleep=lambda _: None)},
        BOXES,
        "x.mail.onmicrosoft.com",
        lambda: datetime(2026, 9, 1, 12, tzinfo=UTC),
    )


def codes(calendars: SharedCalendars) -> list[str]:
    """The codes of what the site says."""
    return [each.code for each in calendars.from_sites()]


def test_twenty_are_asked_for_at_once() -> None:
    """It should ask for 20 at a time, for one day in UTC."""
    graph = Graph(Answer(200, {"value": []}))
    calendars = asked()
    calendars.graph = graph

    calendars.from_cloud([f"{n}@x.example" for n in range(45)])

    assert [20, 20, 5] == [len(each["schedules"]) for each in graph.questions]
    assert {"dateTime": "2026-09-02T12:00:00", "timeZone": "UTC"} == graph.questions[0]["endTime"]


@pytest.mark.parametrize("answer", [Answer(403, {}), Answer(429, {}), None])
def test_a_question_that_is_not_taken_is_one_look(answer: Answer | None) -> None:
    """It should say once that nothing is known, of the mailbox that asked."""
    (look,) = asked(answer).from_cloud(["a@x.example", "b@x.example"])

    assert (NOT_ASKED, BOXES.cloud) == (look.code, look.subject)


def test_whoever_is_missing_in_the_answer_was_not_asked_for() -> None:
    """It should take for seen only whom the answer has without an error, in any case of letters."""
    value = [
        {"scheduleId": "A@x.example", "availabilityView": "0"},
        {"scheduleId": "b@x.example", "error": {"responseCode": "ErrorNoFreeBusyAccess", "message": "no"}},
    ]

    looks = asked(Answer(200, {"value": value})).from_cloud(["a@x.example", "b@x.example", "c@x.example"])

    assert ["", "ErrorNoFreeBusyAccess", NOT_ASKED] == [each.code for each in looks]


def test_a_site_that_is_content_says_nothing() -> None:
    """It should take success, and a test that ended with results about other things only, for no finding."""
    rows: dict[str, list[Any]] = {
        "Test-OAuthConnectivity": [{"ResultType": "Success", "Detail": "x"}],
        "Get-OrganizationRelationship": [RELATED, {"Name": "other", "DomainNames": ["other.example"]}],
        "Test-OrganizationRelationship": [{"Id": "PropertiesDiffer", "Description": "MailboxMove"}, ENDED],
    }

    assert ["", ""] == codes(asked(rows=rows))


def test_what_a_site_does_not_say_is_never_taken_for_content() -> None:
    """It should say that nothing is known where a test is refused, writes nothing, or stops halfway."""
    silent: dict[str, list[Any]] = {
        "Test-OAuthConnectivity": [],
        "Get-OrganizationRelationship": [RELATED],
        "Test-OrganizationRelationship": [{"Value": "STEP 1"}],
    }

    assert [NOT_ASKED, NOT_ASKED] == codes(asked())
    assert [NOT_ASKED, NOT_ASKED] == codes(asked(rows=silent))[:2]
    assert [NOT_ASKED, NO_RELATIONSHIP] == codes(asked(rows={"Get-OrganizationRelationship": []}))
