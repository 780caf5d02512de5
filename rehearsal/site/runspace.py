"""One client's runspace pool: PowerShell remoting messages in and out by psrpcore's server half (fact D11)."""

from __future__ import annotations

import struct
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

import psrpcore
from psrpcore.types import PSInvocationState

from rehearsal import draws
from rehearsal.site import records
from rehearsal.wire import CmdletCall, CmdletError, CmdletResult

Invoke = Callable[[CmdletCall], CmdletResult]

FRAGMENT_BYTES = 32_768
"""PowerShell cuts what it sends into fragments of this size."""

NO_LANGUAGE = CmdletError(
    "System.Management.Automation.ParseException",
    "ParserError",
    "The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.",
)
BUSY = CmdletError(
    "System.Management.Automation.PSInvalidOperationException",
    "InvalidOperation",
    "The pipeline was not executed because a pipeline is already executing. Pipelines cannot be executed "
    "concurrently.",
)
_ERROR_IDS = {
    "CommandNotFoundException": "CommandNotFoundException",
    "ParseException": "ScriptsNotAllowed",
    "PSInvalidOperationException": "PSInvalidOperation",
}


class BadMessage(ValueError):
    """What a client sent is no PowerShell remoting message, or comes at the wrong time."""

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the remoting message cannot be taken: {problem}")


class Runspace:
    """A runspace pool of *user* in no-language mode (fact D2), whose cmdlets are run by *invoke*.

    Cmdlets take effect when their command arrives; their rows are written when the client comes for them.
    """

    def __init__(self, user: str, invoke: Invoke) -> None:
        self._user = user
        self._invoke = invoke
        self._pool = psrpcore.ServerRunspacePool()
        self._outbox: dict[uuid.UUID | None, deque[bytes]] = {None: deque()}
        self._work: dict[uuid.UUID, Iterator[None]] = {}

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
                self._begin(self._pool.pipeline_table[event.pipeline_id], event.pipeline.commands)
            case psrpcore.SetMaxRunspacesEvent() | psrpcore.SetMinRunspacesEvent():
                self._pool.runspace_availability_response(event.ci, response=event.count == 1)
            case psrpcore.ResetRunspaceStateEvent():
                self._pool.runspace_availability_response(event.ci, response=True)
            case psrpcore.GetAvailableRunspacesEvent():
                self._pool.runspace_availability_response(event.ci, response=0 if self._work else 1)

    def _begin(self, pipeline: psrpcore.ServerPipeline, commands: Sequence[psrpcore.Command]) -> None:
        busy = bool(self._work)
        pipeline.start()
        error = _refusal(commands, busy=busy)
        result = CmdletResult(errors=[error]) if error else self._run(commands)
        self._work[pipeline.pipeline_id] = self._write(pipeline, str(commands[-1].command_text), result)

    def _run(self, commands: Sequence[psrpcore.Command]) -> CmdletResult:
        """Run *commands* one after another, each taking its identity from every row of the one before (fact D2)."""
        result = CmdletResult(rows=[{}])
        for position, command in enumerate(commands):
            try:
                parameters = records.parameters_of(command)
            except records.NotCarried as refusal:
                return CmdletResult(errors=[not_modelled(str(refusal))])
            inputs = [parameters | _piped(row) for row in result.rows] if position else [parameters]
            results = [self._call(str(command.command_text), each) for each in inputs]
            result = CmdletResult(
                rows=[row for each in results for row in each.rows],
                warnings=[*result.warnings, *(text for each in results for text in each.warnings)],
                errors=[*result.errors, *(error for each in results for error in each.errors)],
            )
        return result

    def _call(self, cmdlet: str, parameters: Mapping[str, object]) -> CmdletResult:
        return self._invoke(CmdletCall(self._user, cmdlet, dict(parameters)))

    def _write(self, pipeline: psrpcore.ServerPipeline, cmdlet: str, result: CmdletResult) -> Iterator[None]:
        """Write *result* to the streams of *pipeline*, one record at a step."""
        for text in result.warnings:
            pipeline.write_warning(text)
            yield
        for row in result.rows:
            pipeline.write_output(records.row_object(cmdlet, row))
            yield
        for error in result.errors:
            if records.is_terminating(error):
                records.fail(pipeline, error, _error_id(cmdlet, error))
                return
            records.write_error(pipeline, error, _error_id(cmdlet, error))
            yield
        pipeline.complete()


def not_modelled(what: str) -> CmdletError:
    """The error that says that the rehearsal, not Exchange, stops here."""
    return CmdletError("Rehearsal.NotModelledException", "NotImplemented", f"Not modelled: {what}.")


def _refusal(commands: Sequence[psrpcore.Command], *, busy: bool) -> CmdletError | None:
    if busy:
        return BUSY
    if any(command.is_script for command in commands):
        return NO_LANGUAGE
    if any(command.end_of_statement for command in commands[:-1]):
        return not_modelled("several statements in one pipeline")
    return None


def _piped(row: Mapping[str, object]) -> dict[str, object]:
    """An object on the pipeline binds by its most exact name."""
    return {"Identity": str(row.get("ExchangeGuid") or row.get("Identity"))}


def _error_id(cmdlet: str, error: CmdletError) -> str:
    reason = error.exception.rpartition(".")[2]
    task = "Microsoft.Exchange.Management." + cmdlet.replace("-", "")
    if not error.exception.startswith("Microsoft.Exchange."):
        return _ERROR_IDS.get(reason, f"{reason},{task}")
    mark = draws.guid(0, cmdlet + error.text, "error")[:8].upper()
    return f"[FailureCategory=Cmdlet-{reason}] {mark},{task}"
