"""Metrics, spans and the log of a run show how it goes, and name nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mailwave.adapters.admin_calls import AdminCalls
from mailwave.adapters.event_log import EventLog
from mailwave.adapters.target import Target
from mailwave.adapters.telemetry import RunTelemetry, Watched
from mailwave.adapters.traces import tracing
from mailwave.core.events import Event
from mailwave.runbooks.wave.run import RunWaves
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services, small_estate


class Shown(Operator):
    """An operator whose run is watched in every way."""

    exporter = InMemorySpanExporter()
    calls = AdminCalls()

    @contextmanager
    def running(self, **replaced: Any) -> Iterator[RunWaves]:
        """The runbook behind `wave run`, watched."""
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        with self.services.cloud(self.boundary) as admin, self.ledger() as ledger:
            admin._sent = self.calls.sent
            telemetry = RunTelemetry(
                "rehearsal",
                "alone",
                ledger,
                self.calls.by_name,
                self.clock.now,
                provider.get_tracer("mailwave"),
                self.folder / "metrics.prom",
                str(self.folder / "log.jsonl"),
            )
            log = EventLog(str(self.folder / "events.jsonl"), "rehearsal", self.clock.now)

            def announce(event: Event) -> None:
                log(event)
                telemetry.announced(event)

            with super().running(target=Target(Watched(admin, telemetry)), **replaced) as runbook:
                follower = replace(runbook.follower, announce=announce)
                yield replace(runbook, telemetry=telemetry, announce=announce, follower=follower)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """An operator whose waves have run to their end."""
    operator = Shown(Services(), tmp_path_factory.mktemp("shown"))
    operator.everything()
    return operator


def everything(shown: Shown) -> str:
    """All that was shown, as text."""
    files = "".join(
        (shown.folder / name).read_text() for name in ("metrics.prom", "log.jsonl", "events.jsonl")
    )
    return files + "".join(span.to_json() for span in shown.exporter.get_finished_spans())


def test_nobody_is_named(shown: Shown) -> None:
    """It should show nobody's address, alias, name or mailbox identity, whatever has failed and been announced."""
    told = everything(shown).casefold()

    people = small_estate().mailboxes
    found = {
        canary
        for person in people
        for canary in (person.address, person.alias, person.display_name, person.exchange_guid)
        if re.search(rf"(?<![\w-]){re.escape(canary.casefold())}(?![\w-])", told)
    }
    assert set() == found
    assert "@" not in told


def test_metrics_are_shown(shown: Shown) -> None:
    """It should show mailboxes by state, calls by kind, and how long steps and cmdlets took."""
    metrics = (shown.folder / "metrics.prom").read_text()

    moved = re.findall(
        r'mailwave_mailboxes\{environment="rehearsal",site="\w+",state="moved"\} (\d+)', metrics
    )
    assert 29 == sum(map(int, moved))
    assert 'mailwave_admin_calls{environment="rehearsal",kind="complete",worker="alone"} 30.0' in metrics
    assert 'mailwave_seconds_count{name="7 release",what="step"}' in metrics
    assert 'mailwave_seconds_count{name="Get-MigrationUser",what="cmdlet"}' in metrics


def test_calls_are_kept(shown: Shown) -> None:
    """It should leave in the ledger how many calls of each kind the run has made."""
    with shown.ledger() as ledger:
        assert {"alone": dict(shown.calls.by_name())} == ledger.calls()


def test_spans_and_lines_follow_the_steps(shown: Shown) -> None:
    """It should make a span and a line of each turn of a step, with the cmdlets as the span's children."""
    spans = shown.exporter.get_finished_spans()
    steps = {span.context.span_id: span for span in spans if span.name == "step"}
    calls = [span for span in spans if span.name == "cmdlet"]
    lines = [json.loads(line) for line in (shown.folder / "log.jsonl").read_text().splitlines()]

    assert {"Get-MigrationUser", "Set-MigrationUser"} <= {
        span.attributes["mailwave.cmdlet"] for span in calls
    }
    assert all(span.parent and span.parent.span_id in steps for span in calls)
    assert len(steps) == sum(line["log"] == "step" for line in lines)
    assert {"7 release", "1 start"} <= {line["step"] for line in lines if line["log"] == "step"}


def test_of_an_error_its_class_is_shown(shown: Shown) -> None:
    """It should show that a cmdlet has failed by the class of its error, whose text may name people."""
    with shown.running() as runbook:
        before = len(shown.exporter.get_finished_spans())
        with pytest.raises(KeyError), runbook.telemetry.turn("W1", "1 preflight"):
            raise KeyError("grace.brown@nhsmail.example")

    (span,) = shown.exporter.get_finished_spans()[before:]
    assert ("KeyError", ()) == (span.attributes["error.type"], span.events)
    assert "grace" not in everything(shown)


def test_spans_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should make no spans unless a variable of OpenTelemetry says where they go."""
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    with tracing("rehearsal", "alone") as spans:
        assert spans is None

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with tracing("rehearsal", "alone") as spans:
        assert spans is None
