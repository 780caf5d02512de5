"""A runspace that takes scripts, as Windows' own session configuration does; none is ever run as PowerShell."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rehearsal.site import records, remoting
from rehearsal.site.remoting import Remoting
from rehearsal.windows.door import Written
from rehearsal.wire import CmdletError

CarryOut = Callable[[str, str, Sequence[object]], Written]

_WRITE_ERROR = "Microsoft.PowerShell.Commands.WriteErrorException"


class ScriptRunspace(Remoting):
    """A runspace of *user*. *carry_out* is given user, script and what was piped in, when all of it has arrived."""

    def __init__(self, user: str, carry_out: CarryOut) -> None:
        super().__init__()
        self._user = user
        self._carry_out = carry_out
        self._piped: dict[uuid.UUID, list[object]] = {}

    def begin(self, pipeline: Any, commands: Sequence[Any]) -> None:
        """Take a script; one that expects input waits for its end."""
        pipeline.start()
        self._piped[pipeline.pipeline_id] = []
        if pipeline.metadata.no_input:
            self.end_input(pipeline)

    def take_input(self, pipeline: Any, item: Any) -> None:
        """Keep one object; a list, as which a transfer sends each part of a file, stands for its items."""
        self._piped[pipeline.pipeline_id] += item if isinstance(item, list) else [item]

    def end_input(self, pipeline: Any) -> None:
        """Carry the script out."""
        piped = self._piped.pop(pipeline.pipeline_id)
        script = "\n".join(str(command.command_text) for command in pipeline.metadata.commands)
        written = self._carry_out(self._user, script, [str(item) for item in piped])
        self._work[pipeline.pipeline_id] = _write(pipeline, written)


def _write(pipeline: Any, written: Written) -> Iterator[None]:
    for line in written.lines:
        pipeline.write_output(line)
        yield
    for text in written.errors:
        records.write_error(pipeline, CmdletError(_WRITE_ERROR, "NotSpecified", text), _WRITE_ERROR)
        yield
    if written.code:
        remoting.should_exit(pipeline, written.code)
    pipeline.complete()
