"""Faults of readiness, each made in the state of the simulated services, and for each what is nearly one.

Nothing here knows the checker. Each fault names the one code that must come of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.estate import GIB, OUTLOOK_2010
from tests.mailwave.rehearsed.readiness_scene import (
    BROWSERS,
    DOMAIN,
    EVERYBODY,
    PEOPLE,
    Change,
    Said,
    addresses,
    in_tenant,
    licensed,
    licensed_without_guid,
    nothing,
    opened_by,
    person,
    published,
    read_before,
    says,
    seats,
    set_mailbox,
    sync_stopped,
    together,
    user,
)

ONE, LAST, SHARED, ALL = "one", "last", "shared", "all"
"""Whom a fault strikes: the first or the last person of the organisation, its shared mailbox, or everybody."""


@dataclass(frozen=True)
class Fault:
    """A fault called *name*: *breaks* makes it, *nearly* stops just short of it, *code* is what must come of it.

    *beside* are codes that each shows besides, by the place of the mailbox. *alone*: it is the whole tenant's.
    """

    name: str
    code: str
    breaks: Change
    nearly: Change
    strikes: str = ONE
    alone: bool = False
    beside: Mapping[int, str] = field(default_factory=dict)
    nearly_beside: Mapping[int, str] = field(default_factory=dict)

    def struck(self) -> dict[int, str]:
        """The code of each mailbox that must have one once it broke, by the place in its organisation."""
        places = {ONE: [0], LAST: [PEOPLE - 1], SHARED: [PEOPLE], ALL: range(PEOPLE + 1)}[self.strikes]
        return dict.fromkeys(places, self.code) | dict(self.beside)


_ROUTING = "smtp:{}@nhsmail.mail.onmicrosoft.com"
_OWNER_UNSEEN = person(application="NHSMAIL\\svc-pathology")

OF_MAILBOXES = (
    Fault(
        "discovery mailbox",
        "recipient-type",
        person(recipient_type="DiscoveryMailbox"),
        person(recipient_type="LinkedMailbox"),
    ),
    Fault(
        "arbitration mailbox",
        "recipient-type",
        person(recipient_type="ArbitrationMailbox"),
        person(size_bytes=0, items=0),
    ),
    Fault("over 200 GB", "too-large", person(size_bytes=200 * GIB + 1), person(size_bytes=200 * GIB)),
    Fault("Outlook 2007", "client-old", opened_by("12.0.6423.1000"), opened_by("17.0.0.0")),
    Fault("Outlook 2010", "client-old", opened_by(OUTLOOK_2010), opened_by("16.0.5456.1000")),
    Fault(
        "Outlook 2013 without its service pack",
        "client-old",
        opened_by("15.0.4971.999"),
        opened_by("15.0.4971.1000"),
    ),
    Fault(
        "Outlook 2016 as it was bought",
        "client-old",
        opened_by("16.0.4266.1001"),
        opened_by("16.0.4600.1000"),
    ),
    Fault("no Outlook seen", "client-unknown", opened_by(None), opened_by("15.0.5603.1000")),
    Fault("an old phone", "mobile-old", person(phones=("14.1",)), person(phones=("16.1",))),
    Fault("a phone one step too old", "mobile-old", person(phones=("16.0",)), person(phones=())),
    Fault(
        "an old phone in a drawer",
        "mobile-old",
        person(phones=("16.1", "12.1")),
        person(phones=("17.0", "16.1")),
    ),
    Fault("a phone that does not say", "mobile-unknown", person(phones=("",)), person(phones=("17.0",))),
    Fault(
        "in-place hold",
        "hold-stays-behind",
        person(in_place_holds=("c0ba3ce811b6432a8751430937152491",)),
        set_mailbox(LitigationHoldEnabled=True),
    ),
    Fault(
        "retention hold",
        "hold-stays-behind",
        set_mailbox(RetentionHoldEnabled=True),
        together(set_mailbox(RetentionHoldEnabled=True), set_mailbox(RetentionHoldEnabled=False)),
    ),
    Fault(
        "no mail user",
        "mail-user-missing",
        in_tenant(lambda entra, each: entra.delete(each, synchronising=True)),
        user(usage_location="IM"),
    ),
    Fault(
        "another ExchangeGuid",
        "exchange-guid-differs",
        licensed_without_guid(),
        licensed(taken_back=True),
    ),
    Fault(
        "an address nobody accepts",
        "domain-not-accepted",
        set_mailbox(EmailAddresses=addresses(_ROUTING, "smtp:{}@old-trust.example")),
        set_mailbox(EmailAddresses=addresses(_ROUTING, "smtp:old.{}@NHSmail.example")),
    ),
    Fault(
        "no routing address",
        "routing-address-missing",
        set_mailbox(EmailAddresses=addresses("smtp:{}@nhsmail.onmicrosoft.com")),
        set_mailbox(EmailAddresses=addresses("smtp:{}@NHSMAIL.mail.onmicrosoft.com")),
    ),
    Fault(
        "a name of an inner domain",
        "sign-in-name-unverified",
        set_mailbox(UserPrincipalName=lambda box: f"{box.alias}@leeds.nhsmail.local"),
        set_mailbox(UserPrincipalName=lambda box: f"{box.alias}@nhsmail.onmicrosoft.com"),
    ),
    Fault(
        "no usage location", "usage-location-missing", user(usage_location=None), user(usage_location="GG")
    ),
    Fault("licensed before its move", "licence-early", licensed(taken_back=False), licensed(taken_back=True)),
    Fault("shared by nobody", "users-unknown", person(PEOPLE, rights=()), nothing, SHARED),
    Fault(
        "shared by somebody who is not ready",
        "user-not-ready",
        person(PEOPLE - 1, client=OUTLOOK_2010),
        person(0, client=OUTLOOK_2010),
        SHARED,
        beside={PEOPLE - 1: "client-old"},
        nearly_beside={0: "client-old"},
    ),
)

OF_ORGANISATIONS = (
    Fault(
        "too much Office 2010",
        "organisation-threshold",
        person(0, 1, 2, client=OUTLOOK_2010),
        person(0, 1, client=OUTLOOK_2010),
        ALL,
        nearly_beside={0: "client-old", 1: "client-old"},
    ),
    Fault("TLS 1.1", "tls-old", person(tls="1.1"), person(tls="1.3"), ALL),
    Fault("SSL 3", "tls-old", person(tls="SSL 3"), person(tls="1.2"), ALL),
    Fault(
        "nobody came by TLS lately",
        "tls-unknown",
        person(*EVERYBODY, web_days=30),
        person(*EVERYBODY, web_days=29),
        ALL,
    ),
    Fault(
        "an old browser",
        "browser-old",
        person(browser=f"{BROWSERS} Chrome/127.0.0.0 Safari/537.36"),
        person(browser=f"{BROWSERS} Chrome/128.0.0.0 Safari/537.36"),
        ALL,
    ),
    Fault(
        "Internet Explorer",
        "browser-old",
        person(browser="Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko"),
        person(
            browser="Mozilla/5.0 (Macintosh) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.0 Safari/605.1"
        ),
        ALL,
    ),
    Fault(
        "a browser nobody knows",
        "browser-old",
        person(browser="Mozilla/5.0 (X11) Navigator/9.0"),
        person(browser="Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0"),
        ALL,
    ),
    Fault(
        "no browser seen",
        "browser-unknown",
        person(*EVERYBODY, browser=None),
        person(*EVERYBODY[1:], browser=None),
        ALL,
    ),
    Fault(
        "a thin line", "bandwidth-low", says("bandwidth", Said("0.159")), says("bandwidth", Said("0.16")), ALL
    ),
    Fault("nobody knows the line", "bandwidth-unknown", says("bandwidth", None), nothing, ALL),
    Fault(
        "a line measured too long ago",
        "bandwidth-unknown",
        says("bandwidth", Said("1000", ago=181)),
        says("bandwidth", Said("1000", ago=180)),
        ALL,
    ),
    Fault(
        "a line that a neighbour attested",
        "bandwidth-unknown",
        says("bandwidth", Said("1000", by="R0A")),
        nothing,
        ALL,
    ),
    Fault(
        "a line attested with a key that was lost",
        "bandwidth-unknown",
        says("bandwidth", Said("1000", revoked=True)),
        nothing,
        ALL,
    ),
    Fault(
        "an attestation that has ended",
        "bandwidth-unknown",
        says("bandwidth", Said("1000", ago=30, days=30)),
        says("bandwidth", Said("1000", ago=30, days=31)),
        ALL,
    ),
    Fault(
        "traffic opened on its way",
        "egress-blocked",
        says("egress", Said("inspected")),
        says("egress", Said("direct", ago=90)),
        ALL,
    ),
    Fault("way not tried lately", "egress-unknown", says("egress", Said("direct", ago=91)), nothing, ALL),
    Fault(
        "an application without owner",
        "owner-missing",
        together(_OWNER_UNSEEN, says("owners", Said("1"))),
        together(_OWNER_UNSEEN, says("owners", Said("0"))),
        ALL,
    ),
    Fault("an application nobody was asked about", "owners-unknown", _OWNER_UNSEEN, nothing, ALL),
)

OF_THE_TENANT = (
    Fault(
        "MX of a provider",
        "mx-wrong",
        published(DOMAIN, {"MX": [f"10 mail.leeds.{DOMAIN}.", "20 mx.provider.example."]}),
        published(DOMAIN, {"MX": [f"10 MAIL.bristol.{DOMAIN}."]}),
        ALL,
        alone=True,
    ),
    Fault("no MX", "mx-wrong", published(DOMAIN, {}), nothing, ALL, alone=True),
    Fault("name servers that are down", "mx-unknown", published(DOMAIN, None), nothing, ALL, alone=True),
    Fault(
        "autodiscover in the tenant",
        "autodiscover-wrong",
        published(f"autodiscover.{DOMAIN}", {"CNAME": ["autodiscover.outlook.com."]}),
        published(f"autodiscover.{DOMAIN}", {"A": ["192.0.2.7"]}),
        ALL,
        alone=True,
    ),
    Fault(
        "autodiscover that nobody answers for",
        "autodiscover-unknown",
        published(f"autodiscover.{DOMAIN}", None),
        nothing,
        ALL,
        alone=True,
    ),
    Fault(
        "one seat too few",
        "licence-seat-missing",
        seats(1),
        seats(0),
        alone=True,
        strikes=LAST,
        beside={PEOPLE: "user-not-ready"},
    ),
    Fault(
        "directory sync that stopped",
        "mail-user-unknown",
        sync_stopped(15),
        sync_stopped(14),
        ALL,
        alone=True,
    ),
    Fault(
        "directory sync of tomorrow", "mail-user-unknown", sync_stopped(-1), sync_stopped(0), ALL, alone=True
    ),
    Fault(
        "holds read too long ago",
        "hold-unknown",
        read_before(31),
        read_before(30),
        ALL,
        alone=True,
        nearly_beside=dict.fromkeys(range(PEOPLE + 1), "mail-user-unknown"),
    ),
    Fault(
        "phones counted too long ago",
        "mobile-unknown",
        read_before(61),
        read_before(60),
        ALL,
        alone=True,
        beside={PEOPLE: "hold-unknown"},
        nearly_beside=dict.fromkeys(range(PEOPLE + 1), "hold-unknown"),
    ),
)

FAULTS = (*OF_MAILBOXES, *OF_ORGANISATIONS, *OF_THE_TENANT)
