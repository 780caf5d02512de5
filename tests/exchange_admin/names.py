"""A server on loopback that has names of its own: it answers with what it was asked, and turns other names away."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


@dataclass
class Named:
    """What came to the server at *place*.

    *hosts* are the Host headers, *tokens* those of Authorization, *greeted* the names in TLS handshakes, *taken* the
    number of connections.
    """

    place: str = ""
    hosts: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    taken: int = 0


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, named: Named, *arguments: object) -> None:
        self.named = named
        named.taken += 1
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.named.hosts.append(self.headers["host"])
        self.named.tokens.append(self.headers.get("authorization", ""))
        self.named.bodies.append(self.rfile.read(int(self.headers.get("content-length", 0))))
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A handshake that was refused is what some tests want."""


@contextmanager
def listening(names: Sequence[str] = (), authority: trustme.CA | None = None) -> Iterator[Named]:
    """Serve on loopback, by TLS with a certificate for *names* if there is an *authority*."""
    named = Named()
    server = _Server(("127.0.0.1", 0), partial(_Answer, named))
    named.place = f"127.0.0.1:{server.server_port}"
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names).configure_cert(context)
        context.sni_callback = lambda _socket, name, _context: named.greeted.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield named
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def trusted(folder: Path, authority: trustme.CA) -> Path:
    """The certificate of *authority* in a file."""
    file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file
