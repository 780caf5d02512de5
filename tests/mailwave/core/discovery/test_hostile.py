"""What discovery found, of texts that anybody may have written: imported whole or not at all, exported and only shown.

`corpus/texts.json` keeps the texts that have been thought of; Hypothesis finds others.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.bad_rows import BadRows
from mailwave.core.discovery.found import Found, found, inventory
from mailwave.core.discovery.sheets import as_csv, harmless
from mailwave.core.estate import Mailbox
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.hostile import has_control, hidden, is_formula
from mailwave.core.table import clean
from tests.mailwave.core.discovery.made import a_box, a_group, a_right, read

CORPUS: Mapping[str, str] = json.loads(
    (Path(__file__).parent / "corpus" / "texts.json").read_text(encoding="utf-8")
)
SCOPE = InventoryScope({"RR8"}, {"EX01": "leeds"})
FIELDS: Mapping[str, str] = {
    "PrimarySmtpAddress": "address",
    "Alias": "alias",
    "DisplayName": "display_name",
    "RecipientTypeDetails": "recipient_type",
    "LegacyExchangeDN": "legacy_dn",
    "Database": "database",
}
"""Columns of a mailbox that hold what somebody wrote, each with the field that it becomes."""

TEXTS = st.one_of(
    st.sampled_from(sorted(CORPUS.values())), st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
)
CELLS = st.dictionaries(
    st.sampled_from([*FIELDS, "ExchangeGuid", "CustomAttribute1", "ServerName", "Identity"]),
    TEXTS,
    min_size=1,
)


def discovered(*boxes: Mapping[str, object]) -> Found:
    """What is found of *boxes*, beside one that is as it should be and lends a right to a group."""
    last = {"RecipientTypeDetails": "SharedMailbox"}
    return found(
        read(
            mailbox=[*boxes, a_box(9, **last)],
            recipient=[a_group(1)],
            right=[a_right(9, str(box["Identity"])) for box in boxes] + [a_right(9, "LEEDS\\g1")],
        )
    )


def imported(found_: Found) -> list[Mailbox]:
    """What an import takes of it."""
    files = inventory(found_)
    return read_inventory(files.mailboxes, files.statistics, SCOPE)


def taken_or_refused(found_: Found) -> list[Mailbox] | BadRows:
    """The same, or what refuses it."""
    try:
        return imported(found_)
    except BadRows as refused:
        return refused


@given(CELLS)
def test_an_import_is_whole_or_nothing(cells: Mapping[str, str]) -> None:
    """It should take every mailbox with the texts that were found, or none, naming the row and the reason."""
    hostile = a_box(1, **cells)
    seen = discovered(hostile, a_box(2))
    taken = taken_or_refused(seen)
    if isinstance(taken, BadRows):
        assert {"mailboxes-leeds.csv"} == {row.file for row in taken.rows}
        assert all(row.line > 0 and row.reason for row in taken.rows)
        return
    assert len(seen.estate) == len(taken)
    mine = next((each for each in taken if each.guid == str(hostile["ExchangeGuid"]).lower()), None)
    for column, field in FIELDS.items():
        assert mine is None or clean(str(hostile[column])) == getattr(mine, field)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"PrimarySmtpAddress": "p\u0430ul@nhs.example"}, "CYRILLIC SMALL LETTER A"),
        ({"PrimarySmtpAddress": "paul@xn--80ak6aa92e.example"}, "disguised domain label"),
        ({"PrimarySmtpAddress": "P2@NHS.example"}, "repeats the PrimarySmtpAddress"),
        ({"PrimarySmtpAddress": "p2@nhs.example"}, "repeats the PrimarySmtpAddress"),
        ({"LegacyExchangeDN": "/O=nhs/CN=P2"}, "repeats the LegacyExchangeDN"),
        ({"DisplayName": CORPUS["command"]}, "a spreadsheet would run"),
        ({"DisplayName": CORPUS["formula in wide letters"]}, "a spreadsheet would run"),
        ({"DisplayName": CORPUS["tag"]}, "a page or a notice would run"),
        ({"DisplayName": CORPUS["link of a notice"]}, "a page or a notice would run"),
        ({"DisplayName": CORPUS["turned round"]}, "nobody sees (U+202E)"),
        ({"DisplayName": CORPUS["colours of a terminal"]}, "control characters"),
        ({"Alias": CORPUS["NUL"]}, "NUL"),
        ({"DisplayName": "a" * 200_000}, "over 131,072 characters"),
        ({"ExchangeGuid": "p1@nhs.example"}, "where its ExchangeGuid belongs"),
    ],
)
def test_what_would_hurt_is_refused_by_its_reason(cells: Mapping[str, str], reason: str) -> None:
    """It should refuse the whole discovery for one such cell, as it does a file."""
    with pytest.raises(BadRows) as refused:
        imported(discovered(a_box(1, **cells), a_box(2)))
    assert reason in str(refused.value)


@given(
    st.dictionaries(st.sampled_from([*FIELDS, "CustomAttribute1", "Identity", "UserPrincipalName"]), TEXTS),
    TEXTS,
)
def test_an_export_shows_every_row_and_runs_none(cells: Mapping[str, str], address: str) -> None:
    """It should write each row once, in which no cell is a formula, a control character or one that nobody sees."""
    seen = discovered(a_box(1, **cells, EmailAddresses=[address, "SMTP:p1@nhs.example"]), a_box(2))
    for name, frame in seen.files.items():
        text = as_csv(harmless(frame)).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert (name, frame.height + 1) == (name, len(rows))
        assert {len(frame.columns)} == {len(row) for row in rows}
        shown = [cell for row in rows for cell in row]
        assert [] == [cell for cell in shown if is_formula(cell) or has_control(cell) or hidden(cell)]
