"""Run plays on the sites: look whether they may run, run them, read back, and go on where an earlier run ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from mailwave.core.outcomes import ActUnknown, PlayFailed
from mailwave.core.play_table import (
    Hosts,
    NotExported,
    NotThatKind,
    Outputs,
    Play,
    PlayOrder,
    PlayTable,
    Value,
    chosen,
    completed,
    nothing_exported,
)
from mailwave.core.plays import PlayOutcome, PlayResult
from mailwave.core.reason import Reason
from mailwave.core.resuming import DONE, RUN, asked, finished
from mailwave.ports import Artifacts, Doors, Ledger, Plays
from mailwave.runbooks.acting import Act, acting, close_cut_off


def _take_any(_variables: Mapping[str, Value]) -> None:
    """Refuse nothing."""


@dataclass(frozen=True)
class Sites:
    """The servers of each site of the estate, in its order, and the doors to them."""

    servers: Mapping[str, tuple[str, ...]]
    doors: Doors

    @property
    def all(self) -> list[str]:
        """Every server of the estate."""
        return [server for its in self.servers.values() for server in its]

    def try_doors(self, hosts: Hosts, servers: Sequence[str]) -> None:
        """See that everything that a play for *hosts* and *servers* needs answers and lets us in."""
        if hosts is Hosts.TENANT:
            self.doors.try_tenant()
            return
        for site, its in self.servers.items():
            wanted = [server for server in its if not servers or server in servers]
            if wanted:
                self.doors.try_site(site, wanted)


@dataclass(frozen=True)
class VerifySites:
    """Runs plays that only read; *outputs* are what stacks export, of which some take values."""

    plays: Plays
    sites: Sites
    table: PlayTable
    outputs: Outputs = nothing_exported

    def prepare(
        self, names: Sequence[str], variables: Mapping[str, Value], servers: Sequence[str]
    ) -> list[PlayOrder]:
        """The orders for the plays *names*, or for all that need no variable; the other side answers.

        Raises:
            Refusal: something that was named does not exist.
            ExchangeError: a site or the tenant does not answer, or refuses us.
        """
        orders = self.orders(names, variables, servers)
        for hosts in sorted({self.table.find(order.play).hosts for order in orders}):
            self.sites.try_doors(hosts, chosen(servers, self.sites.all))
        return orders

    def orders(
        self, names: Sequence[str], variables: Mapping[str, Value], servers: Sequence[str]
    ) -> list[PlayOrder]:
        """What `prepare` gives, whether the other side answers or not.

        A play that changes something stands for its twin. Of all, one that lacks a value of a stack says so itself.
        """
        found = [self._reading(name) for name in names] or _fitting(self.table.reading, servers)
        orders = []
        for play in found:
            try:
                told = completed(play, variables, self.outputs)
            except NotExported:
                if names:
                    raise
                told = dict(variables)
            orders.append(self.table.order(play, variables=told, servers=servers, estate=self.sites.all))
        return orders

    def run(self, orders: Sequence[PlayOrder]) -> list[PlayResult]:
        """What each play found, in order; a play that found something wrong does not keep the next from running."""
        return [self.plays.run(order) for order in orders]

    def _reading(self, name: str) -> Play:
        play = self.table.find(name)
        if not play.changes:
            return play
        if not play.twin:
            raise NotThatKind(play=play.name, wanted="verify with", instead="")
        return self.table.find(play.twin)


def _fitting(plays: Sequence[Play], servers: Sequence[str]) -> list[Play]:
    """Where servers are named, the plays that work on none are left out."""
    return [play for play in plays if not servers or play.hosts is Hosts.SERVERS]


@dataclass(frozen=True)
class Applied:
    """What came of a play: its *result*, None where an earlier run had finished every server, and its twin's.

    *left_out* are the servers that an earlier run had finished.
    """

    result: PlayResult | None
    verified: PlayResult | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApplyPlay:
    """Runs plays that change something; *source* is the digest of all playbooks, *outputs* what stacks export.

    *refuse_unfit* raises for variables that no play may have, before any of them gets into the journal.
    """

    plays: Plays
    sites: Sites
    table: PlayTable
    source: str
    artifacts: Artifacts
    ledger: Ledger
    reason: Reason
    outputs: Outputs = nothing_exported
    refuse_unfit: Callable[[Mapping[str, Value]], None] = _take_any

    def prepare(
        self, name: str, variables: Mapping[str, Value], servers: Sequence[str], *, check: bool = False
    ) -> PlayOrder:
        """The order for the play *name*: everything that it names exists, and the other side answers.

        Raises:
            Refusal: something that was named does not exist.
            ExchangeError: a site or the tenant does not answer, or refuses us.
        """
        play = self.table.find(name)
        if not play.changes:
            raise NotThatKind(play=play.name, wanted="apply", instead=play.twin)
        self.refuse_unfit(variables)
        told = completed(play, variables, self.outputs)
        order = self.table.order(play, variables=told, servers=servers, estate=self.sites.all, check=check)
        self.sites.try_doors(play.hosts, order.servers)
        return order

    def predict(self, order: PlayOrder) -> PlayResult:
        """What the play would change, from check mode.

        Raises:
            PlayFailed: it could not be predicted.
            ActUnknown: the prediction was cut off.
        """
        return _well(self.plays.run(msgspec.structs.replace(order, check=True)), order.play)

    def run(self, order: PlayOrder, *, from_start: bool = False) -> Applied:
        """Run the play on those servers that no earlier run finished, and read all of them back.

        Servers that are named in *order* are never left out, nor is any *from_start*.

        Raises:
            PlayFailed: a task failed, or what was done is not what reading back shows.
            ActUnknown: it was cut off, and reading back did not show what became of it.
        """
        close_cut_off(self.ledger, RUN, DONE)
        play = self.table.find(order.play)
        wanted = asked(order.variables, self.source)
        left_out = () if from_start or order.servers or not play.batched else self._finished(play, wanted)
        whole, order = order, self._without(order, left_out)
        detail = {
            "asked": wanted,
            "servers": list(order.servers),
            "left_out": list(left_out),
            "variables": dict(order.variables),
        }
        with acting(self.ledger, act=RUN, subject=play.name, reason=self.reason, detail=detail) as act:
            result = None if left_out and not order.servers else self._carry_out(order, play, act)
            verified = self._verify(play, whole, result, act)
        return Applied(result, verified, left_out)

    def _finished(self, play: Play, wanted: str) -> tuple[str, ...]:
        done = finished(self.ledger.intents(RUN), self.ledger.intents(DONE), play=play.name, wanted=wanted)
        return tuple(server for server in self.sites.all if server in done)

    def _without(self, order: PlayOrder, left_out: Sequence[str]) -> PlayOrder:
        if not left_out:
            return order
        rest = tuple(server for server in self.sites.all if server not in left_out)
        return msgspec.structs.replace(order, servers=rest)

    def _carry_out(self, order: PlayOrder, play: Play, act: Act) -> PlayResult:
        def done(server: str) -> None:
            detail = {"run": act.intent, "server": server}
            mark = self.ledger.intent(DONE, f"{play.name} {server}", detail, self.reason)
            self.ledger.outcome(mark, "ok", {})

        result = self.plays.run(order, done if play.batched else None)
        act.ended["artifact"] = self._keep(result, act)
        if result.outcome is PlayOutcome.FAILED:
            raise PlayFailed(act="play", subject=play.name, why=result.why)
        return result

    def _verify(self, play: Play, order: PlayOrder, result: PlayResult | None, act: Act) -> PlayResult | None:
        """Read back with the twin: it decides what became of a run that was cut off."""
        cut_off = result is not None and result.outcome is PlayOutcome.UNKNOWN
        why = f"{result.why}; " if cut_off and result else ""
        if not play.twin:
            if cut_off:
                raise ActUnknown(act="play", subject=play.name, why=f"{why}no play reads it back")
            return None
        twin = self.plays.run(msgspec.structs.replace(order, play=play.twin))
        act.ended["verified"] = self._keep(twin, act)
        if twin.outcome is PlayOutcome.UNKNOWN or (cut_off and twin.unread):
            raise ActUnknown(act="play", subject=play.name, why=f"{why}{play.twin}: {twin.why}")
        if twin.outcome is PlayOutcome.FAILED:
            raise PlayFailed(act="play", subject=play.name, why=f"{why}{play.twin}: {twin.why}")
        if cut_off:
            act.ended["why"] = f"{why}read back by {play.twin}: it is done"
        return twin

    def _keep(self, result: PlayResult, act: Act) -> str:
        name = f"{act.intent:08}-{result.play}.json"
        return self.artifacts.keep(name, msgspec.json.format(msgspec.json.encode(result)) + b"\n")


def _well(result: PlayResult, play: str) -> PlayResult:
    if result.outcome is PlayOutcome.UNKNOWN:
        raise ActUnknown(act="play", subject=play, why=result.why)
    if result.outcome is PlayOutcome.FAILED:
        raise PlayFailed(act="play", subject=play, why=result.why)
    return result
