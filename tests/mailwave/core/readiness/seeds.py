"""Forty faults of readiness, each seeded into the evidence of a sound estate, and for each what is nearly one.

Nothing here knows the checker: a fault changes what the services or the teams show, in their own words, and names the
one code that must come of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rehearsal import evidence
from rehearsal.estate import GIB, OUTLOOK_2010, Estate, Mailbox, generate

TODAY = date(2026, 9, 1)
SOUND_OUTLOOK = "16.0.17932.20286"
PEOPLE = ("UserMailbox", "LinkedMailbox")
CODES = ("FV203", "FWF20", "Y00661")
"""Organisations of the small estate: two without a shared mailbox, and one with."""


@dataclass
class Shown:
    """What an estate shows: its mailboxes, and the rows of the two tables of evidence."""

    estate: Estate
    mailboxes: list[dict[str, str]]
    organisations: list[dict[str, str]]

    def mailbox(self, at: int, **changed: object) -> None:
        """Change mailbox number *at* of the services."""
        boxes = list(self.estate.mailboxes)
        boxes[at] = replace(boxes[at], **changed)  # type: ignore[arg-type]
        self.estate = replace(self.estate, mailboxes=tuple(boxes))

    def row(self, at: int, **changed: str) -> None:
        """Change the evidence of mailbox number *at*."""
        self.mailboxes[at] |= changed

    def fact(self, code: str, kind: str, **changed: str) -> None:
        """Change the evidence of *kind* of the organisation *code*."""
        next(row for row in self.organisations if (row["organisation"], row["kind"]) == (code, kind)).update(
            changed
        )

    def forget(self, code: str, kind: str) -> None:
        """Take the evidence of *kind* of the organisation *code* away."""
        self.organisations = [
            row for row in self.organisations if (row["organisation"], row["kind"]) != (code, kind)
        ]


def sound() -> Shown:
    """An estate that nothing is wrong with: the small one of seed 7, after everybody did their work."""
    whole = generate(7, size="small")
    boxes = [_sound(mailbox) for mailbox in whole.mailboxes if mailbox.organisation in CODES]
    known = {mailbox.alias for mailbox in boxes}
    estate = replace(
        whole,
        organisations=tuple(each for each in whole.organisations if each.code in CODES),
        mailboxes=tuple(
            replace(mailbox, rights=tuple(right for right in mailbox.rights if right.trustee in known))
            for mailbox in boxes
        ),
    )
    return Shown(
        estate,
        [dict(row) for row in evidence.mailboxes(estate, TODAY)],
        [dict(row) for row in evidence.organisations(estate, TODAY)],
    )


def _sound(mailbox: Mailbox) -> Mailbox:
    client = SOUND_OUTLOOK if mailbox.recipient_type in PEOPLE else None
    return replace(mailbox, client=client, size_bytes=min(mailbox.size_bytes, 20 * GIB), cause=None)


Change = Callable[[Shown, int], None]
"""Changes what is shown of mailbox number so and so, or of its organisation."""


@dataclass(frozen=True)
class Seed:
    """A fault called *name*: *breaks* makes it, *nearly* stops just short of it, *code* is what must come of it.

    *whole*: it blocks every mailbox of the organisation. *shared*: it befalls a shared mailbox. *beside* are codes
    that what is nearly it shows in its own right.
    """

    name: str
    code: str
    breaks: Change
    nearly: Change
    whole: bool = False
    shared: bool = False
    beside: tuple[str, ...] = ()


def days_ago(days: int) -> str:
    """That day, as evidence is dated."""
    return (TODAY - timedelta(days=days)).isoformat()


def _box(**changed: object) -> Change:
    return lambda shown, at: shown.mailbox(at, **changed)


def _row(**changed: str) -> Change:
    return lambda shown, at: shown.row(at, **changed)


def _fact(kind: str, **changed: str) -> Change:
    return lambda shown, at: shown.fact(shown.estate.mailboxes[at].organisation, kind, **changed)


def _no_fact(kind: str) -> Change:
    return lambda shown, at: shown.forget(shown.estate.mailboxes[at].organisation, kind)


def _old_share(extra: int) -> Change:
    """Office 2010 on so many more than a quarter of the mailboxes of the organisation."""

    def change(shown: Shown, at: int) -> None:
        code = shown.estate.mailboxes[at].organisation
        own = [n for n, box in enumerate(shown.estate.mailboxes) if box.organisation == code]
        people = [n for n in own if shown.estate.mailboxes[n].recipient_type in PEOPLE]
        for n in people[: len(own) // 4 + extra]:
            shown.mailbox(n, client=OUTLOOK_2010)

    return change


def _late(evidence_: str, age: int) -> tuple[Change, Change]:
    column = f"{evidence_}_on"
    return _row(**{column: days_ago(age + 1)}), _row(**{column: days_ago(age)})


def _late_fact(kind: str, age: int) -> tuple[Change, Change]:
    return _fact(kind, on=days_ago(age + 1)), _fact(kind, on=days_ago(age))


OTHER = "00000000-0000-0000-0000-0000000000ff"

SEEDS: tuple[Seed, ...] = (
    Seed(
        "discovery mailbox",
        "recipient-type",
        _box(recipient_type="DiscoveryMailbox"),
        _box(recipient_type="LinkedMailbox"),
    ),
    Seed(
        "arbitration mailbox", "recipient-type", _box(recipient_type="ArbitrationMailbox"), _box(size_bytes=0)
    ),
    Seed("over 200 GB", "too-large", _box(size_bytes=200 * GIB + 1), _box(size_bytes=200 * GIB)),
    Seed("Outlook 2007", "client-old", _box(client="12.0.6423.1000"), _box(client="17.0.0.0")),
    Seed("Outlook 2010", "client-old", _box(client="14.0.7268.5000"), _box(client="16.0.5456.1000")),
    Seed(
        "Outlook 2013 without its service pack",
        "client-old",
        _box(client="15.0.4971.999"),
        _box(client="15.0.4971.1000"),
    ),
    Seed(
        "Outlook 2016 as it was bought",
        "client-old",
        _box(client="16.0.4266.1001"),
        _box(client="16.0.4600.1000"),
    ),
    Seed("no Outlook seen", "client-unknown", _box(client=None), _box(client="15.0.5603.1000")),
    Seed("an old phone", "mobile-old", _row(mobile="14.1"), _row(mobile="16.1")),
    Seed("a phone one step too old", "mobile-old", _row(mobile="16.0"), _row(mobile="0")),
    Seed("nobody counted the phones", "mobile-unknown", _row(mobile="", mobile_on=""), _row(mobile="17.0")),
    Seed("phones counted too long ago", "mobile-unknown", *_late("mobile", 60)),
    Seed("in-place hold", "hold-stays-behind", _row(hold="InPlaceHold"), _row(hold="LitigationHold")),
    Seed("holds never read", "hold-unknown", _row(hold="", hold_on=""), _row(hold="none")),
    Seed("holds read too long ago", "hold-unknown", *_late("hold", 30)),
    Seed("no mail user", "mail-user-missing", _row(mail_user="none"), _row(usage_location="IM")),
    Seed("directory read too long ago", "mail-user-unknown", *_late("directory", 14)),
    Seed(
        "directory read tomorrow",
        "mail-user-unknown",
        _row(directory_on=days_ago(-1)),
        _row(directory_on=days_ago(0)),
    ),
    Seed(
        "another ExchangeGuid",
        "exchange-guid-differs",
        _row(mail_user=OTHER),
        _row(upn_domain="NHSMAIL.example"),
    ),
    Seed(
        "an address nobody accepts",
        "domain-not-accepted",
        _row(domains="nhsmail.example;old-trust.example"),
        _row(domains="NHSmail.example;nhsmail.onmicrosoft.com"),
    ),
    Seed("addresses not read", "domains-unknown", _row(domains=""), _row(domains="nhsmail.example")),
    Seed("no routing address", "routing-address-missing", _row(routing="false"), _row(routing="true")),
    Seed(
        "a name of an inner domain",
        "sign-in-name-unverified",
        _row(upn_domain="leeds.nhsmail.local"),
        _row(upn_domain="nhsmail.onmicrosoft.com"),
    ),
    Seed(
        "no usage location", "usage-location-missing", _row(usage_location="none"), _row(usage_location="GG")
    ),
    Seed("no seat", "licence-seat-missing", _row(seat="false"), _row(seat="true")),
    Seed("seat not known", "licence-seat-unknown", _row(seat=""), _row(seat="true")),
    Seed("licensed before its move", "licence-early", _row(licensed="true"), _row(licensed="false")),
    Seed("shared by nobody", "users-unknown", _box(rights=()), _fact("owners", value="0"), shared=True),
    Seed(
        "too much Office 2010",
        "organisation-threshold",
        _old_share(1),
        _old_share(0),
        whole=True,
        beside=("client-old",),
    ),
    Seed("TLS 1.1", "tls-old", _fact("tls", value="1.1"), _fact("tls", value="1.3"), whole=True),
    Seed("TLS never probed", "tls-unknown", _no_fact("tls"), _fact("tls", value="1.2"), whole=True),
    Seed("TLS probed too long ago", "tls-unknown", *_late_fact("tls", 180), whole=True),
    Seed(
        "a thin line",
        "bandwidth-low",
        _fact("bandwidth", value="0.239"),
        _fact("bandwidth", value="0.24"),
        whole=True,
    ),
    Seed(
        "traffic opened on its way",
        "egress-blocked",
        _fact("egress", value="inspected"),
        _fact("egress", value="direct"),
        whole=True,
    ),
    Seed("way not tried lately", "egress-unknown", *_late_fact("egress", 90), whole=True),
    Seed(
        "an old browser",
        "browser-old",
        _fact("browsers", value="edge 140; chrome 127"),
        _fact("browsers", value="edge 128; Chrome 128"),
        whole=True,
    ),
    Seed(
        "a browser nobody knows",
        "browser-old",
        _fact("browsers", value="navigator 9"),
        _fact("browsers", value="safari 17"),
        whole=True,
    ),
    Seed(
        "an application without owner",
        "owner-missing",
        _fact("owners", value="1"),
        _fact("owners", value="0"),
        whole=True,
    ),
    Seed(
        "owners never asked",
        "owners-unknown",
        _no_fact("owners"),
        _fact("owners", on=days_ago(365)),
        whole=True,
    ),
    Seed(
        "MX of a provider",
        "mx-wrong",
        _fact("mail_exchanger", value="mx.provider.example"),
        _fact("mail_exchanger", on=days_ago(30)),
        whole=True,
    ),
    Seed(
        "autodiscover in the tenant",
        "autodiscover-wrong",
        _fact("autodiscover", value="autodiscover.outlook.com"),
        _fact("autodiscover", on=days_ago(30)),
        whole=True,
    ),
)
"""Each is one change away from sound, and so is what is nearly it."""
