"""Columns of mailboxes: guids as numbers and back, in one order whatever order they came in."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.population import (
    LARGE,
    SPECIAL,
    USUAL,
    NotGuids,
    guid_columns,
    guid_texts,
    guids_of_letters,
    mixed,
    of_mailboxes,
    order_of,
)
from mailwave.core.scope import BrokenScope
from tests.mailwave.builders import a_mailbox, an_organisation, guid

GUIDS = st.lists(st.uuids().map(str), unique=True, max_size=20)


@given(GUIDS)
def test_guids_come_back(texts: list[str]) -> None:
    """It should turn guids into numbers and back."""
    assert texts == guid_texts(guid_columns(texts))


@given(GUIDS)
def test_the_order_of_numbers_is_that_of_texts(texts: list[str]) -> None:
    """It should order mailboxes as their guids are ordered."""
    population = of_mailboxes([a_mailbox(UUID(text).int - 1) for text in texts])

    assert sorted(texts) == guid_texts(population.guid)
    assert list(range(len(texts))) == population.places(guid_columns(sorted(texts))).tolist()


def test_who_is_not_there_has_no_place() -> None:
    """It should give -1 for a guid that no row has, before, between and after those there are."""
    population = of_mailboxes([a_mailbox(1), a_mailbox(3)])

    assert [-1, 0, -1, 1, -1] == population.places(guid_columns([guid(n) for n in range(5)])).tolist()
    assert [-1] == of_mailboxes([]).places(guid_columns([guid(0)])).tolist()


@pytest.mark.parametrize(
    "text", ["", "none", guid(10).upper(), guid(1).replace("-", "0"), f"{guid(1)}0", "é" * 36]
)
def test_what_is_no_guid_is_named(text: str) -> None:
    """It should refuse a text that is no guid in lower case, and say which."""
    with pytest.raises(NotGuids) as caught:
        guid_columns([guid(0), text])

    assert (text,) == caught.value.texts


def test_columns_are_places_in_sorted_names() -> None:
    """It should give each mailbox its organisation, site and size, and the special lane to those over 100 GiB."""
    boxes = [
        a_mailbox(1, organisation="RR8", site="leeds", size_bytes=LARGE),
        a_mailbox(0, organisation="A81001", site="bristol", size_bytes=LARGE + 1),
        a_mailbox(2, organisation="RR8", site="leeds", size_bytes=None),
    ]
    found = of_mailboxes(boxes, [an_organisation("RR8"), an_organisation("A81001")])

    assert [0, 1, 1] == found.organisation.tolist()
    assert ["bristol", "leeds", "leeds"] == [found.sites[place] for place in found.site]
    assert [LARGE + 1, LARGE, 0] == found.bytes.tolist()
    assert [SPECIAL, USUAL, USUAL] == found.lane.tolist()


def test_what_does_not_fit_together_is_named() -> None:
    """It should refuse a mailbox given twice, and one of an organisation that is not there."""
    with pytest.raises(BrokenScope, match=guid(3)):
        of_mailboxes([a_mailbox(3), a_mailbox(3)])
    with pytest.raises(BrokenScope, match="RR8"):
        of_mailboxes([a_mailbox(0)], [an_organisation("A81001")])


def test_the_order_number_looks_drawn() -> None:
    """It should give neighbours numbers that are far apart, and the same in every plan."""
    numbers = mixed(guid_columns([guid(n) for n in range(1000)]))

    assert 1000 == len(set(numbers.tolist()))
    assert 400 < int((numbers < np.uint64(2**63)).sum()) < 600
    assert numbers[:10].tolist() == mixed(guid_columns([guid(n) for n in range(10)])).tolist()


def test_only_digits_in_lower_case_are_taken() -> None:
    """It should take a guid of whatever digits as Python does, and none with any other letter in it."""
    text = "01234567-89ab-cdef-fedc-ba9876543210"
    others = [chr(code) for code in range(256) if chr(code) not in "0123456789abcdef"]
    texts = "".join([text, *(text.replace("7", letter) for letter in others)]).encode("latin-1")
    guid, good = guids_of_letters(np.frombuffer(texts, dtype=np.uint8).reshape(-1, 36))

    assert int(text.replace("-", ""), 16) == int(guid[0, 0]) << 64 | int(guid[0, 1])
    assert [True] + [False] * len(others) == good.tolist()


def test_guids_that_begin_alike_are_in_order() -> None:
    """It should order guids by all of their digits, when many share the first ones."""
    draw = np.random.default_rng(1)
    halves = draw.integers(0, 3, (200, 2), dtype=np.uint64) << np.uint64(20)
    order = order_of(halves)

    assert sorted(halves.tolist()) == halves[order].tolist()
