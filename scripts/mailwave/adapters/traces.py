"""Spans over OTLP: on where a variable of OpenTelemetry says where they go, and off otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own; all its others are read by its library."""

OFF = "OTEL_SDK_DISABLED"


@contextmanager
def tracing(environment: str, worker: str) -> Iterator[Any]:
    """A tracer for the time of the block, after which what it has left is sent; None where nobody asked for spans."""
    if os.environ.get(OFF, "").lower() == "true" or not any(map(os.environ.get, VARIABLES)):
        yield None
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    of = Resource.create(
        {
            "service.name": "mailwave",
            "service.instance.id": worker,
            "deployment.environment.name": environment,
        }
    )
    provider = TracerProvider(resource=of, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider.get_tracer("mailwave")
    finally:
        provider.shutdown()
