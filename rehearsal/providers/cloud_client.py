"""Plain HTTP to the simulated cloud, which is another process."""

from __future__ import annotations

import json
import os
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from infra.servicer import ProviderError

ADDRESS = "REHEARSAL_CLOUD"
_TIMEOUT = 30.0  # seconds; the answer comes from the same machine
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class CloudRefused(ProviderError):
    """The simulated cloud answered with an error."""

    def __init__(self, *, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{code} ({status}): {message}")


class CloudClient:
    """The simulated cloud at the address in the environment variable REHEARSAL_CLOUD.

    That must be this machine: a stand-in that is met by accident must never look like a real provider.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
            raise ProviderError(
                f"{ADDRESS} is {address!r}; this is the rehearsal's stand-in and needs http://127.0.0.1:<port>/cloud"
            )
        self._place = (parts.hostname or "", parts.port or 80)
        self._root = parts.path.rstrip("/")

    @classmethod
    def from_environment(cls) -> CloudClient:
        """The client for the running rehearsal. Raises ProviderError where there is none."""
        return cls(os.environ.get(ADDRESS, ""))

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[str, dict[str, Any]]:
        """Send one request; return the object's path and the object. Raises CloudRefused, ProviderError."""
        connection = HTTPConnection(*self._place, timeout=_TIMEOUT)
        named = {"content-type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, self._root + quote(path), data, named)
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, HTTPException) as broken:
            raise ProviderError(
                f"the rehearsal's cloud did not answer {method} {path}: {broken!r}"
            ) from broken
        finally:
            connection.close()
        answer = json.loads(text) if text else {}
        if reply.status >= 400:
            error = answer.get("error", {})
            raise CloudRefused(
                status=reply.status, code=error.get("code", "Error"), message=error.get("message", "")
            )
        return reply.headers.get("location", ""), answer
