"""A local administrator's check: nothing of it depends on any other organisation, and nothing of another is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.core.bad_rows import BadRows
from mailwave.core.readiness.attestation import NOBODY
from mailwave.core.readiness.scope import LogsBroken, Own, Scope
from mailwave.runbooks.check_estate import Checked, CheckEstate
from tests.mailwave.builders import NOW, REASON, a_mailbox, a_right, an_organisation, guid
from tests.mailwave.core.readiness.books import SHIPPED

OURS, THEIRS = "RR8", "RX1"
SCOPE = Scope(OURS, "anne")
FACTS = "organisation,kind,value,on,source\n"
"""Two mailboxes of ours (1 and 2), of which 2 is shared, and two of theirs (3 and 4)."""


LOGS = {"RCA_1.LOG": b"#Fields: date-time,client-name,client-software,client-software-version\n"}


class Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        """The moment of the test."""
        return NOW

    def sleep_until(self, when: datetime) -> None:
        """Nobody waits here."""


@dataclass(frozen=True)
class Theirs:
    """What another organisation has and hands in, hostile or not."""

    size: int = 1
    kind: str = "UserMailbox"
    address: str = "x"
    right: bool = False
    facts: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    lines: tuple[bytes, ...] = field(default=())


@contextmanager
def checking(theirs: Theirs) -> Iterator[Callable[[], Checked]]:
    """The check of our administrator on an estate where the others are *theirs*."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        today = NOW.date().isoformat()
        own = [f"{OURS},tls,1.1,{today},observed", f"{OURS},egress,direct,{today},observed"]
        (folder / "organisations.csv").write_text(
            FACTS + "\n".join([*own, *theirs.facts]) + "\n", encoding="utf-8"
        )
        rows = [f"{guid(1)},none,{today}", *theirs.rows]
        (folder / "mailboxes.csv").write_text(
            "guid,hold,hold_on\n" + "\n".join(rows) + "\n", encoding="utf-8"
        )
        (folder / "attestations.jsonl").write_bytes(b"\n".join(theirs.lines))
        with Ledger.open(f"sqlite:///{folder}/ledger.db", lambda: NOW) as ledger:
            _fill(ledger, theirs)
            runbook = CheckEstate(Still(), ledger, SHIPPED, 30, Ed25519Verifier(), REASON)
            mine = Own(OURS, frozenset({guid(1), guid(2)}))
            yield lambda: runbook.prepare(LOGS, read_evidence(folder, NOBODY, mine), SCOPE)


def _fill(ledger: Ledger, theirs: Theirs) -> None:
    boxes = [
        a_mailbox(1, organisation=OURS),
        a_mailbox(2, organisation=OURS, recipient_type="SharedMailbox"),
        a_mailbox(3, organisation=THEIRS, size_bytes=theirs.size, recipient_type=theirs.kind),
        a_mailbox(4, organisation=THEIRS, display_name=theirs.address),
    ]
    rights = [a_right(2, 3), a_right(3, 1), a_right(4, 3)] if theirs.right else [a_right(4, 3)]
    ledger.import_estate([an_organisation(OURS), an_organisation(THEIRS)], boxes, rights, REASON)


def told(checked: Checked) -> bytes:
    """All that anybody can be told of a check."""
    again = (checked.again.anew, checked.again.organisations)
    parts = (list(checked.findings), checked.blocking, checked.not_asked, checked.refused, again)
    return msgspec.json.encode(parts)


BASE = Theirs()


@cache
def expected() -> bytes:
    """What is told where the others are harmless."""
    with checking(BASE) as check:
        return told(check())


CODES = st.sampled_from(
    [THEIRS, f"{OURS} ", f" {OURS}", OURS.lower(), "*", "", "RR8,RX1", "\uff32\uff32\uff18"]
)
CELLS = st.text(alphabet="abc019=+@\"',;\r \u200b\u0420", max_size=12).map(
    lambda text: text.replace("\r", "")
)
FACT = CODES.map(lambda code: f'"{code}",tls,9.9,never,rumour')
GUIDS = st.sampled_from([guid(3), guid(9), f"{{{guid(1)}}}", f" {guid(1)}", "*", ""])
ROW = st.tuples(GUIDS, st.sampled_from(["=cmd()", "none", "Hold"]), st.just("never")).map(",".join)
LINE = st.binary(max_size=20) | st.just(b'{"organisation": "RX1"}')
HOSTILE = st.builds(
    Theirs,
    size=st.integers(0, 2**50),
    kind=st.sampled_from(["UserMailbox", "SharedMailbox", "DiscoveryMailbox"]),
    address=CELLS.filter(bool),
    right=st.booleans(),
    facts=st.lists(FACT, max_size=3).map(tuple),
    rows=st.lists(ROW, max_size=3).map(tuple),
    lines=st.lists(LINE, max_size=2).map(tuple),
)


@settings(max_examples=8, deadline=None)
@given(HOSTILE)
def test_what_others_have_changes_nothing(theirs: Theirs) -> None:
    """It should tell the same, to the byte, whatever another organisation has, is, or hands in."""
    with checking(theirs) as check:
        found = check()

    assert expected() == told(found)
    assert {guid(1), guid(2)} == {finding.guid for finding in found.findings}
    assert {OURS} == {line.organisation for line in found.blocking}


def test_ones_own_bad_row_is_named_by_its_line() -> None:
    """It should say where in the whole file one's own row is that cannot be taken, and nothing of the others."""
    theirs = Theirs(facts=(f"{THEIRS},tls,never,never,rumour", f"{OURS},tls,twelve,{NOW.date()},observed"))
    with checking(theirs) as check, pytest.raises(BadRows) as refused:
        check()

    (row,) = refused.value.rows
    assert "organisations.csv:5: has 'twelve' where its tls belongs" == str(row)


def test_a_torn_file_says_nothing_of_what_is_in_it(tmp_path: Path) -> None:
    """It should not quote a file that cannot be read: what it quotes may be another's."""
    (tmp_path / "organisations.parquet").write_bytes(b"PAR1 RX1 secret")
    with pytest.raises(BadRows) as refused:
        read_evidence(tmp_path, NOBODY, Own(OURS, frozenset()))

    assert ["organisations.parquet: cannot be read"] == [str(row) for row in refused.value.rows]


def test_a_broken_log_is_not_quoted() -> None:
    """It should say no more than that the logs cannot be read, in which every organisation's people are."""
    with TemporaryDirectory() as name, Ledger.open(f"sqlite:///{name}/l.db", lambda: NOW) as ledger:
        _fill(ledger, BASE)
        asked = CheckEstate(Still(), ledger, SHIPPED, 30, Ed25519Verifier(), REASON)
        logs = {
            "RCA_1.LOG": b"#Fields: date-time,client-name,client-software,client-software-version\nRX1,secret\n"
        }
        with pytest.raises(LogsBroken) as refused:
            asked.prepare(logs, scope=SCOPE)
        with pytest.raises(BadRows):
            asked.prepare(logs)

    assert "secret" not in str(refused.value)
