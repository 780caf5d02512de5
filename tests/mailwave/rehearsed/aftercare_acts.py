"""What somebody does to a mailbox, or to a whole side, before and after a move; nothing here knows the checker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.directory import Entra
from rehearsal.directory.objects import Group
from rehearsal.estate import Mailbox
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.moves import Score
from rehearsal.post.post import Post
from rehearsal.site import Site
from rehearsal.smtp import Relay
from rehearsal.wire import CmdletCall

POLICY = "Clinical, 8 years"
OUTSIDE = "smtp:locum@trust.example"


class Outside(Protocol):
    """The services."""

    clock: VirtualClock
    sites: dict[str, Site]
    online: ExchangeOnline
    directory: Entra
    licence_group: Group
    post: Post
    relay: Relay

    def administer(self, cmdlet: str, parameters: Mapping[str, Any]) -> None: ...


Change = Callable[[Outside], None]


def tenant(cmdlet: str, **parameters: object) -> Change:
    """An administrator of the tenant runs *cmdlet*."""
    return lambda outside: outside.administer(cmdlet, parameters)


def sites(cmdlet: str, **parameters: object) -> Change:
    """An administrator runs *cmdlet* at every site."""

    def act(outside: Outside) -> None:
        for each in outside.sites.values():
            result = each.invoke(CmdletCall("administrator", cmdlet, dict(parameters)))
            assert not result.errors, result.errors

    return act


@dataclass(frozen=True)
class Place:
    """Where damage is done: to the mailbox *box*, with a *friend* who moves too, and a *neighbour* who does not."""

    outside: Outside
    box: Mailbox
    friend: Mailbox
    neighbour: Mailbox

    def at_site(self, cmdlet: str, **parameters: object) -> None:
        """An administrator of the mailbox's site runs a cmdlet on it."""
        given = {"Identity": self.box.exchange_guid, **parameters}
        result = self.outside.sites[self.box.site].invoke(CmdletCall("administrator", cmdlet, given))
        assert not result.errors, result.errors

    def in_cloud(self, cmdlet: str, **parameters: object) -> None:
        """An administrator of the tenant runs a cmdlet on it."""
        self.outside.administer(cmdlet, {"Identity": self.box.exchange_guid, **parameters})

    @property
    def guid(self) -> str:
        """The GUID of the mailbox's recipient in the tenant."""
        return self.outside.online.tenant.recipient(self.box.exchange_guid).guid

    def values(self, **changed: object) -> None:
        """A setting of the mailbox changes without a cmdlet."""
        self.outside.online.tenant.values.change(self.guid, changed)

    def recipient(self, **changed: object) -> None:
        """The mailbox in the cloud is otherwise."""
        found = self.outside.online.tenant.recipient(self.box.exchange_guid)
        found.mailbox = replace(found.mailbox, **changed)  # type: ignore[arg-type]


Act = Callable[[Place], None]


def nothing(_place: Place) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Damage:
    """Damage of *kind*: *before* stands at the site before the move, *breaks* makes it after it.

    *nearly* stops just short of it, after *nearly_before*, None for the same as *before*. *mended*: it can be repaired.
    *archive*: it needs a mailbox with an archive. *apart*: it may be done to no mailbox that has other damage.
    """

    kind: str
    before: Act
    breaks: Act
    nearly: Act
    nearly_before: Act | None = None
    mended: bool = True
    archive: bool = False
    apart: bool = False

    def prepared(self, *, near: bool) -> Act:
        """What stands before the move."""
        return self.nearly_before if near and self.nearly_before else self.before


def site(cmdlet: str, **parameters: object) -> Act:
    """An administrator of the site runs *cmdlet*."""
    return lambda place: place.at_site(cmdlet, **parameters)


def cloud(cmdlet: str, **parameters: object) -> Act:
    """An administrator of the tenant runs *cmdlet*."""
    return lambda place: place.in_cloud(cmdlet, **parameters)


def both(*acts: Act) -> Act:
    """All of *acts*, in their order."""

    def act(place: Place) -> None:
        for each in acts:
            each(place)

    return act


def on_and_off(kind: str, name: str, cmdlet: str = "Set-Mailbox", **more: object) -> Damage:
    """A switch that was on at the site and is put off in the cloud; nearly: it was off, and is on and off again."""
    return Damage(
        kind,
        site("Set-Mailbox", **{name: True}, **more),
        cloud(cmdlet, **{name: False}),
        both(cloud(cmdlet, **{name: True}), cloud(cmdlet, **{name: False})),
        nothing,
    )


def shut(kind: str, name: str) -> Damage:
    """An access that is shut in the cloud; nearly: one that was shut at the site too."""
    return Damage(
        kind, nothing, cloud("Set-CASMailbox", **{name: False}), cloud("Set-CASMailbox", **{name: False}),
        site("Set-CASMailbox", **{name: False}),
    )  # fmt: skip


