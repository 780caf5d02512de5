"""Versions of Outlook counted from logs, without names of people."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.mailwave.exchange.plugins.plugin_utils.client_logs import summary

from rehearsal.estate import START, generate
from rehearsal.site import client_logs

MINIMUM = {"15": "15.0.4971.1000", "16": "16.0.4600.1000"}
NOBODY = {"files": 0, "people": 0, "versions": {}, "below_minimum": 0, "unread_rows": 0}
HEADER = "#Fields: date-time,client-name,client-software,client-software-version\r\n"


def write(folder: Path, *lines: str) -> None:
    text = HEADER + "".join(f"2026-09-01T08:00:00.000Z,{line}\r\n" for line in lines)
    (folder / "RCA_20260901-1.LOG").write_text(text, encoding="utf-8", newline="")


def test_lowest_version_counts(tmp_path: Path) -> None:
    """It should count a person once, by the lowest version, in any case of letters, and no other software."""
    write(
        tmp_path,
        "/o=NHS/cn=anna,OUTLOOK.EXE,16.0.17932.20286",
        "/O=NHS/CN=ANNA,outlook.exe,14.0.7268.5000",
        "/o=NHS/cn=ben,OUTLOOK.EXE,15.0.4971.1000",
        "/o=NHS/cn=cara,OUTLOOK.EXE,15.0.4970.1000",
        "/o=NHS/cn=dan,MSExchangeMapiMailboxAppPool,14.0.0.0",
        "/o=NHS/cn=eve,OUTLOOK.EXE,none",
    )

    found = summary(tmp_path, MINIMUM)

    assert found == {
        "files": 1,
        "people": 3,
        "versions": {"14.0.7268.5000": 1, "15.0.4970.1000": 1, "15.0.4971.1000": 1},
        "below_minimum": 2,
        "unread_rows": 1,
        "proxy": NOBODY,
    }
    assert "anna" not in str(found).casefold()


def test_simulated_logs(tmp_path: Path) -> None:
    """It should read the logs of a whole simulated server, where some people use Office 2010."""
    estate = generate(7)
    client_logs.write(tmp_path, estate, START)

    found = summary(tmp_path / "EX01", MINIMUM)

    people = {each.legacy_dn for each in estate.mailboxes if each.server == "EX01" and each.client}
    assert found["people"] == len(people)
    assert found["below_minimum"] >= sum(
        1 for each in estate.mailboxes if each.server == "EX01" and (each.client or "").startswith("14.")
    )
    assert found["unread_rows"] == 0


PROXY_FIELDS = "DateTime,Protocol,AuthenticatedUser,UserAgent,HttpStatus"
AGENT = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook {}; Pro)"


def test_logs_of_the_proxy(tmp_path: Path) -> None:
    """It should count who signed in by Outlook over HTTP apart, and neither probes nor challenges nor the header."""
    rows = [
        ("NHS\\anna", AGENT.format("16.0.17928")),
        ("nhs\\ANNA", AGENT.format("16.0.4266.1001")),
        ("NHS\\ben", AGENT.format("15.0.4971")),
        ("", AGENT.format("14.0.1")),
        ("NHS\\HealthMailbox1", "MapiHttpClient"),
        ("NHS\\dan", "Microsoft Office/16.0"),
    ]
    text = f"#Software: Microsoft Exchange Server\r\n#Log-type: HttpProxy Logs\r\n#Fields: {PROXY_FIELDS}\r\n"
    text += f"{PROXY_FIELDS}\r\n" + "".join(f"t,Mapi,{who},{agent},200\r\n" for who, agent in rows)
    (tmp_path / "HttpProxy_2026090108-1.LOG.proxy").write_text(text, encoding="utf-8", newline="")

    found = summary(tmp_path, MINIMUM)

    assert {key: found[key] for key in NOBODY} == NOBODY
    assert found["proxy"] == {
        "files": 1,
        "people": 2,
        "versions": {"15.0.4971": 1, "16.0.4266.1001": 1},
        "below_minimum": 2,
        "unread_rows": 0,
    }
    assert "anna" not in str(found).casefold()
