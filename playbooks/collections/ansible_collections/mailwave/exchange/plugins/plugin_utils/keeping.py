# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Several objects in one shell: made so, predicted, or only compared; and the result that a task returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.mailwave.exchange.plugins.plugin_utils import releases
from ansible_collections.mailwave.exchange.plugins.plugin_utils.engine import (
    Change,
    Comparison,
    Wanted,
    compare,
    ensure,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.entries import spread
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotInVersion
from ansible_collections.mailwave.exchange.plugins.plugin_utils.releases import Offer
from ansible_collections.mailwave.exchange.plugins.plugin_utils.shown import diff

from exchange_admin import cmdlets as metadata
from exchange_admin.errors import ExchangeError
from exchange_admin.port import ExchangeAdmin

Connect = Callable[[str], AbstractContextManager[ExchangeAdmin]]
"""Opens the remote PowerShell of a host, by its full name; of the site's own address where it is empty."""

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Site:
    """A site as the actions reach it: *url* of its remote PowerShell, and how to *connect*."""

    url: str
    connect: Connect


def keep(site: Site, objects: Sequence[Wanted], *, check: bool) -> dict[str, Any]:
    """Make each of *objects* as it should be, in their order; in *check* only predict it.

    The first that fails ends it; those before it are done. Raises as `engine.ensure` does.
    """
    results = []
    with _shell(site, objects) as (admin, offer):
        for each in spread(admin, objects):
            results.append(_kept(each, ensure(admin, each, offer, check=check)))  # noqa: PERF401 - see above
    return _joined(results)


def look(site: Site, objects: Sequence[Wanted]) -> dict[str, Any]:
    """Compare each of *objects* and change nothing; one that could not be read makes a check that is unknown."""
    try:
        with _shell(site, objects) as (admin, _):
            results = [_looked(admin, each) for each in objects]
    except (ExchangeError, NotInVersion) as error:
        results = [[_unread(each, error)] for each in objects]
    return _joined([each for result in results for each in result])


@contextmanager
def _shell(site: Site, objects: Sequence[Wanted]) -> Iterator[tuple[ExchangeAdmin, Offer]]:
    """A shell on a server of *site* whose version has the objects: the site's own, or else another server's."""
    host = urlsplit(site.url).hostname or ""
    with ExitStack() as stack:
        admin = stack.enter_context(site.connect(""))
        read = cache(lambda: releases.servers(admin))
        wanted = _needed(objects)
        if wanted == releases.RELEASES or releases.answering(read(), host) <= wanted:
            yield admin, Offer(cache(lambda: releases.answering(read(), host)))
            return
        other = releases.another(read(), host, wanted)
        if other is None:
            lacking = releases.answering(read(), host) - wanted
            raise NotInVersion(cmdlet=f"Get-{_scarce(objects)}", parameter="", versions=sorted(lacking))
        stack.close()  # one shell at a time
        here = releases.answering(read(), other)
        yield stack.enter_context(site.connect(other)), Offer(lambda: here)


def _needed(objects: Iterable[Wanted]) -> frozenset[str]:
    """The releases that have every one of *objects*, with the properties that are wanted of it."""
    found = releases.RELEASES
    for each in objects:
        found &= metadata.releases(f"Get-{each.kind.noun}")
        for item in each.kind.properties:
            if item.option in each.values:
                setters = (f"Set-{each.kind.noun}", each.kind.maker)
                found &= frozenset().union(*(metadata.releases(name, item.parameter) for name in setters))
    return found


def _scarce(objects: Iterable[Wanted]) -> str:
    return min((each.kind.noun for each in objects), key=lambda noun: len(metadata.releases(f"Get-{noun}")))


def _kept(wanted: Wanted, change: Change) -> dict[str, Any]:
    return {
        "kind": wanted.kind.name,
        "identity": wanted.identity,
        "exists": bool(change.after),
        "changed": change.changed,
        "differing": change.differing if change.changed else [],
        "before": dict(change.before),
        "values": dict(change.after),
        "answer_lost": change.answer_lost,
        "diff": diff(change.before, change.after, f"{wanted.kind.name} {wanted.identity}"),
    }


def _looked(admin: ExchangeAdmin, wanted: Wanted) -> list[dict[str, Any]]:
    try:
        return [_compared(compare(admin, each)) for each in spread(admin, [wanted])]
    except ExchangeError as error:
        return [_unread(wanted, error)]


def _compared(found: Comparison) -> dict[str, Any]:
    wanted, differing = found.wanted, found.differing
    if differing == ["state"]:
        words = ("present", "absent")
        expected, seen = words if wanted.present else words[::-1]
    else:
        expected = {option: found.goal[option] for option in differing} or dict(found.goal)
        seen = {option: found.before.get(option) for option in expected}
    return {
        **_about(wanted),
        "exists": found.there,
        "differing": differing,
        "values": dict(found.before),
        "check": {
            "id": wanted.check,
            "subject": wanted.identity,
            "holds": not differing,
            "found": seen,
            "expected": expected,
        },
    }


def _unread(wanted: Wanted, error: Exception) -> dict[str, Any]:
    return {
        **_about(wanted),
        "differing": [],
        "check": {"id": wanted.check, "subject": wanted.identity, "unknown": str(error)},
    }


def _about(wanted: Wanted) -> dict[str, Any]:
    return {"kind": wanted.kind.name, "identity": wanted.identity, "changed": False}


def _joined(results: Sequence[Values]) -> dict[str, Any]:
    """The result of a task; its `identity` and `differing` name what changed, for whoever reads one line of it."""
    changed = [each for each in results if each["differing"]]
    return {
        "changed": any(each["changed"] for each in results),
        "identity": ", ".join(each["identity"] for each in changed),
        "differing": sorted({option for each in changed for option in each["differing"]}),
        "objects": [{key: value for key, value in each.items() if key not in _APART} for each in results],
        "checks": [each["check"] for each in results if each.get("check", {}).get("id")],
        "diff": [each["diff"] for each in results if each.get("diff") and each["changed"]],
    }


_APART = frozenset({"check", "diff"})
