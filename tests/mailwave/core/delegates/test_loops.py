"""The loops behind the graph of rights, where no other test would notice one of their conditions."""

from __future__ import annotations

import numpy as np

from mailwave.core.delegates import loops


def test_rights_inside_some_groups() -> None:
    """It should find the rights whose two ends are in one group, and that one of those asked for."""
    label, some = np.array([0, 0, 1, 1, 2, 2]), np.array([True, False, True])

    found = loops.inside(np.array([0, 1, 2, 4, 5]), np.array([1, 4, 3, 5, 0]), label, some)

    assert [0, 3] == found.tolist()
