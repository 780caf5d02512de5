"""Whose recipients a call sees: those of the domain of its servers, or those of the whole forest.

By default a session's recipient scope is the domain that hosts the servers (opd:Get-Mailbox, ReadFromDomainController),
whichever database is asked about; -IgnoreDefaultScope asks a global catalog, which knows those of every domain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.surroundings import Row, Surroundings

Look = Callable[[Bound], Iterable[Row]]
"""The recipients of one domain that a call names, each made when it is its turn."""

_DISTINGUISHED = re.compile(r"(CN|OU)=.+,DC=.+", re.IGNORECASE)


class Forest:
    """The domains of an organisation, by what each answers to a cmdlet."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._looks: dict[str, list[Look]] = {}

    def join(self, cmdlet: str, look: Look) -> None:
        """Let one domain more answer *cmdlet*, with what *look* finds."""
        self._looks.setdefault(cmdlet, []).append(look)

    def rows(self, own: Look, bound: Bound) -> Iterator[Row]:
        """What *bound* finds in its scope, of which *own* is the domain of its servers.

        Raises `failures.CmdletFailure` where it cannot be asked so, or names somebody who is not there.
        """
        looks = self._looks[bound.cmdlet] if self.is_whole(bound) else [own]
        found = chain.from_iterable(look(bound) for look in looks)
        if (identity := bound.get("Identity")) is None:
            return found
        named = list(found)
        if not named:
            raise failures.not_found(identity, self._around.controller(bound))
        return iter(named)

    def is_whole(self, bound: Bound) -> bool:
        """Whether *bound* sees every domain; raise `failures.CmdletFailure` where it cannot be asked so."""
        options = self._around.options
        if bound.get("IgnoreDefaultScope") and options.forest_by_catalog:
            if bound.get("DomainController") is not None:
                raise failures.bad_argument(
                    "The parameters IgnoreDefaultScope and DomainController can't be used together."
                )
            identity = bound.get("Identity")
            if identity is not None and not _DISTINGUISHED.fullmatch(identity):
                raise failures.bad_argument(
                    "With IgnoreDefaultScope an Identity can only be a distinguished name."
                )
        return bool(bound.get("IgnoreDefaultScope")) or not options.scope_is_a_domain
