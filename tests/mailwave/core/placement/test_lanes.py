"""Lanes: who is named in the table, and whose row is refused."""

import pytest

from mailwave.core.bad_rows import BadRow, BadRows
from mailwave.core.estate import Mailbox, Organisation
from mailwave.core.placement.lanes import read_lanes, with_lanes
from mailwave.core.population import LANES, LARGE, Population, of_mailboxes

HEAD = "Mailbox,Lane,Why\n"
GUIDS = [f"{n:08x}-0000-4000-8000-000000000000" for n in range(4)]
USUAL, VOLUNTEER, SPECIAL = range(3)


def read(*rows: str) -> dict[str, int]:
    return read_lanes("lanes.csv", (HEAD + "\n".join(rows)).encode(), GUIDS)


def a_population() -> Population:
    sizes = [10, 10, 10, LARGE + 1]
    boxes = [
        Mailbox(guid, "a@x", "a", "A", "RAA", "leeds", "UserMailbox", "", "EX01", "DB1", size, 1)
        for guid, size in zip(GUIDS, sizes, strict=True)
    ]
    return of_mailboxes(boxes, [Organisation("RAA", "", "trust")])


def test_the_named_are_in_their_lane() -> None:
    """It should put volunteers and special mailboxes in their lane, and leave a large one special."""
    lanes = read(
        f"{GUIDS[0].upper()},volunteer,asked",
        f"{GUIDS[1]},special,scanner",
        f"{GUIDS[3]},volunteer,asked",
    )

    assert ("usual", "volunteer", "special") == LANES
    assert [VOLUNTEER, SPECIAL, USUAL, SPECIAL] == with_lanes(a_population(), lanes).lane.tolist()


def test_who_has_moved_is_passed_over() -> None:
    """It should not look for a mailbox that is no longer to be planned, nor need anybody to be named."""
    lanes = {GUIDS[0]: VOLUNTEER, "ffffffff-0000-4000-8000-000000000000": SPECIAL}

    assert [VOLUNTEER, USUAL, USUAL, SPECIAL] == with_lanes(a_population(), lanes).lane.tolist()
    assert [USUAL, USUAL, USUAL, SPECIAL] == with_lanes(a_population(), {}).lane.tolist()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("gone,special,x", "names 'gone', which is no mailbox of the estate"),
        (f"{GUIDS[1]},usual,x", "has the lane 'usual'; known are volunteer, special"),
        (f"{GUIDS[1]},special,", "says not why"),
        (f"{GUIDS[1]},special,=1", "gives a formula as its reason"),
        (f"{GUIDS[0].upper()},special,x", "stands in more than one row"),
    ],
)
def test_bad_rows_are_named(row: str, reason: str) -> None:
    """It should refuse the table with the line of the bad row and what is wrong with it."""
    with pytest.raises(BadRows) as caught:
        read(f"{GUIDS[0]},volunteer,asked", row)

    assert (BadRow("lanes.csv", 3, reason),) == caught.value.rows
