"""One store for all its tests; each test takes a bucket of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.object_store import ObjectStore, serving


@pytest.fixture(scope="session")
def store() -> Iterator[ObjectStore]:
    """The store, empty at first."""
    with serving() as running:
        yield running
