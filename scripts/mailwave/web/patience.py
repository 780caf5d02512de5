"""The protocol of the pages: whoever takes nothing of what waits for them for a while is let go.

To close a connection is not enough: it would wait until all is sent, which is never where nobody reads.
"""

from __future__ import annotations

import socket
from asyncio import BaseTransport, TimerHandle, Transport
from typing import ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HELD = 32_768
"""Bytes that may wait for a reader here, and again in the kernel, before the next frame does."""


class Patient(HttpToolsProtocol):
    """HTTP as uvicorn speaks it, for readers who take what they are sent within *patience* seconds."""

    patience: ClassVar[float] = 30.0
    _gives_up: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Hold little for this reader; left alone, the kernel would hold megabytes of what is old."""
        super().connection_made(cast("Transport", transport))
        self.transport.set_write_buffer_limits(high=HELD)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD)

    def pause_writing(self) -> None:
        """Wait for the reader, who has more to take than is held; give up after a while."""
        super().pause_writing()
        self._gives_up = self.loop.call_later(self.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the reader has taken it."""
        super().resume_writing()
        self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the reader."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait_no_more(self) -> None:
        if self._gives_up is not None:
            self._gives_up.cancel()
            self._gives_up = None
