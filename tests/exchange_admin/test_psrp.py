"""What pypsrp returns, in plain values; its own deserialiser makes the objects from PSRP's XML."""

from datetime import UTC, datetime, timedelta
from enum import Enum
from types import SimpleNamespace

import pytest
import requests
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.serializer import Serializer
from spnego.exceptions import BadMICError, ErrorCode, SpnegoError

from exchange_admin import psrp
from exchange_admin.psrp import Phase
from exchange_admin.shell import ErrorSaid, ShellTrouble, Trouble

MAILBOX = """
<Obj RefId="0">
  <TN RefId="0"><T>Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox</T><T>System.Object</T></TN>
  <ToString>nhs.example/Users/a</ToString>
  <Props>
    <S N="Alias">a</S>
    <B N="LitigationHoldEnabled">false</B>
    <I32 N="RecipientLimits">500</I32>
    <Nil N="ArchiveName" />
    <G N="ExchangeGuid">0a1b2c3d-0000-4000-8000-000000000001</G>
    <Obj N="ProhibitSendQuota" RefId="1"><TN RefId="1"><T>X.Unlimited</T><T>System.Object</T></TN>
      <ToString>50 GB (53,687,091,200 bytes)</ToString></Obj>
    <Obj N="EmailAddresses" RefId="2">
      <TN RefId="2"><T>System.Collections.ArrayList</T><T>System.Object</T></TN>
      <LST><S>SMTP:a@b.example</S><S>smtp:a@c.example</S></LST></Obj>
    <Obj N="AcceptMessagesOnlyFrom" RefId="3">
      <TN RefId="3"><T>Deserialized.Microsoft.Exchange.Data.MultiValuedProperty</T><T>System.Object</T></TN>
      <LST><Obj RefId="4"><ToString>someone</ToString></Obj><S>other</S></LST></Obj>
  </Props>
  <MS><S N="OriginatingServer">dc1.nhs.example</S></MS>
</Obj>
"""


def test_an_object_becomes_a_plain_dict() -> None:
    """It should make numbers, texts, lists and None of an object's properties, and sizes texts (fact D6)."""
    expected = {
        "OriginatingServer": "dc1.nhs.example",
        "Alias": "a",
        "LitigationHoldEnabled": False,
        "RecipientLimits": 500,
        "ArchiveName": None,
        "ExchangeGuid": "0a1b2c3d-0000-4000-8000-000000000001",
        "ProhibitSendQuota": "50 GB (53,687,091,200 bytes)",
        "EmailAddresses": ["SMTP:a@b.example", "smtp:a@c.example"],
        "AcceptMessagesOnlyFrom": ["someone", "other"],
    }
    assert expected == psrp.row(Serializer().deserialize(MAILBOX))


def test_a_bare_text_is_a_row_too() -> None:
    """It should put what is no object under Value."""
    assert {"Value": "x"} == psrp.row("x")


class Kind(Enum):
    """An enumeration of these tests."""

    TLS = "Tls"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        (Kind.TLS, "Tls"),
        (b"x", b"x"),
        (("a", 1), ["a", 1]),
        ({"Add": ("x",)}, {"Add": ["x"]}),
        (datetime(2026, 9, 1, 8, tzinfo=UTC), "2026-09-01T08:00:00.0000000Z"),
        (timedelta(minutes=5), "00:05:00"),
    ],
)
def test_arguments_are_what_pypsrp_carries(value: object, expected: object) -> None:
    """It should turn what pypsrp would garble, such as a tuple or a time, into what it carries."""
    assert expected == psrp.argument(value)


