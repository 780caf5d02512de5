"""What severing each kind of right costs."""

from __future__ import annotations

from mailwave.core.delegates.rights import KINDS
from mailwave.core.discovery.holders import FOLDER_ACCESS
from mailwave.core.estate import RIGHTS


def test_every_right_of_an_estate_has_its_price() -> None:
    """It should price exactly the rights that an estate may hold, folders among them."""
    assert set(RIGHTS) == set(KINDS)
    assert list(RIGHTS) == sorted(RIGHTS)
    assert FOLDER_ACCESS in KINDS


def test_what_stops_working_costs_more_than_what_goes_on() -> None:
    """It should cost more to sever one right that stops working than all that go on together (peers, 6)."""
    hard = {name: kind.price for name, kind in KINDS.items() if kind.hard}
    assert {"FolderAccess", "SendAs"} == set(hard)
    assert min(hard.values()) > sum(kind.price for kind in KINDS.values() if not kind.hard)