def add_address(text: str) -> Act:
    """The site gives the mailbox, or what it has become, one more address."""
    return lambda place: place.at_site("Set-Mailbox", EmailAddresses={"Add": [text.format(place.box.alias)]})


def remote_address(verb: str, text: str) -> Act:
    """The site adds an address to the remote mailbox, or removes it."""
    return lambda place: place.at_site(
        "Set-RemoteMailbox", EmailAddresses={verb: [text.format(place.box.alias)]}
    )


def give(cmdlet: str, *, neighbour: bool = False, **parameters: object) -> Act:
    """The site gives the friend, or the neighbour, a right on the mailbox."""

    def act(place: Place) -> None:
        who = place.neighbour if neighbour else place.friend
        place.at_site(cmdlet, User=who.alias, **parameters)

    return act


def take(cmdlet: str, who: str = "User", **parameters: object) -> Act:
    """The tenant takes a right from the friend."""
    return lambda place: place.in_cloud(cmdlet, **{who: place.friend.address}, **parameters)


SEND_AS = {"AccessRights": "ExtendedRight", "ExtendedRights": ["Send-As"]}
STORE = {"AccessRights": "FullAccess"}
FULL_ACCESS = give("Add-MailboxPermission", **STORE)
SENDS = give("Add-ADPermission", **SEND_AS)


def calendar(verb: str, *, role: str | None = None, who: str | None = None, at_home: bool = False) -> Act:
    """A role in the calendar is given, changed or taken."""

    def act(place: Place) -> None:
        given: dict[str, object] = {"Identity": f"{place.box.exchange_guid}:\\Calendar"}
        given["User"] = who or (place.friend.alias if at_home else place.friend.address)
        if role:
            given["AccessRights"] = [role]
        run = place.at_site if at_home else place.in_cloud
        run(f"{verb}-MailboxFolderPermission", **given)

    return act


def behalf(verb: str) -> Act:
    table = {"@odata.type": "#Exchange.GenericHashTable"}
    return lambda place: place.in_cloud(
        "Set-Mailbox", GrantSendOnBehalfTo={**table, verb: [place.friend.address]}
    )


def behalf_at_site(place: Place) -> None:
    place.at_site("Set-Mailbox", GrantSendOnBehalfTo={"Add": [place.friend.alias]})


def two_homes(place: Place) -> None:
    place.outside.sites[place.box.site].directory.convert_to_local(
        place.box.exchange_guid, place.box.database
    )


def no_remote(place: Place) -> None:
    place.outside.sites[place.box.site].directory.forget_remote(place.box.exchange_guid)


def gone(place: Place) -> None:
    place.outside.online.tenant.recipient(place.box.exchange_guid).moved = None


ROTA = {"Name": "Rota", "MoveToFolder": "Rota"}


def rule_at_site(**does: object) -> Act:
    """The owner makes a rule of the inbox before the move."""

    def act(place: Place) -> None:
        given = {"Mailbox": place.box.exchange_guid, **does}
        result = place.outside.sites[place.box.site].invoke(
            CmdletCall("administrator", "New-InboxRule", given)
        )
        assert not result.errors, result.errors

    return act


def rule(verb: str, **given: object) -> Act:
    """A rule of the inbox is changed in the cloud."""
    return lambda place: place.outside.administer(
        f"{verb}-InboxRule", {"Mailbox": place.box.exchange_guid, **given}
    )


def lose(address: str) -> Act:
    def act(place: Place) -> None:
        lost = place.outside.online.tenant.values.lost.setdefault(place.guid, set())
        lost.add(address.format(place.box.legacy_dn).lower())

    return act


def move(change: Callable[[Any], None]) -> Act:
    """The move's own report says otherwise."""

    def act(place: Place) -> None:
        users = place.outside.online.tenant.users
        user = users.get(place.box.address.lower()) or users[place.box.routing_address.lower()]
        change(user.live_move)

    return act


def score(score: Score) -> Callable[[Any], None]:
    return lambda move: setattr(move, "score", score)


def unlisted(count: int) -> Callable[[Any], None]:
    return lambda move: setattr(move, "unlisted", count)


def user(change: Callable[[Entra, Any, str], None]) -> Act:
    """Something happens to the owner in the tenant's directory."""

    def act(place: Place) -> None:
        user = place.outside.directory.store.by_mailbox(place.box.exchange_guid)
        assert user is not None
        change(place.outside.directory, user, place.outside.licence_group.id)

    return act


def leave(entra: Entra, user: Any, group: str) -> None:
    entra.leave(entra.store.find(group), user)


def leave_and_join(entra: Entra, user: Any, group: str) -> None:
    leave(entra, user, group)
    entra.join(entra.store.find(group), user)


def refused(entra: Entra, user: Any, group: str) -> None:
    """Group licensing once could not give the licence, and has not looked again."""
    states = tuple(
        msgspec.structs.replace(each, state="Error", error="CountViolation")
        for each in user.license_assignment_states
    )
    entra.store.change(user, license_assignment_states=states, assigned_licenses=())
