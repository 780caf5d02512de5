"""The way back: defined from every state, and costed before anybody says go."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mailwave.core.estate import Record
from mailwave.core.placement.granted import Grant, Granted
from mailwave.core.rollback import (
    WAYS,
    NoRoomAtSite,
    Room,
    TooLong,
    Undo,
    born_in_cloud,
    cost,
    refuse_short,
)
from mailwave.core.states import IN_FLIGHT, TRANSITIONS, MailboxState
from mailwave.core.targets import TargetMailbox
from tests.mailwave.builders import a_mailbox, guid

GB = 10**9
DAY = date(2026, 9, 1)
GRANTED = Granted(
    "test",
    {
        "concurrent_moves": Grant(2),
        "bytes_an_hour_move": Grant(GB),
        "bytes_an_hour_site": Grant(10 * GB, sites={"bristol": GB // 2}),
        "bytes_an_hour": Grant(100 * GB),
        "seconds_a_completion": Grant(1_800),
    },
    {},
    batch_size=10,
    notice_days=14,
)


def moved(n: int, gigabytes: int | None, site: str = "leeds") -> Record:
    size = None if gigabytes is None else gigabytes * GB
    return Record(a_mailbox(n, site=site, size_bytes=size), MailboxState.MOVED)


def test_there_is_a_way_back_from_every_state() -> None:
    """It should say of every state how a mailbox comes back from it, or why it cannot now."""
    assert set(MailboxState) == set(WAYS)
    assert all(way.says for way in WAYS.values())


def test_the_ways_are_those_that_the_states_allow() -> None:
    """It should undo only what was begun, by a step that the table of states has, and refuse what nobody can stop."""
    assert {MailboxState.COMPLETING, MailboxState.UNKNOWN} == {
        s for s in WAYS if WAYS[s].undo is Undo.REFUSED
    }
    assert {MailboxState.MOVED} == {s for s in WAYS if WAYS[s].undo is Undo.RETURN}
    assert IN_FLIGHT - {MailboxState.COMPLETING} == {s for s in WAYS if WAYS[s].undo is Undo.ROLL_BACK}
    for state, way in WAYS.items():
        if way.undo in (Undo.WITHDRAW, Undo.ROLL_BACK, Undo.RETURN):
            assert MailboxState.DEFERRED in TRANSITIONS[state], state


def test_the_line_or_the_largest_decides() -> None:
    """It should take as long as all bytes through the slots, or the largest through one, and then the completions."""
    spread = cost(
        [moved(n, 2) for n in range(4)], GRANTED, DAY
    )  # 8 GB through two slots, two turns of completions
    lump = cost([moved(0, 9), moved(1, 1)], GRANTED, DAY)

    assert (4 + 1, 9 + 0.5) == (spread.hours, lump.hours)


def test_each_site_has_its_own_line() -> None:
    """It should copy back to all sites at once, each as fast as it may, and to all no faster than the whole may."""
    records = [moved(0, 2), moved(1, 2, "bristol")]
    narrow = replace(GRANTED, limits={**GRANTED.limits, "bytes_an_hour": Grant(GB // 10)})

    found = cost(records, GRANTED, DAY)

    assert [("bristol", 4.5), ("leeds", 2.5)] == [(each.site, each.hours) for each in found.sites]
    assert (4.5, 40.0) == (found.hours, cost(records, narrow, DAY).hours)


def test_a_grant_that_has_ended_counts_no_more() -> None:
    """It should reckon with what is published after a grant's last day."""
    limits = {**GRANTED.limits, "bytes_an_hour_move": Grant(GB, GB // 2, DAY)}
    granted = replace(GRANTED, limits=limits)

    days = (DAY, date(2026, 9, 2))

    assert [2.5, 4.5] == [cost([moved(0, 2)], granted, day).hours for day in days]


def test_room_is_known_or_it_is_not() -> None:
    """It should say nothing of room that nobody has read, or of which a database is missing."""
    records = [moved(0, 2), moved(1, None)]
    other = replace(records[0].mailbox, database="DB02")
    there = {"DB01": Room("EX01 D:", GB, 2 * GB)}

    found = [cost(records, GRANTED, DAY, room=room).sites[0] for room in ({}, there)]
    more = cost([*records, Record(other, MailboxState.MOVED)], GRANTED, DAY, room=there).sites[0]

    assert [None, 3 * GB, None] == [each.free for each in (*found, more)]
    assert (2, 2 * GB, 1) == (found[0].mailboxes, found[0].bytes, found[0].unsized)


def test_a_volume_counts_once() -> None:
    """It should not count the free bytes of a volume for each of the databases on it."""
    boxes = [replace(moved(n, 2).mailbox, database=name) for n, name in enumerate(("DB01", "DB02", "DB03"))]
    volumes = ("EX01 D:", "EX01 D:", "EX02 D:")
    room = {box.database: Room(volume, 1, 10) for box, volume in zip(boxes, volumes, strict=True)}

    found = cost([Record(box, MailboxState.MOVED) for box in boxes], GRANTED, DAY, room=room)

    assert 3 + 20 == found.sites[0].free


def test_what_does_not_fit_is_refused() -> None:
    """It should name the site and the figures where there is too little room, and the hours where they are too few."""
    found = cost([moved(0, 2)], GRANTED, DAY, room={"DB01": Room("EX01 D:", 0, 2 * GB - 1)})
    with pytest.raises(NoRoomAtSite, match=r"2.0 GB are to go back to site leeds"):
        refuse_short(found)

    fits = cost([moved(0, 2)], GRANTED, DAY, room={"DB01": Room("EX01 D:", 0, 2 * GB)})
    refuse_short(fits, hours=2.5)
    with pytest.raises(TooLong, match=r"takes 2.5 hours, and 2.0 are left"):
        refuse_short(fits, hours=2)


def test_nobody_costs_nothing() -> None:
    """It should cost nothing where nobody goes back."""
    assert (0, 0, 0) == (
        (found := cost([], GRANTED, DAY)).hours,
        found.mailboxes,
        found.bytes,
    )


def test_who_was_born_in_the_cloud_is_named() -> None:
    """It should name those of the organisations asked for whose ExchangeGuid came from no site (fact B49)."""
    there = [
        TargetMailbox(guid(0), "a@x", "UserMailbox", "RR8"),
        TargetMailbox(guid(7), "z@x", "UserMailbox", "RR8"),
        TargetMailbox(guid(8), "b@x", "UserMailbox", "RR8"),
        TargetMailbox(guid(9), "c@x", "UserMailbox", "RX1"),
    ]

    assert ["b@x", "z@x"] == born_in_cloud(there, {guid(0)}, {"RR8"})
