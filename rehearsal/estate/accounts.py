"""Security identifiers: a domain has one, and its accounts have that with a number of their own after it.

Nobody gets a number twice: the identifier of an account that was deleted is that of nobody (Active Directory).
"""

from __future__ import annotations

from rehearsal import draws

FOREST = "exchange-online"
"""The domain of the tenant's own accounts in Exchange Online's forest, beside those of the sites."""
ORPHANS = 0.015
"""The part of mailboxes on which an account that was deleted holds a right."""
_FIRST = 100_000
"""Accounts that live have numbers from here on, and those that were deleted lower ones."""


def domain_sid(seed: int, place: str) -> str:
    """The identifier of the domain of *place*, a site's name or `FOREST`."""
    parts = (int(10**9 * draws.uniform(seed, place, "domain-sid", n)) for n in range(3))
    return "-".join(["S-1-5-21", *map(str, parts)])


def sid(seed: int, place: str, name: str) -> str:
    """The identifier of the account *name* in the domain of *place*, while there is one and after that."""
    return f"{domain_sid(seed, place)}-{_FIRST + int(10**8 * draws.uniform(seed, name, 'sid'))}"


def orphan(seed: int, place: str, exchange_guid: str, kind: str) -> str | None:
    """The identifier of the deleted account that holds the right *kind* on a mailbox at *place*, mostly None."""
    if draws.uniform(seed, exchange_guid, f"orphan-{kind}") >= ORPHANS:
        return None
    return (
        f"{domain_sid(seed, place)}-{1_100 + int(90_000 * draws.uniform(seed, exchange_guid, 'orphan-sid'))}"
    )
