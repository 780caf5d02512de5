"""The plays that there are, what each takes, and the one way to ask for a run of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum

import msgspec

from mailwave.core.refusals import Refusal

Value = str | int | bool

_NUMBER = re.compile(r"^\d+_")


class Hosts(StrEnum):
    """What a play works on: the servers of the estate, the Exchange organisation that they are, or the tenant."""

    SERVERS = "exchange_servers"
    ORGANISATION = "exchange_organisation"
    TENANT = "exchange_online"


class BatchAct(StrEnum):
    """What a play does to a whole migration batch."""

    START = "start"
    STOP = "stop"
    COMPLETE = "complete"
    ROLL_BACK = "roll_back"
    REMOVE = "remove"


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a variable of a play *says*, and whether the play cannot do without it.

    *output* is where a stack exports it: its layer and the keys to it, with a slash between each two.
    """

    says: str
    required: bool = True
    output: str = ""


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """One play: its *name* is its file's, its *title* what it does.

    *changes*: it may change something; then *twin* names the play that only reads whether it is done. *prepares*: it is
    one of those that make a site ready. *passing*: what it brings about is not to last. *batched*: it takes its servers
    in batches, one after the other. *batch* is what it does to a migration batch. *reviewed*: what it takes away does
    not come back, so that where changes are approved it runs as a part of one only.
    """

    name: str
    title: str
    hosts: Hosts
    changes: bool
    twin: str = ""
    variables: Mapping[str, Variable] = {}
    prepares: bool = False
    passing: bool = False
    batched: bool = False
    batch: BatchAct | None = None
    reviewed: bool = False

    @property
    def required(self) -> list[str]:
        """The variables that it cannot do without."""
        return [name for name, variable in self.variables.items() if variable.required]


class PlayOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Run *play* with *variables* on *servers*, or on all that it is for when none is named; *check* only predicts."""

    play: str
    variables: Mapping[str, Value] = {}
    servers: tuple[str, ...] = ()
    check: bool = False


class NoSuchPlay(Refusal):
    """There is no playbook called *play*; *known* are those that there are."""

    def __init__(self, *, play: str, known: Sequence[str]) -> None:
        self.play = play
        self.known = list(known)
        super().__init__(f"there is no play {play!r}; {_nearest(play, self.known)}")


class NotThatKind(Refusal):
    """*play* changes something where only a reading was asked for, or the other way round; *instead* is the other."""

    def __init__(self, *, play: str, wanted: str, instead: str) -> None:
        self.play = play
        self.wanted = wanted
        self.instead = instead
        super().__init__(
            f"play {play} is not one to {wanted}" + (f"; its partner is {instead}" if instead else "")
        )


class NoSuchServer(Refusal):
    """*server* is not in the estate of this environment; *known* are the servers that are."""

    def __init__(self, *, server: str, known: Sequence[str]) -> None:
        self.server = server
        self.known = list(known)
        super().__init__(f"server {server!r} is not in the estate file; {_nearest(server, self.known)}")


class NoServers(Refusal):
    """Servers were named for *play*, which works on the tenant or on the organisation as a whole."""

    def __init__(self, *, play: str) -> None:
        self.play = play
        super().__init__(
            f"play {play} works on the tenant or the organisation as a whole and takes no servers"
        )


class VariablesWrong(Refusal):
    """*play* lacks the variables *missing*, or was given *unknown* ones; *says* explains those that it takes."""

    def __init__(
        self, *, play: str, missing: Sequence[str], unknown: Sequence[str], says: Mapping[str, str]
    ) -> None:
        self.play = play
        self.missing = list(missing)
        self.unknown = list(unknown)
        self.says = dict(says)
        lacks = [f"needs {name} ({says[name]})" for name in missing]
        odd = [f"takes no variable {name!r}" for name in unknown]
        super().__init__(f"play {play} {', '.join([*lacks, *odd])}")


class NotExported(Refusal):
    """*play* needs *variable*, and the stacks of this environment do not export it as *output*."""

    def __init__(self, *, play: str, variable: str, output: str) -> None:
        self.play = play
        self.variable = variable
        self.output = output
        layer, _, keys = output.partition("/")
        super().__init__(
            f"play {play} needs {variable}, and stack {layer} exports no {keys.replace('/', '.')}"
        )


Outputs = Callable[[str], Mapping[str, object]]
"""The outputs of a layer's stack, none where it is not deployed."""


