"""`mailwave estate check` and `show`, typed: what blocks whom, in a table and for machines, and what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.clock import SystemClock
from mailwave.exits import Exit
from tests.mailwave.cli.conftest import ODS, WHY, Run

GUIDS = [f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2)]
DOMAINS = "nhsmail.example;nhsmail.mail.onmicrosoft.com"


@pytest.fixture
def estate(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two mailboxes of one organisation, the logs of their Outlooks, and evidence in which all is well today."""
    monkeypatch.chdir(tmp_path)
    heads = (
        "ExchangeGuid,PrimarySmtpAddress,Alias,DisplayName,RecipientTypeDetails,LegacyExchangeDN,ServerName,"
        "Database,CustomAttribute1"
    )
    boxes = [
        f"{guid},p{n}@nhsmail.example,p{n},P {n},UserMailbox,/o=N/cn=p{n},EX01,DB01,RR8"
        for n, guid in enumerate(GUIDS)
    ]
    _write(tmp_path / "inventory.csv", heads, *boxes)
    sizes = [f'{guid},"1.0 GB (1,073,741,824 bytes)",10' for guid in GUIDS]
    _write(tmp_path / "statistics.csv", "MailboxGuid,TotalItemSize,ItemCount", *sizes)
    run(
        "estate",
        "import",
        "--ods",
        str(ODS),
        "--mailboxes",
        "inventory.csv",
        "--statistics",
        "statistics.csv",
        *WHY,
    )
    return tmp_path


def _write(file: Path, *lines: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _show_all_well(folder: Path, today: str) -> None:
    logons = [f"{today}T00:00:00Z,/o=N/cn=p{n},outlook.exe,16.0.17932.20286" for n in range(2)]
    fields = "#Fields: date-time,client-name,client-software,client-software-version"
    _write(folder / "logs" / "RCA_1.LOG", fields, *logons)
    columns = (
        "guid,mobile,mobile_on,hold,hold_on,mail_user,domains,upn_domain,routing,usage_location,seat,licensed,"
        "directory_on"
    )
    rows = [
        f"{guid},0,{today},none,{today},{guid},{DOMAINS},nhsmail.example,true,GB,true,false,{today}"
        for guid in GUIDS
    ]
    _write(folder / "evidence" / "mailboxes.csv", columns, *rows)
    _write(
        folder / "evidence" / "domains.csv", "domain,on", *(f"{each},{today}" for each in DOMAINS.split(";"))
    )
    facts = {
        "tls": "1.2", "bandwidth": "100", "egress": "direct", "browsers": "edge 140", "owners": "0",
        "mail_exchanger": "mail.nhsmail.example", "autodiscover": "autodiscover.nhsmail.example",
    }  # fmt: skip
    lines = [f"RR8,{kind},{value},{today},observed" for kind, value in facts.items()]
    _write(folder / "evidence" / "organisations.csv", "organisation,kind,value,on,source", *lines)


def _today() -> str:
    return SystemClock().now().date().isoformat()


def _check(run: Run, *more: str) -> dict[str, Any]:
    code, said = run("estate", "check", "--client-logs", "logs", "--json", *more, *WHY)
    assert Exit.OK == code, said
    found: dict[str, Any] = json.loads(said[said.index("{") : said.rindex("}") + 1])
    return found


def test_with_all_evidence_both_are_ready(run: Run, estate: Path) -> None:
    """It should block nobody where all is shown to be well, and say so for machines."""
    _show_all_well(estate, _today())

    found = _check(run, "--evidence", "evidence")

    expected = {"judged": 2, "ready": 2, "blocking": [], "not_asked": [], "refused": []}
    assert {**expected, "organisations": {"all": 1, "anew": 1}} == found


def test_what_has_not_changed_is_not_judged_again(run: Run, estate: Path) -> None:
    """It should say how many organisations it judged anew: all, none, and the one whose evidence is another."""
    _show_all_well(estate, _today())
    counts = [_check(run, "--evidence", "evidence")["organisations"] for _ in range(2)]
    with (estate / "evidence" / "organisations.csv").open("a", encoding="utf-8") as text:
        text.write(f"RR8,tls,1.3,{_today()},observed\n")

    counts.append(_check(run, "--evidence", "evidence")["organisations"])

    assert [{"all": 1, "anew": anew} for anew in (1, 0, 1)] == counts


def test_a_dry_run_keeps_no_judgement(run: Run, estate: Path) -> None:
    """It should judge anew after a dry run, which keeps nothing."""
    _show_all_well(estate, _today())

    anew = [_check(run, "--evidence", "evidence", "-n")["organisations"]["anew"] for _ in range(2)]

    assert [1, 1] == anew


def test_without_evidence_nobody_is(run: Run, estate: Path) -> None:
    """It should defer everybody whose organisation has shown nothing, and keep that for `show`."""
    _show_all_well(estate, _today())

    found = _check(run)

    (line,) = found["blocking"]
    assert ("tls-unknown", "RR8", 2, "deferred") == tuple(
        line[key] for key in ("code", "organisation", "mailboxes", "effect")
    )
    code, said = run("estate", "show", "--json")
    assert Exit.OK == code
    assert found["blocking"] == json.loads(said[said.index("{") : said.rindex("}") + 1])["blocking"]


def test_a_dry_run_keeps_nothing(run: Run, estate: Path) -> None:
    """It should show the table and leave everybody where they were."""
    _show_all_well(estate, _today())

    code, said = run("estate", "check", "--client-logs", "logs", "-n", *WHY)

    assert Exit.OK == code
    assert "tls-unknown" in said
    assert "0 of the 2 mailboxes that are not on their way are ready" in said
    assert "0 mailboxes are kept out" in run("estate", "show")[1]


def test_bad_evidence_is_refused_whole(run: Run, estate: Path) -> None:
    """It should end with 10, name the row, and judge nobody."""
    _show_all_well(estate, _today())
    with (estate / "evidence" / "organisations.csv").open("a", encoding="utf-8") as text:
        text.write("RR8,tls,1.2,yesterday,observed\n")

    code, said = run("estate", "check", "--client-logs", "logs", "--evidence", "evidence", *WHY)

    assert Exit.INPUT_REJECTED == code
    assert "organisations.csv:9: has 'yesterday' where its day belongs" in said
    assert "0 mailboxes are kept out" in run("estate", "show")[1]
