"""A collector of OpenTelemetry's own protocol: what a run sends is read by the classes made from its definition."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

KIND = "application/x-protobuf"


@dataclass(frozen=True)
class Span:
    """One span as it arrived; *resource* is who sent it."""

    name: str
    id: bytes
    parent: bytes
    attributes: dict[str, str]
    events: int
    resource: dict[str, str]


@dataclass
class Collector:
    """Everything that arrived at *url*."""

    url: str = ""
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        """The spans in the order in which they arrived."""
        return [
            Span(
                span.name,
                span.span_id,
                span.parent_span_id,
                _values(span.attributes),
                len(span.events),
                _values(part.resource.attributes),
            )
            for request in self.requests
            for part in request.resource_spans
            for scope in part.scope_spans
            for span in scope.spans
        ]

    @property
    def text(self) -> str:
        """All of it, in JSON."""
        return "".join(map(MessageToJson, self.requests))


def _values(attributes: Any) -> dict[str, str]:
    return {each.key: each.value.string_value for each in attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on this machine for the time of the block, at `Collector.url`."""
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            well = (self.path, self.headers["Content-Type"]) == ("/v1/traces", KIND)
            if well:
                found.requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200 if well else 415)
            self.send_header("Content-Type", KIND)
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
