"""A cmdlet's conversation, told by hand what came back."""

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

from exchange_admin.errors import NotFound, NotOffered, OutcomeUnknown, Refused, Unauthorised, Unreachable
from exchange_admin.invoke import TRIES, Conversation, Renew, Service, Throttle, Wait, encode
from exchange_admin.port import Result

TENANT = "11111111-2222-4333-8444-555555555555"
SERVICE = Service("https://outlook.office365.com", TENANT, connection_id="connection")
URL = f"https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand"


def talk(cmdlet: str, **parameters: object) -> Conversation:
    """A conversation with the service of these tests."""
    return Conversation(SERVICE, cmdlet, parameters, request_id="request")


def sent(conversation: Conversation) -> Any:
    """The body that would be posted now."""
    return json.loads(conversation.post().body)


def page(rows: list[dict[str, object]], **extra: object) -> tuple[int, dict[str, str], bytes]:
    """A successful answer."""
    return 200, {}, json.dumps({"value": rows} | extra).encode()


def error(status: int, text: str) -> tuple[int, dict[str, str], bytes]:
    """An answer in the usual error shape (fact A20)."""
    return status, {}, json.dumps({"error": {"details": [{"message": text}]}}).encode()


def test_the_post_is_the_one_shape() -> None:
    """It should post CmdletInput to beta, with parameters as an object (facts A1, A2, A3)."""
    post = talk("Get-MigrationConfig").post()
    assert URL == post.url
    assert {"CmdletInput": {"CmdletName": "Get-MigrationConfig", "Parameters": {}}} == json.loads(post.body)


def test_the_headers_ask_for_plain_json_and_name_the_tenant() -> None:
    """It should send the headers that the service routes and answers by (facts A7, A8, A24)."""
    headers = talk("Get-MigrationConfig").post().headers
    expected = {
        "accept-encoding": "identity",
        "x-responseformat": "json",
        "x-cmdletname": "Get-MigrationConfig",
        "x-anchormailbox": f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}",
        "prefer": "odata.maxpagesize=1000",
        "client-request-id": "request",
        "connection-id": "connection",
    }
    assert expected == {name: headers[name] for name in expected}
    assert "authorization" not in headers


def test_nothing_is_sent_for_none() -> None:
    """It should leave out a parameter that is None (fact A2)."""
    assert {"Identity": "a"} == sent(talk("Get-MigrationBatch", Identity="a", IncludeReport=None))[
        "CmdletInput"
    ]["Parameters"]


def test_a_write_never_asks_for_confirmation() -> None:
    """It should send Confirm: False with a write, or nothing would happen (fact A16)."""
    parameters = sent(talk("Complete-MigrationBatch", Identity="a"))["CmdletInput"]["Parameters"]
    assert {"Identity": "a", "Confirm": False} == parameters


def test_a_list_is_asked_for_whole() -> None:
    """It should ask for an unlimited list where a list is what is asked for (fact A15)."""
    assert {"ResultSize": "Unlimited"} == sent(talk("Get-MigrationUser"))["CmdletInput"]["Parameters"]


def test_a_credential_is_refused_before_it_is_sent() -> None:
    """It should not send what the channel cannot carry (fact A19)."""
    with pytest.raises(NotOffered) as caught:
        talk("Set-MigrationEndpoint", Identity="leeds", Credentials="x")
    assert "Credentials" == caught.value.parameter


def test_pages_are_posted_again_with_the_same_body() -> None:
    """It should post the same body to each next link, and return every page's rows (fact A14)."""
    conversation = talk("Get-MigrationUser")
    first = conversation.post()
    link = f"{URL}?$skiptoken=2"
    assert Wait(0) == conversation.heard(
        *page([{"n": 1}], **{"@odata.nextLink": link, "@adminapi.warnings": ["w"]})
    )
    second = conversation.post()
    assert (link, first.body, first.headers) == (second.url, second.body, second.headers)
    assert Result([{"n": 1}, {"n": 2}], ["w"]) == conversation.heard(
        *page([{"n": 2}], **{"@adminapi.warnings": ["w"]})
    )


def test_a_page_that_repeats_is_no_list() -> None:
    """It should refuse a next link that it has been to, rather than turn for ever."""
    conversation = talk("Get-MigrationUser")
    link = f"{URL}?$skiptoken=2"
    conversation.heard(*page([], **{"@odata.nextLink": link}))
    with pytest.raises(Unreachable):
        conversation.heard(*page([], **{"@odata.nextLink": link}))


def test_the_token_goes_to_no_other_host() -> None:
    """It should not follow a next link or a redirect to a stranger (fact A25)."""
    with pytest.raises(Unreachable):
        talk("Get-MigrationUser").heard(*page([], **{"@odata.nextLink": "https://evil.example/x"}))
    with pytest.raises(Unreachable):
        talk("Get-MigrationUser").heard(302, {"location": "http://outlook.office365.com/x"}, b"")


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (
            "https://eur01.outlook.office365.com:446/adminapi/x?y=1",
            "https://eur01.outlook.office365.com/adminapi/x?y=1",
        ),
        ("/adminapi/x", "https://outlook.office365.com/adminapi/x"),
        ("https://outlook.office365.com.evil.example/x", None),
        ("https://notoutlook.office365.com/x", None),
    ],
)
def test_only_the_service_and_its_sub_hosts_are_trusted(location: str, expected: str | None) -> None:
    """It should normalise port 446 and trust the service's own hosts only (fact A25)."""
    assert expected == SERVICE.trusted(location)


