"""What the simulated systems of these tests share: a server on loopback, and the endpoints file that leads to it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from estate_schema import load_estate

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
ESTATE = ROOT / "environments" / "estate.rehearsal.yaml"
NOWHERE = "https://127.0.0.1:9"


@contextmanager
def listening(app: Any, **settings: Any) -> Iterator[int]:
    """Serve *app* on a free port of loopback for the time of the block; *settings* are uvicorn's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(app, http="h11", lifespan="off", log_level="critical", **settings)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def listening_many(apps: Sequence[Any], **settings: Any) -> Iterator[list[int]]:
    """Serve each of *apps* on a free port of loopback of its own, all in one thread; the ports, in their order."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in apps]
        ports = [listener.getsockname()[1] for listener in listeners]
        by_port = dict(zip(ports, apps, strict=True))

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await by_port[scope["server"][1]](scope, receive, send)

        server = uvicorn.Server(
            uvicorn.Config(app, http="h11", lifespan="off", log_level="critical", **settings)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": listeners})
        thread.start()
        try:
            yield ports
        finally:
            server.should_exit = True
            thread.join()


def write_endpoints(file: Path, secret: str, *, client: str = "operator", **values: object) -> None:
    """Write an endpoints file of the estate's own tenant in which nothing answers but what *values* name."""
    kept = file.with_name("secret")
    kept.write_text(secret, encoding="utf-8")
    kept.chmod(0o600)
    document = {
        "token": NOWHERE,
        "exchange_online": NOWHERE,
        "tenant": load_estate(ESTATE).tenant.id,
        "credentials": {
            "exchange_online": {"client_id": client, "secret_file": str(kept)},
            "sites": {"username": "REHEARSAL\\migration", "secret_file": str(kept)},
            "notify": {"secret_file": str(kept)},
        },
        **values,
    }
    file.write_text(json.dumps(document), encoding="utf-8")
