"""The DNS records of mail as a function of the stage of coexistence: pure, so that each stage can be read and tested.

| | before | coexistence | after |
| --- | --- | --- | --- |
| MX | on-premises | on-premises | Exchange Online |
| autodiscover | on-premises | on-premises: it sends moved people on | Exchange Online |
| SPF | on-premises | both sides | Exchange Online |
| DKIM | none | both selectors | both selectors |
| MTA-STS | testing, on-premises hosts | enforced, hosts of both sides | enforced, Exchange Online |
| TTL | an hour | five minutes | an hour |

Mail enters on-premises until the last mailbox has moved, so that entering and leaving coexistence changes no route, and
the one change of MX comes when nothing is left to route back to. The MTA-STS policy names both sides before that, since
a sender keeps a policy for `max_age` and bounces mail for a host that it does not name (RFC 8461, 5). Both records of
the way out, SPF and DKIM, name Exchange Online as soon as one mailbox may send from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from infra.settings.mail_domains import MailDomains, Stage

HOUR, QUICK = 3600, 300
"""Seconds that a resolver may keep a record: in quiet times, and while records may have to change in one window."""

CLOUD_SPF = "spf.protection.outlook.com"
"""https://learn.microsoft.com/defender-office-365/email-authentication-spf-configure"""

CLOUD_AUTODISCOVER = "autodiscover.outlook.com"
"""https://learn.microsoft.com/microsoft-365/enterprise/external-domain-name-system-records"""

WEEK = 604_800
"""Seconds that a sender keeps the MTA-STS policy: some weeks are advised (RFC 8461, 3.2), a week lets a mistake end."""


@dataclass(frozen=True)
class Record:
    """A record set: *name* is relative to the zone, ``@`` the zone itself; an MX value is ``preference host``."""

    name: str
    type: str
    values: tuple[str, ...]
    ttl: int


@dataclass(frozen=True)
class _Sides:
    """Which sides take part at a stage; *ttl* in seconds."""

    incoming: tuple[str, ...]
    policy: tuple[str, ...]
    policy_mode: str
    autodiscover: str
    spf: tuple[str, ...]
    dkim: tuple[str, ...]
    ttl: int


def mail_records(domains: MailDomains) -> tuple[Record, ...]:
    """Every record of the mail domain at its stage, in the order of a zone file."""
    sides = _sides(domains)
    mx = tuple(f"{10 * place} {host}" for place, host in enumerate(sides.incoming, 1))
    dkim = (
        Record(f"selector{number}._domainkey", "CNAME", (target,), sides.ttl)
        for number, target in enumerate(sides.dkim, 1)
    )
    return (
        Record("@", "MX", mx, sides.ttl),
        Record("@", "TXT", (" ".join(("v=spf1", *sides.spf, "-all")),), sides.ttl),
        Record("autodiscover", "CNAME", (sides.autodiscover,), sides.ttl),
        *dkim,
        Record("_dmarc", "TXT", (_dmarc(domains.reports.dmarc),), sides.ttl),
        Record("_mta-sts", "TXT", (f"v=STSv1; id={_policy_id(domains)}",), sides.ttl),
        Record("mta-sts", "CNAME", (domains.policy_host,), sides.ttl),
        Record("_smtp._tls", "TXT", (f"v=TLSRPTv1; rua=mailto:{domains.reports.tls}",), sides.ttl),
    )


def parked_records(reports_to: str) -> tuple[Record, ...]:
    """The records of a domain without mail: it receives none (RFC 7505), and nobody may send in its name.

    *reports_to* is told of whoever tries. A key without a value is a revoked one (RFC 6376, 3.6.1).
    """
    return (
        Record("@", "MX", ("0 .",), HOUR),
        Record("@", "TXT", ("v=spf1 -all",), HOUR),
        Record("*._domainkey", "TXT", ("v=DKIM1; p=",), HOUR),
        Record("_dmarc", "TXT", (_dmarc(reports_to),), HOUR),
    )


def mta_sts_policy(domains: MailDomains) -> str:
    """The text that ``https://mta-sts.<domain>/.well-known/mta-sts.txt`` must serve at this stage (RFC 8461, 3.2)."""
    sides = _sides(domains)
    hosts = (f"mx: {host}" for host in sides.policy)
    return "\r\n".join(("version: STSv1", f"mode: {sides.policy_mode}", *hosts, f"max_age: {WEEK}", ""))


def _policy_id(domains: MailDomains) -> str:
    """At most 32 letters and digits that change with the policy (RFC 8461, 3.1)."""
    return hashlib.sha256(mta_sts_policy(domains).encode()).hexdigest()[:32]


def _dmarc(reports_to: str) -> str:
    return f"v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; fo=1; rua=mailto:{reports_to}"


def _sides(domains: MailDomains) -> _Sides:
    own, cloud = domains.on_premises, domains.cloud
    ranges = tuple(f"ip4:{each}" for each in own.senders)
    others = tuple(f"include:{each}" for each in domains.other_senders)
    include = f"include:{CLOUD_SPF}"
    both = (*own.hosts, cloud.host)
    stages: Mapping[Stage, _Sides] = {
        "before": _Sides(own.hosts, own.hosts, "testing", own.autodiscover, (*ranges, *others), (), HOUR),
        "coexistence": _Sides(
            own.hosts, both, "enforce", own.autodiscover, (*ranges, include, *others), cloud.dkim, QUICK
        ),
        "after": _Sides(
            (cloud.host,), (cloud.host,), "enforce", CLOUD_AUTODISCOVER, (include, *others), cloud.dkim, HOUR
        ),
    }
    return stages[domains.stage]
