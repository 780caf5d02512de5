"""A simulated cloud behind a real socket, and a Pulumi project of a few lines beside it."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud
from rehearsal.wire import Reply, Request

TENANT = "11111111-2222-4333-8444-555555555555"
SUBSCRIPTION = "66666666-7777-4888-8999-000000000000"

PROJECT = """\
name: tiny
runtime: python
config:
  azure-native:subscriptionId: {value: "%s"}
  azure-native:tenantId: {value: "%s"}
  azure-native:location: {value: uksouth}
  azuread:tenantId: {value: "%s"}
"""


class LoopbackCloud:
    """A `Cloud` behind a real socket, for providers, which are other processes; *answer* can be another service."""

    def __init__(self) -> None:
        self.cloud = Cloud()
        self.answer: Callable[[Request], Reply] = self.cloud.handle
        lock = threading.Lock()
        serving = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): text for name, text in self.headers.items()}
                with lock:
                    reply = serving.answer(Request(self.command, path, query, headers, body))
                self.send_response(reply.status)
                for name, text in reply.headers.items():
                    self.send_header(name, text)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/cloud"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        self._thread.start()

    def objects(self) -> dict[str, dict[str, Any]]:
        """Every object by its path."""
        listed = json.loads(self.cloud.handle(Request("GET", "/cloud")).body)
        return {row["path"]: row["object"] for row in listed["value"]}

    def send(self, method: str, path: str, body: object = None) -> Reply:
        """One request, as somebody behind Pulumi's back would send it."""
        return self.cloud.handle(Request(method, f"/cloud{path}", body=json.dumps(body or {}).encode()))

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass(frozen=True)
class Done:
    """What a command of the engine came to."""

    code: int
    text: str


@dataclass(frozen=True)
class Engine:
    """The real engine in a project of its own."""

    folder: Path
    environment: dict[str, str]
    cloud: LoopbackCloud

    def write(self, program: str) -> None:
        """Let *program* be the project's."""
        (self.folder / "__main__.py").write_text(program)

    def run(self, *arguments: str) -> Done:
        """One `pulumi` command."""
        command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        shown: dict[str, Any] = json.loads(self.run("stack", "output", "--json").text)
        return shown
