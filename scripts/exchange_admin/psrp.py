"""A `Shell` over pypsrp: Exchange's remote PowerShell at `/PowerShell/` (facts D1-D8)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import requests
from pypsrp.complex_objects import GenericComplexObject
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
from spnego.exceptions import BadMICError, SpnegoError

from exchange_admin.port import Row
from exchange_admin.psrp_serializer import quick
from exchange_admin.reach import Reach
from exchange_admin.reach_requests import mounted
from exchange_admin.shell import ErrorSaid, Output, ShellTrouble, Trouble
from exchange_admin.values import moment_text, span_text

CONFIGURATION = "Microsoft.Exchange"
IDLE_SECONDS = 4.0
"""How long a connection may rest: less than any server keeps one; a new sign-in costs three small requests."""
_LOST_SHELL_CODES = frozenset({2150858843})  # the selectors of the request name no shell
_LOST_SHELL_TEXT = re.compile(r"InvalidShellID|shell was not found", re.IGNORECASE)
_BUSY_TEXT = re.compile(r"concurrent shells|user load quota", re.IGNORECASE)  # fact D7
_NO_KDC_TEXT = re.compile(r"Cannot contact any KDC")
_NO_KERBEROS = (
    "the account's form asks for Kerberos, and Python's gssapi is not here: install libkrb5-dev and a C compiler, "
    "then run `make setup`"
)
_FAILURE_CATEGORY = re.compile(r"FailureCategory=\w+-(\w+)")


def _sign_in_errors() -> tuple[type[Exception], ...]:
    """What pyspnego raises where Kerberos refuses; krb5's own errors pass through it."""
    try:
        from krb5 import Krb5Error
    except ImportError:
        return (SpnegoError,)
    return (SpnegoError, Krb5Error)


_SIGN_IN_ERRORS = _sign_in_errors()
_FAILURES: tuple[type[Exception], ...] = (WinRMError, requests.RequestException, *_SIGN_IN_ERRORS)


@dataclass(frozen=True)
class Account:
    r"""Who signs in, and where: *url* is the `/PowerShell/` address of a server or site.

    *username* says how: `name@REALM` signs in by Kerberos, `DOMAIN\name` by NTLM (fact D3). *read_secret* is called
    at each sign-in. Over http either encrypts the messages (fact D1). *reach* leads to the host that the address names.
    *configuration* is the session configuration to open, which says what cmdlets there are.
    """

    url: str
    username: str
    read_secret: Callable[[], str] = field(repr=False)
    reach: Reach = field(default_factory=Reach)
    configuration: str = CONFIGURATION

    @property
    def method(self) -> str:
        """The authentication that the form of the name asks for."""
        return "kerberos" if "@" in self.username else "ntlm"


class PsrpShell:
    """One open runspace at a site; see `Shell`. Construction opens it, or raises `ShellTrouble`.

    *now* gives seconds of a monotonic clock.
    """

    def __init__(self, account: Account, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._reach = account.reach
        if account.method == "kerberos" and find_spec("gssapi") is None:
            raise ShellTrouble(trouble=Trouble.SIGN_IN, why=_NO_KERBEROS, begun=False)
        self._wsman = _wsman(account)
        self._start_session()
        self._pool = quick(RunspacePool(self._wsman, configuration_name=account.configuration))
        try:
            with _as_trouble(Phase.OPENING):
                self._pool.open()
        except ShellTrouble:
            self._wsman.close()
            raise
        self._used = self._now()

    def run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None = None) -> Output:
        """Run *cmdlet* to its end; see `Shell.run`."""
        pipeline = PowerShell(self._pool).add_cmdlet(cmdlet)
        pipeline.add_parameters({name: argument(value) for name, value in parameters.items()})
        if into is not None:
            pipeline.add_cmdlet(into)
        self._reconnect_if_idle()
        with _as_trouble(Phase.STARTING):
            pipeline.begin_invoke()
        with _as_trouble(Phase.RUNNING):
            pipeline.end_invoke()
        self._used = self._now()
        with suppress(WinRMError, requests.RequestException):  # its outcome is known already
            pipeline.close()
        streams = pipeline.streams
        return Output(
            rows=[row(item) for item in pipeline.output],
            warnings=[str(warning.message) for warning in streams.warning],
            errors=[error_said(record) for record in streams.error],
        )

    def close(self) -> None:
        """Close the runspace; a server that is gone cannot be told."""
        self._reconnect_if_idle()
        with suppress(WinRMError, requests.RequestException):
            self._pool.close()
        self._wsman.close()

    def _reconnect_if_idle(self) -> None:
        """Sign in on a new connection if the old one may have been closed meanwhile.

        The shell outlives its connection, but the message encryption does not: a message that is sealed for the old
        connection and sent on a new one is refused, and a shell that cannot be closed is lost for a quarter of an hour.
        """
        if self._now() - self._used > IDLE_SECONDS:
            self._wsman.transport.close()
            self._start_session()

    def _start_session(self) -> None:
        """Have pypsrp build its session as it does at the first message, and lead it where its host answers."""
        transport = self._wsman.transport
        transport.session = mounted(transport._build_session(), self._reach)  # noqa: SLF001 - it has no other door
        auth: Any = transport.session.auth
        auth.handle_401 = _closing(auth.handle_401)
        transport.encryption = None


