"""What is not as promised, mailbox by mailbox, each by its kind, with the cmdlets that make it good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailwave.core.aftercare.pictures import Found, Picture
from mailwave.core.licences import Standing

Parameters = Mapping[str, Any]
CLOUD, SITE, LICENCES = "cloud", "site", "licences"

GRACE = timedelta(days=1)
"""In which the licence of a group comes (fact C19)."""


@dataclass(frozen=True)
class Remedy:
    """*steps*, each a cmdlet with its parameters, on *side*: the cloud, the mailbox's site, or the licence groups."""

    side: str
    steps: tuple[tuple[str, Parameters], ...] = ()


@dataclass(frozen=True)
class Difference:
    """What *kind* of damage the mailbox *guid* has; *what* tells two of one kind apart; *remedy* None is a person's."""

    kind: str
    guid: str
    address: str
    what: str = ""
    remedy: Remedy | None = None

    @property
    def key(self) -> str:
        """What this difference is called in the journal; the same for as long as it is the same."""
        return " ".join(part for part in (self.guid, self.kind, self.what) if part)


SHOWN = 20
"""How many differences of one kind people are shown; a wave has up to 22,000 mailboxes."""


def first(differences: Iterable[Difference]) -> tuple[list[Difference], dict[str, int]]:
    """The first `SHOWN` of each kind, in their order, and how many more there are, of those kinds that have more."""
    shown: list[Difference] = []
    seen: Counter[str] = Counter()
    for each in differences:
        seen[each.kind] += 1
        if seen[each.kind] <= SHOWN:
            shown.append(each)
    return shown, {kind: number - SHOWN for kind, number in sorted(seen.items()) if number > SHOWN}


@dataclass(frozen=True)
class Tenant:
    """What holds for everybody: the *routing_domain*, the moment *now*, and when the wave's window *ended*."""

    routing_domain: str
    now: datetime
    ended: datetime


def of_home(was: Picture, now: Found, tenant: Tenant) -> Iterator[Difference]:
    """Where it lives, and whether mail finds it."""
    make = _maker(was)
    if now.at_site and now.there:
        yield make("two-primaries")
    if now.twin:
        yield make("second-mailbox", now.twin)
    if not now.there:
        if not _is_unlicensed(now):
            yield make("not-there")
        return
    if not now.at_site and not now.routing:
        yield make("no-remote-mailbox")
    elif not now.at_site and now.routing.rpartition("@")[2] != tenant.routing_domain:
        right = f"{was.address.partition('@')[0]}@{tenant.routing_domain}"
        own = next(
            (each for each in was.addresses if each.endswith(f"@{tenant.routing_domain}")), f"smtp:{right}"
        )
        change = {"Identity": was.guid, "RemoteRoutingAddress": own.partition(":")[2]}
        yield make("routing-wrong", now.routing, Remedy(SITE, (("Set-RemoteMailbox", change),)))


def of_stayed(was: Picture, now: Found) -> Iterator[Difference]:
    """Whoever has not moved has no mailbox in the cloud, neither the same nor another."""
    make = _maker(was)
    if now.there and now.at_site:
        yield make("two-primaries")
    if now.twin:
        yield make("second-mailbox", now.twin)


def of_identity(was: Picture, now: Found, _: Tenant) -> Iterator[Difference]:
    """Who it is: its addresses and its type. Only premises change addresses, which are synchronised (fact D26)."""
    make = _maker(was)
    if now.address != was.address:
        yield make("address-changed", now.address)
    x500 = f"x500:{was.legacy_dn}".lower()
    lost = [each for each in was.addresses if each not in now.addresses]
    for each in lost:
        yield make("address-lost", each, _add_address(was, each))
    if x500 not in now.addresses:
        yield make("x500-lost", "", _add_address(was, f"X500:{was.legacy_dn}"))
    was_hidden, is_hidden = (
        bool(each.get("HiddenFromAddressListsEnabled")) for each in (was.settings, now.settings)
    )
    if was_hidden != is_hidden:
        change = {"Identity": was.guid, "HiddenFromAddressListsEnabled": was_hidden}
        yield make("hidden-changed", "", Remedy(SITE, (("Set-RemoteMailbox", change),)))
    kind = was.settings["RecipientTypeDetails"]
    if now.settings.get("RecipientTypeDetails") != kind:
        yield make("type-changed", str(now.settings.get("RecipientTypeDetails")), _retype(was, kind))


def _add_address(was: Picture, address: str) -> Remedy:
    return Remedy(
        SITE, (("Set-RemoteMailbox", {"Identity": was.guid, "EmailAddresses": {"Add": [address]}}),)
    )


_TYPES = {
    "UserMailbox": "Regular",
    "SharedMailbox": "Shared",
    "RoomMailbox": "Room",
    "EquipmentMailbox": "Equipment",
}


def _retype(was: Picture, kind: str) -> Remedy | None:
    if kind not in _TYPES:
        return None
    return Remedy(CLOUD, (("Set-Mailbox", {"Identity": was.guid, "Type": _TYPES[kind]}),))


def of_content(was: Picture, now: Found, _: Tenant) -> Iterator[Difference]:
    """What is in it, by the move's own report: the source is gone when the target can be counted."""
    make = _maker(was)
    arrived = now.arrival
    if arrived and arrived.score == "Poor":
        yield make("score-poor")
    if arrived and arrived.synced is not None and was.items is not None:
        missing = was.items - arrived.synced - arrived.skipped
        if missing > 0:
            yield make("items-missing", str(missing))
    if not was.has_archive:
        return
    if not now.settings.get("HasArchive"):
        yield make("archive-missing")
    elif now.settings.get("ArchiveStatus") != "Active":
        steps = (("Enable-Mailbox", {"Identity": was.guid, "Archive": True}),)
        yield make("archive-not-provisioned", "", Remedy(CLOUD, steps))


def _is_unlicensed(now: Found) -> bool:
    """Whether its owner has no licence: a mailbox whose licence was taken away is gone until it is given back."""
    return now.licence is not None and now.licence.standing is not Standing.LICENSED


def of_licence(was: Picture, now: Found, tenant: Tenant) -> Iterator[Difference]:
    """Whether its owner has the licence without which it is lost (fact B51)."""
    make, held = _maker(was), now.licence
    if held is None or not _is_unlicensed(now):
        return
    if held.standing is Standing.OUTSIDE:
        yield make("licence-missing", "", Remedy(LICENCES))
    elif held.standing is Standing.REFUSED:
        yield make("licence-refused", held.why, Remedy(LICENCES))
    elif tenant.now > tenant.ended + GRACE:
        yield make("licence-late")


class _Make:
    """Makes the differences of one mailbox."""

    def __init__(self, was: Picture) -> None:
        self._was = was

    def __call__(self, kind: str, what: str = "", remedy: Remedy | None = None) -> Difference:
        return Difference(kind, self._was.guid, self._was.address, what, remedy)


def _maker(was: Picture) -> _Make:
    return _Make(was)
