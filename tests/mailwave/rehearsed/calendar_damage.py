"""What keeps calendars from being seen after a move, each made in the simulated services, and what is nearly it.

Nothing here knows the checker. `OF_ONE` befalls one mailbox, `OF_ALL` both halves and is mended again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from rehearsal.site.machine import Certificate, Machine
from rehearsal.site.machine_setup import OAUTH
from tests.mailwave.rehearsed.aftercare_acts import Act, Change, Outside, Place, lose, sites, tenant


@dataclass(frozen=True)
class OneMailbox:
    """What *breaks* the sight of one calendar, by its *kind*, and what *nearly* does."""

    name: str
    kind: str
    breaks: Act
    nearly: Act


def everybody(role: str) -> Act:
    """Everybody has *role* in the calendar."""

    def act(place: Place) -> None:
        folder = f"{place.box.exchange_guid}:\\Calendar"
        place.outside.administer(
            "Set-MailboxFolderPermission", {"Identity": folder, "User": "Default", "AccessRights": [role]}
        )

    return act


OF_ONE = (
    OneMailbox(
        "shows nobody when it is free", "calendar-hidden", everybody("None"), everybody("AvailabilityOnly")
    ),
    OneMailbox(
        "lost its address in the cloud",
        "calendar-unknown",
        lambda place: lose(f"smtp:{place.box.address.lower()}")(place),
        lose("x500:{}"),
    ),
)


@dataclass(frozen=True)
class BothHalves:
    """What *breaks* the sight between the halves, by *kinds*, what *mends* it, and what *nearly* breaks it."""

    name: str
    kinds: frozenset[str]
    breaks: Change
    mends: Change
    nearly: Change


def certificate(days: int) -> Change:
    """The certificate for OAuth ends in so many *days* on every server."""

    def act(outside: Outside) -> None:
        until = outside.clock.now + timedelta(days=days)

        def ending(machine: Machine) -> Certificate:
            mine = next(each for each in machine.certificates.values() if each.subject == OAUTH)
            return replace(mine, not_after=until)

        for site in outside.sites.values():
            for name in [machine.name for machine in site.machines]:
                site.machines.change(name, lambda machine: machine.with_certificate(ending(machine)))

    return act


def synchronised(*, known: bool) -> Change:
    """The cloud knows the mailbox at the sites, or not."""

    def act(outside: Outside) -> None:
        outside.post.synchronised[:] = [outside.post.mailboxes.premises] if known else []

    return act


def offloaded(*, offloads: bool) -> Change:
    """The device before every site ends TLS, while Extended Protection is on, or not."""

    def act(outside: Outside) -> None:
        for site in outside.sites.values():
            publishing = site.organisation.publishing
            for name, each in publishing.items():
                publishing[name] = replace(each, offloads=offloads)

    return act


CLOUDS, SITES = "O365 to On-premises - 75b13d84-1d0c-4d1e-9c57-0a6e8d2f4b31", "On-premises to O365"
SITES_CONNECTOR = "ExchangeHybridOnPremisesToOnline"
HOST = "mail.leeds.nhsmail.example"
OVERRIDE = "EnableExchangeHybrid3PAppFeature"
ROLE = "Application Calendars.Read"
_EWS = "https://{}/autodiscover/autodiscover.svc/WSSecurity"


def connector(**parameters: object) -> Change:
    """An administrator of the tenant sets its connector to the sites, whatever it is called."""

    def act(outside: Outside) -> None:
        (row,) = outside.online.configuration.kind("IntraOrganizationConnector").rows()
        outside.administer("Set-IntraOrganizationConnector", {"Identity": row["Name"], **parameters})

    return act


def relationship(identity: str, where: Callable[..., Change]) -> Callable[..., Change]:
    """Somebody sets the relationship of one side."""
    return lambda **parameters: where("Set-OrganizationRelationship", Identity=identity, **parameters)


of_cloud, of_sites = relationship(CLOUDS, tenant), relationship(SITES, sites)
_NOT_SET, _NOT_SHARED = "calendars-not-set", "calendars-not-shared"

OF_ALL = (
    BothHalves(
        "the cloud's relationship is off",
        frozenset({_NOT_SHARED, _NOT_SET}),
        of_cloud(Enabled=False),
        of_cloud(Enabled=True),
        of_cloud(MailTipsAccessLevel="Limited"),
    ),
    BothHalves(
        "the cloud asks for no free/busy",
        frozenset({_NOT_SHARED, _NOT_SET}),
        of_cloud(FreeBusyAccessEnabled=False),
        of_cloud(FreeBusyAccessEnabled=True),
        of_cloud(PhotosEnabled=False),
    ),
    BothHalves(
        "the cloud shows no free/busy",
        frozenset({_NOT_SHARED, _NOT_SET}),
        of_cloud(FreeBusyAccessLevel="None"),
        of_cloud(FreeBusyAccessLevel="LimitedDetails"),
        of_cloud(FreeBusyAccessLevel="AvailabilityOnly"),
    ),
    BothHalves(
        "the sites show no free/busy",
        frozenset({_NOT_SHARED, _NOT_SET}),
        of_sites(FreeBusyAccessLevel="None"),
        of_sites(FreeBusyAccessLevel="LimitedDetails"),
        of_sites(FreeBusyAccessLevel="AvailabilityOnly"),
    ),
    BothHalves(
        "the sites' relationship is off",
        frozenset({_NOT_SHARED, _NOT_SET}),
        of_sites(Enabled=False),
        of_sites(Enabled=True),
        of_sites(MailboxMoveEnabled=False),
    ),
    BothHalves(
        "the cloud's relationship leads elsewhere",
        frozenset({"calendars-astray"}),
        of_cloud(TargetAutodiscoverEpr=_EWS.format("old.nhsmail.example")),
        of_cloud(TargetAutodiscoverEpr=_EWS.format(HOST)),
        of_cloud(TargetSharingEpr=f"https://{HOST}/EWS/Exchange.asmx/WSSecurity"),
    ),
    BothHalves(
        "the cloud's relationship names another organisation",
        frozenset({"calendars-astray"}),
        of_cloud(TargetApplicationUri="FYDIBOHF25SPDLT.old.example"),
        of_cloud(TargetApplicationUri="FYDIBOHF25SPDLT.nhsmail.example"),
        of_cloud(TargetOwaURL=f"https://{HOST}/owa/"),
    ),
    BothHalves(
        "the sites' relationship leads elsewhere",
        frozenset({"calendars-astray"}),
        of_sites(TargetAutodiscoverEpr=_EWS.format("old.nhsmail.example")),
        of_sites(TargetAutodiscoverEpr=_EWS.format("autodiscover-s.outlook.com")),
        of_sites(TargetOwaURL="https://outlook.office.com/mail"),
    ),
    BothHalves(
        "the cloud's connector is off",
        frozenset({"calendars-refused", _NOT_SET}),
        connector(Enabled=False),
        connector(Enabled=True),
        connector(Enabled=True),
    ),
    BothHalves(
        "the sites' connector is off, which no test sees",
        frozenset({_NOT_SET}),
        sites("Set-IntraOrganizationConnector", Identity=SITES_CONNECTOR, Enabled=False),
        sites("Set-IntraOrganizationConnector", Identity=SITES_CONNECTOR, Enabled=True),
        sites("Set-IntraOrganizationConnector", Identity=SITES_CONNECTOR, Enabled=True),
    ),
    BothHalves(
        "the certificate for OAuth has expired",
        frozenset({"calendars-refused", _NOT_SET}),
        certificate(-1),
        certificate(400),
        certificate(1),
    ),
    BothHalves(
        "the servers call as the shared application",
        frozenset({"calendars-refused", _NOT_SET}),
        sites("Set-SettingOverride", Identity=OVERRIDE, Parameters=["Enabled=false"]),
        sites("Set-SettingOverride", Identity=OVERRIDE, Parameters=["Enabled=true"]),
        sites("Set-SettingOverride", Identity=OVERRIDE, Reason="seen"),
    ),
    BothHalves(
        "Exchange Online is no partner of the sites",
        frozenset({"calendars-refused", _NOT_SET}),
        sites("Set-PartnerApplication", Identity="Exchange Online", Enabled=False),
        sites("Set-PartnerApplication", Identity="Exchange Online", Enabled=True),
        sites(
            "Set-PartnerApplication", Identity="Exchange Online", AcceptSecurityIdentifierInformation=False
        ),
    ),
    BothHalves(
        "a device before the sites breaks Extended Protection",
        frozenset({"calendars-refused"}),
        offloaded(offloads=True),
        offloaded(offloads=False),
        offloaded(offloads=False),
    ),
    BothHalves(
        "the tenant's web services are shut",
        frozenset({"calendars-refused"}),
        tenant("Set-OrganizationConfig", EwsEnabled=False),
        tenant("Set-OrganizationConfig", EwsEnabled=True),
        tenant("Set-OrganizationConfig", MailTipsAllTipsEnabled=True),
    ),
    BothHalves(
        "the cloud does not know the mailbox at the sites",
        frozenset({"calendar-unknown"}),
        synchronised(known=False),
        synchronised(known=True),
        synchronised(known=True),
    ),
    BothHalves(
        "the application may not ask any more",
        frozenset({"calendar-not-asked"}),
        tenant("Set-ManagementRoleAssignment", Identity=ROLE, Enabled=False),
        tenant("Set-ManagementRoleAssignment", Identity=ROLE, Enabled=True),
        tenant(
            "Set-ManagementScope",
            Identity="delivery check",
            RecipientRestrictionFilter="Alias -eq 'delivery-check'",
        ),
    ),
)
