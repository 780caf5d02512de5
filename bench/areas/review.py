"""How long a board waits for its report, and a night for its look at drift: the whole rehearsal environment, deployed.

A review is three stacks previewed against the live values, each preparing play asked in check mode, and the page made;
drift is the same previews and every play that reads and needs no variable. Nothing else does what they do, so there is
no baseline. Goal: each under 60 seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.areas.stacks import ROOT, measured
from bench.rows import Row
from rehearsal import server
from rehearsal.home import Asked, Home

AREA = "review"
FAR = "2099-12-30T00:00"
DRIFT = 14
WHY = ("--ticket", "BENCH-1", "--reason", "how long a review takes")


def rows() -> Iterator[Row]:
    """Seconds of the clock, and of CPU, of one review and of one look at drift."""
    with TemporaryDirectory() as folder, ExitStack() as until:
        home = until.enter_context(Home.held(Path(folder) / "home"))
        faults = Path(folder) / "faults.json"
        faults.write_text("[]", encoding="ascii")
        record = home.begin(Asked(faults=faults))
        running = until.enter_context(server.serving(home, record, None))
        environment = dict(running.environment)

        def mailwave(*arguments: str, ends: Collection[int] = (0,)) -> tuple[str, float, float]:
            began = time.monotonic()
            done = measured(["mailwave", *arguments], ROOT, environment, ends)
            return done.words, done.cpu, time.monotonic() - began

        mailwave("infra", "up", *WHY)
        words, cpu, seconds = mailwave("change", "review", *WHY, "--until", FAR, "--json")
        found = json.loads(words[words.index("{\n") : words.rindex("}") + 1])
        report = Path(found["folder"]) / "report.html"
        parts = f"{len(found['parts'])} parts, a page of {report.stat().st_size // 1024} kB"
        yield from _row("change review", parts, seconds, cpu)
        # No play has made the servers ready, so that there is something to find.
        words, cpu, seconds = mailwave("change", "drift", "--json", ends=(DRIFT,))
        looks = json.loads(words[words.index("{\n") : words.rindex("}") + 1])
        seen = f"{len(looks['differs'])} differences, {len(looks['unread'])} unread"
        yield from _row("change drift", seen, seconds, cpu)


def _row(name: str, workload: str, seconds: float, cpu: float) -> Iterator[Row]:
    for value, unit in ((seconds, "s"), (cpu, "s of CPU")):
        yield Row(
            area=AREA,
            name=name,
            workload=workload,
            ours=round(value, 1),
            baseline=None,
            baseline_name=None,
            ratio=None,
            unit=unit,
        )
