"""The adapter for Exchange Online's admin endpoint: it carries the messages of a `Conversation` over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx2

from exchange_admin.errors import Unreachable
from exchange_admin.invoke import Conversation, Post, Renew, Service, Throttle, Wait
from exchange_admin.port import NOTHING, Result, refuse_in_dry_run
from exchange_admin.tokens import TokenSource


class ExchangeOnline:
    """Exchange Online through its admin endpoint; see `ExchangeAdmin` for what `invoke` does and raises.

    *base* is the service's address, *tenant* the tenant's GUID and *http* what `reach_httpx2.http_client` makes. A dry
    run lets only reads pass. *sleep* waits the given seconds; *throttled* is told of each cmdlet that the service put
    off with 429, *sent* of the cmdlet of each request, pages and repetitions included. Threads may share it.
    """

    def __init__(
        self,
        base: str,
        tenant: str,
        tokens: TokenSource,
        http: httpx2.Client,
        *,
        dry_run: bool = True,
        sleep: Callable[[float], None] = time.sleep,
        throttled: Callable[[str], None] | None = None,
        sent: Callable[[str], None] | None = None,
    ) -> None:
        self._service = Service(base, tenant, connection_id=str(uuid4()))
        self._tokens = tokens
        self._http = http
        self._dry_run = dry_run
        self._sleep = sleep
        self._throttled = throttled
        self._sent = sent

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Run *cmdlet*, page by page, and return what it wrote."""
        refuse_in_dry_run(cmdlet, dry_run=self._dry_run)
        conversation = Conversation(self._service, cmdlet, parameters, request_id=str(uuid4()))
        renewal: Renew | None = None
        while True:
            if self._sent:
                self._sent(cmdlet)
            step = self._step(conversation, renewal)
            renewal = step if isinstance(step, Renew) else None
            if isinstance(step, Result):
                return step
            if isinstance(step, Throttle) and self._throttled:
                self._throttled(cmdlet)
            if isinstance(step, Wait) and step.seconds:
                self._sleep(step.seconds)

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _step(self, conversation: Conversation, renewal: Renew | None) -> Wait | Renew | Result:
        try:
            token = self._tokens.renew(renewal.claims) if renewal else self._tokens.token()
            status, headers, raw = self._send(conversation.post(), token)
        except Unreachable as error:  # the token service, before anything was sent
            return conversation.lost(str(error), sent=False)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            return conversation.lost(_said(error), sent=False)
        except httpx2.TransportError as error:
            return conversation.lost(_said(error))
        return conversation.heard(status, headers, raw)

    def _send(self, post: Post, token: str) -> tuple[int, Mapping[str, str], bytes]:
        """Post, and read the body undecoded: its label may be false (fact A24)."""
        headers = {**post.headers, "authorization": f"Bearer {token}"}
        with self._http.stream("POST", post.url, headers=headers, content=post.body) as response:
            raw = b"".join(response.iter_raw())
        return response.status_code, {name.lower(): text for name, text in response.headers.items()}, raw


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
