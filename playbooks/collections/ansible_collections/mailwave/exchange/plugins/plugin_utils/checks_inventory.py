# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The checks of the estate file against the Exchange organisation: every server is there, and is what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import Case, Check, Found, Row

_DISPLAYED = re.compile(r"Version (\d+\.\d+) \(Build (\d+)\.(\d+)\)")


def _own(case: Case) -> Row | None:
    wanted = str(case.wanted["server"]).casefold()
    return next((row for row in case.reading.rows("servers") if str(row["Name"]).casefold() == wanted), None)


def _there(case: Case) -> Found:
    names = sorted(str(row["Name"]) for row in case.reading.rows("servers"))
    return Found(names, case.wanted["server"], _own(case) is not None)


def _address(case: Case) -> Iterator[Found]:
    if (row := _own(case)) is not None:
        found, wanted = str(row["Fqdn"]), str(case.wanted["fqdn"])
        yield Found(found, wanted, found.casefold() == wanted.casefold())


def _version(case: Case) -> Iterator[Found]:
    if (row := _own(case)) is not None:
        match = _DISPLAYED.match(str(row["AdminDisplayVersion"]))
        found = match[1] if match else str(row["AdminDisplayVersion"])
        yield Found(found, case.wanted["version"], found == str(case.wanted["version"]))


def _group(case: Case) -> Iterator[Found]:
    """A file that says nothing of groups is not wrong about them."""
    if wanted := str(case.wanted.get("dag") or ""):
        own = str(case.wanted["server"]).casefold()
        groups = [
            str(row["Name"])
            for row in case.reading.rows("groups")
            if own in {str(member).casefold() for member in row["Servers"]}
        ]
        yield Found(groups, wanted, wanted.casefold() in {name.casefold() for name in groups})


def _outside(case: Case) -> Iterator[Found]:
    """Mailbox servers of this server's own domain that the estate file does not name; Edge servers are none."""
    known = {str(name).casefold() for name in case.wanted["estate"]}
    domain = str(case.wanted["fqdn"]).partition(".")[2].casefold()
    for row in case.reading.rows("servers"):
        same = str(row["Fqdn"]).partition(".")[2].casefold() == domain
        if same and "Mailbox" in str(row["ServerRole"]):
            name = str(row["Name"])
            yield Found(name, "a server of the estate file", name.casefold() in known, name)


INVENTORY: Mapping[str, Check] = {
    "server-not-in-organisation": _there,
    "server-address-differs": _address,
    "server-version-differs": _version,
    "server-group-differs": _group,
    "server-outside-estate": _outside,
}
