"""The public zones of the mail domain and of the parked domains, with the records of the present stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_azure_native import dns

from infra.foundation.mail_records import Record, mail_records, mta_sts_policy, parked_records
from infra.settings.mail_domains import MailDomains

_LONGEST_TEXT = 255
"""Bytes of one string of a TXT record (RFC 1035, 3.3.14); longer texts are split and joined again by who reads them."""


@dataclass(frozen=True)
class MailZonesArgs:
    """*domains* says which zones there are and which stage their records belong to."""

    resource_group_name: pulumi.Input[str]
    domains: MailDomains
    tags: Mapping[str, str]


class MailZones(pulumi.ComponentResource):
    """One zone a domain. Whoever holds the parent zone delegates to *name_servers*, by hand and once."""

    def __init__(self, name: str, args: MailZonesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:MailZones", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        domains = args.domains
        self.zone = self._zone(domains.domain)
        self.records = list(self._records(self.zone, domains.domain, mail_records(domains)))
        self.parked = [self._parked(domain) for domain in domains.parked]

        self.name_servers: pulumi.Output[Sequence[str]] = self.zone.name_servers
        self.policy = mta_sts_policy(domains)
        self.register_outputs({"name_servers": self.name_servers})

    def _zone(self, domain: str) -> dns.Zone:
        return dns.Zone(
            domain,
            resource_group_name=self._args.resource_group_name,
            zone_name=domain,
            location="global",
            tags=self._args.tags,
            opts=self._child,
        )

    def _parked(self, domain: str) -> dns.Zone:
        zone = self._zone(domain)
        self.records += self._records(zone, domain, parked_records(self._args.domains.reports.dmarc))
        return zone

    def _records(self, zone: dns.Zone, domain: str, records: Sequence[Record]) -> Iterator[dns.RecordSet]:
        for record in records:
            place = domain if record.name == "@" else f"{record.name}.{domain}"
            yield dns.RecordSet(
                f"{place}-{record.type}",
                resource_group_name=self._args.resource_group_name,
                zone_name=zone.name,
                relative_record_set_name=record.name,
                record_type=record.type,
                ttl=record.ttl,
                opts=self._child,
                **_values(record),
            )


def _values(record: Record) -> dict[str, Any]:
    """The record's values in the form that its type has in Azure DNS."""
    match record.type:
        case "MX":
            pairs = (value.split(" ") for value in record.values)
            return {
                "mx_records": [dns.MxRecordArgs(preference=int(rank), exchange=host) for rank, host in pairs]
            }
        case "CNAME":
            return {"cname_record": dns.CnameRecordArgs(cname=record.values[0])}
        case _:
            return {"txt_records": [dns.TxtRecordArgs(value=_strings(text)) for text in record.values]}


def _strings(text: str) -> list[str]:
    return [text[start : start + _LONGEST_TEXT] for start in range(0, len(text), _LONGEST_TEXT)]
