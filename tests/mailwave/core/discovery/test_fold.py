"""What is known after several readings."""

from __future__ import annotations

from mailwave.core.discovery.fold import folded
from mailwave.core.discovery.tables import GONE, MAIL_USER, MAILBOX, RIGHT, STATISTICS, USER
from tests.mailwave.core.discovery.made import a_box, a_right, after, guid, people, read


def test_the_last_reading_of_a_thing_counts() -> None:
    """It should keep what only the first saw, and of what both saw the second."""
    first = read(1, mailbox=[a_box(1), a_box(2)], statistics=[{"MailboxGuid": guid(1), "ItemCount": "1"}])
    second = read(
        2,
        mailbox=[a_box(2, DisplayName="New")],
        statistics=[{"MailboxGuid": guid(1).upper(), "ItemCount": "5"}],
    )
    found = folded(after(first, second))
    assert ["Person 1", "New"] == found[MAILBOX]["DisplayName"].to_list()
    assert ["5"] == found[STATISTICS]["ItemCount"].to_list()


def test_who_is_gone_is_gone_until_seen_again() -> None:
    """It should leave out a mailbox that was not found any more, and take it back where a later reading has it."""
    gone = read(2, **{GONE: [{"ExchangeGuid": guid(1)}]})
    assert ["Person 2"] == folded(after(read(1, **people(1, 2)), gone))[MAILBOX]["DisplayName"].to_list()
    back = folded(after(read(1, **people(1, 2)), gone, read(3, **people(1))))
    assert {"Person 1", "Person 2"} == set(back[MAILBOX]["DisplayName"])


def test_the_rights_on_a_mailbox_are_those_of_its_last_reading() -> None:
    """It should drop a right that was taken, keep those on who was not asked for again, and follow a new name."""
    first = read(1, **people(1, 2), right=[a_right(1, "a"), a_right(1, "b"), a_right(2, "c")])
    moved = a_box(1, Identity="leeds.example/Elsewhere/p1")
    second = read(2, mailbox=[moved], right=[a_right(1, "b", Identity="leeds.example/Elsewhere/p1")])
    found = folded(after(first, second))[RIGHT]
    assert {(guid(1), "b"), (guid(2), "c")} == set(found.select("mailbox", "User").iter_rows())


def test_users_are_those_of_the_last_whole_list_and_its_changes() -> None:
    """It should forget who is in no list of everybody since, and who was removed."""
    first = read(1, "tenant", user=[{"id": n, "whole": True} for n in "abc"])
    changed = read(2, "tenant", user=[{"id": "b", "removed": True}, {"id": "d"}])
    assert ["a", "c", "d"] == folded(after(first, changed))[USER]["id"].to_list()
    anew = read(3, "tenant", user=[{"id": "c", "whole": True}])
    assert ["c"] == folded(after(first, changed, anew))[USER]["id"].to_list()


def test_what_each_reading_has_whole_is_that_of_the_last() -> None:
    """It should keep nothing of an earlier list where a later one of that source is whole, and one row of each."""
    first = read(1, "tenant", mail_user=[{"ExchangeGuid": guid(1)}, {"ExchangeGuid": guid(2)}])
    second = read(2, "tenant", mail_user=[{"ExchangeGuid": guid(2)}, {"ExchangeGuid": guid(2)}])
    assert [guid(2)] == folded(after(first, second))[MAIL_USER]["ExchangeGuid"].to_list()
