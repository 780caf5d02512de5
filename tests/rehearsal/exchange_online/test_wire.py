"""The wire form of the admin endpoint, fact by fact."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.exchange_online import Options
from rehearsal.wire import Request
from tests.rehearsal.exchange_online.driver import HOST, Driver, batch, csv_of

SUCCESS_KEYS = {"@odata.context", "value"}  # fact A14
ERROR_KEYS = {"code", "message", "details", "innererror"}  # fact A20
INNER_KEYS = {"message", "type", "stacktrace", "internalexception"}  # fact A20


def test_a_success_has_the_envelope_of_fact_a14() -> None:
    """It should answer rows in `value`."""
    answer = Driver().answer("Get-AcceptedDomain")

    assert set(answer) == SUCCESS_KEYS
    assert ["nhsmail.example", "nhsmail.onmicrosoft.com", "nhsmail.mail.onmicrosoft.com"] == [
        row["DomainName"] for row in answer["value"]
    ]


def test_the_tenant_may_be_named_by_its_domain() -> None:
    """It should take the onmicrosoft.com name in place of the GUID (fact A1)."""
    driver = Driver()

    reply = driver.post(
        "Get-OrganizationConfig", {}, path="/adminapi/beta/nhsmail.onmicrosoft.com/InvokeCommand"
    )

    assert reply.status == 200


@pytest.mark.parametrize("parameters", [None, [], "x"])
def test_parameters_must_be_an_object(parameters: object) -> None:
    """It should refuse null and anything else that is no object (fact A2)."""
    reply = Driver().post("Get-Mailbox", parameters)

    assert reply.status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"CmdletInput":null}', b"[]"])
def test_a_body_without_cmdlet_input_is_refused(body: bytes) -> None:
    """It should refuse any other body with 400."""
    driver = Driver()
    path = f"/adminapi/beta/{driver.estate.tenant_id}/InvokeCommand"

    reply = driver.service.handle(Request("POST", path, headers=driver.headers, body=body))

    assert reply.status == 400


def test_only_beta_and_only_post_are_served() -> None:
    """It should answer 405 to v1.0 and to a GET (facts A3, A14)."""
    driver = Driver()
    path = f"/adminapi/beta/{driver.estate.tenant_id}/InvokeCommand"

    older = driver.post("Get-Mailbox", {}, path=path.replace("beta", "v1.0"))
    got = driver.service.handle(Request("GET", path, headers=driver.headers))

    assert (405, 405) == (older.status, got.status)


def test_a_call_without_a_token_is_refused_with_a_challenge() -> None:
    """It should answer 401 and say which scheme it wants (fact A13)."""
    reply = Driver().post("Get-Mailbox", {}, authorization="Bearer nonsense")

    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer ")


def test_a_token_opens_no_other_tenant() -> None:
    """It should refuse a path that names another tenant (invariant 8)."""
    reply = Driver().post("Get-Mailbox", {}, path="/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand")

    assert reply.status == 403


def test_pages_are_fetched_by_posting_the_same_body() -> None:
    """It should hand out every row once over the next links (fact A14)."""
    driver = Driver([None] * 5)
    seen: list[str] = []
    query = ""
    for _ in range(3):
        page = json.loads(driver.post("Get-MailUser", {}, query=query, prefer="odata.maxpagesize=2").body)
        seen += [row["PrimarySmtpAddress"] for row in page["value"]]
        query = page.get("@odata.nextLink", "").partition("?")[2]

    assert driver.addresses == seen
    assert query == ""


def test_a_next_link_belongs_to_its_body() -> None:
    """It should refuse a next link with another body, and with none (fact A14)."""
    driver = Driver([None] * 5)
    first = json.loads(driver.post("Get-MailUser", {}, prefer="odata.maxpagesize=2").body)
    link = first["@odata.nextLink"]

    other = driver.post("Get-Recipient", {}, query=link.partition("?")[2], prefer="odata.maxpagesize=2")

    assert link.startswith(f"https://{HOST}/adminapi/beta/")
    assert other.status == 400


@pytest.mark.parametrize("size", ["0", "1001"])
def test_a_page_has_between_one_and_a_thousand_rows(size: str) -> None:
    """It should refuse other page sizes (fact A7)."""
    reply = Driver().post("Get-MailUser", {}, prefer=f"odata.maxpagesize={size}")

    assert reply.status == 400


def test_select_names_the_properties() -> None:
    """It should return only the selected properties, with their companions (fact A1)."""
    reply = Driver().post("Get-MailUser", {}, query="$select=Alias,ExchangeGuid")

    row = json.loads(reply.body)["value"][0]
    assert {"Alias", "ExchangeGuid", "ExchangeGuid@data.type"} == set(row)


@pytest.mark.parametrize("name", ["Get-Nothing", "Get-ExchangeServer"])
def test_an_unknown_cmdlet_gets_nul_bytes_called_gzip(name: str) -> None:
    """It should answer 403 with an unreadable body, also for what exists on premises only (fact A23)."""
    reply = Driver().post(name, {})

    assert (403, "gzip") == (reply.status, reply.headers["content-encoding"])
    assert reply.body.strip(b"\0") == b""


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Set-MoveRequest", {"Identity": "x"}),
        ("New-MigrationBatch", {"Name": "x", "CSVData": "", "SkipMail": True}),
    ],
)
def test_what_is_not_modelled_is_never_a_refusal(cmdlet: str, parameters: dict[str, Any]) -> None:
    """It should answer 501, which the real service never sends."""
    reply = Driver().post(cmdlet, parameters)

    assert reply.status == 501


def test_an_error_tells_the_truth_in_its_details() -> None:
    """It should give `id|type|text` in details and boilerplate in message (facts A20-A22)."""
    reply = Driver().post("Get-Mailbox", {"Identity": "nobody"})

    error = json.loads(reply.body)["error"]
    assert reply.status == 404
    assert ERROR_KEYS == set(error)
    assert INNER_KEYS == set(error["innererror"])
    assert error["message"] == "Error executing cmdlet"
    error_id, exception, text = error["details"][0]["message"].split("|")
    assert error_id.startswith("Ex")
    assert exception == "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    assert "'nobody' couldn't be found" in text


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "exception", "text"),
    [
        ("Get-Mailbox", {"Colour": "x"}, "ParameterBindingException", "matches parameter name 'Colour'"),
        ("Get-Mailbox", {"Server": "x"}, "ParameterBindingException", "matches parameter name 'Server'"),
        ("Set-MigrationUser", {}, "ParameterBindingException", "mandatory parameters: Identity"),
        ("Set-MigrationUser", {"Identity": None}, "ParameterBindingException", "because it is null"),
        ("New-MigrationBatch", {"CSVData": ""}, "ParameterBindingException", "mandatory parameters: Name"),
        (
            "Get-MigrationUser",
            {"Status": "Sunk"},
            "ParameterBindingException",
            "enumeration values are Completed",
        ),
        ("Set-MigrationUser", {"Identity": "x", "SyncNow": "yes"}, "ParameterBindingException", "SyncNow"),
        (
            "Set-MigrationUser",
            {"Identity": "x", "CompleteAfter": "soon"},
            "ParameterBindingException",
            "DateTime",
        ),
        (
            "Get-MigrationUser",
            {"EmailAddress": "a@b.example", "MailboxGuid": "00000000-0000-0000-0000-000000000001"},
            "ParameterBindingException",
            "Parameter set cannot be resolved",
        ),
        ("Start-MigrationBatch", {}, "ParameterBindingException", "mandatory parameters: Identity"),
        (
            "Set-MigrationUser",
            {"Identity": "x"},
            "ManagementObjectNotFoundException",
            "'x' couldn't be found",
        ),
    ],
)
def test_parameters_are_bound_as_powershell_does(
    cmdlet: str, parameters: dict[str, Any], exception: str, text: str
) -> None:
    """It should refuse names, sets and values that the cmdlet does not have online (fact A22)."""
    status, name, said = Driver().refusal(cmdlet, **parameters)

    assert (400, exception) == (status, name)
    assert text in said


def test_a_credential_breaks_the_channel() -> None:
    """It should answer 500 to a PSCredential (fact A19)."""
    credential = {"UserName": "x", "Password": "y"}

    status, _, text = Driver().refusal(
        "New-MigrationEndpoint",
        Name="york",
        ExchangeRemoteMove=True,
        RemoteServer="mail.york.nhsmail.example",
        Credentials=credential,
    )

    assert status == 500
    assert "JObject to System.String" in text


@pytest.mark.parametrize("verb", ["Remove", "Stop", "Complete"])
def test_a_prompting_cmdlet_only_asks(verb: str) -> None:
    """It should do nothing and ask, unless Confirm is false (fact A16)."""
    driver = Driver()
    driver.start_batch()
    driver.advance(hours=12)
    before = driver.rows("Get-MigrationBatch")

    answer = driver.answer(f"{verb}-MigrationBatch", Identity="wave-1")

    assert answer["value"] == []
    assert f'{verb}-MigrationBatch "wave-1"' in answer["@adminapi.confirmationmessage"]
    assert before == driver.rows("Get-MigrationBatch")


def test_what_if_changes_nothing() -> None:
    """It should bind the parameters and do nothing."""
    driver = Driver()

    driver.rows("New-MigrationBatch", **batch("wave-1"), CSVData=csv_of(driver.addresses), WhatIf=True)

    assert driver.rows("Get-MigrationBatch") == []


def test_a_list_cut_at_a_thousand_says_so_in_body_and_header() -> None:
    """It should warn that there is more, unless a ResultSize was given (facts A15, A17)."""
    driver = Driver()
    driver.service.tenant._every *= 600

    cut = driver.post("Get-MailUser", {})
    whole = driver.post("Get-MailUser", {"ResultSize": "Unlimited"})

    answer = json.loads(cut.body)
    assert len(answer["value"]) == 1000
    assert answer["@adminapi.warnings"] == [cut.headers["x-warnings"]]
    assert "@odata.nextLink" not in answer
    assert json.loads(whole.body)["@odata.nextLink"]


def test_a_tenant_may_ignore_result_size() -> None:
    """It should be able to leave the cutting to the client (fact A15)."""
    driver = Driver([None] * 3, options=Options(honours_result_size=False))

    assert len(driver.rows("Get-MailUser", ResultSize=1)) == 3
    assert len(Driver([None] * 3).rows("Get-MailUser", ResultSize=1)) == 1


def test_values_are_written_as_the_service_writes_them() -> None:
    """It should write sizes as text, times in UTC with seven decimals, and companions next to them (fact A31)."""
    driver = Driver()
    driver.start_batch()
    driver.advance(hours=12)

    row = driver.statistics()

    assert row["EstimatedTotalTransferSize"] == "1 GB (1,073,741,824 bytes)"
    assert row["LastSuccessfulSyncTime"].endswith("0Z")
    assert row["LastSuccessfulSyncTime@data.type"] == "System.DateTime"
    assert row["Guid@data.type"] == "System.Guid"
    assert row["TotalStalledDuration"] == "00:00:00"
