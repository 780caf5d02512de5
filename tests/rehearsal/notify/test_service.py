"""The stand-in for GOV.UK Notify, by the service's own unmodified client."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from notifications_python_client.errors import HTTPError

from rehearsal.clock import VirtualClock
from rehearsal.notify import Notify, NotifyFaults, NotifyOptions
from rehearsal.notify.tokens import MalformedKey
from rehearsal.wire import Request
from tests.notify_join import KEY, SERVICE, TWO_WEEKS, VALUES, client

pytestmark = pytest.mark.conformance

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
NO_FAULTS = NotifyFaults(throttled=(), dropped=())
ADDRESS = "aisha@nhsmail.example"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def notify(clock: VirtualClock) -> Notify:
    return Notify(clock, KEY, faults=NO_FAULTS)


def refused(act: Callable[[], object]) -> tuple[int, list[dict[str, str]]]:
    with pytest.raises(HTTPError) as caught:
        act()
    return caught.value.status_code, caught.value.message


def test_a_notice_is_sent_and_read_back_by_its_id(notify: Notify, clock: VirtualClock) -> None:
    """It should answer with the filled template, and deliver within seconds of virtual time."""
    speaker = client(notify)
    sent = speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES, reference="r-1")
    clock.advance_to(START + timedelta(seconds=10))
    read = speaker.get_notification_by_id(sent["id"])
    assert sent["content"]["subject"] == "Your NHSmail mailbox moves on Monday 14 September 2026"
    assert (read["reference"], read["email_address"], read["status"]) == ("r-1", ADDRESS, "delivered")


def test_a_reference_need_not_be_unique(notify: Notify) -> None:
    """It should take a second notice under the same reference, and list both, the newest first."""
    speaker = client(notify)
    ids = [
        speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES, reference="r-1")["id"] for _ in range(2)
    ]
    speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES, reference="r-2")
    found = speaker.get_all_notifications(reference="r-1")["notifications"]
    assert [entry["id"] for entry in found] == ids[::-1]


def test_pages_are_walked_by_older_than(notify: Notify) -> None:
    """It should hand out 250 a page, and the client's own iterator should see each notice once."""
    speaker = client(notify)
    for number in range(260):
        speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES, reference=f"r-{number}")
    first = speaker.get_all_notifications()
    every = [entry["reference"] for entry in speaker.get_all_notifications_iterator()]
    assert len(first["notifications"]) == 250
    assert every == [f"r-{number}" for number in reversed(range(260))]


def test_nothing_is_found_after_seven_days(notify: Notify, clock: VirtualClock) -> None:
    """It should forget a notice after the retention period, so that not finding one proves nothing."""
    speaker = client(notify)
    sent = speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES, reference="r-1")
    clock.advance_to(START + timedelta(days=7, seconds=1))
    assert speaker.get_all_notifications(reference="r-1")["notifications"] == []
    assert refused(lambda: speaker.get_notification_by_id(sent["id"])) == (
        404,
        [{"error": "NoResultFound", "message": "No result found"}],
    )


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"template_id": "d" * 8}, "ValidationError", "template_id is not a valid UUID"),
        ({"template_id": SERVICE}, "BadRequestError", "Template not found"),
        ({"personalisation": {"name": "A"}}, "BadRequestError", "Missing personalisation: night"),
        ({"email_address": "aisha"}, "ValidationError", "email_address Not a valid email address"),
    ],
)
def test_a_notice_that_cannot_be_sent_is_refused_in_the_services_words(
    notify: Notify, changed: dict[str, object], error: str, message: str
) -> None:
    """It should answer 400 with the kind and the wording of the real service."""
    right = {"email_address": ADDRESS, "template_id": TWO_WEEKS, "personalisation": VALUES}
    speaker = client(notify)
    said = refused(lambda: speaker.send_email_notification(**(right | changed)))
    assert said == (400, [{"error": error, "message": message}])


