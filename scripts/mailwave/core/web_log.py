"""Reads the logs of the servers' web sites (W3C extended format): which TLS and which browsers people came with.

Outlook, telephones and browsers all come through IIS. The lowest TLS of each account counts, because one old machine
is enough to be shut out; of browsers the oldest of each kind. IIS writes the TLS of a connection where the server's
log has the custom field ``crypt-protocol``: a hexadecimal number of Schannel, ``-`` for a request without TLS
(Microsoft, "New IIS functionality to help identify weak TLS usage", 2017).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

import msgspec

from mailwave.core.bad_rows import Faults
from mailwave.core.table import decode

FIELDS = ("date", "time", "cs-uri-stem", "cs-username", "cs(User-Agent)")
"""The fields that must be there; the log may have more, in any order."""

TLS_FIELD = "crypt-protocol"
"""Where it is missing, the log says nothing of TLS."""

NOBODY = "-"
"""Stands in a field that has no value."""

LONGEST_LINE = 65_536
"""Characters; IIS itself ends a query far before."""

_SCHANNEL: Mapping[int, str] = {
    0x10: "0.3",
    0x40: "1.0",
    0x100: "1.1",
    0x400: "1.2",
    0x1000: "1.3",
}
"""The server's halves of SP_PROT_* in schannel.h; SSL 3 counts as less than any TLS."""

_PAGES = ("/owa", "/ecp")
"""Where browsers go; other addresses are other programs', whatever they call themselves."""

_BROWSERS = (
    (re.compile(r"\b(?:Edg|EdgA|EdgiOS|Edge)/([0-9]{1,5})"), "edge"),
    (re.compile(r"\b(?:Firefox|FxiOS)/([0-9]{1,5})"), "firefox"),
    (re.compile(r"\bOPR/([0-9]{1,5})"), "opera"),
    (re.compile(r"\b(?:Chrome|CriOS)/([0-9]{1,5})"), "chrome"),
    (re.compile(r"\bVersion/([0-9]{1,5}).*Safari/"), "safari"),
    (re.compile(r"\b(?:MSIE |Trident.*rv:)([0-9]{1,5})"), "explorer"),
)
"""In the order in which they are looked for: each calls itself by its forebears' names too."""

_LAST_PRODUCT = re.compile(r"([A-Za-z]{1,20})/([0-9]{1,5})[^ ]*$")


class WebSeen(msgspec.Struct, frozen=True):
    """What was seen of one account: the lowest *tls*, such as 1.2, and the oldest of each kind of *browsers*.

    Each with the last day on which any was seen; None, or nothing, where none was.
    """

    tls: str | None = None
    tls_on: date | None = None
    browsers: Mapping[str, int] = {}
    browsers_on: date | None = None

    def with_(self, other: WebSeen) -> WebSeen:
        """What this and *other* come to together."""
        names = sorted({*self.browsers, *other.browsers})
        return WebSeen(
            min((each for each in (self.tls, other.tls) if each is not None), default=None),
            _later(self.tls_on, other.tls_on),
            {
                name: min(seen.browsers[name] for seen in (self, other) if name in seen.browsers)
                for name in names
            },
            _later(self.browsers_on, other.browsers_on),
        )


def together(seen: Iterable[WebSeen]) -> WebSeen:
    """What all of *seen* come to."""
    whole = WebSeen()
    for each in seen:
        whole = whole.with_(each)
    return whole


def _later(one: date | None, other: date | None) -> date | None:
    return max((each for each in (one, other) if each is not None), default=None)


def browser(user_agent: str) -> tuple[str, int] | None:
    """The kind and major version of the browser that says *user_agent*; None where it says none."""
    for pattern, name in _BROWSERS:
        if found := pattern.search(user_agent):
            return name, int(found[1])
    last = _LAST_PRODUCT.search(user_agent)
    return (last[1].lower(), int(last[2])) if last else None