def test_a_redirect_is_followed_in_the_same_words() -> None:
    """It should post the same body to where a redirect points, and not for ever (fact A25)."""
    conversation = talk("Set-MigrationUser", Identity="a", SyncNow=True)
    for n in range(3):
        assert Wait(0) == conversation.heard(
            302, {"location": f"https://r{n}.outlook.office365.com:446/a"}, b""
        )
    assert "https://r2.outlook.office365.com/a" == conversation.post().url
    with pytest.raises(Unreachable):
        conversation.heard(302, {"location": "https://r3.outlook.office365.com/a"}, b"")


@pytest.mark.parametrize("cmdlet", ["Get-MigrationUser", "Set-MigrationUser"])
def test_a_turned_away_call_waits_as_long_as_asked(cmdlet: str) -> None:
    """It should wait as Retry-After says, for a write too, because it never ran (fact A26)."""
    assert Throttle(3.5) == talk(cmdlet, Identity="a").heard(429, {"retry-after": "3.5"}, b"")


def test_a_read_is_tried_six_times_with_doubled_waits() -> None:
    """It should wait 2, 4, 8, 16 and 32 seconds, then give up (fact A26)."""
    conversation = talk("Get-MigrationUser")
    waits = [conversation.heard(503, {}, b"") for _ in range(TRIES - 1)]
    assert [Wait(2), Wait(4), Wait(8), Wait(16), Wait(32)] == waits
    with pytest.raises(Unreachable) as caught:
        conversation.heard(200, {}, b"torn")
    assert TRIES == caught.value.attempts


@pytest.mark.parametrize(
    "answer", [(200, {}, b'{"value": [{'), (504, {}, b""), error(400, "|A.StorageTransientException|x")]
)
def test_a_write_without_a_clear_answer_is_unknown(answer: tuple[int, dict[str, str], bytes]) -> None:
    """It should never send a write again when its outcome is not known (facts A24, A26)."""
    with pytest.raises(OutcomeUnknown):
        talk("New-MigrationBatch", Name="a").heard(*answer)


def test_a_lost_answer_is_unknown_for_a_write_only() -> None:
    """It should tell a write whose answer was lost from a read, and from a write that never left."""
    assert Wait(2) == talk("Get-MigrationBatch", Identity="a").lost("cut")
    assert Wait(2) == talk("Stop-MigrationBatch", Identity="a").lost("refused", sent=False)
    with pytest.raises(OutcomeUnknown) as caught:
        talk("Stop-MigrationBatch", Identity="a").lost("cut")
    assert ("Stop-MigrationBatch", "cut") == (caught.value.cmdlet, caught.value.why)


def test_a_401_gets_one_fresh_token() -> None:
    """It should renew the token once, then say that the account is not accepted (fact A13)."""
    conversation = talk("Set-MigrationUser", Identity="a")
    assert Renew(None) == conversation.heard(401, {}, b"")
    with pytest.raises(Unauthorised):
        conversation.heard(401, {}, b"")


def test_a_refusal_keeps_what_exchange_said() -> None:
    """It should raise what was refused with type, text and status (facts A20, A22)."""
    with pytest.raises(Refused) as caught:
        talk("New-MigrationBatch", Name="a").heard(
            *error(400, "Ex1|A.B.MigrationBatchExistsException|already exists")
        )
    refused = caught.value
    expected = ("New-MigrationBatch", "MigrationBatchExistsException", "already exists", 400)
    assert expected == (refused.cmdlet, refused.error_type, refused.text, refused.status)
    assert not isinstance(refused, NotFound)


def test_not_found_goes_by_the_exception_not_the_status() -> None:
    """It should say "not found" when the exception does, and never for a bare 404 (fact A22)."""
    with pytest.raises(NotFound):
        talk("Get-Mailbox", Identity="a").heard(*error(400, "Ex1|A.ManagementObjectNotFoundException|none"))
    with pytest.raises(Refused) as caught:
        talk("Get-Mailbox", Identity="a").heard(404, {}, b"")
    assert not isinstance(caught.value, NotFound)


def test_a_403_is_about_the_account() -> None:
    """It should read a 403 of NULs as not permitted, with its status (fact A23)."""
    with pytest.raises(Unauthorised) as caught:
        talk("Get-MigrationUser").heard(403, {"content-encoding": "gzip"}, b"\0" * 9)
    assert 403 == caught.value.status


class Score(Enum):
    """An enumeration of these tests."""

    GOOD = "Good"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (7, 7),
        (Score.GOOD, "Good"),
        (b"EmailAddress\r\n", "RW1haWxBZGRyZXNzDQo="),
        (datetime(2026, 9, 1, 8, tzinfo=UTC), "2026-09-01T08:00:00.0000000Z"),
        (timedelta(hours=24), "1.00:00:00"),
        (("a", 1), ["a", 1]),
        (
            {"Add": {"x": True}},
            {
                "@odata.type": "#Exchange.GenericHashTable",
                "Add": {"@odata.type": "#Exchange.GenericHashTable", "x": True},
            },
        ),
    ],
)
def test_values_are_encoded_as_the_channel_wants(value: object, expected: object) -> None:
    """It should encode each kind of value by the module's rules, and bytes as one base64 text (fact A18)."""
    assert expected == encode(value)


def test_what_has_no_wire_form_is_refused() -> None:
    """It should refuse a value that it cannot encode."""
    with pytest.raises(TypeError, match="object"):
        encode(object())


def test_a_list_of_hashtables_is_annotated() -> None:
    """It should say beside a list of hashtables what it is (fact A18)."""
    parameters = sent(talk("New-MigrationBatch", Name="a", Users=[{"x": 1}]))["CmdletInput"]["Parameters"]
    assert "#Collection(Exchange.GenericHashTable)" == parameters["Users@odata.type"]
