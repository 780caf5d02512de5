"""The Notify adapter, joined in memory to the real client and the stand-in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from estate_schema.endpoints import load_endpoints
from estate_schema.errors import ConfigurationError
from mailwave.adapters.notify import NoticesDisabled, Notify, Throttled
from mailwave.core.letters import Letter, Returned
from mailwave.core.notice_templates import Template
from mailwave.core.notices import Audience, Milestone
from mailwave.core.outcomes import ActRefused, ActUnknown
from rehearsal import notify as stand_in
from rehearsal.clock import VirtualClock
from tests.notify_join import KEY, SERVICE, TWO_WEEKS, VALUES, client

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def a_letter(reference: str, template: str = TWO_WEEKS, address: str = "aisha@nhsmail.example") -> Letter:
    words = Template(
        template, Milestone.TWO_WEEKS, Audience.USER, "en", None, None, "s", "((name)) ((night))"
    )
    return Letter(words, address, reference, dict(VALUES))


class Estate:
    """A stand-in with its clock, and the adapter that speaks to it; sleeping moves the clock."""

    def __init__(
        self,
        *,
        throttled: tuple[int, ...] = (),
        dropped: tuple[int, ...] = (),
        per_day: int = 9,
        gone: Mapping[str, str] = {},
    ) -> None:
        self.clock = VirtualClock(START)
        faults = stand_in.NotifyFaults(throttled=throttled, dropped=dropped, undeliverable=gone)
        self.service = stand_in.Notify(
            self.clock, KEY, options=stand_in.NotifyOptions(per_day=per_day), faults=faults
        )
        self.adapter = Notify(client(self.service), sleep=self.sleep, dry_run=False)

    def sleep(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now + timedelta(seconds=seconds))

    def send(self, reference: str = "r-1", template: str = TWO_WEEKS) -> str:
        return self.adapter.send(a_letter(reference, template))


def test_a_notice_is_sent_and_found() -> None:
    """It should find a notice by its reference, and no other."""
    estate = Estate()
    number = estate.send("r-1")
    assert (estate.adapter.find("r-1"), estate.adapter.find("r-2")) == (number, None)


def test_the_first_notice_of_a_reference_is_the_one_that_counts() -> None:
    """It should name the oldest when a reference was used twice."""
    estate = Estate()
    first = estate.send("r-1")
    estate.send("r-1")
    assert estate.adapter.find("r-1") == first


def test_a_dry_run_sends_nothing() -> None:
    """It should refuse to send unless it was told that this is no dry run."""
    estate = Estate()
    dry = Notify(client(estate.service), sleep=estate.sleep)
    with pytest.raises(NoticesDisabled):
        dry.send(a_letter("r-1"))
    assert estate.adapter.find("r-1") is None


def test_a_lost_answer_is_unknown_and_found_by_its_reference() -> None:
    """It should not send again by itself when the answer was lost; the reference tells that it went out."""
    estate = Estate(dropped=(1,))
    with pytest.raises(ActUnknown):
        estate.send("r-1")
    assert estate.adapter.find("r-1") is not None


def test_a_full_minute_is_waited_for() -> None:
    """It should offer a notice again a minute after a 429, and send it once."""
    estate = Estate(throttled=(1, 2))
    number = estate.send("r-1")
    assert (estate.adapter.find("r-1"), estate.clock.now) == (number, START + timedelta(minutes=2))


def test_a_service_that_stays_full_is_given_up() -> None:
    """It should stop after five attempts and say that nothing was sent."""
    estate = Estate(throttled=(1, 2, 3, 4, 5))
    with pytest.raises(Throttled) as caught:
        estate.send()
    assert (caught.value.daily, estate.clock.now) == (False, START + timedelta(minutes=4))


def test_the_days_limit_is_not_waited_for() -> None:
    """It should leave it to its caller to wait for tomorrow."""
    estate = Estate(per_day=1)
    estate.send("r-1")
    with pytest.raises(Throttled) as caught:
        estate.send("r-2")
    assert (caught.value.daily, estate.clock.now) == (True, START)


def test_a_refusal_carries_the_services_own_sentence() -> None:
    """It should name the notice, the kind and the reason."""
    with pytest.raises(ActRefused) as caught:
        Estate().send("r-1", template=SERVICE)
    assert str(caught.value) == "sending of r-1: 400 BadRequestError: Template not found"


def test_the_key_comes_from_its_file(tmp_path: Path) -> None:
    """It should read the key from the file that the endpoints name, and refuse an environment without Notify."""
    secret = tmp_path / "key"
    secret.touch(mode=0o600)
    secret.write_text(KEY)
    file = {"secret_file": str(secret)}
    data = {
        "token": "https://127.0.0.1:1",
        "exchange_online": "https://127.0.0.1:2",
        "notify": "http://127.0.0.1:3",
        "tenant": SERVICE,
        "credentials": {
            "exchange_online": {"client_id": "c"} | file,
            "sites": {"username": "R\\m"} | file,
            "notify": file,
        },
    }
    path = tmp_path / "endpoints.json"
    path.write_text(json.dumps(data))
    endpoints = load_endpoints(path)
    adapter = Notify.connect(endpoints, sleep=lambda _seconds: None)
    assert adapter._client.service_id == SERVICE
    with pytest.raises(ConfigurationError):
        Notify.connect(endpoints.model_copy(update={"notify": None}), sleep=lambda _seconds: None)


def test_what_did_not_arrive_is_read_back_page_by_page() -> None:
    """It should tell of each failure once, by its reference and the service's word, however many pages there are."""
    gone = {f"{n}@nhsmail.example": "permanent-failure" for n in range(251)}
    gone["full@nhsmail.example"] = "temporary-failure"
    estate = Estate(per_day=1000, gone=gone)
    for number, address in enumerate([*gone, "aisha@nhsmail.example"]):
        estate.adapter.send(a_letter(f"r-{number}", address=address))
    estate.sleep(10)
    early = list(estate.adapter.returned())
    estate.clock.advance_to(START + timedelta(days=3))
    late = list(estate.adapter.returned())

    assert [Returned(f"r-{n}", "permanent-failure") for n in reversed(range(251))] == early
    assert [*early, Returned("r-251", "temporary-failure")] == late


def test_a_failed_read_back_is_not_silence() -> None:
    """It should raise where the service did not say, as nobody then knows that all arrived."""
    estate = Estate()
    adapter = Notify(client(estate.service, key=f"rehearsal-{SERVICE}-{SERVICE}"), sleep=estate.sleep)
    with pytest.raises(ActRefused):
        list(adapter.returned())


def test_a_notice_is_shown_as_the_service_fills_it() -> None:
    """It should show the words that the service has, not ours, and send nothing."""
    estate = Estate()
    subject, body = estate.adapter.shown(a_letter("r-1"))
    assert subject == "Your NHSmail mailbox moves on Monday 14 September 2026"
    assert body.startswith("Dear Aisha Adeyemi,")
    assert estate.service.accepted == ()
