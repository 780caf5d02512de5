"""What services show of whole organisations, as evidence: their TLS and browsers, their names in DNS, their owners.

Nothing is said where nothing was seen: an organisation without a line has no evidence, which is never "ready".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from mailwave.core.discovery.findings import SPECIAL_LANES
from mailwave.core.readiness.columns import NONE
from mailwave.core.readiness.evidence import OrganisationFact
from mailwave.core.web_log import WebSeen, together

PEOPLE = ("guid", "organisation", "account", "upn", "domains", "lane")
"""The columns that are asked for here: whose each mailbox is, its account (sAMAccountName) and user principal name,
the domains of its addresses with ``;`` between, and its lane (`mailwave.core.discovery.findings`)."""


class Leads(NamedTuple):
    """Where a domain leads: the hosts of its MX, and of its autodiscover; empty for none, None where nobody said."""

    mail_exchangers: tuple[str, ...] | None = None
    autodiscover: tuple[str, ...] | None = None


def web_facts(
    people: pl.DataFrame, seen: Mapping[str, WebSeen], counted: Iterable[tuple[str, WebSeen]] = ()
) -> Iterator[OrganisationFact]:
    r"""The TLS and browsers of the organisations of *people*, from what was *seen* of accounts.

    *counted* is what servers have counted themselves, by organisation. An account that may be of two organisations, as
    it is in two domains, says nothing of either.
    """
    whose = _whose(people)
    of: dict[str, list[WebSeen]] = {}
    for code, sighting in counted:
        of.setdefault(code, []).append(sighting)
    for account, sighting in seen.items():
        organisation = whose.get(account) or whose.get(account.rpartition("\\")[2])
        if organisation is not None:
            of.setdefault(organisation, []).append(sighting)
    for code, sightings in sorted(of.items()):
        whole = together(sightings)
        if whole.tls is not None and whole.tls_on is not None:
            yield OrganisationFact(code, "tls", whole.tls, whole.tls_on)
        if whole.browsers_on is not None:
            texts = "; ".join(f"{name} {version}" for name, version in sorted(whole.browsers.items()))
            yield OrganisationFact(code, "browsers", texts, whole.browsers_on)


def _whose(people: pl.DataFrame) -> dict[str, str]:
    """The organisation of each name by which a log may show somebody, in lower case."""
    whose: dict[str, str | None] = {}
    for organisation, *names in people.select("organisation", "account", "upn").iter_rows():
        for name in filter(None, names):
            key = name.casefold()
            whose[key] = organisation if whose.get(key, organisation) == organisation else None
    return {name: code for name, code in whose.items() if code is not None}


def name_facts(people: pl.DataFrame, leads: Mapping[str, Leads], on: date) -> Iterator[OrganisationFact]:
    """Where the domains of each organisation lead, of those domains that *leads* has.

    One domain of which nobody could say leaves its organisations without that evidence.
    """
    for code, domains in _domains(people):
        answers = [leads[domain] for domain in domains if domain in leads]
        for kind, hosts in (
            ("mail_exchanger", [each.mail_exchangers for each in answers]),
            ("autodiscover", [each.autodiscover for each in answers]),
        ):
            known = [each or (NONE,) for each in hosts if each is not None]
            if known and len(known) == len(hosts):
                names = sorted({host for each in known for host in each})
                yield OrganisationFact(code, kind, "; ".join(names), on)


def _domains(people: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Each organisation with the domains of its mailboxes' addresses."""
    domains = pl.col("domains").str.split(";").explode().drop_nulls().unique().sort()
    return people.group_by("organisation").agg(domains).sort("organisation").rows()


def owner_facts(people: pl.DataFrame, on: date, by_program: pl.Series) -> Iterator[OrganisationFact]:
    """Of each organisation without a mailbox that an application uses: that nobody need be named.

    *by_program* are the guids of mailboxes that logs show a program at. Where there are such mailboxes, only a person
    can say that each has an owner.
    """
    used = (pl.col("lane").is_in(SPECIAL_LANES) | pl.col("guid").is_in(by_program.implode())).any()
    without = people.group_by("organisation").agg(used.alias("used")).filter(~pl.col("used"))
    for code in sorted(without["organisation"]):
        yield OrganisationFact(code, "owners", "0", on)
