"""Logs of web sites: whose lowest TLS and oldest browsers are read, and what cannot be read is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.bad_rows import BadRows
from mailwave.core.web_log import WebSeen, browser, read_web_logs
from rehearsal.estate import START, generate
from rehearsal.site import web_logs

SINCE = datetime(2026, 8, 2, tzinfo=UTC)
FIELDS = "#Fields: date time cs-uri-stem cs-username cs(User-Agent) crypt-protocol"
CHROME = "Mozilla/5.0+(X11)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/127.0.0.0+Safari/537.36"


def log(*lines: str, fields: str = FIELDS) -> dict[str, bytes]:
    """A log of those lines."""
    return {"u_ex.log": "\r\n".join(["#Version: 1.0", fields, *lines, ""]).encode()}


def reason(logs: dict[str, bytes]) -> str:
    """Why *logs* are refused."""
    with pytest.raises(BadRows) as refused:
        read_web_logs(logs, since=SINCE)
    return str(refused.value.rows[0])


def test_the_lowest_of_an_account_counts() -> None:
    """It should keep the lowest TLS and the oldest of each browser, with the last day on which any was seen."""
    seen = read_web_logs(
        log(
            f"2026-08-20 08:00:00 /owa/ NHS\\A {CHROME} 400",
            f"2026-08-30 08:00:00 /owa/ NHS\\a {CHROME.replace('127', '131')}+Edg/131.0 100",
            "2026-08-31 08:00:00 /mapi/emsmdb/ NHS\\A Outlook 1000",
        ),
        since=SINCE,
    )
    expected = WebSeen("1.1", date(2026, 8, 31), {"chrome": 127, "edge": 131}, date(2026, 8, 30))
    assert {"nhs\\a": expected} == seen


def test_what_says_nothing_is_passed_over() -> None:
    """It should pass over nobody's requests, old ones, those without TLS and programs that only look like browsers."""
    logs = log(
        f"2026-08-20 08:00:00 /owa/ - {CHROME} 400",
        f"2026-08-01 23:59:59 /owa/ NHS\\a {CHROME} 400",
        f"2026-08-20 08:00:00 /ews/exchange.asmx NHS\\a {CHROME} -",
        "",
    )
    assert {} == read_web_logs(logs, since=SINCE)


def test_a_log_need_not_tell_of_tls() -> None:
    """It should read browsers where the custom field is missing, and no TLS."""
    line = f"2026-08-20 08:00:00 /owa/ NHS\\a {CHROME}"
    seen = read_web_logs(log(line, fields=FIELDS.removesuffix(" crypt-protocol")), since=SINCE)
    assert {"nhs\\a": WebSeen(browsers={"chrome": 127}, browsers_on=date(2026, 8, 20))} == seen


def test_fields_may_change_on_the_way() -> None:
    """It should follow a header in the middle of a file, as IIS writes one when it starts again."""
    logs = log(
        "2026-08-20 08:00:00 /mapi/ NHS\\a Outlook 400",
        "#Fields: crypt-protocol cs(User-Agent) cs-username cs-uri-stem time date",
        "40 Outlook NHS\\a /mapi/ 09:00:00 2026-08-20",
    )
    assert "1.0" == read_web_logs(logs, since=SINCE)["nhs\\a"].tls


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        (log("one two"), "u_ex.log:3: has 2 fields where the log has 6"),
        (log("2026-08-20 8 /owa/ NHS\\a x 400"), "u_ex.log:3: has '2026-08-20 8' where its moment belongs"),
        (log("2026-08-20 08:00:00 /owa/ NHS\\a x 401"), "has '401' where its crypt-protocol belongs"),
        (log("2026-08-20 08:00:00 /owa/ NHS\\a x zz"), "has 'zz' where its crypt-protocol belongs"),
        (log("2026-08-20 08:00:00 /owa/ NHS\\a\0 x 400"), "has 0 fields"),
        (log("x" * 70_000), "has 0 fields"),
        (log(fields="#Fields: date time"), "exactly one field cs-uri-stem, cs-username, cs(User-Agent)"),
        (log(fields=f"{FIELDS} date"), "does not have exactly one field date"),
        ({"a": b"2026-08-20 08:00:00"}, "a:1: comes before any #Fields line"),
        ({"a": b"\xff\xfe\0\0"}, "a:1: is UTF-32"),
        ({"a": b"\xe9"}, "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(logs: dict[str, bytes], expected: str) -> None:
    """It should refuse the whole for one line that cannot be read, with file, line and reason."""
    assert expected in reason(logs)


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (CHROME.replace("+", " "), ("chrome", 127)),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/64.0 Safari/537.36 Edge/17.17134", ("edge", 17)),
        ("Mozilla/5.0 (X11; rv:102.0) Gecko/20100101 Firefox/102.0", ("firefox", 102)),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/17.4 Safari/605.1", ("safari", 17)),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605 CriOS/129.0 Mobile/15E148 Safari/604.1", ("chrome", 129)),
        ("Mozilla/5.0 (X11) Chrome/127.0 Safari/537.36 OPR/113.0", ("opera", 113)),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", ("explorer", 11)),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)", ("explorer", 8)),
        ("Mozilla/5.0 (X11) Navigator/9.0", ("navigator", 9)),
        ("-", None),
    ],
)
def test_browsers_are_told_apart(agent: str, expected: tuple[str, int] | None) -> None:
    """It should know each browser though it calls itself by the names of those before it."""
    assert expected == browser(agent)


def test_the_simulated_servers_logs_are_read(tmp_path: Path) -> None:
    """It should find in the rehearsed logs everybody who logs on, at TLS 1.2 and with a browser."""
    estate = generate(7, "pair")
    web_logs.write(tmp_path, estate, START)
    logs = {str(file): file.read_bytes() for file in tmp_path.rglob("*.log")}

    seen = read_web_logs(logs, since=SINCE)

    people = {f"{each.tls} edge" for each in seen.values() for each in [each] if each.browsers}
    assert {"1.2 edge"} == people
    assert sum(each.client is not None for each in estate.mailboxes) == len(seen) - len(estate.sites)


@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from([FIELDS, "2026-08-20 08:00:00 /owa/ a b 400"]), max_size=8
    )
)
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    """It should read a text or refuse it with `BadRows`, and nothing else."""
    try:
        read_web_logs({"a": "\n".join(lines).encode("utf-8", "surrogatepass")}, since=SINCE)
    except BadRows:
        return
