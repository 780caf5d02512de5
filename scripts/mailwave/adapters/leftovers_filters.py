"""How both sides are asked for accounts and recipients, as many comparisons as a filter takes, and what they answer.

Which property can be filtered is in Microsoft's "Filterable properties for the Filter parameter on Exchange cmdlets".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import batched

from exchange_admin.port import GUIDS_A_FILTER, Row
from exchange_admin.values import listed
from mailwave.core.aftercare.leftovers import SECOND, Away, Named
from mailwave.core.aftercare.stale import Accounts, domain, sid

MAIL_USERS = ("MailUser", "MailContact")
"""The recipients whose mail goes elsewhere, as RecipientTypeDetails."""


def whose(sids: Iterable[str]) -> Iterator[str]:
    """Filters for the accounts that have one of *sids*, or had it in another domain."""
    yield from _joined(f"{name} -eq '{sid}'" for sid in sorted(sids) for name in ("Sid", "SidHistory"))


def having(sids: Iterable[str]) -> Iterator[str]:
    """Filters for the security principals of any kind that have one of *sids*."""
    yield from _joined(f"Sid -eq '{sid}'" for sid in sorted(sids))


def leading_to(away: Sequence[Away]) -> Iterator[str]:
    """Filters for the recipients that lead to an address of *away* or have the ExchangeGuid of one of them."""
    guids = (f"ExchangeGuid -eq '{each.guid}'" for each in away)
    leads = (f"ExternalEmailAddress -eq '{quoted(it)}'" for each in away for it in each.addresses)
    yield from _joined((*guids, *leads))


def quoted(text: str) -> str:
    """*text* within single quotes, of which an own one is doubled."""
    return text.replace("'", "''")


def answered(sids: AbstractSet[str], known: Iterable[Row], first: Iterable[Row]) -> Accounts:
    """Those of *sids* that the accounts *known* have or had, and the domains of the accounts *first*."""
    living = {sid(each) for row in known for each in (row.get("Sid"), *listed(row.get("SidHistory")))}
    return Accounts(frozenset(living & sids), frozenset(domain(row.get("Sid")) for row in first) - {""})


def named(rows: Iterable[Row], away: Sequence[Away], where: Callable[[Row], str]) -> list[Named]:
    """The recipients of *rows* beside whom of *away* they are; one that two filters found is named once."""
    by_guid = {each.guid: each for each in away}
    by_address = {address: each for each in away for address in each.addresses}
    found: dict[Named, None] = {}
    for row in rows:
        leads = str(row.get("ExternalEmailAddress") or "").lower().removeprefix("smtp:")
        whom = by_guid.get(str(row.get("ExchangeGuid")).lower()) or by_address.get(leads)
        if whom is not None:
            what = f"{row['RecipientTypeDetails']} {row['Identity']}, mail to {leads or 'nowhere'}"
            found[Named(SECOND, whom.address, what, where(row))] = None
    return list(found)


def _joined(clauses: Iterable[str]) -> Iterator[str]:
    for some in batched(clauses, GUIDS_A_FILTER):
        yield " -or ".join(some)
