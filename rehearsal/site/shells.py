"""Shells: the WS-Management operations on them, and the limits under which Exchange keeps them."""

from __future__ import annotations

import base64
import binascii
import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from xml.sax.saxutils import escape

from rehearsal import draws
from rehearsal.site import soap
from rehearsal.site.remoting import BadMessage, Remoting
from rehearsal.site.runspace import Invoke, Runspace
from rehearsal.site.soap import NAMES, Envelope, WSManFault
from rehearsal.site.wire_options import WireOptions

IDLE_SECONDS = 900.0
"""How long a shell lives without being spoken to, where its client asks for nothing else."""

MAX_ENVELOPE_BYTES = 512_000
SHELL_RESOURCE = soap.SHELL

_ENVELOPE_OVERHEAD = 4_096
_COMMAND_STATE = soap.SHELL + "/CommandState/"


class Trouble(Enum):
    """What may happen to a request before it is looked at."""

    SHELLS_LOST = "shells_lost"
    """The server that held the shells is gone, and every shell with it (fact D8)."""
    LOAD_QUOTA = "load_quota"
    """The user has asked for more than the throttling policy allows in a time; the shell lives on (fact D7)."""
    TIMED_OUT = "timed_out"
    """The load balancer before the server has waited too long, and answers 504 itself; the shell lives on."""
    HELD_OFF = "held_off"
    """The load balancer takes no more requests for now, and answers 429 itself; the shell lives on."""


class FromLoadBalancer(Exception):
    """What answers, with *status*, is not the server but what stands before it."""

    def __init__(self, *, status: int) -> None:
        self.status = status
        super().__init__(f"the load balancer answers {status}")


_BEFORE_THE_SERVER = {Trouble.TIMED_OUT: 504, Trouble.HELD_OFF: 429}


Meddle = Callable[[str], Trouble | None]
"""Is told each operation's name, such as `Receive`, and says which trouble it meets, if any."""


@dataclass(frozen=True)
class Configuration:
    """One session configuration: the first folder of its URL, its name, how many shells a user may hold, a runspace.

    *runspace* is given a user and a server. *max_shells* is None for any number. *registered*: only its own name opens
    a shell. *idle_out*: shells end when nobody speaks to them for their idle time. *bound*: a shell lives on the server
    that opened it.
    """

    folder: str
    name: str
    max_shells: int | None
    runspace: Callable[[str, str], Remoting]
    registered: bool = True
    idle_out: bool = True
    bound: bool = True
    meddle: Meddle | None = None

    @property
    def resource(self) -> str:
        """The resource URI by which clients ask for it."""
        return f"http://schemas.microsoft.com/powershell/{self.name}"


def exchange(
    invoke: Invoke, options: WireOptions | None = None, meddle: Meddle | None = None
) -> Configuration:
    """Exchange's session configuration, whose cmdlets are run by *invoke* (fact D1)."""
    options = options or WireOptions()
    return Configuration(
        folder="PowerShell",
        name="Microsoft.Exchange",
        max_shells=options.max_shells,
        runspace=lambda user, server: Runspace(user, invoke, options, server),
        registered=options.one_configuration,
        idle_out=options.idle_shells_end,
        bound=options.shells_stay,
        meddle=_within(options, meddle),
    )


def _within(options: WireOptions, meddle: Meddle | None) -> Meddle | None:
    """The troubles of *meddle* that *options* know."""
    if meddle is None or options.servers_lose_shells:
        return meddle

    def known(operation: str) -> Trouble | None:
        trouble = meddle(operation)
        return None if trouble is Trouble.SHELLS_LOST else trouble

    return known


def shell_not_found(shell: str) -> WSManFault:
    """The fault for a shell that was deleted, ran into its idle timeout, or died with its server (fact D8)."""
    text = (
        "[FailureCategory=WSMan-InvalidShellID] "
        f"The request for the Windows Remote Shell with ShellId {shell} failed because the shell was not found on "
        "the server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the "
        "server. Provide the correct ShellId or create a new shell and retry the operation."
    )
    return WSManFault(code=2150858843, subcode="w:InvalidSelectors", text=text)


def too_many_shells(allowed: int) -> WSManFault:
    """The fault for one shell more than are *allowed* (fact D7)."""
    text = (
        "The WS-Management service cannot process the request. This user is allowed a maximum number of "
        f"{allowed} concurrent shells, which has been exceeded. Close existing shells or raise the quota for "
        "this user."
    )
    return WSManFault(code=2150859173, subcode="w:QuotaLimit", text=text)


def load_quota() -> WSManFault:
    """The fault for more requests in a time than the throttling policy lets one user make (fact D7)."""
    text = (
        "The WS-Management service cannot process the request. The user load quota of 1000 requests per 2 seconds "
        "has been exceeded. Send future requests at a slower rate or raise the quota for this user. The next request "
        "from this user will not be approved for at least 1 seconds."
    )
    return WSManFault(code=2150859175, subcode="w:QuotaLimit", text=text)


