"""How long a board waits for its report: `mailwave change review` of the whole rehearsal environment, deployed.

Three stacks previewed against the live values, each preparing play asked in check mode, and the page made. Nothing else
does what a review does, so there is no baseline. Goal: under 60 seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.areas.stacks import ROOT, Failed, measured
from bench.rows import Row
from rehearsal import server
from rehearsal.home import Asked, Home

AREA = "review"
FAR = "2099-12-30T00:00"
WHY = ("--ticket", "BENCH-1", "--reason", "how long a review takes")


def rows() -> Iterator[Row]:
    """Seconds of the clock, and of CPU, of one review."""
    with TemporaryDirectory() as folder, ExitStack() as until:
        home = until.enter_context(Home.held(Path(folder) / "home"))
        faults = Path(folder) / "faults.json"
        faults.write_text("[]", encoding="ascii")
        record = home.begin(Asked(faults=faults))
        running = until.enter_context(server.serving(home, record, None))
        environment = dict(running.environment)

        def mailwave(*arguments: str) -> tuple[str, float, float]:
            began = time.monotonic()
            done = measured(["mailwave", *arguments], ROOT, environment)
            if done.code != 0:
                raise Failed(command=f"mailwave {' '.join(arguments)}", words=done.words)
            return done.words, done.cpu, time.monotonic() - began

        mailwave("infra", "up", *WHY)
        words, cpu, seconds = mailwave("change", "review", *WHY, "--until", FAR, "--json")
        found = json.loads(words[words.index("{\n") : words.rindex("}") + 1])
        report = Path(found["folder"]) / "report.html"
        parts = f"{len(found['parts'])} parts, a page of {report.stat().st_size // 1024} kB"
    for value, unit in ((seconds, "s"), (cpu, "s of CPU")):
        yield Row(
            area=AREA,
            name="change review",
            workload=parts,
            ours=round(value, 1),
            baseline=None,
            baseline_name=None,
            ratio=None,
            unit=unit,
        )
