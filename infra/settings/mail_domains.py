"""The public names of mail as they can be configured: which stage coexistence is in, and who receives and sends."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from estate_schema.values import Domain, Model
from infra.settings.addresses import Range

Stage = Literal["before", "coexistence", "after"]
"""Before the first mailbox has moved, while both sides hold mailboxes, and after the last one has."""

Email = Annotated[
    str,
    Field(
        pattern=r"^[^@\s,;:<>]{1,64}@[^@\s,;:<>]{1,255}$",
        description="A mail address such as duty@example.org",
    ),
]

DkimTarget = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9_][a-z0-9_.-]{1,252}$",
        description="The name that Get-DkimSigningConfig gives as Selector1CNAME or Selector2CNAME",
    ),
]


class OnPremises(Model):
    """*hosts* receive mail, the first before the second; *senders* are the addresses that mail leaves from."""

    hosts: Annotated[
        tuple[Domain, ...],
        Field(min_length=1, description="A list of one or more host names that receive mail"),
    ]
    senders: Annotated[
        tuple[Range, ...],
        Field(min_length=1, description="A list of one or more ranges of addresses that mail leaves from"),
    ]
    autodiscover: Domain


class Cloud(Model):
    """What the tenant gives for the domain: *host* receives its mail, *dkim* are the targets of both selectors."""

    host: Domain
    dkim: Annotated[
        tuple[DkimTarget, DkimTarget],
        Field(description="A list of exactly two targets, of selector1 and selector2"),
    ]


class Reports(Model):
    """Who is told about failed authentication (*dmarc*) and about failed encryption (*tls*)."""

    dmarc: Email
    tls: Email


class MailDomains(Model):
    """The zone of the mail domain, and the zones of domains that send and receive nothing (*parked*)."""

    stage: Annotated[Stage, Field(description="before, coexistence or after")]
    domain: Domain
    on_premises: OnPremises
    cloud: Cloud
    policy_host: Annotated[
        Domain,
        Field(description="The web host that serves the MTA-STS policy, which `mta-sts` is an alias of"),
    ]
    reports: Reports
    other_senders: Annotated[
        tuple[Domain, ...],
        Field(
            max_length=9,
            description="Up to 9 names for SPF's include: it may look up 10 in all (RFC 7208, 4.6.4)",
        ),
    ] = ()
    parked: Annotated[tuple[Domain, ...], Field(description="A list of domains without mail")] = ()
