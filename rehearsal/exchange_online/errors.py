"""What the service says instead of rows. Each refusal carries data and builds its sentence from it (facts A20-A22)."""

from __future__ import annotations

from collections.abc import Sequence

_MIGRATION = "Microsoft.Exchange.Migration."
_BINDING = "System.Management.Automation.ParameterBindingException"
_SERVER = "LO2P123A001DC01.GBRP123A001.PROD.OUTLOOK.COM"


class Refusal(Exception):
    """The service carries nothing out and names an exception of its own.

    *status* is the HTTP status, *exception* the full .NET type.
    """

    def __init__(self, exception: str, text: str, *, status: int = 400) -> None:
        self.exception = exception
        self.text = text
        self.status = status
        super().__init__(text)


class NotModelled(Exception):
    """The real service has this, and the simulator does not: never to be taken for a refusal."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"the rehearsal does not model {what}")


class NotPermitted(Exception):
    """The cmdlet does not exist, or the account may not run it: the service does not say which (fact A23)."""

    def __init__(self, cmdlet: str) -> None:
        self.cmdlet = cmdlet
        super().__init__(f"{cmdlet} is unknown or not permitted")


class NotFound(Refusal):
    """No object has this identity; reads say 404, writes 400 (fact A22)."""

    def __init__(self, identity: object, *, status: int = 400) -> None:
        self.identity = identity
        super().__init__(
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
            f"The operation couldn't be performed because object '{identity}' couldn't be found on '{_SERVER}'.",
            status=status,
        )


class Ambiguous(Refusal):
    """Several objects have this identity."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        super().__init__(
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException",
            f"The operation couldn't be performed because '{identity}' matches multiple entries.",
        )


class AlreadyExists(Refusal):
    """The name of a *kind* of object is taken, or was until a moment ago (fact A30)."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        super().__init__(
            f"{_MIGRATION}{kind}AlreadyExistsException", f'The object named "{name}" already exists.'
        )


class UnknownParameter(Refusal):
    """The cmdlet has no such parameter online."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(_BINDING, f"A parameter cannot be found that matches parameter name '{name}'.")


class MissingParameters(Refusal):
    """Mandatory parameters were not given."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        text = " ".join(names)
        super().__init__(
            _BINDING, f"Cannot process command because of one or more missing mandatory parameters: {text}."
        )


class UnresolvedParameterSet(Refusal):
    """The given parameters do not belong together."""

    def __init__(self) -> None:
        super().__init__(_BINDING, "Parameter set cannot be resolved using the specified named parameters.")


class NullArgument(Refusal):
    """A mandatory parameter was given without a value (fact A2)."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(_BINDING, f"Cannot bind argument to parameter '{name}' because it is null.")


class BadValue(Refusal):
    """A value cannot become what the parameter takes; *allowed* lists an enumeration's values."""

    def __init__(self, *, name: str, value: object, wanted: str, allowed: Sequence[str] = ()) -> None:
        self.name = name
        self.value = value
        self.allowed = tuple(allowed)
        possible = f" The possible enumeration values are {','.join(allowed)}." if allowed else ""
        super().__init__(
            _BINDING,
            f"Cannot process argument transformation on parameter '{name}'. "
            f'Cannot convert value "{value}" to type "{wanted}".{possible}',
        )


class CredentialRefused(Refusal):
    """A credential has no working form in this channel (fact A19)."""

    def __init__(self) -> None:
        super().__init__(
            "System.InvalidCastException",
            "Failed to cast value of type Newtonsoft.Json.Linq.JObject to System.String.",
            status=500,
        )


class TooManyBatches(Refusal):
    """The tenant has as many batches as it may have (fact B5)."""

    def __init__(self) -> None:
        super().__init__(
            f"{_MIGRATION}MaximumNumberOfBatchesReachedException",
            "The maximum number of migration batches is already running. "
            "Please remove a batch before you add another one.",
        )


class WrongState(Refusal):
    """The act does not suit the state of a batch or user."""

    def __init__(self, *, what: str, name: str, act: str, state: str) -> None:
        self.what = what
        self.name = name
        self.act = act
        self.state = state
        super().__init__(
            f"{_MIGRATION}MigrationOperationNotAllowedException",
            f'The migration {what} "{name}" can\'t be {act} because its status is {state}.',
        )


class BadArgument(Refusal):
    """A value is of the right type but breaks a rule of the cmdlet; *text* says which."""

    def __init__(self, text: str) -> None:
        super().__init__("Microsoft.Exchange.Configuration.Tasks.TaskArgumentException", text)


class CsvRefused(Refusal):
    """The whole list of mailboxes is unusable (facts B10, B11)."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{_MIGRATION}MigrationCSVParsingException", text)


class NoConnection(Refusal):
    """The source's server does not answer the endpoint (fact B52, error 25)."""

    def __init__(self, server: str) -> None:
        self.server = server
        super().__init__(
            f"{_MIGRATION}MigrationServerConnectionFailedException",
            f"The connection to the server '{server}' could not be completed.",
        )
