"""Values as PowerShell remoting carries them: objects, error records, and parameters on their way in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from psrpcore import Command, ServerPipeline
from psrpcore.types import (
    ErrorCategory,
    ErrorCategoryInfo,
    ErrorRecord,
    NETException,
    PipelineState,
    PSInvocationState,
    PSNoteProperty,
    PSObject,
)

from rehearsal.wire import CmdletError

_ROW_TYPES = {
    "ADPermission": "RecipientTasks.ADAcePresentationObject",
    "AcceptedDomain": "SystemConfigurationTasks.AcceptedDomain",
    "ExchangeServer": "Data.Directory.Management.ExchangeServer",
    "Mailbox": "Data.Directory.Management.Mailbox",
    "MailboxDatabase": "Data.Directory.SystemConfiguration.MailboxDatabase",
    "MailboxPermission": "Management.RecipientTasks.MailboxAcePresentationObject",
    "MailboxStatistics": "Data.Mapi.MailboxStatistics",
    "ReceiveConnector": "Data.Directory.SystemConfiguration.ReceiveConnector",
    "RemoteMailbox": "Data.Directory.Management.RemoteMailbox",
    "WebServicesVirtualDirectory": "Data.Directory.SystemConfiguration.ADWebServicesVirtualDirectory",
}


_SIZE = re.compile(r" \(([\d,]+) bytes\)$")


class NotCarried(TypeError):
    """A parameter's value of a kind that the rehearsal does not take, such as a credential; *kind* names it."""

    def __init__(self, *, parameter: str, kind: str) -> None:
        self.parameter = parameter
        self.kind = kind
        super().__init__(f"the rehearsal takes no {kind} as the value of -{parameter}")


def row_object(cmdlet: str, row: Mapping[str, object], *, sizes_are_text: bool = True) -> PSObject:
    """*row* as the deserialised object that a client gets of Exchange: properties, no methods (fact D6)."""
    if not sizes_are_text:
        row = {name: _bytes(value) for name, value in row.items()}
    noun = cmdlet.partition("-")[2]
    thing = PSObject()
    thing.PSObject.type_names = [
        f"Deserialized.Microsoft.Exchange.{_ROW_TYPES.get(noun, noun)}",
        "Deserialized.System.Object",
    ]
    thing.PSObject.adapted_properties = [PSNoteProperty(name, value) for name, value in row.items()]
    return thing


def _bytes(value: object) -> object:
    size = _SIZE.search(value) if isinstance(value, str) else None
    return int(size[1].replace(",", "")) if size else value


def is_terminating(error: CmdletError) -> bool:
    """Whether *error* ends its pipeline: PowerShell's own refusals do, Exchange's tasks write theirs and end well."""
    return not error.exception.startswith("Microsoft.Exchange.")


def write_error(pipeline: ServerPipeline, error: CmdletError, source: str) -> None:
    """Write *error* to the error stream; *source* is its FullyQualifiedErrorId."""
    record = _record(error, source)
    pipeline.write_error(
        record.Exception,
        category_info=record.CategoryInfo,
        fully_qualified_error_id=record.FullyQualifiedErrorId,
    )


def fail(pipeline: ServerPipeline, error: CmdletError, source: str) -> None:
    """End *pipeline* by *error*: psrpcore has states for completion and stop only, so the message is made here."""
    state = PipelineState(PipelineState=int(PSInvocationState.Failed))
    state.ExceptionAsErrorRecord = _record(error, source)
    pipeline.prepare_message(state)
    pipeline.state = PSInvocationState.Failed


def _record(error: CmdletError, source: str) -> ErrorRecord:
    exception = NETException(Message=error.text, HResult=-2146233088)
    exception.PSObject.type_names = [error.exception, *exception.PSObject.type_names]
    category = ErrorCategoryInfo(
        Category=ErrorCategory[error.category], Reason=error.exception.rpartition(".")[2]
    )
    return ErrorRecord(Exception=exception, CategoryInfo=category, FullyQualifiedErrorId=source)


def parameters_of(command: Command) -> dict[str, object]:
    """The named parameters of *command* in plain values; a value without a name is taken as the identity.

    Raises `NotCarried`.
    """
    return {
        _name(name): _plain(_name(name), value)
        for name, value in ((name or "Identity", value) for name, value in command.parameters)
    }


def _name(name: str) -> str:
    return str(name).removeprefix("-").removesuffix(":")


def _plain(parameter: str, value: Any) -> object:
    """Values that the command log can write down as JSON."""
    match value:
        case None | bool():
            return value
        case Mapping():
            return {str(key): _plain(parameter, item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(parameter, item) for item in value]
    for kind, convert in _SCALARS:
        if isinstance(value, kind):
            return convert(value)
    raise NotCarried(parameter=parameter, kind=type(value).__name__)


def _utc(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


_SCALARS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (int, int),
    (float, float),
    (str, str),
    (uuid.UUID, lambda value: str(uuid.UUID(int=value.int))),
    (datetime, _utc),
)
