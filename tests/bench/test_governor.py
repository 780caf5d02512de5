"""The governor's rows, on a few nights."""

from __future__ import annotations

from bench.areas import governor
from bench.governed.nights import drawn


def test_the_governor_keeps_up_with_an_oracle() -> None:
    """It should cross no bound, be near an oracle that knows the limits, and be quicker than fixed values."""
    late, _, _, _, *against, crossed = governor.rows(range(1000, 1006))

    assert 0 == crossed.ours
    assert late.ours < 1.25
    assert all(row.ratio is not None and row.ratio > 1 for row in against)


def test_a_night_is_its_seeds() -> None:
    """It should live a night the same way each time, and another one otherwise."""
    assert governor.lived(1000) == governor.lived(1000)
    assert drawn(1000).sites[0].carries[0] != drawn(1001).sites[0].carries[0]
