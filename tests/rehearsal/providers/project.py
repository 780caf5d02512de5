"""A simulated cloud behind a real socket, and a Pulumi project of a few lines beside it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.servicer import Subject
from rehearsal.cloud import Cloud
from rehearsal.wire import Reply, Request
from tests.engine import Done, Pulumi

TENANT = "11111111-2222-4333-8444-555555555555"
SUBSCRIPTION = "66666666-7777-4888-8999-000000000000"

GROUP = Subject("azure-native:resources:ResourceGroup", "platform", "urn:group")
ACCOUNT = Subject("azure-native:storage:StorageAccount", "evidence", "urn:account")
LOCK = Subject("azure-native:authorization:ManagementLockByScope", "keep", "urn:lock")
TEAM = Subject("azuread:index/group:Group", "team", "urn:team")
APPLICATION = Subject("azuread:index/application:Application", "operator", "urn:application")
PASSWORD = Subject("azuread:index/applicationPassword:ApplicationPassword", "password", "urn:password")
SEED = b"seed"

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

    def __init__(self, tenant: str = TENANT) -> None:
        self.cloud = Cloud(tenant=tenant)
        self.answer: Callable[[Request], Reply] = self.cloud.handle
        self.seen: list[Request] = []
        lock = threading.Lock()
        serving = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): text for name, text in self.headers.items()}
                request = Request(self.command, path, query, headers, body)
                with lock:
                    serving.seen.append(request)
                    reply = serving.answer(request)
                self.send_response(reply.status)
                for name, text in reply.headers.items():
                    self.send_header(name, text)
                self.send_header("content-length", str(len(reply.body) + reply.drop))
                self.end_headers()
                self.wfile.write(reply.body)
                self.close_connection = True

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
        data = json.dumps({} if body is None else body).encode()
        return self.cloud.handle(Request(method, f"/cloud{path}", body=data))

    def writes(self, part: str) -> list[str]:
        """The methods and last names of all that was written to or deleted at a path with *part* in it."""
        written = [request for request in self.seen if request.method != "GET" and part in request.path]
        return [f"{request.method} {request.path.rsplit('/', maxsplit=1)[-1]}" for request in written]

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass(frozen=True)
class Engine(Pulumi):
    """The real engine in a project of its own, and the *cloud* behind it."""

    cloud: LoopbackCloud

    def write(self, program: str) -> None:
        """Let *program* be the project's."""
        (self.folder / "__main__.py").write_text(program)

    def up(self, program: str) -> Done:
        """Deploy *program* without a preview."""
        self.write(program)
        return self.run("up", "--yes", "--skip-preview")

    def state(self) -> dict[str, dict[str, Any]]:
        """The resources in the state, by name; and nothing may be pending."""
        exported = json.loads(self.run("stack", "export").text)["deployment"]
        assert not exported.get("pending_operations")
        return {row["urn"].rsplit("::", maxsplit=1)[-1]: row for row in exported["resources"]}

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        shown: dict[str, Any] = json.loads(self.run("stack", "output", "--json").text)
        return shown
