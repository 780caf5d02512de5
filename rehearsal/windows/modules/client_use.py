"""What the play's script `client_use.ps1` counts on a server: who used which protocol, from the logs that are there."""

from __future__ import annotations

import fnmatch
import ntpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from rehearsal.site.machine import Machine
from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.task import Task

PARAMETERS = {"Since", "Iis", "Pop", "Imap", "Smtp"}
_MAIL = "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context"
_SMTP = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
_PROXIED = re.compile(r"Session for ?(\S+) will now be proxied", re.IGNORECASE)
_TLS = re.compile(r"TLS protocol (SP_PROT_[A-Z0-9_]+) negotiation succeeded", re.IGNORECASE)
_LOGONS = ("pass", "auth", "login", "authenticate")

Use = tuple[str, str, str, str, str]
"""Account, client, agent, TLS and day."""
Places = dict[str, int]


class _Log(NamedTuple):
    name: str
    parameter: str
    pattern: str
    heading: Callable[[str], Places | None]
    uses: Callable[[str, Places, dict[str, str]], Iterator[Use]]


def client_use(task: Task) -> dict[str, object]:
    """The script's result on the server of *task*."""
    given: Mapping[str, str] = dict(task.values["parameters"] or {})
    if given.keys() != PARAMETERS or not re.fullmatch(r"\d{4}-\d\d-\d\d", given["Since"]):
        raise ModuleFailed(f"Cannot bind the parameters {sorted(given)} of client_use.ps1.", changed=False)
    seen: dict[tuple[str, ...], tuple[int, str]] = {}
    files, unread = dict.fromkeys(("iis", "pop", "imap", "smtp"), 0), []
    for log in _LOGS:
        for path in _files(task.machine, given[log.parameter], log.pattern, given["Since"]):
            files[log.name] += 1
            found = _read(task.machine.files[path].content.decode("utf-8"), log)
            if found is None:
                unread.append(ntpath.basename(path))
            for account, *others, day in found or ():
                if day >= given["Since"]:
                    key = ("web" if log.name == "iis" else log.name, account.lower(), *others)
                    uses, last = seen.get(key, (0, day))
                    seen[key] = (uses + 1, max(day, last))
    rows = ["\t".join((*key, str(uses), last)) for key, (uses, last) in sorted(seen.items())]
    return {"files": files, "unread": unread, "rows": "\n".join(rows)}


def _files(machine: Machine, folder: str, pattern: str, since: str) -> list[str]:
    place = paths.full(folder)
    if not paths.is_folder(machine, place):
        return []
    names = fnmatch.filter(sorted(name.lower() for name in paths.children(machine, place)), pattern)
    found = [ntpath.join(place, name) for name in names]
    return [path for path in found if machine.files[path].changed.date().isoformat() >= since]


def _read(text: str, log: _Log) -> list[Use] | None:
    """Every use that a log shows; None where a line comes before fields that are known."""
    places: Places | None = None
    state: dict[str, str] = {}
    found: list[Use] = []
    for line in text.splitlines():
        if line.startswith("#Fields:"):
            places = log.heading(line.removeprefix("#Fields:").strip())
        elif line and not line.startswith("#"):
            if places is None:
                return None
            found += log.uses(line, places, state)
    return found


def _web_heading(fields: str) -> Places | None:
    names = fields.split(" ")
    needed = ("date", "cs-uri-stem", "cs-username", "cs(User-Agent)")
    return {name: place for place, name in enumerate(names)} if {*needed} <= {*names} else None


def _web(line: str, places: Places, _state: dict[str, str]) -> Iterator[Use]:
    cells = line.split(" ")
    if len(cells) == len(places) and cells[places["cs-username"]] != "-":
        client = cells[places["cs-uri-stem"]].split("/")[1].lower()
        agent = cells[places["cs(User-Agent)"]] if client in ("owa", "ecp") else "-"
        tls = cells[places["crypt-protocol"]] if "crypt-protocol" in places else "-"
        yield cells[places["cs-username"]], client, agent, tls, cells[places["date"]]


def _mail_heading(fields: str) -> Places | None:
    return {} if fields.lower().startswith(_MAIL.lower()) else None


def _mail(line: str, _places: Places, _state: dict[str, str]) -> Iterator[Use]:
    cells = line.split(",", 11)
    if len(cells) < 12 or not cells[5] or cells[9].lower() not in _LOGONS:
        return
    if cells[11].removeprefix('"').lower().startswith("r=ok"):
        yield cells[5], "-", "-", "-", cells[0][:10]


def _smtp_heading(fields: str) -> Places | None:
    return {} if fields.lower() == _SMTP else None


def _smtp(line: str, _places: Places, state: dict[str, str]) -> Iterator[Use]:
    cells = line.split(",", 8)
    if len(cells) < 9 or cells[6] != "*":
        return
    if negotiated := _TLS.search(cells[8]):
        state[cells[2]] = negotiated[1]
    elif cells[8].lower() == "authenticated":
        yield cells[7], "-", "-", state.get(cells[2], "-"), cells[0][:10]
    elif proxied := _PROXIED.search(cells[8]):
        yield proxied[1], "-", "-", state.get(cells[2], "-"), cells[0][:10]


_LOGS = (
    _Log("iis", "Iis", "u_ex*.log", _web_heading, _web),
    _Log("pop", "Pop", "pop3*.log", _mail_heading, _mail),
    _Log("imap", "Imap", "imap4*.log", _mail_heading, _mail),
    _Log("smtp", "Smtp", "recv*.log", _smtp_heading, _smtp),
)