def unknown_resource(resource: str) -> WSManFault:
    """The fault for a session configuration that is not registered here (fact D3)."""
    text = (
        f"The WS-Management service cannot process the request. The resource URI ({resource}) was not found in the "
        "WS-Management catalog. The catalog contains the metadata that describes resources, or logical endpoints."
    )
    return WSManFault(code=2150858811, subcode="a:DestinationUnreachable", text=text)


class NothingYet(Exception):
    """A Receive found nothing: it waits for *seconds* and then ends by `timed_out`, as a service would."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"nothing to read for {seconds} seconds")


def timed_out() -> WSManFault:
    """The fault for an operation that found nothing to say within its timeout; its client asks again."""
    text = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
    return WSManFault(code=2150858793, subcode="w:TimedOut", text=text)


@dataclass
class _Shell:
    id: str
    user: str
    server: str
    runspace: Remoting
    idle_seconds: float
    last_used: float
    commands: set[uuid.UUID] = field(default_factory=set)


@dataclass
class Counts:
    """How many shells were ever *opened*, how many *runs* of commands there were, and the *most* open at any time."""

    opened: int = 0
    runs: int = 0
    most: int = 0


class Shells:
    """Every open shell, and `counts` of all there were.

    Time comes from *monotonic*, in seconds: shells live in real time, whatever the estate does.
    """

    def __init__(self, configuration: Configuration, monotonic: Callable[[], float]) -> None:
        self._configuration = configuration
        self._monotonic = monotonic
        self._open: dict[str, _Shell] = {}
        self.counts = Counts()
        self._made = itertools.count(1)
        self._operations: dict[str, Callable[[Envelope, _Shell], str]] = {
            f"{soap.SHELL}/Command": self._command,
            f"{soap.SHELL}/Receive": self._receive,
            f"{soap.SHELL}/Send": self._send,
            f"{soap.SHELL}/Signal": self._signal,
            f"{soap.TRANSFER}/Delete": self._delete,
            f"{soap.TRANSFER}/Get": self._get,
        }

    def lose(self, server: str | None = None) -> None:
        """Lose every open shell, or those of *server*, as when the server that holds them ends (fact D8)."""
        for shell in [each for each in self._open.values() if server in (None, each.server)]:
            del self._open[shell.id]

    def handle(self, user: str, envelope: Envelope, server: str = "") -> str:
        """Carry out what *envelope* asks of *server* for *user* and return the body of the answer.

        Raises `WSManFault`, or `NothingYet`.
        """
        known = {self._configuration.resource, SHELL_RESOURCE}
        if self._configuration.registered and envelope.resource not in known:
            raise unknown_resource(envelope.resource)
        self._let_die()
        self._meet_trouble(envelope, server)
        if envelope.action == f"{soap.TRANSFER}/Create":
            return self._create(user, envelope, server)
        operation = self._operations.get(envelope.action)
        if operation is None:
            text = f"The action {envelope.action} is not supported by the service."
            raise WSManFault(code=2150858754, subcode="a:ActionNotSupported", text=text)
        shell = self._find(user, envelope.shell, server)
        try:
            return operation(envelope, shell)
        except BadMessage as problem:
            raise soap.invalid(str(problem)) from None
        finally:
            shell.last_used = self._monotonic()

    def _meet_trouble(self, envelope: Envelope, server: str) -> None:
        meddle = self._configuration.meddle
        trouble = meddle(envelope.action.rpartition("/")[2]) if meddle else None
        if trouble is Trouble.LOAD_QUOTA:
            raise load_quota()
        if trouble in _BEFORE_THE_SERVER:
            raise FromLoadBalancer(status=_BEFORE_THE_SERVER[trouble])
        if trouble is Trouble.SHELLS_LOST:
            self.lose(server)

    def _let_die(self) -> None:
        if not self._configuration.idle_out:
            return
        now = self._monotonic()
        for shell in [shell for shell in self._open.values() if now - shell.last_used > shell.idle_seconds]:
            del self._open[shell.id]

    def _find(self, user: str, shell_id: str | None, server: str) -> _Shell:
        if shell_id is None:
            raise soap.invalid("The request requires the following selector: ShellId.")
        shell = self._open.get(shell_id)
        if shell is None or (self._configuration.bound and shell.server != server):
            raise shell_not_found(shell_id)
        if shell.user != user:
            raise WSManFault(code=5, subcode="w:AccessDenied", text="Access is denied.")
        return shell

    def _create(self, user: str, envelope: Envelope, server: str) -> str:
        allowed = self._configuration.max_shells
        held = sum((shell.user, shell.server) == (user, server) for shell in self._open.values())
        if allowed is not None and held >= allowed:
            raise too_many_shells(allowed)
        asked = envelope.body.find("rsp:Shell", NAMES)
        content = envelope.body.findtext("rsp:Shell/p:creationXml", None, NAMES)
        if asked is None or content is None:
            raise soap.invalid("A shell needs a creationXml.")
        idle = asked.findtext("rsp:IdleTimeOut", None, NAMES)
        shell = _Shell(
            id=self._fresh_id(asked.get("ShellId")),
            user=user,
            server=server,
            runspace=self._configuration.runspace(user, server),
            idle_seconds=soap.seconds(idle) if idle else IDLE_SECONDS,
            last_used=self._monotonic(),
        )
        try:
            shell.runspace.feed(_decode(content), None)
        except BadMessage as problem:
            raise soap.invalid(str(problem)) from None
        self._open[shell.id] = shell
        self.counts.opened += 1
        self.counts.most = max(self.counts.most, len(self._open))
        return _created(shell, self._configuration.resource)

    def _fresh_id(self, asked: str | None) -> str:
        """The id that the client proposes, or one of our own where it proposes none or one that is taken."""
        proposed = str(soap.parse_guid(asked)).upper() if asked else None
        if proposed and proposed not in self._open:
            return proposed
        return draws.guid(0, "shell", "id", next(self._made)).upper()

    def _command(self, envelope: Envelope, shell: _Shell) -> str:
        line = envelope.body.find("rsp:CommandLine", NAMES)
        arguments = envelope.body.findtext("rsp:CommandLine/rsp:Arguments", None, NAMES)
        if line is None or arguments is None:
            raise soap.invalid("A command needs its arguments.")
        command = soap.parse_guid(line.get("CommandId", ""))
        shell.runspace.open_pipeline(command)
        self.counts.runs += 1
        shell.runspace.feed(_decode(arguments), command)
        return f"<rsp:CommandResponse><rsp:CommandId>{str(command).upper()}</rsp:CommandId></rsp:CommandResponse>"

    def _send(self, envelope: Envelope, shell: _Shell) -> str:
        for stream in envelope.body.iterfind("rsp:Send/rsp:Stream", NAMES):
            command = stream.get("CommandId")
            shell.runspace.feed(_decode(stream.text or ""), soap.parse_guid(command) if command else None)
        return "<rsp:SendResponse/>"

    def _receive(self, envelope: Envelope, shell: _Shell) -> str:
        stream = envelope.body.find("rsp:Receive/rsp:DesiredStream", NAMES)
        text = stream.get("CommandId") if stream is not None else None
        command = soap.parse_guid(text) if text else None
        if command and not shell.runspace.knows(command):
            raise _command_not_found(command)
        room = min(envelope.max_bytes, MAX_ENVELOPE_BYTES) - _ENVELOPE_OVERHEAD
        data, ended = shell.runspace.read(command, room * 3 // 4)
        if not data and not ended:
            raise NothingYet(seconds=envelope.timeout)
        return _received(data, command, ended=ended)

    def _signal(self, envelope: Envelope, shell: _Shell) -> str:
        signal = envelope.body.find("rsp:Signal", NAMES)
        command = soap.parse_guid(signal.get("CommandId", "") if signal is not None else "")
        if not shell.runspace.knows(command):
            raise _command_not_found(command)
        shell.runspace.close_pipeline(command)
        return "<rsp:SignalResponse/>"

    def _delete(self, envelope: Envelope, shell: _Shell) -> str:
        del self._open[shell.id]
        return ""

    def _get(self, envelope: Envelope, shell: _Shell) -> str:
        return _described(shell, self._configuration.resource)


def _command_not_found(command: uuid.UUID) -> WSManFault:
    text = (
        f"The Windows Remote Shell received a request to perform an operation on a command identifier ({command}) "
        "that does not exist."
    )
    return WSManFault(code=2150858843, subcode="w:InvalidSelectors", text=text)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except binascii.Error:
        raise soap.invalid("A stream is not valid base64.") from None


def _created(shell: _Shell, resource: str) -> str:
    return (
        "<x:ResourceCreated><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>"
        f"<a:ReferenceParameters><w:ResourceURI>{resource}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
        f"</x:ResourceCreated>{_described(shell, resource)}"
    )


def _described(shell: _Shell, resource: str) -> str:
    return (
        f"<rsp:Shell><rsp:ShellId>{shell.id}</rsp:ShellId><rsp:ResourceUri>{resource}</rsp:ResourceUri>"
        f"<rsp:Owner>{escape(shell.user)}</rsp:Owner><rsp:IdleTimeOut>PT{shell.idle_seconds:.3f}S</rsp:IdleTimeOut>"
        "<rsp:InputStreams>stdin pr</rsp:InputStreams><rsp:OutputStreams>stdout</rsp:OutputStreams>"
        "<rsp:State>Connected</rsp:State></rsp:Shell>"
    )


def _received(data: bytes, command: uuid.UUID | None, *, ended: bool) -> str:
    of_command = f' CommandId="{str(command).upper()}"' if command else ""
    stream = f'<rsp:Stream Name="stdout"{of_command}>{base64.b64encode(data).decode("ascii")}</rsp:Stream>'
    state = ""
    if command:
        name = _COMMAND_STATE + ("Done" if ended else "Running")
        state = f'<rsp:CommandState{of_command} State="{name}"/>'
    return f"<rsp:ReceiveResponse>{stream}{state}</rsp:ReceiveResponse>"
