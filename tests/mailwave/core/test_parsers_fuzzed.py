"""Every parser of files that others wrote, on damaged likenesses of a kept corpus: rows or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.amendment_files import read_leavers, read_transfers
from mailwave.core.bad_rows import CEILING, BadRows
from mailwave.core.client_log import read_client_logs
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.ods import read_exports
from mailwave.core.permissions import read_permissions
from mailwave.core.placement.lanes import read_lanes

CORPUS = {file.name: file.read_bytes() for file in sorted((Path(__file__).parent / "corpus").iterdir())}
SCOPE = InventoryScope({"RR8"}, {"EX01": "leeds"})
GUIDS = [f"00000000-0000-4000-8000-{n:012x}" for n in (1, 2)]
SINCE = datetime(2026, 8, 1, tzinfo=UTC)
GOOD = {"good-utf8.csv", "good-bom.csv", "good-utf16.csv", "type-line.csv", "bare-cr.csv"}

PARSERS: Mapping[str, Callable[[bytes], object]] = {
    "inventory": lambda data: read_inventory({"m.csv": data}, {}, SCOPE),
    "statistics": lambda data: read_inventory({"m.csv": CORPUS["good-utf8.csv"]}, {"s.csv": data}, SCOPE),
    "permissions": lambda data: read_permissions({"p.csv": data}, GUIDS),
    "ods": lambda data: read_exports({"etr.csv": data}),
    "client log": lambda data: read_client_logs({"x.LOG": data}, since=SINCE),
    "lanes": lambda data: read_lanes("l.csv", data, GUIDS),
    "leavers": lambda data: read_leavers({"l.csv": data}),
    "transfers": lambda data: read_transfers({"t.csv": data}, {"RR8", "RAE"}),
}

Edit = tuple[int, int, bytes]


def damaged(seed: bytes, edits: list[Edit]) -> bytes:
    """*seed* with stretches of bytes taken out and others put in their places."""
    for place, length, new in edits:
        at = place % (len(seed) + 1)
        seed = seed[:at] + new + seed[at + length :]
    return seed


PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b'"', b'""', b",", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"#Fields:"]
    ),
    st.sampled_from(sorted(CORPUS.values())),
)
EDITS = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 40), PIECES), max_size=6)


def refusal(parser: Callable[[bytes], object], data: bytes) -> BadRows | None:
    """What *parser* refuses *data* with; None where it takes it."""
    try:
        parser(data)
    except BadRows as refused:
        return refused
    return None


@pytest.mark.parametrize("parser", PARSERS)
@given(st.sampled_from(sorted(CORPUS.values())), EDITS)
def test_nothing_comes_of_damage_but_rows_or_a_refusal(parser: str, seed: bytes, edits: list[Edit]) -> None:
    """It should end any damaged file with rows, or with bad rows that are named by line and reason."""
    refused = refusal(PARSERS[parser], damaged(seed, edits))
    assert refused is None or 1 <= len(refused.rows) <= CEILING
    assert refused is None or all(bad.line >= 0 and bad.reason for bad in refused.rows)


@pytest.mark.parametrize("name", sorted(CORPUS))
def test_each_of_the_corpus_is_taken_or_refused_as_its_name_says(name: str) -> None:
    """It should take the good ones as an inventory, and refuse all others."""
    if name in GOOD:
        assert GUIDS == [mailbox.guid for mailbox in PARSERS["inventory"](CORPUS[name])]  # type: ignore[attr-defined]
    else:
        with pytest.raises(BadRows):
            PARSERS["inventory"](CORPUS[name])


@pytest.mark.parametrize("parser", ["leavers", "transfers"])
@given(st.binary(max_size=12), st.integers(0, 400), st.integers(0, 12))
def test_an_amendment_names_mailboxes_and_organisations_or_nothing(
    parser: str, new: bytes, place: int, length: int
) -> None:
    """It should give nothing but ExchangeGuids and organisations in scope, however the rows were damaged."""
    data = damaged(CORPUS[f"{parser}.csv"], [(place, length, new)])
    if refusal(PARSERS[parser], data) is None:
        taken = PARSERS[parser](data)
        assert isinstance(taken, list)
        assert taken
        for each in taken:
            guid, to = (each, "RR8") if isinstance(each, str) else (each.guid, each.to)
            assert (str(UUID(guid)), True) == (guid, to in {"RR8", "RAE"})
