"""The half of PowerShell remoting that every session configuration shares, by psrpcore's server half (fact D11)."""

from __future__ import annotations

import struct
import uuid
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import psrpcore
from psrpcore.types import HostMethodIdentifier, PSInvocationState

FRAGMENT_BYTES = 32_768
"""PowerShell cuts what it sends into fragments of this size."""


class BadMessage(ValueError):
    """What a client sent is no PowerShell remoting message, or comes at the wrong time."""

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the remoting message cannot be taken: {problem}")


class Remoting(ABC):
    """One client's runspace pool: messages in and out. What a command does is for the subclass to say."""

    def __init__(self) -> None:
        self._pool = psrpcore.ServerRunspacePool()
        self._outbox: dict[uuid.UUID | None, deque[bytes]] = {None: deque()}
        self._work: dict[uuid.UUID, Iterator[None]] = {}

    @abstractmethod
    def begin(self, pipeline: psrpcore.ServerPipeline, commands: Sequence[psrpcore.Command]) -> None:
        """Take *commands*, which arrived whole; what is piped into them, if anything, comes afterwards."""

    def take_input(self, pipeline: psrpcore.ServerPipeline, item: Any) -> None:  # noqa: B027 - few commands read it
        """Take one object that the client pipes into *pipeline*."""

    def end_input(self, pipeline: psrpcore.ServerPipeline) -> None:  # noqa: B027 - the same
        """Learn that nothing more is piped into *pipeline*."""

    def open_pipeline(self, pipeline: uuid.UUID) -> None:
        """Make room for the command whose messages follow."""
        psrpcore.ServerPipeline(self._pool, pipeline)
        self._outbox[pipeline] = deque()

    def close_pipeline(self, pipeline: uuid.UUID) -> None:
        """Forget a command, running or not."""
        self._pool.pipeline_table.pop(pipeline, None)
        self._outbox.pop(pipeline, None)
        self._work.pop(pipeline, None)

    def knows(self, pipeline: uuid.UUID) -> bool:
        """Whether the client may still read from *pipeline*."""
        return pipeline in self._outbox

    def feed(self, data: bytes, pipeline: uuid.UUID | None) -> None:
        """Take fragments that the client sent; raise `BadMessage`."""
        for event in self._events(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, pipeline)):
            self._react(event)
        self._collect()

    def read(self, pipeline: uuid.UUID | None, limit: int) -> tuple[bytes, bool]:
        """Return what waits for the client, at most *limit* bytes, and whether *pipeline* has ended with it."""
        outbox = self._outbox[pipeline]
        work = self._work.get(pipeline) if pipeline else None
        taken: list[bytes] = []
        size = 0
        while True:
            while outbox and (not taken or size + len(outbox[0]) <= limit):
                taken.append(outbox.popleft())
                size += len(taken[-1])
            if outbox or work is None:
                break
            if next(work, work) is work:  # an iterator that has ended gives the default
                work = None
            self._collect()
        ended = not outbox and pipeline is not None and self._ended(pipeline)
        return b"".join(taken), ended

    def _events(self, payload: psrpcore.PSRPPayload) -> list[psrpcore.PSRPEvent[Any, Any]]:
        events: list[psrpcore.PSRPEvent[Any, Any]] = []
        try:
            self._pool.receive_data(payload)
            while (event := self._pool.next_event()) is not None:
                events.append(event)
        except (psrpcore.PSRPCoreError, ET.ParseError, struct.error, ValueError, IndexError) as error:
            raise BadMessage(problem=str(error)) from None
        return events

    def _ended(self, pipeline: uuid.UUID) -> bool:
        """Whether *pipeline* came to its end; its last message has then been read, and the runspace is free."""
        known = self._pool.pipeline_table.get(pipeline)
        if known is None or known.state in {PSInvocationState.NotStarted, PSInvocationState.Running}:
            return known is None
        self._pool.pipeline_table.pop(pipeline)
        self._work.pop(pipeline, None)
        return True

    def _collect(self) -> None:
        """Sort what psrpcore has to send by the stream on which the client will ask for it."""
        while (payload := self._pool.data_to_send(FRAGMENT_BYTES)) is not None:
            if payload.pipeline_id in self._outbox:
                self._outbox[payload.pipeline_id].append(payload.data)

    def _react(self, event: psrpcore.PSRPEvent[Any, Any]) -> None:
        match event:
            case psrpcore.CreatePipelineEvent():
                self.begin(self._pool.pipeline_table[event.pipeline_id], event.pipeline.commands)
            case psrpcore.PipelineInputEvent() if event.pipeline_id in self._pool.pipeline_table:
                self.take_input(self._pool.pipeline_table[event.pipeline_id], event.data)
            case psrpcore.EndOfPipelineInputEvent() if event.pipeline_id in self._pool.pipeline_table:
                self.end_input(self._pool.pipeline_table[event.pipeline_id])
            case psrpcore.SetMaxRunspacesEvent() | psrpcore.SetMinRunspacesEvent():
                self._pool.runspace_availability_response(event.ci, response=event.count == 1)
            case psrpcore.ResetRunspaceStateEvent():
                self._pool.runspace_availability_response(event.ci, response=True)
            case psrpcore.GetAvailableRunspacesEvent():
                self._pool.runspace_availability_response(event.ci, response=0 if self._work else 1)


def should_exit(pipeline: psrpcore.ServerPipeline, code: int) -> None:
    """Tell the client's host that the script of *pipeline* ended with the exit code *code*."""
    pipeline.host_call(HostMethodIdentifier.SetShouldExit, [code])
