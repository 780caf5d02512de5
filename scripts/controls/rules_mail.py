"""What mail must be: TLS to the own servers only, and DNS records that say who may send (controls 2 to 4 and 18)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from controls.model import UNKNOWN, Finding, Resource, of_type

ZONE, RECORDS = "azure-native:dns:Zone", "azure-native:dns:RecordSet"
CLOUD_SPF = "include:spf.protection.outlook.com"
MOST_LOOKUPS = 10
"""RFC 7208, 4.6.4. Only the record's own terms are counted: what an include brings along needs a resolver."""

_LOOKUPS = ("include", "a", "mx", "ptr", "exists", "redirect")
_FOREIGN_REPORTS = "dmarc.cyber.dhs.gov"
"""Where the benchmark's own country sends reports (section C2, control 4)."""


def connector_tls(resource: Resource) -> Iterator[str]:
    """TLS with a certificate's name to the own servers, and no forced TLS to a partner (DCB1596)."""
    settings = resource.get("tlsSettings")
    if resource.get("connectorType") == "Partner":
        if settings not in {None, UNKNOWN}:
            yield f"it forces TLS on a partner by {settings}, and mail would wait where it cannot be had"
        return
    if settings not in {"DomainValidation", UNKNOWN}:
        yield f"tlsSettings is {settings!r} and must be 'DomainValidation' towards the own servers"
    if not resource.get("tlsDomain"):
        yield "tlsDomain does not name the certificate of the own servers"


def sender_policy(stack: Sequence[Resource]) -> Iterator[Finding]:
    """One SPF record a zone that ends by refusing, within its lookups, with both sides while both send."""
    for zone, records in _zones(stack):
        texts = [text for text in _texts(records, "@") if text.lower().startswith("v=spf1")]
        if len(texts) != 1:
            yield Finding(zone, f"it has {len(texts)} SPF records and must have one")
            continue
        terms = texts[0].split()[1:]
        if not terms or terms[-1] != "-all":
            yield Finding(zone, f"its SPF record {texts[0]!r} does not end with -all")
        if sum(_looks_up(term) for term in terms) > MOST_LOOKUPS:
            yield Finding(zone, f"its SPF record needs more than {MOST_LOOKUPS} lookups")
        if _coexists(records) and (CLOUD_SPF not in terms or not _own(terms)):
            yield Finding(zone, "its SPF record must name both sides while both send")


def _looks_up(term: str) -> bool:
    return term.lstrip("+-~?").replace("=", ":").replace("/", ":").partition(":")[0] in _LOOKUPS


def _own(terms: Sequence[str]) -> bool:
    return any(term.startswith(("ip4:", "ip6:", "a", "mx")) for term in terms)


def signing_keys(stack: Sequence[Resource]) -> Iterator[Finding]:
    """A domain in whose name Exchange Online sends has both selectors of its signatures."""
    for zone, records in _zones(stack):
        if any(CLOUD_SPF in text for text in _texts(records, "@")):
            for selector in ("selector1._domainkey", "selector2._domainkey"):
                if not _target(records, selector):
                    yield Finding(zone, f"it has no CNAME {selector}")


def dmarc(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Each zone, parked or not, rejects what is not its own and has somebody told."""
    for zone, records in _zones(stack):
        tags = _tags(_texts(records, "_dmarc"), "v=DMARC1")
        if (
            tags.get("p") != "reject"
            or tags.get("sp", "reject") != "reject"
            or tags.get("pct", "100") != "100"
        ):
            yield Finding(zone, "its DMARC record does not reject all that is not its own")
        elif "mailto:" not in tags.get("rua", "") or _FOREIGN_REPORTS in tags["rua"]:
            yield Finding(zone, "its DMARC record sends its reports to nobody who answers for it")


def transport_security(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Each zone that takes mail publishes MTA-STS and has somebody told when TLS fails."""
    for zone, records in _zones(stack):
        if not _hosts(records):
            continue
        if not _tags(_texts(records, "_mta-sts"), "v=STSv1").get("id"):
            yield Finding(zone, "it publishes no MTA-STS")
        if not _tags(_texts(records, "_smtp._tls"), "v=TLSRPTv1").get("rua"):
            yield Finding(zone, "it publishes no TLS-RPT")


def _zones(stack: Sequence[Resource]) -> Iterator[tuple[Resource, list[Resource]]]:
    records = of_type(stack, RECORDS)
    for zone in of_type(stack, ZONE):
        yield zone, [each for each in records if zone.key in each.depends.get("zoneName", ())]


def _named(records: Sequence[Resource], name: str, kind: str) -> list[Resource]:
    return [each for each in records if (_name(each), _kind(each)) == (name, kind)]


def _name(record: Resource) -> Any:
    return record.get("relativeRecordSetName") or record.get("name")  # as declared, or as Azure tells it


def _kind(record: Resource) -> str:
    return str(record.get("recordType") or record.get("type")).rpartition("/")[2]


def _texts(records: Sequence[Resource], name: str) -> list[str]:
    """The TXT records of a name, the strings of each joined (RFC 7208, 3.3)."""
    return [
        "".join(record.get("value") or ())
        for each in _named(records, name, "TXT")
        for record in each.every("txtRecords")
    ]


def _target(records: Sequence[Resource], name: str) -> Any:
    return next((each.get("cnameRecord.cname") for each in _named(records, name, "CNAME")), None)


def _hosts(records: Sequence[Resource]) -> list[str]:
    """Who takes the zone's mail; a lone dot is nobody (RFC 7505)."""
    exchanges = (
        record.get("exchange", "")
        for each in _named(records, "@", "MX")
        for record in each.every("mxRecords")
    )
    return [host for host in exchanges if host.strip(".")]


def _coexists(records: Sequence[Resource]) -> bool:
    """Mail still enters on-premises, and Exchange Online already signs."""
    hosts = _hosts(records)
    cloud = any(host.rstrip(".").endswith(".mail.protection.outlook.com") for host in hosts)
    return bool(hosts) and not cloud and bool(_target(records, "selector1._domainkey"))


def _tags(texts: Sequence[str], version: str) -> Mapping[str, str]:
    """The tags of the one record of that version; none where there is not exactly one."""
    found = [text for text in texts if text.startswith(version)]
    if len(found) != 1:
        return {}
    pairs = (part.partition("=") for part in found[0].split(";") if "=" in part)
    return {name.strip(): value.strip() for name, _, value in pairs}