def test_an_unknown_field_and_a_missing_one_are_named(notify: Notify) -> None:
    """It should refuse a body with a field too many or too few, naming it."""
    speaker = client(notify)
    body = {"email_address": ADDRESS, "template_id": TWO_WEEKS}
    extra = refused(lambda: speaker.post("/v2/notifications/email", body | {"colour": "blue"}))
    missing = refused(lambda: speaker.post("/v2/notifications/email", {"email_address": ADDRESS}))
    assert extra[1][0]["message"] == "Additional properties are not allowed (colour was unexpected)"
    assert missing[1][0]["message"] == "template_id is a required property"


def test_the_minutes_limit_rolls(clock: VirtualClock) -> None:
    """It should answer 429 RateLimitError above the limit of one minute, and take more once that minute is over."""
    speaker = client(Notify(clock, KEY, options=NotifyOptions(per_minute=2, burst=3), faults=NO_FAULTS))
    for _ in range(2):
        speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES)
    said = refused(lambda: speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES))
    clock.advance_to(START + timedelta(seconds=60))
    speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES)
    text = "Exceeded rate limit for key type live of 2 requests per 60 seconds"
    assert said == (429, [{"error": "RateLimitError", "message": text}])


def test_the_days_limit_ends_at_midnight(clock: VirtualClock) -> None:
    """It should answer 429 TooManyRequestsError above the day's limit, until the next day."""
    speaker = client(Notify(clock, KEY, options=NotifyOptions(per_day=1), faults=NO_FAULTS))
    speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES)
    said = refused(lambda: speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES))
    clock.advance_to(datetime(2026, 9, 2, 0, 0, 1, tzinfo=UTC))
    speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES)
    assert said == (
        429,
        [{"error": "TooManyRequestsError", "message": "Exceeded send limits (email: 1) for today"}],
    )


def test_a_dropped_answer_leaves_a_sent_notice(clock: VirtualClock) -> None:
    """It should have sent the notice whose answer was lost: only its reference tells."""
    speaker = client(Notify(clock, KEY, faults=NotifyFaults(throttled=(), dropped=(1,))))
    with pytest.raises(HTTPError) as caught:
        speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES, reference="r-1")
    assert caught.value.response is None
    assert len(speaker.get_all_notifications(reference="r-1")["notifications"]) == 1


@pytest.mark.parametrize("off", [-40, 40])
def test_a_clock_off_by_more_than_30_seconds_is_refused(notify: Notify, off: int) -> None:
    """It should refuse a token issued over 30 seconds before or after the real time, and say which clock to look at.

    Far beyond the bound, for the client stamps whole seconds of the machine's clock; the bound itself: test_tokens.py.
    """
    speaker = client(notify, now=lambda: time.time() + off)
    said = refused(speaker.get_all_notifications)
    text = "Error: Your system clock must be accurate to within 30 seconds"
    assert said == (403, [{"error": "AuthError", "message": text}])


def test_a_clock_off_by_25_seconds_is_accepted(notify: Notify) -> None:
    """It should live with a clock that is a little wrong."""
    assert client(notify, now=lambda: time.time() + 25).get_all_notifications()["notifications"] == []


def test_a_key_of_another_secret_is_refused(notify: Notify) -> None:
    """It should refuse a token signed with another secret."""
    speaker = client(notify, key=f"rehearsal-{SERVICE}-{SERVICE}")
    said = refused(speaker.get_all_notifications)
    assert said == (403, [{"error": "AuthError", "message": "Invalid token: API key not found"}])


def test_a_request_without_a_token_is_refused_before_it_is_logged(notify: Notify) -> None:
    """It should answer 401 at the door, and again behind it."""
    request = Request("GET", "/v2/notifications")
    at_the_door = notify.refusal(request, now=0.0)
    assert at_the_door is not None
    assert (at_the_door.status, notify.handle(request).status) == (401, 401)


