"""The simulated logs of the servers' web sites, line by line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rehearsal.estate import START, Estate, generate
from rehearsal.site import web_logs


def small() -> Estate:
    """One person with an old machine who came thirty days ago, at the first server."""
    whole = generate(7)
    person = next(each for each in whole.mailboxes if each.client is not None)
    old = replace(person, tls="1.1", browser="Mozilla/5.0 (X11) Navigator/9.0", web_days=30)
    return replace(whole, mailboxes=(old,))


def lines(folder: Path) -> list[dict[str, str]]:
    """Every line with the names of its fields."""
    return [
        dict(zip(web_logs.FIELDS, line.split(" "), strict=True))
        for file in sorted(folder.rglob("u_ex*_x.log"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]


def test_a_person_is_in_it_as_the_machine_is(tmp_path: Path) -> None:
    """It should show the account, the TLS as Schannel's number, and a browser's name without blanks."""
    estate = small()
    web_logs.write(tmp_path, estate, START)

    found = [
        each for each in lines(tmp_path) if each["cs-username"].endswith(estate.mailboxes[0].alias[-20:])
    ]

    assert [("/mapi/emsmdb/", "100"), ("/owa/", "100")] == [
        (each["cs-uri-stem"], each["crypt-protocol"]) for each in found
    ]
    assert "Mozilla/5.0+(X11)+Navigator/9.0" == found[1]["cs(User-Agent)"]
    assert {"2026-08-02"} == {each["date"] for each in found}


def test_requests_of_nobody_are_in_it(tmp_path: Path) -> None:
    """It should hold what real logs hold beside people: Exchange watching itself, and requests before a sign-in."""
    web_logs.write(tmp_path, small(), START)

    assert {"-", "HealthMailbox1"} <= {each["cs-username"].rpartition("\\")[2] for each in lines(tmp_path)}