def _closing(answer: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """Have *answer*, pypsrp's answer to a 401, give its connection back where Kerberos refuses: it forgets to."""

    def answered(response: requests.Response, **settings: Any) -> requests.Response:
        try:
            return answer(response, **settings)
        except _SIGN_IN_ERRORS:
            response.close()
            raise

    return answered


def _wsman(account: Account) -> WSMan:
    url = urlsplit(account.url)
    return WSMan(
        url.hostname or "",
        port=url.port or (443 if url.scheme == "https" else 80),
        ssl=url.scheme == "https",
        path=url.path.strip("/"),
        auth=account.method,
        username=account.username,
        password=account.read_secret(),
        negotiate_service="HTTP",  # the name IIS application pools answer to (fact D5)
    )


class Phase(Enum):
    """How far a cmdlet was when something failed."""

    OPENING = "opening"
    STARTING = "starting"
    RUNNING = "running"


@contextmanager
def _as_trouble(phase: Phase) -> Iterator[None]:
    """Turn what pypsrp and requests raise into `ShellTrouble`."""
    try:
        yield
    except _FAILURES as error:
        why = f"{type(error).__name__}: {error}"
        raise ShellTrouble(trouble=trouble_of(error), why=why, begun=may_have_begun(phase, error)) from error


def may_have_begun(phase: Phase, error: Exception) -> bool:
    """Tell whether the cmdlet may have started: not if the request that would start it was refused or never left."""
    if phase is not Phase.STARTING:
        return phase is Phase.RUNNING
    if isinstance(error, WinRMTransportError):
        return not 400 <= int(error.code) < 500
    return not isinstance(error, requests.ConnectTimeout) and trouble_of(error) is Trouble.BROKEN


def trouble_of(error: Exception) -> Trouble:
    """Return what an error of pypsrp or requests says about the shell."""
    text = str(error)
    if isinstance(error, (AuthenticationError, *_SIGN_IN_ERRORS)):
        passing = isinstance(error, BadMICError) or _NO_KDC_TEXT.search(text)
        return Trouble.BROKEN if passing else Trouble.SIGN_IN
    if not isinstance(error, WSManFaultError):
        return Trouble.BROKEN
    if error.code in _LOST_SHELL_CODES or _LOST_SHELL_TEXT.search(text):
        return Trouble.LOST
    return Trouble.BUSY if _BUSY_TEXT.search(text) else Trouble.BROKEN


def argument(value: object) -> object:
    """Return *value* as pypsrp can carry it; times and spans travel as text, which Exchange converts.

    :raises TypeError: for a value that has no form.
    """
    if isinstance(value, Enum):
        value = value.value
    match value:
        case bool() | int() | str() | bytes():
            return value
        case datetime():
            return moment_text(value)
        case timedelta():
            return span_text(value)
        case Mapping():
            return {str(name): argument(item) for name, item in value.items()}
        case list() | tuple():
            return [argument(item) for item in value]
    raise TypeError(f"a {type(value).__name__} cannot be sent to Exchange on premises")


def row(item: object) -> Row:
    """Return one output object as a plain dict; what is no object, such as a bare text, is under `Value`."""
    if isinstance(item, GenericComplexObject) and (item.adapted_properties or item.extended_properties):
        properties = {**item.extended_properties, **item.adapted_properties}
        return {name: plain(value) for name, value in properties.items()}
    return {"Value": plain(item)}


def plain(value: object) -> Any:
    """Return a deserialised value in plain form: lists stay lists, and an object is the text it shows as (fact D6)."""
    match value:
        case None | bool() | int() | float() | str() | bytes():
            return value
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case GenericComplexObject():
            return _object(value)
    return str(value)  # a UUID, or an object type of PowerShell's own


def _object(value: GenericComplexObject) -> Any:
    if value.property_sets:
        return _collection(value)
    if value.to_string is not None:
        return value.to_string
    return row(value) if value.adapted_properties or value.extended_properties else None


def _collection(value: GenericComplexObject) -> Any:
    """Return a collection type of Exchange's own; pypsrp keeps its items only in the XML it came in."""
    element = ET.fromstring(value._xml or "<Obj/>")  # noqa: S314, SLF001 - pypsrp parsed it before
    items = element.find("LST") if element.find("LST") is not None else element.find("IE")
    if items is None:
        return str(value)
    return [item.findtext("ToString", item.text or "") for item in items]


def error_said(record: Any) -> ErrorSaid:
    """Return what an error record says, by the most telling place that names the exception."""
    exception = getattr(record, "exception", None)
    category = _FAILURE_CATEGORY.search(str(getattr(record, "fq_error", None) or ""))
    types = getattr(exception, "types", None) or [""]
    error_type = category[1] if category else str(getattr(record, "reason", None) or types[0])
    text = getattr(exception, "adapted_properties", {}).get("Message") or str(record)
    return ErrorSaid(error_type.rpartition(".")[2], str(text))
