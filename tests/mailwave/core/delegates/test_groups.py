"""Groups: joined through others, within a night, without service accounts."""

from mailwave.core.delegates.groups import Night, delegate_groups
from mailwave.core.estate import Mailbox
from tests.mailwave.builders import a_mailbox, a_right, guid

ROOMY = Night(mailboxes=22_000, bytes=25 * 10**12)


def guids(groups: list[tuple[Mailbox, ...]]) -> list[list[str]]:
    return sorted([box.guid for box in group] for group in groups)


def test_groups_are_joined_through_others() -> None:
    """It should put people in one group who are joined only through a third, and leave the rest alone."""
    groups = delegate_groups(
        [a_mailbox(n) for n in range(4)], [a_right(0, 2), a_right(2, 3), a_right(1, 9)], ROOMY
    )

    assert [[guid(0), guid(2), guid(3)], [guid(1)]] == guids(groups)


def test_a_night_is_filled_to_its_last_mailbox() -> None:
    """It should keep a group of exactly as many as a night takes, and divide it when there is one more."""
    boxes = [a_mailbox(n) for n in range(8)]
    chain = [a_right(n, n + 1) for n in range(7)]

    assert [8] == [len(group) for group in delegate_groups(boxes, chain, Night(8, 10**15))]
    assert 7 >= max(len(group) for group in delegate_groups(boxes, chain, Night(7, 10**15)))


def test_bytes_bound_a_group_too() -> None:
    """It should divide a group that has more bytes than a night can take."""
    pair = [a_mailbox(n, size_bytes=60) for n in range(2)]

    assert 1 == len(delegate_groups(pair, [a_right(0, 1)], Night(10, 120)))
    assert 2 == len(delegate_groups(pair, [a_right(0, 1)], Night(10, 119)))


def test_a_service_account_joins_nobody() -> None:
    """It should set aside who holds rights on more than 300 mailboxes, and not who holds them on just 300."""
    boxes = [a_mailbox(n) for n in range(302)]
    rights = [a_right(n, 0) for n in range(1, 302)]

    assert 302 == len(delegate_groups(boxes, rights, ROOMY))
    assert [1, 301] == sorted(len(group) for group in delegate_groups(boxes, rights[:-1], ROOMY))


def test_a_shared_mailbox_with_many_members_is_no_service_account() -> None:
    """It should keep together the holders of rights on one mailbox, however many they are."""
    boxes = [a_mailbox(n) for n in range(400)]
    rights = [a_right(0, n) for n in range(1, 400)]

    assert [400] == [len(group) for group in delegate_groups(boxes, rights, ROOMY)]
