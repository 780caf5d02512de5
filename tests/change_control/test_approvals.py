"""Tests of signed consents."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from change_control.approvals import all_of, read
from change_control.contents import canonical
from change_control.statements import NoStatement
from tests.change_control.changes import Person, bundle


def test_every_byte_of_it_counts(tmp_path: Path) -> None:
    """It should be no approval, or not theirs, when any byte of the file is another."""
    change, person = bundle(tmp_path), Person.called("first")
    data = canonical(person.consent(change).statement.envelope.to_dict())
    assert read(data).is_good(person.key())
    for place in range(len(data)):
        touched = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert not read(touched).is_good(person.key()), touched
        except NoStatement:
            continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"payload":"","payloadType":"","signatures":[]}',
        b"\xff\x00",
        b"[" * 5000,
    ],
)
def test_what_is_none_is_said_to_be_none(data: bytes) -> None:
    """It should refuse a file that is no signed statement."""
    with pytest.raises(NoStatement):
        read(data)
    assert ([], 1) == (all_of([data])[0], len(all_of([data])[1]))


def test_it_is_a_statement_that_others_can_read(tmp_path: Path) -> None:
    """It should be an in-toto statement about the list and both reports, in a DSSE envelope."""
    change, person = bundle(tmp_path), Person.called("first")
    statement = msgspec.json.decode(person.consent(change).statement.envelope.payload)
    assert "https://in-toto.io/Statement/v1" == statement["_type"]
    assert ["contents.json", "report.html", "report.md"] == [each["name"] for each in statement["subject"]]
    assert f"sha256:{statement['subject'][0]['digest']['sha256']}" == change.digest
