"""The one port to Exchange: what both adapters offer, and how one object is read through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from exchange_admin.errors import Ambiguous, DryRunRefusal, NotFound

Row = dict[str, Any]
"""One object as Exchange returned it, in plain values: text, numbers, booleans, None, lists and dicts of them."""

NOTHING: Mapping[str, object] = {}

_IDENTITY_KEYS: Mapping[str, tuple[str, ...]] = {
    "Get-AcceptedDomain": ("Identity", "Name", "DomainName", "Guid"),
    "Get-MigrationBatch": ("Identity", "BatchGuid"),
    "Get-MigrationEndpoint": ("Identity", "Guid"),
    "Get-MigrationUser": ("Identity", "Guid", "MailboxEmailAddress", "MailboxGuid"),
    "Get-MigrationUserStatistics": ("Identity", "Guid", "MailboxEmailAddress", "MailboxGuid"),
    "Get-MoveRequestStatistics": ("Identity", "ExchangeGuid", "Alias", "DistinguishedName"),
    "Get-OutboundConnector": ("Identity", "Name", "Guid"),
    "Get-ReceiveConnector": ("Identity", "Guid"),
}
_COMMON_KEYS = (
    *("Identity", "Name", "Guid", "ExchangeGuid", "Alias", "PrimarySmtpAddress"),
    *("UserPrincipalName", "DistinguishedName", "LegacyExchangeDN"),
)


GUIDS_A_FILTER = 50
"""A filter of so many comparisons is some 3,000 characters long."""


@dataclass(frozen=True)
class Result:
    """What a cmdlet wrote: *rows* of its output, from every page, and its *warnings*."""

    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class ExchangeAdmin(Protocol):
    """Runs one cmdlet, on either side.

    `invoke` raises `Refused`, `NotFound`, `Unauthorised`, `OutcomeUnknown`, `Unreachable`, `DryRunRefusal` or
    `NotOffered`. A parameter that is None is not sent.
    """

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Run *cmdlet* with the named *parameters* and return what it wrote."""
        ...


def is_read(cmdlet: str) -> bool:
    """Tell whether *cmdlet* only looks, so that it may be repeated and may run in a dry run."""
    return cmdlet.startswith(("Get-", "Test-"))


def refuse_in_dry_run(cmdlet: str, *, dry_run: bool) -> None:
    """Let a read pass, and anything else only outside a dry run.

    :raises DryRunRefusal: if *cmdlet* may change something and *dry_run* holds.
    """
    if dry_run and not is_read(cmdlet):
        raise DryRunRefusal(cmdlet=cmdlet)


def get_one(admin: ExchangeAdmin, cmdlet: str, identity: str) -> Row:
    """Return the one object that *identity* names, by comparing it with what came back.

    Several Get- cmdlets answer an unknown or empty identity with every object they have (fact B24), so an answer is
    never taken at its word. Identities compare without regard to case.

    :raises NotFound: if the read succeeded and no object has that identity.
    :raises Ambiguous: if several have it.
    :raises ValueError: if *identity* is empty.
    """
    if not identity:
        raise ValueError(f"{cmdlet}: an empty identity would return every object")
    rows = admin.invoke(cmdlet, {"Identity": identity}).rows
    keys = _IDENTITY_KEYS.get(cmdlet, _COMMON_KEYS)
    exact = [row for row in rows if _text(row.get("Identity")) == _text(identity)]
    matching = exact or [row for row in rows if any(_text(row.get(key)) == _text(identity) for key in keys)]
    if not matching:
        text = f"no object is called {identity!r} ({len(rows)} others came back)"
        raise NotFound(cmdlet=cmdlet, error_type="NoObjectOfThatIdentity", text=text, status=0)
    if len(matching) > 1:
        raise Ambiguous(
            cmdlet=cmdlet, identity=identity, found=[str(row.get("Identity")) for row in matching]
        )
    return matching[0]


def find_one(admin: ExchangeAdmin, cmdlet: str, identity: str) -> Row | None:
    """Return what `get_one` returns, or None where the object does not exist; a failed read still raises."""
    try:
        return get_one(admin, cmdlet, identity)
    except NotFound:
        return None


def find_by_guid(admin: ExchangeAdmin, cmdlet: str, guids: Iterable[str]) -> dict[str, Row]:
    """Return the objects with one of *guids* as ExchangeGuid, by it, in lower case; who has none of them is absent.

    One read serves `GUIDS_A_FILTER` of them. ExchangeGuid is filterable on both sides, for Get-Mailbox, Get-MailUser,
    Get-Recipient and Get-RemoteMailbox (Microsoft's "Filterable properties for the Filter parameter").

    :raises ValueError: if one is no GUID.
    """
    wanted = [str(UUID(guid)) for guid in guids]
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), GUIDS_A_FILTER):
        some = wanted[start : start + GUIDS_A_FILTER]
        text = " -or ".join(f"ExchangeGuid -eq '{guid}'" for guid in some)
        rows = admin.invoke(cmdlet, {"Filter": text, "ResultSize": "Unlimited"}).rows
        by_guid = {str(row["ExchangeGuid"]).lower(): row for row in rows}
        found |= {guid: by_guid[guid] for guid in some if guid in by_guid}
    return found


def _text(value: object) -> str | None:
    return str(value).casefold() if value is not None else None
