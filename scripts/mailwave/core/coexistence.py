"""Whether people on either side can work with those on the other: what is asked of both, and what must be true of it.

The plays and the stacks own each setting, and say when one is not as it was declared. This asks something else: whether
a person who moves tonight will be seen, found and reached by those who have not. So it looks at as little as that
needs, at both halves, once for a whole wave and never once a mailbox.

What was not read is a fault like any other: no evidence is never a gate that is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

Row = Mapping[str, Any]

COUNTS_FOR = timedelta(days=1)
"""How long what was read counts; a wave that begins later is read for anew."""

SYNC_WITHIN = timedelta(hours=3)
"""How long ago the directories may have been synchronised: six of the usual cycles of half an hour."""

SHARED_APPLICATION = "00000002-0000-0ff1-ce00-000000000000"
"""Exchange Online's own application, as which calls have been refused since October 2025 (fact D21)."""

THIRD_PARTY_SECTION = "ExchangeOnpremAsThirdPartyAppId"
"""The section of the override by which Exchange calls as its own application (fact D21)."""


class Aspect(StrEnum):
    """What must work between the two halves while people live in both."""

    FREE_BUSY_OUT = "free/busy of moved people, seen from the sites"
    FREE_BUSY_IN = "free/busy of people at the sites, seen from the cloud"
    ROUTING = "mail between the sites and the cloud"
    ADDRESS_LIST = "the address list"
    OAUTH = "OAuth"
    APPLICATION = "the hybrid application"


class Side(StrEnum):
    """Who is asked."""

    SITES = "the sites"
    CLOUD = "Exchange Online"
    DIRECTORY = "Microsoft Graph"


class Asked(NamedTuple):
    """One question: all objects of *noun* at *side*."""

    side: Side
    noun: str


class Reading(msgspec.Struct, frozen=True):
    """What a question brought: its *rows*, or in *unread* why there are none to be judged."""

    rows: tuple[Row, ...] = ()
    unread: str = ""


class Joined(NamedTuple):
    """The *mail_domain* of the sites, the *routing_domain* of the cloud, and the moment *at* which both are read."""

    mail_domain: str
    routing_domain: str
    at: datetime


class Fault(msgspec.Struct, frozen=True):
    """What keeps *aspect* from working: *why*, and the *remedy*."""

    aspect: Aspect
    why: str
    remedy: str


class Coexistence(msgspec.Struct, frozen=True):
    """The evidence: what was found *at* a moment; it has none of the *faults* where the gate is open."""

    at: datetime
    faults: tuple[Fault, ...] = ()

    def counts(self, now: datetime) -> bool:
        """Whether it may be relied on at *now*: it is neither too old nor of a time to come."""
        return timedelta(0) <= now - self.at <= COUNTS_FOR


Check = Callable[[Sequence[Row], Joined], str]
"""What is wrong with the rows of one question, in words; empty where nothing is."""


class Rule(NamedTuple):
    """*aspect* needs that *check* finds nothing wrong with what was *asked*; *remedy* says who puts it right."""

    aspect: Aspect
    asked: Asked
    check: Check
    remedy: str


def questions() -> list[Asked]:
    """Everything that is asked, each once, in the order of the rules."""
    return list(dict.fromkeys(rule.asked for rule in RULES))


def judged(readings: Mapping[Asked, Reading], joined: Joined) -> Coexistence:
    """The evidence that *readings* are; a question that is not among them was not read."""
    found = ((rule, _wrong(rule, readings.get(rule.asked), joined)) for rule in RULES)
    return Coexistence(joined.at, tuple(Fault(rule.aspect, why, rule.remedy) for rule, why in found if why))


def _wrong(rule: Rule, reading: Reading | None, joined: Joined) -> str:
    if reading is None or reading.unread:
        why = "nobody asked" if reading is None else reading.unread
        return f"{rule.asked.noun} of {rule.asked.side} could not be read: {why}"
    wrong = rule.check(reading.rows, joined)
    return f"{rule.asked.side}: {wrong}" if wrong else ""


# --- what must be true of the rows of one question


def _texts(row: Row, key: str) -> list[str]:
    value = row.get(key)
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def _is(row: Row, key: str, *, otherwise: bool = False) -> bool:
    """A yes or no that may come as a word; *otherwise* where the row does not say."""
    value = row.get(key)
    return otherwise if value is None else str(value).casefold() == "true"


def _is_on(row: Row) -> bool:
    return _is(row, "Enabled", otherwise=True)


def _names(row: Row, key: str, domain: str) -> bool:
    return domain.casefold() in {each.casefold() for each in _texts(row, key)}


