"""An estate in columns is the same estate: the same digest, and the same refusals, as in structs."""

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.estate import RIGHTS, Mailbox, Organisation, Permission
from mailwave.core.estate_columns import (
    EstateColumns,
    RightsByRow,
    estate_columns,
    estate_digest,
)
from mailwave.core.population import NotGuids
from mailwave.core.refusals import Refusal, Unstorable
from mailwave.core.scope import BrokenScope, check_scope, scope_digest
from tests.mailwave.builders import a_mailbox, a_right, an_organisation, guid

Structs = tuple[list[Organisation], list[Mailbox], list[Permission]]

CODES = ("RR8", "A81001", "É1")

texts = st.sampled_from(["Sia\u0302n", "\u212b", '"\\\n\x1f\x7f/', "\u2028"]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=4
)
organisations = st.lists(
    st.builds(Organisation, st.sampled_from(CODES), texts, texts, texts), min_size=1, max_size=3
)
boxes_of = st.builds(
    Mailbox,
    guid=st.integers(0, 9).map(guid),
    address=st.sampled_from(["a@x", "A@X", "ß@x", "SS@x", "ΐ@x", "İ@x"]) | st.uuids().map(str),
    alias=texts,
    display_name=texts,
    organisation=st.sampled_from(CODES),
    site=texts,
    recipient_type=texts,
    legacy_dn=texts,
    server=texts,
    database=texts,
    size_bytes=st.none() | st.integers(-1, 2**53) | st.integers(0, 9),
    items=st.none() | st.integers(0, 3),
)
mailboxes = st.lists(boxes_of, max_size=5) | st.lists(
    boxes_of, min_size=2, max_size=5, unique_by=(lambda box: box.guid, lambda box: box.address)
)


@st.composite
def estates(draw: st.DrawFn) -> Structs:
    """An estate that often fits together: rights are mostly between its mailboxes, some twice."""
    boxes = draw(mailboxes)
    ends = st.sampled_from([box.guid for box in boxes] or [guid(0)]) | st.integers(0, 9).map(guid)
    held = draw(st.lists(st.builds(Permission, ends, ends, st.sampled_from(RIGHTS)), max_size=4))
    every = [an_organisation(code) for code in CODES]
    return draw(st.just(every) | organisations), boxes, [*held, *draw(st.sampled_from([[], held]))]


def in_columns(bodies: list[Organisation], boxes: list[Mailbox], held: list[Permission]) -> EstateColumns:
    """The same estate, made of columns."""
    row = {box.guid: n for n, box in enumerate(boxes)}
    ends = [[row.get(getattr(right, end), -1) for right in held] for end in ("guid", "trustee")]
    kinds = [RIGHTS.index(right.kind) for right in held]
    return estate_columns(
        pl.DataFrame(list(map(msgspec.structs.asdict, bodies)), schema=list(Organisation.__struct_fields__)),
        pl.DataFrame(
            list(map(msgspec.structs.asdict, boxes)),
            schema_overrides={"size_bytes": pl.Int64, "items": pl.Int64},
            schema=list(Mailbox.__struct_fields__),
        ),
        RightsByRow(*(np.array(column, dtype=np.int64) for column in (*ends, kinds))),
    )


def refusal(act: object) -> tuple[type[Refusal], str] | None:
    """What *act* was refused with: the kind, and the problem where it has one."""
    try:
        act()  # type: ignore[operator]
    except Refusal as refused:
        return type(refused), getattr(refused, "problem", "")
    return None


@given(estates())
def test_the_same_estate_has_the_same_digest(estate: Structs) -> None:
    """It should refuse what is refused in structs, for the same reason, and else come to the same digest."""
    bodies, boxes, held = estate
    expected = refusal(lambda: check_scope(bodies, boxes, held))

    assert expected == refusal(lambda: in_columns(bodies, boxes, held))
    if expected is None:
        columns = in_columns(bodies, boxes, held)
        assert scope_digest(bodies, boxes, held) == estate_digest(columns)
        assert sorted(set(held)) == [Permission(*row) for row in columns.permissions.iter_rows()]
        assert sorted(boxes, key=lambda box: box.guid) == [
            Mailbox(*row) for row in columns.mailboxes.iter_rows()
        ]


def test_the_digest_spans_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should not matter in how many parts the rows are digested."""
    monkeypatch.setattr("mailwave.core.estate_columns._ROWS_AT_ONCE", 2)
    boxes = [a_mailbox(n, display_name=f"Sia\u0302n {n}") for n in range(5)]
    held = [a_right(0, n) for n in range(1, 5)]

    assert scope_digest([an_organisation()], boxes, held) == estate_digest(
        in_columns([an_organisation()], boxes, [*held, held[0]])
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"guid": "ABCDEF00-0000-0000-0000-000000000000"}, NotGuids),
        ({"guid": "x"}, NotGuids),
        ({"alias": None}, BrokenScope),
        ({"display_name": "a\x00"}, Unstorable),
        ({"address": "x" * 301}, Unstorable),
    ],
)
def test_what_cannot_be_kept_is_refused(change: dict[str, str], error: type[Refusal]) -> None:
    """It should refuse a cell that is empty, no guid, or a text that not every database keeps."""
    with pytest.raises(error):
        in_columns([an_organisation()], [msgspec.structs.replace(a_mailbox(10), **change)], [])
