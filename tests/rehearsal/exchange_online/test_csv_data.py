"""The list of mailboxes in a batch."""

from __future__ import annotations

import base64

import pytest

from rehearsal.exchange_online import csv_data
from rehearsal.exchange_online.errors import CsvRefused
from rehearsal.exchange_online.options import Options

TEXT = b"EmailAddress\r\na@x.example\r\n"


@pytest.mark.parametrize(
    "form",
    [
        base64.b64encode(TEXT).decode(),
        {"@odata.type": "#Exchange.ByteArrayType", "Data": list(TEXT)},
        {"@odata.type": "#Exchange.ByteArrayType", "Data": base64.b64encode(TEXT).decode()},
    ],
)
def test_both_reported_encodings_are_taken(form: object) -> None:
    """It should decode the plain base64 text and the typed byte array (fact A18)."""
    assert csv_data.decode_bytes(form) == TEXT


@pytest.mark.parametrize(
    "form", [TEXT.decode(), 7, {"Data": [1]}, {"@odata.type": "#Exchange.ByteArrayType", "Data": [256]}]
)
def test_no_other_encoding_is_taken(form: object) -> None:
    """It should not guess at any other form."""
    assert csv_data.decode_bytes(form) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("EmailAddress\n", "empty"),
        ("", "empty"),
        ("Address\na@x.example\n", "missing the required column"),
        ("EmailAddress,emailaddress\na@x.example,b@x.example\n", "duplicate columns: emailaddress"),
        ("EmailAddress,Colour\na@x.example,red\n", "unknown columns: colour"),
    ],
)
def test_wrong_columns_refuse_the_whole_list(text: str, problem: str) -> None:
    """It should refuse the list for its columns (facts B10, B11)."""
    with pytest.raises(CsvRefused, match=problem):
        csv_data.read(text.encode(), Options(), allow_unknown=False)


def test_unknown_columns_may_be_allowed() -> None:
    """It should take unknown columns when told to (fact B9)."""
    rows = csv_data.read(b"\xef\xbb\xbfEMAILADDRESS,Colour\na@x.example,red\n", Options(), allow_unknown=True)

    assert rows.addresses == ("a@x.example",)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("nobody,,", "valid SMTP address"),
        ("a@x.example,most,", "baditemlimit"),
        ("a@x.example,,Both", "MailboxType"),
        ("A@X.example,,", None),
        ("b@x.example,unlimited,PrimaryOnly", None),
    ],
)
def test_a_bad_row_is_a_warning_and_no_more(row: str, problem: str | None) -> None:
    """It should keep the good rows and name the bad one by number (fact B11)."""
    text = f"EmailAddress,BadItemLimit,MailboxType\n{row}\nz@x.example,,\n"

    rows = csv_data.read(text.encode(), Options(), allow_unknown=False)

    assert "z@x.example" in rows.addresses
    assert ([1] if problem else []) == [number for number, _, _ in rows.warnings]
    assert all(problem in text for _, _, text in rows.warnings if problem)


def test_an_address_listed_twice_moves_once() -> None:
    """It should take the first of two rows for one address."""
    rows = csv_data.read(b"EmailAddress\na@x.example\nA@x.example\n", Options(), allow_unknown=False)

    assert rows.addresses == ("a@x.example",)
    assert [number for number, _, _ in rows.warnings] == [2]