def nothing_exported(_: str) -> Mapping[str, object]:
    """No stack has any outputs."""
    return {}


class PlayTable(msgspec.Struct, frozen=True):
    """Every play, in the order in which an operator runs them."""

    plays: tuple[Play, ...]

    @property
    def preparing(self) -> list[Play]:
        """The plays that make a site ready."""
        return [play for play in self.plays if play.prepares]

    @property
    def reading(self) -> list[Play]:
        """The plays that only read what is to last, and need no variable."""
        return [play for play in self.plays if not (play.changes or play.passing or play.required)]

    def find(self, asked: str) -> Play:
        """The play called *asked*: by its whole name, its number, or its name without the number.

        Raises:
            NoSuchPlay: there is none.
        """
        found = [play for play in self.plays if asked in _names(play.name)]
        if len(found) != 1:
            raise NoSuchPlay(play=asked, known=[play.name for play in self.plays])
        return found[0]

    def order(
        self,
        play: Play,
        *,
        variables: Mapping[str, Value],
        servers: Collection[str],
        estate: Sequence[str],
        check: bool = False,
    ) -> PlayOrder:
        """An order for *play*, in which everything that it names exists; *estate* are the estate's servers.

        Raises:
            VariablesWrong: a variable is missing or unknown.
            NoSuchServer: a server is not in the estate.
            NoServers: servers were named for a play of the tenant.
        """
        missing = [name for name in play.required if name not in variables]
        unknown = sorted(variables.keys() - play.variables.keys())
        if missing or unknown:
            says = {name: variable.says for name, variable in play.variables.items()}
            raise VariablesWrong(play=play.name, missing=missing, unknown=unknown, says=says)
        if servers and play.hosts is not Hosts.SERVERS:
            raise NoServers(play=play.name)
        return PlayOrder(
            play=play.name, variables=dict(variables), servers=chosen(servers, estate), check=check
        )


def chosen(servers: Collection[str], estate: Sequence[str]) -> tuple[str, ...]:
    """The *servers* by their names in the *estate*, in its order; none where none is named.

    Raises:
        NoSuchServer: one is not in the estate.
    """
    wanted = {server.upper() for server in servers}
    known = {server.upper() for server in estate}
    for server in servers:
        if server.upper() not in known:
            raise NoSuchServer(server=server, known=estate)
    return tuple(server for server in estate if server.upper() in wanted)


def completed(play: Play, variables: Mapping[str, Value], outputs: Outputs) -> dict[str, Value]:
    """*variables*, with those that a stack exports read from its *outputs* where they are not given.

    Raises:
        NotExported: the stack is not deployed, or does not export one.
    """
    found = dict(variables)
    for name, variable in play.variables.items():
        if variable.output and name not in found:
            found[name] = _output(play, name, variable.output, outputs)
    return found


def _output(play: Play, name: str, output: str, outputs: Outputs) -> Value:
    layer, *keys = output.split("/")
    value: object = outputs(layer)
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, str | int | bool):
        raise NotExported(play=play.name, variable=name, output=output)
    return value


def _names(name: str) -> tuple[str, str, str]:
    return name, name.partition("_")[0], _NUMBER.sub("", name)


def _nearest(asked: str, known: Sequence[str]) -> str:
    """A hint that stays short where there are hundreds."""
    close = get_close_matches(asked.casefold(), [each.casefold() for each in known], n=3, cutoff=0.5)
    hints = [each for each in known if each.casefold() in close]
    if hints:
        return f"did you mean {' or '.join(hints)}?"
    shown = ", ".join(known[:SHOWN])
    return f"there are {shown}" + (f" and {len(known) - SHOWN} more" if len(known) > SHOWN else "")


SHOWN = 12
"""How many names a sentence gives."""
