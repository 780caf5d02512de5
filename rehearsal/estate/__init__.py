"""The estate that is rehearsed: real organisations, Exchange sites, and invented people, from a seed.

Organisations come from the NHS Organisation Data Service (rehearsal/data/ods); people, addresses and sizes are
invented. Both laws of sizes have a mean near 1.1 GB, the mean of the record move (2.3 PB over 2.1 million mailboxes).

*full*: 2 sites, 5 servers, 40 organisations, 2,000 mailboxes; *pair*: the same sites, 10 organisations, 500 mailboxes;
*small*: 1 site, 2 servers, 10 organisations, 500 mailboxes.
"""

from __future__ import annotations

from functools import cache

from rehearsal.environments import REHEARSAL, Tenant
from rehearsal.estate import people, rights
from rehearsal.estate.model import (
    EDGE,
    GIB,
    LEGACY_DN,
    MAIL_DOMAIN,
    OUTLOOK_2010,
    OUTLOOK_2013,
    OUTLOOK_NEW,
    ROUTING_DOMAIN,
    START,
    TENANT_DOMAIN,
    Account,
    Contact,
    Estate,
    Group,
    Mailbox,
    Organisation,
    Right,
    Server,
    Site,
)
from rehearsal.estate.people import ODS_FOLDER
from rehearsal.estate.shape import SHAPES, SIZES
from rehearsal.estate.tenancy import belonging_to

__all__ = [
    "EDGE",
    "GIB",
    "LEGACY_DN",
    "MAIL_DOMAIN",
    "ODS_FOLDER",
    "OUTLOOK_2010",
    "OUTLOOK_2013",
    "OUTLOOK_NEW",
    "ROUTING_DOMAIN",
    "SHAPES",
    "SIZES",
    "START",
    "TENANT_DOMAIN",
    "Account",
    "Contact",
    "Estate",
    "Group",
    "Mailbox",
    "Organisation",
    "Right",
    "Server",
    "Site",
    "generate",
]


def generate(seed: int, size: str = "small", tenant: Tenant = REHEARSAL) -> Estate:
    """Make the estate of *seed* in one of `SIZES`, in the domains of *tenant*; the same three give the same estate.

    KeyError for a size that is none.
    """
    estate = _generate(seed, size)
    return estate if tenant == REHEARSAL else belonging_to(tenant, estate)


@cache
def _generate(seed: int, size: str) -> Estate:
    shape = SHAPES[size]
    chosen = people.organisations(seed, shape)
    made: list[Mailbox] = []
    for n, organisation in enumerate(chosen):
        its = rights.in_organisation(seed, people.mailboxes(seed, shape, organisation))
        made.extend(people.with_causes(its) if n in shape.troubled else its)
    groups = rights.groups(shape, chosen, made)
    return Estate(
        seed,
        REHEARSAL,
        shape.sites,
        tuple(chosen),
        tuple(rights.for_groups(rights.across(seed, shape, made), groups)),
        groups,
        rights.contacts(shape),
        rights.accounts(shape),
    )
