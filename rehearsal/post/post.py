"""The journey of a message: from side to side, until somebody delivers it, keeps it waiting or gives it back.

Where it goes is decided by the state of both sides at the moment at which it is handed over; the minutes of its journey
are in the events. What fails is given back by Microsoft's codes (its lists of non-delivery reports for Exchange Online
and Exchange Server).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import msgspec

from rehearsal import draws
from rehearsal.clock import VirtualClock
from rehearsal.directory import Entra
from rehearsal.directory.objects import User
from rehearsal.environments import Tenant
from rehearsal.estate import Estate
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.cmdlet import filtered
from rehearsal.post.calendars import Calendars
from rehearsal.post.cloud import Cloud
from rehearsal.post.hidden import Hidden
from rehearsal.post.premises import Premises
from rehearsal.post.steps import Does, Step
from rehearsal.post.track import (
    CLOUD,
    DEFER,
    DELIVER,
    FAIL,
    HOLD,
    PREMISES,
    RECEIVE,
    REDIRECT,
    SEND,
    Event,
    Letter,
    Track,
)
from rehearsal.site import Site

PROBE = "delivery-check"
MOST_CROSSINGS = 10
"""After so many a message is taken to go round; each takes some six of Exchange's 60 hops (MaxHopCount)."""
A_HOP, A_CROSSING = timedelta(seconds=4), timedelta(seconds=20)
GIVES_UP: Mapping[str, timedelta] = {PREMISES: timedelta(days=2), CLOUD: timedelta(days=1)}
"""How long a message waits before it is given back (MessageExpirationTimeout; Exchange Online's is 24 hours)."""
_EXPIRED = "550 5.4.300 Message expired"
_LOOPS: Mapping[str, str] = {
    PREMISES: "554 5.4.6 Hop count exceeded - possible mail loop",
    CLOUD: "554 5.4.14 Hop count exceeded - possible mail loop ATTR34",
}
_DOES: Mapping[Does, str] = {
    Does.DELIVERS: DELIVER,
    Does.REDIRECTS: REDIRECT,
    Does.CROSSES: SEND,
    Does.LEAVES: SEND,
    Does.WAITS: DEFER,
    Does.HOLDS: HOLD,
    Does.FAILS: FAIL,
}


class _Side(Protocol):
    def step(self, address: str, letter: Letter, /) -> Step: ...


@dataclass(frozen=True)
class Addresses:
    """The two mailboxes that somebody has made for checks of delivery: one stays at the sites, one is in the cloud."""

    premises: str
    cloud: str


def addresses(tenant: Tenant) -> Addresses:
    """The addresses of both: that of the sites is everybody's domain, that of the cloud the tenant's own."""
    return Addresses(f"{PROBE}@{tenant.mail_domain}", f"{PROBE}@{tenant.domain}")


class Post:
    """Carries messages between *sites* and *online*, and writes what happens into *track*.

    *synchronised* are the mailboxes at the sites, beside those of the estate, whom the cloud knows.
    """

    def __init__(
        self,
        estate: Estate,
        clock: VirtualClock,
        track: Track,
        sites: Mapping[str, Site],
        online: ExchangeOnline,
    ) -> None:
        self.mailboxes = addresses(estate.tenant)
        self._seed = estate.seed
        self._clock = clock
        self._track = track
        self._online = online
        home, there = (self.mailboxes.premises,), (self.mailboxes.cloud,)
        self.synchronised = [*home]
        self._calendars = Calendars(online, sites, estate.tenant, there, home, self.synchronised)
        for site in sites.values():
            site.halves.far = self._calendars
        self._sides: Mapping[str, _Side] = {
            PREMISES: Premises(sites, estate.tenant, home),
            CLOUD: Cloud(online, there, self.synchronised),
        }
        self._servers = [server.name for server in estate.sites[0].servers]

    def make_user(self, entra: Entra) -> User:
        """Let the directory have the account of the cloud's mailbox, as `New-Mailbox -Shared` makes one."""
        address = self.mailboxes.cloud
        made = User(
            id=draws.guid(self._seed, address, "directory-id"),
            display_name="Delivery check",
            created_date_time=self._clock.now,
            user_principal_name=address,
            mail_nickname=PROBE,
            account_enabled=False,
            mail=address,
            proxy_addresses=(f"SMTP:{address}",),
        )
        return entra.add_user(made)

    def hosts(self, address: str | None) -> bool:
        """Whether *address* is the mailbox in the cloud that is none of the estate's."""
        return (address or "").lower() == self.mailboxes.cloud

    def hidden(self, address: str) -> Hidden | None:
        """Why a mailbox in the cloud does not see when somebody is free; None where it does."""
        return self._calendars.hidden(address)

    def may(self, application: str, role: str, address: str | None) -> bool:
        """Whether an assignment of *role* lets the application into the mailbox (RBAC for Applications)."""
        rbac = self._online.rbac
        own = {guid for guid, each in rbac.principals.items() if each.app_id == application.lower()}
        row = self._row((address or "").lower())
        return row is not None and any(
            each.enabled
            and each.role == role
            and each.assignee in own
            and (each.scope is None or bool(filtered([row], rbac.scopes[each.scope].condition)))
            for each in rbac.assignments.values()
        )

    def _row(self, address: str) -> dict[str, object] | None:
        """What a scope's filter sees of a mailbox."""
        if self.hosts(address):
            kinds = {"RecipientType": "UserMailbox", "RecipientTypeDetails": "SharedMailbox"}
            return {"Alias": PROBE, "PrimarySmtpAddress": address, **kinds}
        found = self._online.tenant.recipient_by_address(address)
        return None if found is None else self._online.recipients.row(found)

    def from_premises(self, letter: Letter, recipients: Sequence[str]) -> None:
        """Take a message that the sites' relay was given."""
        self._take(PREMISES, letter, recipients)

    def from_cloud(self, letter: Letter, recipients: Sequence[str]) -> None:
        """Take a message that was sent out of a mailbox in the cloud."""
        self._take(CLOUD, letter, recipients)

    def _take(self, side: str, letter: Letter, recipients: Sequence[str]) -> None:
        for each in recipients:
            self._carry(side, letter, each.lower())

    def _carry(self, side: str, letter: Letter, address: str) -> None:
        at, crossings = self._clock.now + A_HOP, 0
        while True:
            leg = self._track.legs = self._track.legs + 1
            server = self._servers[leg % len(self._servers)] if side == PREMISES else ""
            came = Event(at, side, server, RECEIVE, letter, address, leg)
            step, at = self._sides[side].step(address, letter), at + A_HOP
            if crossings > MOST_CROSSINGS:
                step = Step(Does.FAILS, address, said=_LOOPS[side])
            place = step.place if step.does is Does.DELIVERS and step.place else server
            done = msgspec.structs.replace(came, at=at, place=place, name=_DOES[step.does], said=step.said)
            self._track.events += [came, done]
            if step.does is Does.WAITS:
                end = msgspec.structs.replace(done, at=at + GIVES_UP[side], name=FAIL, said=_EXPIRED)
                self._track.events.append(end)
            if step.does not in (Does.CROSSES, Does.REDIRECTS):
                return
            crossings += 1
            address = step.address
            if step.does is Does.CROSSES:
                side, at = CLOUD if side == PREMISES else PREMISES, at + A_CROSSING
