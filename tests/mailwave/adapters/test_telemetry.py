"""Metrics, spans and the log of a run show how it goes, and name nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailwave.adapters.admin_calls import AdminCalls
from mailwave.adapters.event_log import EventLog
from mailwave.adapters.target import Target
from mailwave.adapters.telemetry import RunTelemetry, Watched
from mailwave.adapters.traces import tracing
from mailwave.core.events import Event
from mailwave.runbooks.wave.run import RunWaves
from tests.mailwave.adapters.collector import Collector, collecting
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services, small_estate


class Shown(Operator):
    """An operator whose run is watched in every way; its spans are sent to a collector."""

    calls = AdminCalls()
    collector = Collector()

    @contextmanager
    def running(self, **replaced: Any) -> Iterator[RunWaves]:
        """The runbook behind `wave run`, watched."""
        with (
            tracing("rehearsal", "alone") as spans,
            self.services.cloud(self.boundary) as admin,
            self.ledger() as ledger,
        ):
            admin._sent = self.calls.sent
            telemetry = RunTelemetry(
                "rehearsal",
                "alone",
                ledger,
                self.calls.by_name,
                self.clock.now,
                spans,
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
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """An operator whose waves have run to their end, weeks in some seconds: more spans are on their way at once."""
    operator = Shown(Services(), tmp_path_factory.mktemp("shown"))
    with collecting() as collector, pytest.MonkeyPatch.context() as patched:
        patched.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        patched.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "100000")
        operator.collector = collector
        operator.everything()
        yield operator


def everything(shown: Shown) -> str:
    """All that was shown, as text."""
    files = "".join(
        (shown.folder / name).read_text() for name in ("metrics.prom", "log.jsonl", "events.jsonl")
    )
    return files + shown.collector.text


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
    families = text_string_to_metric_families((shown.folder / "metrics.prom").read_text())
    found = {
        (each.name, *sorted(each.labels.values())): each.value for its in families for each in its.samples
    }

    moved = [value for key, value in found.items() if key[0] == "mailwave_mailboxes" and "moved" in key]
    assert 29 == sum(moved)
    assert 30 == found["mailwave_admin_calls", "alone", "complete", "rehearsal"]
    assert found["mailwave_seconds_count", "7 release", "step"] > 0
    assert found["mailwave_seconds_count", "Get-MigrationUser", "cmdlet"] > 0


def test_calls_are_kept(shown: Shown) -> None:
    """It should leave in the ledger how many calls of each kind the run has made."""
    with shown.ledger() as ledger:
        assert {"alone": dict(shown.calls.by_name())} == ledger.calls()


def test_spans_and_lines_follow_the_steps(shown: Shown) -> None:
    """It should send a collector a span of each turn of a step, with the cmdlets as its children, and log a line."""
    spans = shown.collector.spans
    steps = {span.id: span for span in spans if span.name == "step"}
    calls = [span for span in spans if span.name == "cmdlet"]
    lines = [json.loads(line) for line in (shown.folder / "log.jsonl").read_text().splitlines()]

    assert {"Get-MigrationUser", "Set-MigrationUser"} <= {
        span.attributes["mailwave.cmdlet"] for span in calls
    }
    assert all(span.parent in steps for span in calls)
    sender = {
        "service.name": "mailwave",
        "service.instance.id": "alone",
        "deployment.environment.name": "rehearsal",
    }
    assert all(sender.items() <= span.resource.items() for span in spans)
    assert len(steps) == sum(line["log"] == "step" for line in lines)
    assert {"7 release", "1 start"} <= {line["step"] for line in lines if line["log"] == "step"}


def test_of_an_error_its_class_is_shown(shown: Shown) -> None:
    """It should show that a cmdlet has failed by the class of its error, whose text may name people."""
    with shown.running() as runbook:
        before = len(shown.collector.spans)
        with pytest.raises(KeyError), runbook.telemetry.turn("W1", "1 preflight"):
            raise KeyError("grace.brown@nhsmail.example")

    (span,) = shown.collector.spans[before:]
    assert ("KeyError", 0) == (span.attributes["error.type"], span.events)
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
