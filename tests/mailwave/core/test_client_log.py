"""RPC Client Access logs: what they prove about each mailbox's clients."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.bad_rows import BadRow, BadRows
from mailwave.core.client_log import parse_version, read_client_logs
from mailwave.core.estate import ClientSeen
from rehearsal.estate import START, generate
from rehearsal.site import client_logs
from tests.mailwave.builders import NOW

FIELDS = (
    "date-time,session-id,seq-number,client-name,organization-info,client-software,client-software-version,client-mode,"
    "client-ip,server-ip,protocol,application-ids,operation,rpc-status,processing-time,operation-specific,failures"
)
HEAD = (
    "#Software: Microsoft Exchange Server\r\n#Version: 15.02.1748.010\r\n#Log-type: RCA Logs\r\n"
    f"#Fields: {FIELDS}\r\n"
)
NAME = "/o=NHSmail/cn=Recipients/cn=Ann"
NEW, OLD = (16, 0, 17932, 20286), (14, 0, 7268, 5000)


def a_line(
    version: str = "16.0.17932.20286",
    *,
    at: datetime | str = NOW,
    name: str = NAME,
    software: str = "OUTLOOK.EXE",
) -> str:
    moment = at if isinstance(at, str) else at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    rest = '10.0.0.1,10.0.0.2,ncacn_http,,Connect,0,00:00:00.01,"a, b",'
    return f"{moment},1,0,{name},,{software},{version},Cached,{rest}\r\n"


def read(*lines: str, head: str = HEAD, since: datetime = NOW - timedelta(days=30)) -> dict[str, ClientSeen]:
    return read_client_logs({"RCA_1.LOG": (head + "".join(lines)).encode()}, since=since)


def bad_rows(text: str | bytes) -> tuple[BadRow, ...]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(BadRows) as caught:
        read_client_logs({"RCA_1.LOG": data}, since=NOW)
    return caught.value.rows


class TestEvidence:
    def test_the_lowest_version_is_kept_beside_the_newest(self) -> None:
        """It should remember the oldest Outlook that opened a mailbox, because that one decides."""
        later = NOW + timedelta(hours=1)
        found = read(a_line(), a_line("14.0.7268.5000", at=later), a_line())

        assert {NAME.lower(): ClientSeen(OLD, NEW, later)} == found

    def test_versions_are_numbers(self) -> None:
        """It should know that build 17932 is above build 4600."""
        found = read(a_line("16.0.17932.20286"), a_line("16.0.4600.1000"))

        assert (16, 0, 4600, 1000) == found[NAME.lower()].lowest

    def test_old_sightings_do_not_count(self) -> None:
        """It should count a sighting on the first moment that counts, and none before."""
        since = NOW - timedelta(days=30)

        assert not read(a_line(at=since - timedelta(seconds=1)))
        assert read(a_line(at=since))

    @pytest.mark.parametrize("software", ["Microsoft.Exchange.ServiceHost", "MSExchangeRPC", ""])
    def test_other_software_says_nothing(self, software: str) -> None:
        """It should not take a service for a person's Outlook, whatever it says of its version."""
        assert not read(a_line("not a version", software=software))

    def test_names_are_compared_without_case(self) -> None:
        """It should know one mailbox under names in other case."""
        assert 1 == len(read(a_line(name=NAME.upper()), a_line(name=NAME.lower())))

    def test_logs_of_several_servers_add_up(self) -> None:
        """It should merge what each server saw."""
        logs = {f"EX0{n}": (HEAD + a_line(v)).encode() for n, v in enumerate(["16.0.1.1", "15.0.1.1"])}

        assert (15, 0, 1, 1) == read_client_logs(logs, since=NOW)[NAME.lower()].lowest

    def test_fields_may_change_inside_a_file(self) -> None:
        """It should follow a new #Fields line, as a restarted service writes one."""
        other = "#Fields: client-software-version,client-software,client-name,date-time\r\n"
        line = f"15.0.1.1,outlook.exe,{NAME},2026-09-01T08:00:00Z\r\n"

        assert (15, 0, 1, 1) == read(a_line(), other, line)[NAME.lower()].lowest

    def test_a_log_without_sessions_is_no_evidence(self) -> None:
        """It should take a log of a quiet day for what it is."""
        assert {} == read()

    @given(st.lists(st.tuples(*[st.integers(0, 99999)] * 4), min_size=1, max_size=8))
    def test_lowest_and_newest_bound_all_versions(self, versions: list[tuple[int, ...]]) -> None:
        """It should keep the least and the greatest of any versions, in any order."""
        client = read(*[a_line(".".join(map(str, version))) for version in versions])[NAME.lower()]

        assert (min(versions), max(versions)) == (client.lowest, client.newest)


class TestDamage:
    @pytest.mark.parametrize(
        "line",
        [
            a_line("sixteen"),
            a_line(""),
            a_line("16.0.999999.1"),
            a_line(at="yesterday"),
            a_line(at="2026-09-01T08:00:00"),
            a_line()[:40],
            a_line().replace('"a, b"', '"a'),
        ],
    )
    def test_a_bad_line_is_named(self, line: str) -> None:
        """It should refuse the log, because evidence that may be incomplete is none."""
        assert [6] == [bad.line for bad in bad_rows(HEAD + a_line() + line)]

    def test_rows_before_any_fields_are_refused(self) -> None:
        """It should not guess the order of fields, and say so once."""
        assert [1] == [bad.line for bad in bad_rows(a_line() + a_line())]

    def test_missing_fields_are_named_once(self) -> None:
        """It should name the field that a log has not got, not every row of it."""
        found = bad_rows(HEAD.replace("client-name", "client") + a_line() + a_line())

        assert [(4, True)] == [(bad.line, "client-name" in bad.reason) for bad in found]

    def test_no_log_at_all_is_refused(self) -> None:
        """It should not take a folder without logs for evidence that nobody opened anything."""
        with pytest.raises(BadRows, match="none was found"):
            read_client_logs({}, since=NOW)

    def test_an_empty_log_is_refused(self) -> None:
        """It should not take an empty file for a quiet day."""
        assert [0] == [bad.line for bad in bad_rows(b"")]

    @given(st.binary(max_size=300))
    def test_no_bytes_cause_anything_but_a_refusal(self, data: bytes) -> None:
        """It should answer any bytes at all with evidence or bad rows, never with a traceback."""
        with contextlib.suppress(BadRows):
            read_client_logs({"log": HEAD.encode() + data}, since=datetime(1, 1, 2, tzinfo=UTC))

    @given(st.text(max_size=30))
    def test_no_text_is_a_version_by_accident(self, text: str) -> None:
        """It should give the numbers of a version or None."""
        version = parse_version(text)

        assert version is None or ".".join(map(str, version)).count(".") == text.count(".")


def test_the_rehearsed_servers_logs_are_read_in_full(tmp_path: Path) -> None:
    """It should find the client of everybody who has one in the logs that the simulated servers write."""
    estate = generate(7)
    client_logs.write(tmp_path, estate, START)
    logs = {str(path): path.read_bytes() for path in sorted(tmp_path.rglob("*.LOG"))}

    found = read_client_logs(logs, since=START - timedelta(days=30))

    expected = {m.legacy_dn.casefold(): parse_version(m.client) for m in estate.mailboxes if m.client}
    assert expected == {name: client.lowest for name, client in found.items()}
