"""Which servers a run that was cut off, or failed, had finished: the next run leaves them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mailwave.core.intents import Intent, Outcome
from mailwave.core.manifest import digest

RUN = "site.play"
"""The act of running a play; its subject is the play."""

DONE = "site.server"
"""The act of recording that a run is done with a server, whose name is in its detail; it has no other effect."""


def asked(variables: Mapping[str, object], source: str) -> str:
    """What two runs of a play must share to be one: its *variables*, and the *source* (a digest) of all playbooks."""
    return digest({"source": source, "variables": dict(variables)})


def finished(runs: Sequence[Intent], marks: Iterable[Intent], *, play: str, wanted: str) -> set[str]:
    """The servers that need not be touched again to end what was begun.

    They are those that runs of *play* finished since it last ended well, as long as the same was *wanted* (`asked`).
    *runs* and *marks* are the intents of `RUN` and of `DONE`, in order.
    """
    open_runs: set[int] = set()
    for run in runs:
        if run.subject != play:
            continue
        if run.outcome is Outcome.OK or run.detail.get("asked") != wanted:
            open_runs.clear()
        if run.outcome is not Outcome.OK and run.detail.get("asked") == wanted:
            open_runs.add(run.id)
    return {
        str(mark.detail["server"])
        for mark in marks
        if mark.outcome is Outcome.OK and mark.detail.get("run") in open_runs
    }
