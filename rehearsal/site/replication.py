"""What each domain controller knows: a write is seen at once where it was made, and elsewhere after a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.clock import VirtualClock
from rehearsal.estate import Site
from rehearsal.site import failures
from rehearsal.site.options import Options


class Controllers:
    """The domain controllers of *sites*: two each, `dc01` and `dc02`, of which each server has one that it asks."""

    def __init__(self, sites: tuple[Site, ...], options: Options) -> None:
        self._options = options
        self._site_of = {name: site.name for site in sites for name in _names(site)}
        self._server = {
            server.name.casefold(): _names(site)[n % 2]
            for site in sites
            for n, server in enumerate(site.servers)
        }
        self._first = _names(sites[0])[0]

    @property
    def names(self) -> list[str]:
        """Every domain controller by its full name."""
        return list(self._site_of)

    def site(self, controller: str) -> str:
        """The name of the site of *controller*."""
        return self._site_of[controller]

    def of(self, server: str) -> str:
        """The domain controller that *server* asks; the first of all for no server."""
        return self._server.get(server.casefold(), self._first)

    def named(self, asked: str) -> str:
        """The full name of the controller called *asked*; raise a `failures.CmdletFailure`."""
        for name in self._site_of:
            if asked.casefold() in (name, name.partition(".")[0]):
                return name
        raise failures.no_controller(asked)

    def lag(self, written: str, asked: str) -> timedelta:
        """The time after which *asked* sees what was written at *written*."""
        if written == asked:
            return timedelta()
        if self._site_of[written] == self._site_of[asked]:
            return timedelta(seconds=self._options.replication_seconds)
        return timedelta(minutes=self._options.site_replication_minutes)

    @property
    def longest(self) -> timedelta:
        """The time after which everybody has seen a write."""
        return timedelta(
            seconds=self._options.replication_seconds, minutes=self._options.site_replication_minutes
        )


def _names(site: Site) -> tuple[str, str]:
    return f"dc01.{site.domain}", f"dc02.{site.domain}"


@dataclass(frozen=True)
class _Write[Item]:
    moment: datetime
    controller: str
    before: Item | None


class Replicated[Item]:
    """Things by key as each domain controller knows them."""

    def __init__(self, clock: VirtualClock, controllers: Controllers) -> None:
        self._clock = clock
        self._controllers = controllers
        self._latest: dict[str, Item] = {}
        self._writes: dict[str, list[_Write[Item]]] = {}

    def read(self, key: str, controller: str) -> Item | None:
        """What *controller* knows under *key*, None where it knows nothing."""
        known = self._latest.get(key)
        for write in reversed(self._writes.get(key, ())):
            if self._clock.now >= write.moment + self._controllers.lag(write.controller, controller):
                break
            known = write.before
        return known

    def items(self, controller: str) -> Iterator[tuple[str, Item]]:
        """All that *controller* knows, in the order in which it was made."""
        for key in list(dict.fromkeys([*self._latest, *self._writes])):
            if (known := self.read(key, controller)) is not None:
                yield key, known

    def born(self, key: str, item: Item) -> None:
        """Put *item* where it has long been known everywhere."""
        self._latest[key] = item

    def write(self, key: str, item: Item | None, controller: str) -> None:
        """Put *item* under *key* at *controller*, or take away what is there."""
        now = self._clock.now
        recent = [each for each in self._writes.get(key, ()) if now < each.moment + self._controllers.longest]
        self._writes[key] = [*recent, _Write(now, controller, self._latest.get(key))]
        if item is None:
            self._latest.pop(key, None)
        else:
            self._latest[key] = item
