"""What each answer of the admin endpoint means; the fixtures are written from the facts that they name."""

import gzip
import json
from typing import Any

import pytest

from exchange_admin.replies import (
    Forbidden,
    Moved,
    Ok,
    Refusal,
    Throttled,
    Transient,
    Unauthenticated,
    Unreadable,
    read_reply,
)

NOT_FOUND = {  # fact A20
    "error": {
        "code": "BadRequest",
        "message": "Error executing cmdlet",
        "details": [
            {
                "code": "Client",
                "target": "",
                "message": "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
                "|The operation couldn't be performed because object 'x' couldn't be found.",
            }
        ],
        "innererror": {
            "message": "Error executing cmdlet",
            "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "internalexception": {"message": "inner text", "type": "A.B.InnerException"},
        },
    }
}


def body(value: Any) -> bytes:
    """A JSON body."""
    return json.dumps(value).encode()


def test_a_page_has_rows_warnings_and_a_link() -> None:
    """It should read rows, warnings from body and header, and the next page's address (facts A14, A17)."""
    answer = {
        "@odata.context": "https://x/$metadata",
        "value": [{"Identity": "a", "Identity@data.type": "System.String"}],
        "@odata.nextLink": "https://x/next",
        "@adminapi.warnings": ["in the body"],
    }
    expected = Ok([{"Identity": "a"}], ["in the body", "in the header"], "https://x/next")
    assert expected == read_reply(200, {"x-warnings": "in the header"}, body(answer))


def test_a_link_without_the_sign_counts() -> None:
    """It should take a next link that lacks its @ (fact A14)."""
    assert Ok([], [], "l") == read_reply(200, {}, body({"value": [], "odata.nextLink": "l"}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b'{"value": [{"a": 1}',
        b'{"value": null}',
        b"{}",
        b"[]",
        b'{"value": ["text"]}',
        b"\0\0\0",
    ],
)
def test_an_unreadable_success_is_never_an_empty_list(raw: bytes) -> None:
    """It should call a 200 that holds no list of objects unreadable (fact A24)."""
    assert isinstance(read_reply(200, {}, raw), Unreadable)


def test_a_success_that_asks_for_confirmation_did_nothing() -> None:
    """It should read a confirmation message as a refusal, because nothing happened (fact A16)."""
    answer = {"value": [], "@adminapi.confirmationmessage": "Are you sure?"}
    assert Refusal(200, "ConfirmationAsked", "Are you sure?") == read_reply(200, {}, body(answer))


def test_a_success_with_errors_is_a_refusal() -> None:
    """It should not take rows beside an error as the whole answer (fact A14)."""
    answer = {"value": [{}], "@adminapi.errors": ["could not read one"]}
    assert Refusal(200, "", "could not read one") == read_reply(200, {}, body(answer))


def test_the_details_hold_the_real_error() -> None:
    """It should take type and text from the details, not the boilerplate (facts A20, A21)."""
    text = "The operation couldn't be performed because object 'x' couldn't be found."
    assert Refusal(400, "ManagementObjectNotFoundException", text) == read_reply(400, {}, body(NOT_FOUND))


@pytest.mark.parametrize(
    ("answer", "error_type", "text"),
    [
        ({"error": {"details": [{"message": "|A.FooException|foo"}]}}, "FooException", "foo"),
        ({"error": {"details": [{"message": "|A.FooException|a|b"}]}}, "FooException", "a|b"),
        ({"error": {"details": [{"message": "just text"}]}}, "", "just text"),
        (
            {"error": {"details": [{"message": '{"ClassName": "A.BarException", "Message": "bar"}'}]}},
            "BarException",
            "bar",
        ),
        (
            {"error": {"innererror": {"internalexception": {"message": "in", "type": "A.InnerException"}}}},
            "InnerException",
            "in",
        ),
        ({"error": {"message": "Invalid Operation"}}, "", "Invalid Operation"),
        ({"ErrorRecords": [{"Message": "record"}]}, "", "record"),
        ({"Message": "plain"}, "", "plain"),
    ],
)
def test_every_shape_of_error_is_read(answer: Any, error_type: str, text: str) -> None:
    """It should read each shape of error that was seen (fact A21)."""
    assert Refusal(400, error_type, text) == read_reply(400, {}, body(answer))