def test_an_argument_without_a_form_is_refused() -> None:
    """It should refuse a value that it cannot carry."""
    with pytest.raises(TypeError, match="object"):
        psrp.argument(object())


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {
                "fq_error": "[Server=EX01] [FailureCategory=Cmdlet-ManagementObjectNotFoundException] 8D4F,Get-Mailbox",
                "reason": "RemoteException",
            },
            "ManagementObjectNotFoundException",
        ),
        (
            {"fq_error": "CommandNotFoundException", "reason": "CommandNotFoundException"},
            "CommandNotFoundException",
        ),
        ({"fq_error": None, "reason": None}, "AException"),
    ],
)
def test_an_error_record_names_its_exception(record: dict[str, str | None], expected: str) -> None:
    """It should take the exception from the failure category, else the reason, else the exception's type."""
    exception = SimpleNamespace(types=["System.AException"], adapted_properties={"Message": "text"})
    assert ErrorSaid(expected, "text") == psrp.error_said(SimpleNamespace(exception=exception, **record))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (AuthenticationError("no"), Trouble.SIGN_IN),
        (WSManFaultError(2150858843, "EX01", "the shell was not found", None, None, None), Trouble.LOST),
        (
            WSManFaultError(1, "EX01", "[FailureCategory=WSMan-InvalidShellID]", None, None, None),
            Trouble.LOST,
        ),
        (
            WSManFaultError(
                1, "EX01", "This user is allowed a maximum of 18 concurrent shells", None, None, None
            ),
            Trouble.BUSY,
        ),
        (WSManFaultError(1, "EX01", "The user load quota of 1 requests", None, None, None), Trouble.BUSY),
        (WinRMTransportError("http", 404, "nothing here"), Trouble.BROKEN),
    ],
)
def test_a_fault_is_sorted_by_code_and_text(error: Exception, expected: Trouble) -> None:
    """It should tell a lost shell, a full house and a refused account from a broken connection (facts D7, D8)."""
    assert expected is psrp.trouble_of(error)


@pytest.mark.parametrize(
    ("username", "method"), [("migration@REALM", "kerberos"), ("REALM\\migration", "ntlm")]
)
def test_the_form_of_the_name_says_how_to_sign_in(username: str, method: str) -> None:
    """It should sign in by Kerberos or NTLM as the name's form asks, and never show the secret (fact D3)."""
    account = psrp.Account("http://ex01.example/PowerShell/", username, lambda: "s3cret")
    assert method == account.method
    assert "s3cret" not in repr(account)


LOST = WSManFaultError(2150858843, "EX01", "the shell was not found", None, None, None)


@pytest.mark.parametrize(
    ("phase", "error", "expected"),
    [
        (Phase.OPENING, requests.ReadTimeout(), False),
        (Phase.STARTING, requests.ConnectTimeout(), False),
        (Phase.STARTING, requests.ReadTimeout(), True),
        (Phase.STARTING, WinRMTransportError("http", 400, "cannot decrypt"), False),
        (Phase.STARTING, WinRMTransportError("http", 503, "away"), True),
        (Phase.STARTING, LOST, False),
        (Phase.STARTING, AuthenticationError("no"), False),
        (Phase.RUNNING, LOST, True),
        (Phase.RUNNING, requests.ConnectTimeout(), True),
        (Phase.RUNNING, WinRMTransportError("http", 400, "cannot decrypt"), True),
    ],
)
def test_a_cmdlet_counts_as_begun_unless_its_start_was_refused(
    phase: Phase, error: Exception, *, expected: bool
) -> None:
    """It should call a cmdlet not begun only if the request that would start it was refused or never left."""
    assert expected is psrp.may_have_begun(phase, error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            SpnegoError(ErrorCode.failure, context_msg="Server not found in Kerberos database"),
            Trouble.SIGN_IN,
        ),
        (SpnegoError(ErrorCode.failure, context_msg="Cannot contact any KDC for realm 'X'"), Trouble.BROKEN),
        (BadMICError(), Trouble.BROKEN),
    ],
)
def test_what_kerberos_refuses_is_told_from_what_may_pass(error: SpnegoError, expected: Trouble) -> None:
    """It should not try again what an administrator has to put right, and try again what may pass by itself."""
    assert expected is psrp.trouble_of(error)


def test_an_account_of_kerberos_needs_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should say what to install where Python cannot speak Kerberos, before it connects to anything."""
    monkeypatch.setattr(psrp, "find_spec", lambda _: None)
    with pytest.raises(ShellTrouble, match="libkrb5-dev") as caught:
        psrp.PsrpShell(psrp.Account("http://ex01.example/PowerShell/", "a@B.EXAMPLE", lambda: "s"))
    assert caught.value.trouble is Trouble.SIGN_IN
    assert not caught.value.begun
