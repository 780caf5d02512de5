"""The model of the script that counts on a server who used which protocol."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.estate import START
from rehearsal.site.machine import Machine
from rehearsal.site.machine_setup import EXCHANGE_FOLDER
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.modules.powershell import powershell
from rehearsal.windows.task import Task
from tests.playbooks.servers import Premises
from tests.rehearsal.windows.test_powershell import FOLDER

SCRIPT = (FOLDER / "client_use/files/client_use.ps1").read_text(encoding="utf-8")
GIVEN = {
    "Since": "2026-08-01",
    "Iis": "C:\\inetpub\\logs\\LogFiles\\W3SVC1",
    "Pop": EXCHANGE_FOLDER + "\\Logging\\Pop3",
    "Imap": EXCHANGE_FOLDER + "\\Logging\\Imap4",
    "Smtp": EXCHANGE_FOLDER + "\\TransportRoles\\Logs\\FrontEnd\\ProtocolLog\\SmtpReceive",
}
WEB = "#Fields: date time s-ip cs-uri-stem cs-username c-ip cs(User-Agent) crypt-protocol"
MAIL = "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid"
SMTP = "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
PROXIED = "Proxy session was successfully set up. Session for{} will now be proxied"


def counted(given: dict[str, str] = GIVEN, **logs: tuple[str, ...]) -> dict[str, Any]:
    """The script's result where the server holds *logs*, by parameter."""
    machine = Premises().machines["EX01"]
    for parameter, lines in logs.items():
        machine = with_log(machine, parameter, lines)
    result = powershell(Task(machine, {"script": SCRIPT, "parameters": given}, START)).result
    assert not result["changed"]
    found: dict[str, Any] = result["result"]
    return found


def with_log(machine: Machine, parameter: str, lines: tuple[str, ...]) -> Machine:
    """*machine* with a log of today."""
    names = {"Iis": "u_ex260901_x.log", "Pop": "POP320260901-1.LOG", "Imap": "IMAP420260901-1.LOG"}
    path = f"{GIVEN[parameter]}\\{names.get(parameter, 'RECV2026090108-1.LOG')}"
    return machine.with_file(path, "\r\n".join((*lines, "")).encode(), START)


def test_the_web_is_counted_by_account_and_client() -> None:
    """It should count whom somebody signed in for, with browsers only where browsers go, and no address."""
    found = counted(
        Iis=(
            "#Software: Microsoft Internet Information Services 10.0",
            WEB,
            "2026-09-01 08:00:00 10.0.0.1 /owa/ NHS\\Anna 10.1.1.1 Edg/140 400",
            "2026-09-02 08:00:00 10.0.0.1 /owa/x nhs\\anna 10.1.1.2 Edg/140 400",
            "2026-09-01 08:00:00 10.0.0.1 /mapi/emsmdb/ NHS\\Anna 10.1.1.1 Outlook/16 100",
            "2026-09-01 08:00:00 10.0.0.1 /owa/ - 10.1.1.1 Edg/140 400",
            "2026-07-31 08:00:00 10.0.0.1 /owa/ NHS\\Old 10.1.1.1 Edg/99 400",
        )
    )

    assert {"iis": 1, "pop": 0, "imap": 0, "smtp": 0} == found["files"]
    assert [
        "web\tnhs\\anna\tmapi\t-\t100\t1\t2026-09-01",
        "web\tnhs\\anna\towa\tEdg/140\t400\t2\t2026-09-02",
    ] == found["rows"].split("\n")
    assert "10.1.1" not in found["rows"]


def test_logons_to_pop_and_imap_that_succeeded_are_counted() -> None:
    """It should count a logon once, and neither one that failed nor what came after it."""
    start = "2026-09-01T08:00:00.000Z,01,2,10.0.0.1:995,10.1.1.1:5,"
    lines = (
        MAIL,
        f"{start}frank,14,31,39,user,frank,R=ok,",
        f'{start}frank,14,31,39,pass,*****,"R=ok;RpcC=3",',
        f"{start}frank,14,31,39,list,,R=ok,",
        f'{start},1,17,21,pass,*****,"R=""-ERR Logon failure""",',
        f'{start}eve,1,17,21,pass,*****,"R=""-ERR Logon failure""",',
    )
    logon = f'{start}frank,2,3,4,login,frank@nhs.example *****,"R=OK;Msg=""Proxy:EX02""",'

    found = counted(Pop=lines, Imap=(MAIL, logon))

    assert ["imap\tfrank\t-\t-\t-\t1\t2026-09-01", "pop\tfrank\t-\t-\t-\t1\t2026-09-01"] == found[
        "rows"
    ].split("\n")


def test_smtp_is_counted_by_who_signed_in() -> None:
    """It should count both forms of a sign-in with the TLS of its session, and no sender or recipient."""
    start = "2026-09-01T08:00:00.000Z,EX01\\Client Frontend EX01,08DF"
    found = counted(
        Smtp=(
            SMTP,
            f"{start}1,3,10.0.0.1:587,10.1.1.1:5,*,,TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using x",
            f"{start}1,4,10.0.0.1:587,10.1.1.1:5,*,,{PROXIED.format('app@nhs.example')}",
            f"{start}1,5,10.0.0.1:587,10.1.1.1:5,<,MAIL FROM:<ward@nhs.example>,",
            f"{start}2,4,10.0.0.1:25,10.1.1.2:5,*,NHS\\Scanner,authenticated",
        )
    )

    assert [
        "smtp\tapp@nhs.example\t-\t-\tSP_PROT_TLS1_2_SERVER\t1\t2026-09-01",
        "smtp\tnhs\\scanner\t-\t-\t-\t1\t2026-09-01",
    ] == found["rows"].split("\n")


def test_a_log_with_other_fields_is_named() -> None:
    """It should read nothing of a log that it does not know, and say which."""
    other = MAIL.replace("dateTime", "date-time")
    found = counted(
        Pop=(other, "2026-09-01T08:00:00.000Z,a"), Iis=("2026-09-01 x",), Smtp=("#Fields: a,b", "1,2")
    )

    assert ["u_ex260901_x.log", "pop320260901-1.log", "recv2026090108-1.log"] == found["unread"]
    assert found["rows"] == ""


@pytest.mark.parametrize(
    "given", [{**GIVEN, "Since": "1 August"}, {"Since": "2026-08-01"}, {**GIVEN, "To": "x"}]
)
def test_other_parameters_are_refused(given: dict[str, str]) -> None:
    """It should take the parameters that the script has, and all of them."""
    with pytest.raises(ModuleFailed, match=r"Cannot bind the parameters"):
        counted(given)
