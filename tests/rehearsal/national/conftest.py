"""One small estate for all tests that only look."""

from __future__ import annotations

import pytest

from rehearsal.national.estate import NationalEstate, generate

SEED = 11
COUNT = 20_000


@pytest.fixture(scope="package")
def estate() -> NationalEstate:
    return generate(SEED, COUNT)