def _connector_to(far: str) -> Check:
    """An intra-organisation connector to the domain that *far* names is on, and says where to ask (fact D12)."""

    def check(rows: Sequence[Row], joined: Joined) -> str:
        domain = getattr(joined, far)
        mine = [row for row in rows if _names(row, "TargetAddressDomains", domain)]
        if not any(_is_on(row) for row in mine):
            return f"no intra-organisation connector to {domain} is on"
        return "" if any(row.get("DiscoveryEndpoint") for row in mine) else _nowhere(domain)

    return check


def _nowhere(domain: str) -> str:
    return f"the intra-organisation connector to {domain} names no discovery endpoint"


def _relationship(far: str, rows: Sequence[Row], joined: Joined) -> Row | str:
    domain = getattr(joined, far)
    mine = [row for row in rows if _names(row, "DomainNames", domain) and _is_on(row)]
    return mine[0] if mine else f"no organisation relationship with {domain} is on"


def _asks(far: str) -> Check:
    """The relationship with the domain that *far* names is used to ask there (opd:Set-OrganizationRelationship)."""

    def check(rows: Sequence[Row], joined: Joined) -> str:
        found = _relationship(far, rows, joined)
        if isinstance(found, str):
            return found
        asks = _is(found, "FreeBusyAccessEnabled")
        return "" if asks else f"the organisation relationship {found.get('Name')} asks for no free/busy"

    return check


def _tells(far: str) -> Check:
    """The relationship with the domain that *far* names lets it see something (opd:Set-OrganizationRelationship)."""

    def check(rows: Sequence[Row], joined: Joined) -> str:
        found = _relationship(far, rows, joined)
        if isinstance(found, str):
            return found
        level = str(found.get("FreeBusyAccessLevel"))
        told = level not in ("None", "")
        return "" if told else f"the organisation relationship {found.get('Name')} shows no free/busy"

    return check


def _address_space(rows: Sequence[Row], joined: Joined) -> str:
    names = {str(row.get("ForestName") or row.get("Name")).casefold() for row in rows}
    there = joined.routing_domain.casefold() in names
    return "" if there else f"no availability address space for {joined.routing_domain}"


def _accepted(*domains: str) -> Check:
    def check(rows: Sequence[Row], joined: Joined) -> str:
        known = {str(row.get("DomainName")).casefold() for row in rows}
        missing = [name for each in domains if (name := getattr(joined, each)).casefold() not in known]
        return f"{', '.join(missing)} is no accepted domain" if missing else ""

    return check


def _sends(rows: Sequence[Row], joined: Joined) -> str:
    """A send connector takes mail for the routing domain, and keeps its headers (fact D12)."""
    spaces = (f"smtp:{joined.routing_domain};", f"smtp:*.{joined.routing_domain};")
    mine = [
        row
        for row in rows
        if any(space.casefold().startswith(spaces) for space in _texts(row, "AddressSpaces"))
    ]
    if not any(_is_on(row) for row in mine):
        return f"no send connector to {joined.routing_domain} is on"
    kept = any(_is_on(row) and _is(row, "CloudServicesMailEnabled") for row in mine)
    return "" if kept else f"the send connector {mine[0].get('Name')} makes the sites' mail a stranger's"


def _from_sites(rows: Sequence[Row], _joined: Joined) -> str:
    mine = [row for row in rows if row.get("ConnectorType") == "OnPremises" and _is_on(row)]
    return "" if mine else "no inbound connector from the sites is on"


def _to_sites(rows: Sequence[Row], joined: Joined) -> str:
    """An outbound connector takes mail for the sites, all of it or that for their domain (fact D12)."""
    mine = [row for row in rows if row.get("ConnectorType") == "OnPremises" and _is_on(row)]
    taken = {each.casefold() for row in mine for each in _texts(row, "RecipientDomains")}
    whole = any(_is(row, "RouteAllMessagesViaOnPremises") for row in mine)
    if whole or {joined.mail_domain.casefold(), "*"} & taken:
        return ""
    return f"no outbound connector to {joined.mail_domain} is on"


def _synchronised(rows: Sequence[Row], joined: Joined) -> str:
    row = rows[0] if rows else {}
    if not _is(row, "onPremisesSyncEnabled"):
        return "the directories are not synchronised"
    last = row.get("onPremisesLastSyncDateTime")
    if not last:
        return "the directories were never synchronised"
    ago = joined.at - datetime.fromisoformat(str(last))
    if ago <= SYNC_WITHIN:
        return ""
    return f"the directories were last synchronised {ago // timedelta(hours=1)} hours ago"


def _trusts(rows: Sequence[Row], _joined: Joined) -> str:
    """Tokens of Microsoft Entra are taken (fact D12)."""
    mine = [row for row in rows if str(row.get("Type")) in ("AzureAD", "MicrosoftACS") and _is_on(row)]
    return "" if mine else "no authorisation server of Entra is on"


