"""A runspace of Exchange's remote PowerShell: cmdlets in, rows and error records out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import psrpcore

from rehearsal import draws
from rehearsal.site import records
from rehearsal.site.remoting import Remoting
from rehearsal.site.wire_options import WireOptions
from rehearsal.wire import CmdletCall, CmdletError, CmdletResult

Invoke = Callable[[CmdletCall], CmdletResult]

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


class Runspace(Remoting):
    """A runspace pool of *user* on *server* in no-language mode (fact D2), whose cmdlets are run by *invoke*.

    Cmdlets take effect when their command arrives; their rows are written when the client comes for them.
    """

    def __init__(self, user: str, invoke: Invoke, options: WireOptions, server: str = "") -> None:
        super().__init__()
        self._user = user
        self._server = server
        self._invoke = invoke
        self._options = options

    def begin(self, pipeline: psrpcore.ServerPipeline, commands: Sequence[psrpcore.Command]) -> None:
        """Run the cmdlets of *pipeline* at once: what is piped into them from outside is not modelled."""
        busy = bool(self._work)
        pipeline.start()
        error = self._refusal(commands, busy=busy)
        result = CmdletResult(errors=[error]) if error else self._run(commands)
        self._work[pipeline.pipeline_id] = self._write(pipeline, str(commands[-1].command_text), result)

    def _refusal(self, commands: Sequence[psrpcore.Command], *, busy: bool) -> CmdletError | None:
        if busy and self._options.one_pipeline:
            return BUSY
        if any(command.is_script for command in commands) and self._options.no_language:
            return NO_LANGUAGE
        if any(command.end_of_statement for command in commands[:-1]):
            return not_modelled("several statements in one pipeline")
        return None

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
        return self._invoke(CmdletCall(self._user, cmdlet, dict(parameters), self._server))

    def _write(self, pipeline: psrpcore.ServerPipeline, cmdlet: str, result: CmdletResult) -> Iterator[None]:
        """Write *result* to the streams of *pipeline*, one record at a step."""
        for text in result.warnings:
            pipeline.write_warning(text)
            yield
        for row in result.rows:
            pipeline.write_output(
                records.row_object(cmdlet, row, sizes_are_text=self._options.sizes_are_text)
            )
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
