"""The age of a token, to the second."""

from __future__ import annotations

import pytest

from rehearsal.notify.errors import Refusal
from rehearsal.notify.tokens import TOLERANCE_SECONDS, check_age

NOW = 1_800_000_000.0


@pytest.mark.parametrize("age", [-TOLERANCE_SECONDS, 0, TOLERANCE_SECONDS])
def test_an_age_within_the_tolerance_is_accepted(age: int) -> None:
    """It should accept a token issued up to 30 seconds before or after the real time."""
    check_age(int(NOW) - age, NOW)


@pytest.mark.parametrize("age", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])
def test_an_age_beyond_the_tolerance_is_refused(age: int) -> None:
    """It should refuse a token that is a second too old or too young."""
    with pytest.raises(Refusal, match="within 30 seconds"):
        check_age(int(NOW) - age, NOW)