def read_web_logs(logs: Mapping[str, bytes], *, since: datetime) -> dict[str, WebSeen]:
    r"""What *logs* (file name to content) say of each account from *since* on, by its name in lower case.

    A name is what the log shows: ``DOMAIN\account``, or a user principal name. Requests of nobody are passed over.

    Raises:
        BadRows: any line of any file cannot be read; evidence that may be incomplete is none.
    """
    faults = Faults()
    seen: dict[str, WebSeen] = {}
    for file, data in logs.items():
        text = decode(file, data, faults) or ""
        for account, sighting in _Log(file, since, faults).sightings(text):
            before = seen.get(account)
            seen[account] = sighting if before is None else before.with_(sighting)
    faults.refuse_if_any()
    return seen


class _Log:
    """One log, *file*, while it is read: where each field stands, and what was made of such texts before."""

    def __init__(self, file: str, since: datetime, faults: Faults) -> None:
        self._file, self._since, self._faults = file, since, faults
        self._places: dict[str, int] = {}
        self._fields = 0
        self._known: dict[tuple[str, str, str], WebSeen | None] = {}

    def sightings(self, text: str) -> Iterator[tuple[str, WebSeen]]:
        """Whose each request of *text* was, and what it shows."""
        headed = False
        for number, ended in enumerate(text.split("\n"), start=1):
            line = ended.removesuffix("\r")
            if line.startswith("#Fields:"):
                headed = True
                self._take_fields(number, line.removeprefix("#Fields:").split())
            elif line and not line.startswith("#"):
                if not headed:
                    self._faults.add(self._file, number, "comes before any #Fields line")
                    return
                if self._fields:  # a header that was refused was noted once; its rows need no line each
                    yield from self._request(number, line)

    def _take_fields(self, number: int, names: list[str]) -> None:
        """Where each field stands from line *number* on."""
        wrong = [name for name in FIELDS if names.count(name) != 1]
        wrong += [TLS_FIELD] * (names.count(TLS_FIELD) > 1)
        if wrong:
            self._faults.add(self._file, number, f"does not have exactly one field {', '.join(wrong)}")
        self._fields = 0 if wrong else len(names)
        self._places = {name: place for place, name in enumerate(names)}

    def _request(self, number: int, line: str) -> Iterator[tuple[str, WebSeen]]:
        cells = line.split(" ") if len(line) <= LONGEST_LINE and "\0" not in line else []
        if len(cells) != self._fields:
            self._faults.add(self._file, number, f"has {len(cells)} fields where the log has {self._fields}")
            return
        day, time, stem, account, agent = (cells[self._places[name]] for name in FIELDS)
        when = _moment(day, time)
        if when is None:
            self._faults.add(self._file, number, f"has {f'{day} {time}'[:40]!r} where its moment belongs")
            return
        if account == NOBODY or when < self._since:
            return
        tls = cells[self._places[TLS_FIELD]] if TLS_FIELD in self._places else NOBODY
        shown = (day, tls, agent if stem.lower().startswith(_PAGES) else NOBODY)
        if shown not in self._known:
            self._known[shown] = self._seen(number, when.date(), tls, shown[2])
        if (sighting := self._known[shown]) is not None:
            yield account.casefold(), sighting

    def _seen(self, number: int, on: date, tls: str, agent: str) -> WebSeen | None:
        version = None if tls == NOBODY else schannel(tls)
        if version is None and tls != NOBODY:
            self._faults.add(self._file, number, f"has {tls[:40]!r} where its {TLS_FIELD} belongs")
            return None
        return sighting(on, version, agent)


def sighting(on: date, version: str | None, agent: str) -> WebSeen | None:
    """What a request on the day *on* shows, with TLS *version* and the browser *agent* as a log has it."""
    kind = browser(agent.replace("+", " "))
    if version is None and kind is None:
        return None
    return WebSeen(version, on if version else None, dict([kind]) if kind else {}, on if kind else None)


def schannel(text: str) -> str | None:
    """The TLS that Schannel's number *text*, in hexadecimal, stands for; None for none that is known."""
    try:
        return _SCHANNEL.get(int(text, 16))
    except ValueError:
        return None


def _moment(day: str, time: str) -> datetime | None:
    if len(day) != len("2026-09-01") or len(time) != len("08:00:00"):
        return None
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)
    except ValueError:
        return None
