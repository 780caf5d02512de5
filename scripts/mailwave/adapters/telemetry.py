"""Metrics, traces and logs of a run (decision 59): counts, names of courses, steps and cmdlets, and never of a person.

Texts of services and errors name people, so none of them comes here: of an error its class alone does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from exchange_admin import ExchangeAdmin
from exchange_admin.port import NOTHING, Result
from mailwave.adapters.event_log import CONSOLE
from mailwave.core.events import Event
from mailwave.core.progress import Dashboard, Face

METRICS_VARIABLE = "MAILWAVE_METRICS"
"""The variable that names the file for the metrics, which a node exporter's textfile collector reads; else none."""

LOG_VARIABLE = "MAILWAVE_LOG"
"""The variable that says where the log goes: `stderr`, or the path of a file; without it nowhere."""

BUCKETS = (0.01, 0.1, 1.0, 10.0, 60.0, 600.0)
"""Seconds: a call, a poll of a wave, and one that waits for a service that puts it off."""


class Kept(Protocol):
    """Where figures are kept that other commands show."""

    def note_calls(self, worker: str, calls: Mapping[str, int]) -> None:
        """Remember how many calls the run of *worker* has made."""
        ...

    def dashboard(self, face: Face = Face.WAVE) -> Dashboard:
        """Where the whole estate stands."""
        ...


@dataclass
class RunTelemetry:
    """Watches the run of *worker* in *environment*; *now* tells the environment's time.

    *calls* says how many calls of each kind were made so far. *spans* makes a span of a name and its attributes;
    *metrics* is the file of the metrics, *log* where lines go, each None where nobody asked for it.
    """

    environment: str
    worker: str
    kept: Kept
    calls: Callable[[], Mapping[str, int]]
    now: Callable[[], datetime]
    spans: Any = None
    metrics: Path | None = None
    log: str | None = None
    _registry: Registry | None = field(default=None, init=False)
    _told: Mapping[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Load the library of metrics only where they are asked for."""
        if self.metrics is not None:
            self._registry = Registry(self.environment, self.worker)

    @contextmanager
    def turn(self, course: str, step: str) -> Iterator[None]:
        """See `mailwave.ports.telemetry`."""
        with self._watched("step", {"course": course, "step": step}):
            yield

    @contextmanager
    def call(self, cmdlet: str) -> Iterator[None]:
        """Watch one cmdlet at Exchange Online."""
        with self._watched("cmdlet", {"cmdlet": cmdlet}):
            yield

    def announced(self, event: Event) -> None:
        """An event was announced: its kind and subject are told here, its text in the log of events."""
        if self._registry is not None:
            self._registry.events.labels(event.kind.value).inc()
        self._line("event", {"event": event.kind.value, "subject": event.subject}, 0.0, "")

    def pulse(self) -> None:
        """See `mailwave.ports.telemetry`: the calls go to the ledger, all figures to the file."""
        calls = self.calls()
        if calls != self._told:
            self.kept.note_calls(self.worker, calls)
            self._told = dict(calls)
        if self._registry is not None and self.metrics is not None:
            self._registry.write(self.metrics, calls, self.kept.dashboard(Face.SITE))

    @contextmanager
    def _watched(self, what: str, names: Mapping[str, str]) -> Iterator[None]:
        began, failed = time.monotonic(), ""
        try:
            with self._span(what, names) as span:
                try:
                    yield
                except BaseException as error:
                    failed = type(error).__name__
                    if span is not None:
                        span.set_attribute("error.type", failed)
                    raise
        finally:
            seconds = time.monotonic() - began
            if self._registry is not None:
                self._registry.seconds.labels(what, names[what]).observe(seconds)
            if what == "step" or failed:
                self._line(what, names, seconds, failed)

    def _span(self, what: str, names: Mapping[str, str]) -> AbstractContextManager[Any]:
        """A span, whose children are those within; the library would add an error's text, which names people."""
        if self.spans is None:
            return nullcontext()
        given = {f"mailwave.{name}": value for name, value in names.items()}
        span: AbstractContextManager[Any] = self.spans.start_as_current_span(
            what, attributes=given, record_exception=False, set_status_on_exception=False
        )
        return span

    def _line(self, what: str, names: Mapping[str, str], seconds: float, failed: str) -> None:
        if self.log is None:
            return
        who = {"environment": self.environment, "worker": self.worker}
        told: dict[str, object] = {"log": what, "at": self.now().isoformat(), **who, **names}
        if what != "event":
            told |= {"seconds": round(seconds, 3), "error": failed}
        text = f"{msgspec.json.encode(told).decode()}\n"
        if self.log == CONSOLE:
            sys.stderr.write(text)
            sys.stderr.flush()
            return
        with Path(self.log).open("a", encoding="utf-8") as file:
            file.write(text)


class Registry:
    """The metrics of one run, by Prometheus's own client."""

    def __init__(self, environment: str, worker: str) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._all = CollectorRegistry()
        run = {"environment": environment, "worker": worker}
        self._run = tuple(run.values())
        self.seconds = Histogram(
            "mailwave_seconds",
            "How long a step's turn or a cmdlet took",
            ["what", "name"],
            buckets=BUCKETS,
            registry=self._all,
        )
        self.events = Counter("mailwave_events", "Events that were announced", ["event"], registry=self._all)
        self._calls = Gauge(
            "mailwave_admin_calls",
            "Requests to Exchange Online since the run began, by what they were for",
            ["environment", "worker", "kind"],
            registry=self._all,
        )
        self._mailboxes = Gauge(
            "mailwave_mailboxes",
            "Mailboxes of a site by state",
            ["environment", "site", "state"],
            registry=self._all,
        )

    def write(self, file: Path, calls: Mapping[str, int], seen: Dashboard) -> None:
        """Write everything to *file*, whole or not at all."""
        from prometheus_client import write_to_textfile

        for kind, number in calls.items():
            self._calls.labels(*self._run, kind).set(number)
        self._mailboxes.clear()
        for site, states in seen.tallies.items():
            for state, tally in states.items():
                self._mailboxes.labels(self._run[0], site, state.value).set(tally.mailboxes)
        write_to_textfile(str(file), self._all)


class Watched:
    """An *admin* whose every cmdlet is watched; what it is asked with is not."""

    def __init__(self, admin: ExchangeAdmin, telemetry: RunTelemetry) -> None:
        self._admin = admin
        self._telemetry = telemetry

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """See `ExchangeAdmin`."""
        with self._telemetry.call(cmdlet):
            return self._admin.invoke(cmdlet, parameters)