def test_padding_is_stripped() -> None:
    """It should read an error body that is padded with NULs (fact A24)."""
    text = "The operation couldn't be performed because object 'x' couldn't be found."
    expected = Refusal(404, "ManagementObjectNotFoundException", text)
    assert expected == read_reply(404, {}, body(NOT_FOUND) + b"\0" * 64)


def test_nuls_that_claim_to_be_gzip_are_forbidden() -> None:
    """It should keep the status of a 403 whose body is NULs labelled as gzip (fact A23)."""
    assert Forbidden(403, "no readable reason") == read_reply(403, {"content-encoding": "gzip"}, b"\0" * 100)


def test_an_empty_403_shows_its_exception_header() -> None:
    """It should fall back on X-ExceptionType (fact A22)."""
    headers = {"x-exceptiontype": "Microsoft.Exchange.CmdletAccessDeniedException"}
    assert Forbidden(403, "CmdletAccessDeniedException") == read_reply(403, headers, b"")


def test_real_gzip_is_unzipped_and_a_torn_one_is_not_believed() -> None:
    """It should unzip a true gzip body, and call one that breaks off unreadable."""
    packed = gzip.compress(body({"value": [{"a": 1}]}))
    headers = {"content-encoding": "gzip"}
    assert Ok([{"a": 1}], [], None) == read_reply(200, headers, packed)
    assert isinstance(read_reply(200, headers, packed[:-9]), Unreadable)


@pytest.mark.parametrize(
    ("header", "after"), [("3.5", 3.5), ("0", 0.0), ("", None), ("nan", None), ("-1", None)]
)
def test_the_asked_wait_may_have_decimals(header: str, after: float | None) -> None:
    """It should read Retry-After with decimals, and ignore what is no wait (fact A26)."""
    assert Throttled(after, "too many requests") == read_reply(429, {"retry-after": header}, b"")


def test_a_busy_tenant_is_throttling_whatever_the_status() -> None:
    """It should know the tenant's concurrency refusal by its text (fact A28)."""
    text = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"
    answer = {"error": {"details": [{"message": f"||{text}"}]}}
    assert Throttled(None, text) == read_reply(400, {}, body(answer))


@pytest.mark.parametrize(
    "name", ["DCOverloadedException", "ServerBusyException", "UnableToWriteToAadException"]
)
def test_a_transient_exception_counts_even_in_a_400(name: str) -> None:
    """It should know transient exceptions by name, whatever the status (facts A26, A27)."""
    answer = {"error": {"details": [{"message": f"Ex1|Microsoft.Exchange.{name}|busy"}]}}
    assert isinstance(read_reply(400, {}, body(answer)), Transient)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_bare_server_error_may_pass(status: int) -> None:
    """It should take a server error that names no exception as one that may pass (fact A26)."""
    assert isinstance(read_reply(status, {}, b"upstream"), Transient)


def test_a_500_with_a_reason_is_a_refusal() -> None:
    """It should believe a 500 that names its exception (fact A22)."""
    assert Refusal(500, "CastException", "no") == read_reply(
        500, {}, body({"error": {"details": [{"message": "|System.CastException|no"}]}})
    )


def test_a_401_carries_its_challenge() -> None:
    """It should pick the claims out of a 401's challenge (fact A13)."""
    headers = {"www-authenticate": 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="'}
    assert Unauthenticated('{"a":1}') == read_reply(401, headers, b"")
    assert Unauthenticated(None) == read_reply(401, {}, b"")


def test_a_redirect_names_its_place() -> None:
    """It should read a redirect (fact A25)."""
    assert Moved("https://y:446/z") == read_reply(302, {"location": "https://y:446/z"}, b"")


def test_405_is_a_refusal() -> None:
    """It should read the wrong version's 405 as a refusal (fact A3)."""
    assert Refusal(405, "", "") == read_reply(405, {}, b"")
