"""What keeps mail from arriving after a move, each made in the simulated services, and for each what is nearly it.

Nothing here knows the checker. `OF_ONE` befalls one mailbox, `OF_ALL` a whole way and is mended again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.mailwave.rehearsed.aftercare_acts import (
    Act,
    Change,
    Outside,
    Place,
    cloud,
    gone,
    lose,
    no_remote,
    site,
    sites,
    tenant,
    two_homes,
)


@dataclass(frozen=True)
class OneMailbox:
    """What *breaks* the way to one mailbox, by its *kind*, and what *nearly* does."""

    name: str
    kind: str
    breaks: Act
    nearly: Act


def route(address: str) -> Act:
    """The site sends the mailbox's mail to another address."""

    def act(place: Place) -> None:
        place.at_site("Set-RemoteMailbox", RemoteRoutingAddress=address.format(place.box.alias))

    return act


def forward(*, copy: bool) -> Act:
    """The mailbox's mail is forwarded to itself, and a *copy* is kept or not."""

    def act(place: Place) -> None:
        to = f"smtp:{place.box.address}"
        place.in_cloud("Set-Mailbox", ForwardingSmtpAddress=to, DeliverToMailboxAndForward=copy)

    return act


OF_ONE = (
    OneMailbox(
        "no target address",
        "mail-returned",
        no_remote,
        site("Set-RemoteMailbox", CustomAttribute7="seen"),
    ),
    OneMailbox(
        "a wrong target address",
        "mail-not-arrived",
        route("{}@trust.example"),
        route("{}@NHSMAIL.mail.onmicrosoft.com"),
    ),
    OneMailbox(
        "no routing address in the cloud",
        "mail-returned",
        lambda place: lose(f"smtp:{place.box.routing_address}")(place),
        lose("x500:{}"),
    ),
    OneMailbox("a mail user still", "mail-looped", gone, cloud("Set-Mailbox", AuditEnabled=True)),
    OneMailbox("forwarded to itself", "mail-looped", forward(copy=False), forward(copy=True)),
    OneMailbox("at home again", "mail-astray", two_homes, site("Set-RemoteMailbox", CustomAttribute8="seen")),
)


@dataclass(frozen=True)
class OneWay:
    """What *breaks* a *way*, "in" or "out", by its *kind*, what *mends* it, and what *nearly* breaks it."""

    name: str
    kind: str
    way: str
    breaks: Change
    mends: Change
    nearly: Change


def behind_the_relay(*, onward: bool) -> Change:
    """The relay hands on what it takes, or keeps it."""

    def act(outside: Outside) -> None:
        relay: Any = outside.relay
        if not onward:
            relay.kept, relay._onward = relay._onward, None
        elif relay._onward is None:
            relay._onward = relay.kept

    return act


OUTWARD = "Outbound to 75b13d84-1d0c-4d1e-9c57-0a6e8d2f4b31"
HOST = "mail.leeds.nhsmail.example"
INWARD = "Outbound to Office 365"
ROLE = "Application Mail.Send"

OF_ALL = (
    OneWay(
        "the sites' send connector is off",
        "mail-returned",
        "in",
        sites("Set-SendConnector", Identity=INWARD, Enabled=False),
        sites("Set-SendConnector", Identity=INWARD, Enabled=True),
        sites("Set-SendConnector", Identity=INWARD, Comment="seen"),
    ),
    OneWay(
        "the cloud's outbound connector is off",
        "mail-returned",
        "out",
        tenant("Set-OutboundConnector", Identity=OUTWARD, Enabled=False),
        tenant("Set-OutboundConnector", Identity=OUTWARD, Enabled=True),
        tenant("Set-OutboundConnector", Identity=OUTWARD, Comment="seen"),
    ),
    OneWay(
        "the cloud's outbound connector leads to no host",
        "mail-not-arrived",
        "out",
        tenant("Set-OutboundConnector", Identity=OUTWARD, SmartHosts=["old.nhsmail.example"]),
        tenant("Set-OutboundConnector", Identity=OUTWARD, SmartHosts=[HOST]),
        tenant("Set-OutboundConnector", Identity=OUTWARD, SmartHosts=["old.nhsmail.example", HOST]),
    ),
    OneWay(
        "a rule quarantines what comes from the sites",
        "mail-held",
        "in",
        tenant(
            "New-TransportRule",
            Name="hold",
            FromAddressContainsWords=["check@nhsmail.example"],
            Quarantine=True,
        ),
        tenant("Disable-TransportRule", Identity="hold"),
        tenant("New-TransportRule", Name="near", FromAddressContainsWords=["newsletter@"], Quarantine=True),
    ),
    OneWay(
        "the application may not send any more",
        "mail-not-sent",
        "out",
        tenant("Set-ManagementRoleAssignment", Identity=ROLE, Enabled=False),
        tenant("Set-ManagementRoleAssignment", Identity=ROLE, Enabled=True),
        tenant(
            "Set-ManagementScope",
            Identity="delivery check",
            RecipientRestrictionFilter="Alias -eq 'delivery-check'",
        ),
    ),
    OneWay(
        "the relay keeps what it takes",
        "mail-untraced",
        "in",
        behind_the_relay(onward=False),
        behind_the_relay(onward=True),
        behind_the_relay(onward=True),
    ),
)
