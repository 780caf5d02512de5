"""How a run is watched: its calls counted for the ledger, and metrics, spans and a log where they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailwave.adapters.admin_calls import AdminCalls
from mailwave.adapters.ledger import Ledger
from mailwave.core.events import Event
from mailwave.wiring.alerts import announcing
from mailwave.wiring.settings import Settings

if TYPE_CHECKING:  # the admin channel takes a while to import: a command loads only what it uses
    from exchange_admin import ExchangeAdmin
    from mailwave.adapters.telemetry import RunTelemetry, Watched


@dataclass(frozen=True)
class Watch:
    """What watches one run."""

    settings: Settings
    calls: AdminCalls
    telemetry: RunTelemetry

    def announce(self, event: Event) -> None:
        """Announce where the environment's events go, and count."""
        announcing(self.settings)(event)
        self.telemetry.announced(event)

    def over(self, admin: ExchangeAdmin) -> Watched:
        """The admin channel, watched."""
        from mailwave.adapters.telemetry import Watched

        return Watched(admin, self.telemetry)


@contextmanager
def watching(settings: Settings, worker: str, ledger: Ledger) -> Iterator[Watch]:
    """What watches the run of *worker* for the time of the block; what is left is sent at its end."""
    from mailwave.adapters.telemetry import LOG_VARIABLE, METRICS_VARIABLE, RunTelemetry
    from mailwave.adapters.traces import tracing

    calls, metrics = AdminCalls(), os.environ.get(METRICS_VARIABLE)
    with tracing(settings.environment, worker) as spans:
        telemetry = RunTelemetry(
            settings.environment,
            worker,
            ledger,
            calls.by_name,
            settings.clock().now,
            spans,
            Path(metrics) if metrics else None,
            os.environ.get(LOG_VARIABLE),
        )
        yield Watch(settings, calls, telemetry)