def test_a_stale_token_is_replayed_to_the_same_end(clock: VirtualClock) -> None:
    """It should not look at a token's age behind the door, or a log replayed tomorrow would give another world."""
    requests_seen: list[Request] = []
    first = Notify(clock, KEY, faults=NO_FAULTS)
    original = first.handle
    first.handle = lambda request: (requests_seen.append(request), original(request))[1]  # type: ignore[method-assign]
    yesterday = time.time()
    sent = client(first, now=lambda: yesterday).send_email_notification(
        ADDRESS, TWO_WEEKS, VALUES, reference="r-1"
    )
    second = Notify(VirtualClock(START), KEY, faults=NO_FAULTS)
    replayed = [requests.models.complexjson.loads(second.handle(request).body) for request in requests_seen]
    assert [entry["id"] for entry in replayed] == [sent["id"]]


def test_a_malformed_key_is_named_without_being_shown(clock: VirtualClock) -> None:
    """It should refuse a key that does not end in two ids, and keep the key out of the sentence."""
    with pytest.raises(MalformedKey) as caught:
        Notify(clock, "hunter2")
    assert "hunter2" not in str(caught.value)


def test_a_burst_is_bounded_although_the_minute_is_not_full(clock: VirtualClock) -> None:
    """It should take 999 e-mails at once and no more, although a minute takes 3,000: one token is left (notices A6)."""
    speaker = client(Notify(clock, KEY, faults=NO_FAULTS))
    for _ in range(999):
        speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES)
    assert refused(lambda: speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES))[0] == 429
    clock.advance_to(START + timedelta(seconds=1))
    for _ in range(50):
        speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES)
    assert refused(lambda: speaker.send_email_notification(ADDRESS, TWO_WEEKS, VALUES))[0] == 429


def test_a_display_name_cannot_carry_a_link_where_it_is_named(notify: Notify) -> None:
    """It should remove addresses of pages and escape Markdown, in the values that the caller names and no other."""
    values = {"name": "[Aisha](https://evil.example/login)", "night": "# Monday"}
    body = client(notify).send_email_notification(ADDRESS, TWO_WEEKS, values, sanitise_content_for=["name"])[
        "content"
    ]["body"]
    assert body.startswith("Dear \\[Aisha\\]\\(,")
    assert "in the night of # Monday" in body


def test_templates_are_read_and_previewed(notify: Notify) -> None:
    """It should show a template with its placeholders, and fill it without sending anything."""
    speaker = client(notify)
    template = speaker.get_template(TWO_WEEKS)
    preview = speaker.post_template_preview(TWO_WEEKS, VALUES)
    assert template["personalisation"] == {"night": {"required": True}, "name": {"required": True}}
    assert preview["subject"] == "Your NHSmail mailbox moves on Monday 14 September 2026"
    assert len(speaker.get_all_templates()["templates"]) > 20
    assert refused(lambda: speaker.get_template(SERVICE))[0] == 404
    assert notify.accepted == ()


def test_an_accidental_link_is_broken_up(notify: Notify) -> None:
    """It should keep the words of what may be an address by accident, as its source does, and remove the others."""
    values = {"name": "St.Thomas evil.example/login", "night": "Monday"}
    sent = client(notify).send_email_notification(ADDRESS, TWO_WEEKS, values, sanitise_content_for=["name"])
    assert sent["content"]["body"].startswith("Dear St\\. Thomas ,")


def test_failures_are_listed_by_their_kind_and_together(clock: VirtualClock) -> None:
    """It should list a failure by its own status and as failed, and a full mailbox's after three days."""
    gone = {"full@nhsmail.example": "temporary-failure", "gone@nhsmail.example": "permanent-failure"}
    speaker = client(Notify(clock, KEY, faults=NotifyFaults((), (), gone)))
    for address in (ADDRESS, *gone):
        speaker.send_email_notification(address, TWO_WEEKS, VALUES, reference=address)
    listed = []
    for days in (1, 3):
        clock.advance_to(START + timedelta(days=days))
        found = speaker.get_all_notifications(status="failed")["notifications"]
        listed.append({entry["reference"] for entry in found})
    assert listed == [{"gone@nhsmail.example"}, set(gone)]
    assert refused(lambda: speaker.get_all_notifications(status="bounced"))[0] == 400
