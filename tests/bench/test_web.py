"""The pages' benchmark, small."""

import pytest

from bench.areas import web
from rehearsal import postgresql


def test_a_small_load_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should ask for pages beside a few dashboards, count what failed, and say what each process used."""
    monkeypatch.setattr(postgresql, "programs", lambda: None)
    load = web.Load(rate=20, seconds=1, streams=3, settling=1)

    found = {row.name.removeprefix("SQLite: "): row.ours for row in web.rows(400, 40, load)}

    assert 0 == found["answers that failed"]
    assert 0 < found["P50 of an answer"] <= found["P95 of an answer"] <= found["longest answer"]
    assert 1 <= found["fewest frames of a stream"] <= found["most frames of a stream"]
    assert 0 < found["the pages' own processor"]
    assert 0 < found["the load's own processor"]
