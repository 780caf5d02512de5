"""Unmodified clients that speak through `requests`, joined to a service in memory: all but the socket is real."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from rehearsal.wire import Reply, Request


class Carrier(HTTPAdapter):
    """Carries a prepared request of the client's library to *answer* and the reply back."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """What a connection does; a dropped answer ends as the library reports a connection that broke."""
        at = urlsplit(str(request.url))
        headers = {name.lower(): str(value) for name, value in request.headers.items()} | {"host": at.netloc}
        sent: Any = request.body or b""
        body: bytes = sent.encode() if isinstance(sent, str) else sent
        reply = self._answer(Request(str(request.method), at.path, at.query, headers, body))
        if reply.drop:
            raise requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead")
        raw = HTTPResponse(io.BytesIO(reply.body), reply.headers, status=reply.status, preload_content=False)
        return self.build_response(request, raw)
