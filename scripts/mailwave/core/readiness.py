"""Which mailboxes may move, which wait and which never will; with no evidence, none is ready.

The rules, in this order; the first that speaks decides:

1. A recipient type that a remote move does not take: excluded (``recipient-type``).
2. Over the largest supported size (200 GB, fact C2): excluded (``too-large``).
3. No size known: deferred (``size-unknown``).
4. Its organisation's share of mailboxes on clients below the minimum is over the threshold: deferred
   (``organisation-threshold``), whatever the mailbox's own client is.
5. The LOWEST Outlook seen on it in the days that count is below the minimum (fact D28): deferred (``client-old``).
6. A person's mailbox on which no Outlook was seen: deferred (``client-unknown``) unless the estate file says ready.
7. A shared mailbox is ready when every person who holds a right on it is ready, because it is their Outlook that
   opens it; otherwise deferred (``user-not-ready``). With no such person: deferred (``users-unknown``) unless the
   estate file says ready.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from mailwave.core.estate import ClientSeen, Mailbox, Permission

SHARED_TYPES = frozenset({"SharedMailbox", "RoomMailbox", "EquipmentMailbox"})
"""Mailboxes that nobody logs on to as their owner."""

MOVABLE_TYPES = SHARED_TYPES | {"UserMailbox", "LinkedMailbox"}
"""Recipient types that a remote move takes; the rest are system mailboxes."""

LARGEST_BYTES = 200 * 1024**3
"""200 GB: moves of larger mailboxes are not supported (fact C2)."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """It may move."""


class Deferred(msgspec.Struct, frozen=True, tag=True):
    """It may move later: *code* names the rule, *reason* the finding, *remedy* what makes it ready."""

    code: str
    reason: str
    remedy: str


class Excluded(msgspec.Struct, frozen=True, tag=True):
    """It is out by rule: *code* names the rule, *reason* the finding."""

    code: str
    reason: str


Verdict = Ready | Deferred | Excluded

READY = Ready()


class ReadinessRules(msgspec.Struct, frozen=True):
    """The figures of the rules.

    *client_minimum* maps a major version to the lowest that connects; of the major versions without one, those above
    the highest key are accepted and all others refused. Thresholds are shares from 0 to 1.
    """

    client_minimum: Mapping[int, tuple[int, ...]]
    organisation_threshold: float
    organisation_exceptions: Mapping[str, float] = {}
    no_client_seen_is_ready: bool = False
    shared_without_users_is_ready: bool = False
    largest_bytes: int = LARGEST_BYTES

    def is_old(self, version: tuple[int, ...]) -> bool:
        """Whether Outlook *version* is below the minimum."""
        major = version[0]
        if major in self.client_minimum:
            return version < self.client_minimum[major]
        return major < max(self.client_minimum)

    def threshold(self, organisation: str) -> float:
        """The threshold of the organisation with that ODS code."""
        return self.organisation_exceptions.get(organisation, self.organisation_threshold)


def assess(
    mailboxes: Sequence[Mailbox],
    clients: Mapping[str, ClientSeen],
    permissions: Iterable[Permission],
    rules: ReadinessRules,
) -> dict[str, Verdict]:
    """The verdict on each of *mailboxes*, by ExchangeGuid.

    *clients* is by LegacyExchangeDN in lower case, as `client_log.read_client_logs` gives it.
    """
    seen = {mailbox.guid: clients.get(mailbox.legacy_dn.casefold()) for mailbox in mailboxes}
    shares = old_client_shares(mailboxes, clients, rules)
    own = {mailbox.guid: _own_verdict(mailbox, seen[mailbox.guid], shares, rules) for mailbox in mailboxes}
    shared = {mailbox.guid for mailbox in mailboxes if mailbox.recipient_type in SHARED_TYPES}
    users: dict[str, set[str]] = defaultdict(set)
    for permission in permissions:
        if permission.guid in shared and permission.trustee not in shared:
            users[permission.guid].add(permission.trustee)
    return {
        guid: _shared_verdict(verdict, users[guid], own, rules) if guid in shared else verdict
        for guid, verdict in own.items()
    }


def old_client_shares(
    mailboxes: Iterable[Mailbox], clients: Mapping[str, ClientSeen], rules: ReadinessRules
) -> dict[str, tuple[int, int]]:
    """By organisation: how many of its mailboxes were opened by a client below the minimum, and how many it has."""
    old: Counter[str] = Counter()
    all_of_it: Counter[str] = Counter()
    for mailbox in mailboxes:
        client = clients.get(mailbox.legacy_dn.casefold())
        all_of_it[mailbox.organisation] += 1
        old[mailbox.organisation] += client is not None and rules.is_old(client.lowest)
    return {code: (old[code], count) for code, count in all_of_it.items()}


def _own_verdict(
    mailbox: Mailbox,
    client: ClientSeen | None,
    shares: Mapping[str, tuple[int, int]],
    rules: ReadinessRules,
) -> Verdict:
    return (
        _never(mailbox, rules)
        or _size_unknown(mailbox)
        or _organisation_waits(mailbox.organisation, *shares[mailbox.organisation], rules)
        or _client(mailbox, client, rules)
    )


def _never(mailbox: Mailbox, rules: ReadinessRules) -> Excluded | None:
    if mailbox.recipient_type not in MOVABLE_TYPES:
        return Excluded("recipient-type", f"a {mailbox.recipient_type} cannot be moved")
    if mailbox.size_bytes is not None and mailbox.size_bytes > rules.largest_bytes:
        gib = mailbox.size_bytes / 1024**3
        return Excluded(
            "too-large", f"holds {gib:.1f} GB and {rules.largest_bytes / 1024**3:.0f} GB is the most"
        )
    return None


def _size_unknown(mailbox: Mailbox) -> Deferred | None:
    if mailbox.size_bytes is None:
        return Deferred("size-unknown", "has no statistics", "open it once and take the statistics again")
    return None


def _organisation_waits(code: str, old: int, count: int, rules: ReadinessRules) -> Deferred | None:
    threshold = rules.threshold(code)
    if old / count <= threshold:
        return None
    return Deferred(
        "organisation-threshold",
        f"{old} of the {count} mailboxes of {code} are on clients below the minimum; {threshold:.0%} is the most",
        f"renew the old clients of {code}",
    )


def _client(mailbox: Mailbox, client: ClientSeen | None, rules: ReadinessRules) -> Verdict:
    if client is not None and rules.is_old(client.lowest):
        version = ".".join(map(str, client.lowest))
        return Deferred("client-old", f"was opened by Outlook {version}", "renew this Outlook")
    if client is not None or rules.no_client_seen_is_ready or mailbox.recipient_type in SHARED_TYPES:
        return READY
    return Deferred("client-unknown", "was opened by no Outlook", "find out what opens it, or open it once")


def _shared_verdict(
    own: Verdict, users: set[str], verdicts: Mapping[str, Verdict], rules: ReadinessRules
) -> Verdict:
    if own != READY:
        return own
    if not users and not rules.shared_without_users_is_ready:
        return Deferred("users-unknown", "is shared and nobody holds a right on it", "name who uses it")
    waiting = sorted(user for user in users if verdicts.get(user) != READY)
    if waiting:
        return Deferred(
            "user-not-ready",
            f"{len(waiting)} of the {len(users)} people who use it are not ready, the first {waiting[0]}",
            "make them ready",
        )
    return READY