def _partner(rows: Sequence[Row], _joined: Joined) -> str:
    mine = [row for row in rows if str(row.get("ApplicationIdentifier")).casefold() == SHARED_APPLICATION]
    return "" if any(_is_on(row) for row in mine) else "Exchange Online is no partner application"


def _signs(rows: Sequence[Row], joined: Joined) -> str:
    """The certificate for OAuth is on a server, and has not expired; its row brings `NotAfter` from there."""
    current = next((row for row in rows if row.get("CurrentCertificateThumbprint")), None)
    if current is None:
        return "there is no certificate for OAuth"
    until = current.get("NotAfter")
    if until is None:
        return "no server has the certificate for OAuth"
    last = until if isinstance(until, datetime) else datetime.fromisoformat(str(until))
    return "" if joined.at < last else f"the certificate for OAuth has expired on {last:%Y-%m-%d}"


def _own_application(rows: Sequence[Row], _joined: Joined) -> str:
    """The authorisation server names an application of the organisation's own (fact D21)."""
    own = {
        str(row["ApplicationIdentifier"]).casefold()
        for row in rows
        if str(row.get("Type")) == "AzureAD" and row.get("ApplicationIdentifier") and _is_on(row)
    }
    return (
        "" if own - {SHARED_APPLICATION} else "no dedicated application is named at the authorisation server"
    )


def _calls_as_own(rows: Sequence[Row], _joined: Joined) -> str:
    """The override is on by which Exchange calls as that application (fact D21)."""
    mine = [row for row in rows if row.get("SectionName") == THIRD_PARTY_SECTION]
    on = any("enabled=true" in {each.casefold() for each in _texts(row, "Parameters")} for row in mine)
    return "" if on else f"no setting override turns {THIRD_PARTY_SECTION} on"


def _at(side: Side, noun: str) -> Asked:
    return Asked(side, noun)


_JOINS = "look with `mailwave site verify 29`, and run play 28_hybrid_trust"
_STACK = "look with `mailwave change drift`, and deploy the stack hybrid"
_IN, _OUT = Aspect.FREE_BUSY_IN, Aspect.FREE_BUSY_OUT
_HERE, _THERE = Side.SITES, Side.CLOUD

RULES: tuple[Rule, ...] = (
    Rule(_OUT, _at(_HERE, "IntraOrganizationConnector"), _connector_to("routing_domain"), _JOINS),
    Rule(_OUT, _at(_HERE, "OrganizationRelationship"), _asks("routing_domain"), _JOINS),
    Rule(_OUT, _at(_HERE, "AvailabilityAddressSpace"), _address_space, _JOINS),
    Rule(_OUT, _at(_THERE, "OrganizationRelationship"), _tells("mail_domain"), _STACK),
    Rule(_IN, _at(_THERE, "IntraOrganizationConnector"), _connector_to("mail_domain"), _STACK),
    Rule(_IN, _at(_THERE, "OrganizationRelationship"), _asks("mail_domain"), _STACK),
    Rule(_IN, _at(_HERE, "OrganizationRelationship"), _tells("routing_domain"), _JOINS),
    Rule(
        Aspect.ROUTING,
        _at(_HERE, "AcceptedDomain"),
        _accepted("mail_domain", "routing_domain"),
        "look with `mailwave site verify 27`, and run play 26_mail_domains",
    ),
    Rule(
        Aspect.ROUTING,
        _at(_HERE, "SendConnector"),
        _sends,
        "look with `mailwave site verify 25`, and run play 24_send_connectors",
    ),
    Rule(Aspect.ROUTING, _at(_THERE, "AcceptedDomain"), _accepted("mail_domain", "routing_domain"), _STACK),
    Rule(Aspect.ROUTING, _at(_THERE, "InboundConnector"), _from_sites, _STACK),
    Rule(Aspect.ROUTING, _at(_THERE, "OutboundConnector"), _to_sites, _STACK),
    Rule(
        Aspect.ADDRESS_LIST,
        _at(Side.DIRECTORY, "organization"),
        _synchronised,
        "look with `mailwave site verify 31`, and run play 30_directory_sync",
    ),
    Rule(Aspect.OAUTH, _at(_HERE, "AuthServer"), _trusts, _JOINS),
    Rule(Aspect.OAUTH, _at(_HERE, "PartnerApplication"), _partner, _JOINS),
    Rule(
        Aspect.OAUTH,
        _at(_HERE, "AuthConfig"),
        _signs,
        "look with `mailwave site verify 17`, and run play 16_auth_certificate",
    ),
    Rule(Aspect.APPLICATION, _at(_HERE, "AuthServer"), _own_application, _JOINS),
    Rule(Aspect.APPLICATION, _at(_HERE, "SettingOverride"), _calls_as_own, _JOINS),
)
"""What each aspect needs, in the order in which a person would look."""
