"""Small values for the tests of mailwave: each has every part that the code asks for, and only what matters is said."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from mailwave.core.estate import ClientSeen, Mailbox, Organisation, Permission
from mailwave.core.reason import Reason

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
REASON = Reason(who="a.person", source="test", ticket="CHG0001", text="a test asks for it")


def guid(n: int) -> str:
    """A GUID that shows its number."""
    return str(UUID(int=n + 1))


def a_mailbox(
    n: int = 0,
    *,
    organisation: str = "RR8",
    site: str = "leeds",
    recipient_type: str = "UserMailbox",
    size_bytes: int | None = 1_000_000_000,
    display_name: str = "A Person",
) -> Mailbox:
    """Mailbox number *n*."""
    return Mailbox(
        guid=guid(n),
        address=f"person{n}@nhsmail.example",
        alias=f"person{n}",
        display_name=display_name,
        organisation=organisation,
        site=site,
        recipient_type=recipient_type,
        legacy_dn=f"/o=NHSmail/cn=Recipients/cn=Person{n}",
        server="EX01",
        database="DB01",
        size_bytes=size_bytes,
        items=None if size_bytes is None else 10,
    )


def a_shared_mailbox(n: int) -> Mailbox:
    """Shared mailbox number *n*."""
    return a_mailbox(n, recipient_type="SharedMailbox")


def an_organisation(code: str = "RR8", name: str = "LEEDS TEACHING HOSPITALS NHS TRUST") -> Organisation:
    """An organisation."""
    return Organisation(code, name, "trust", "Y63", "QWO", "LS9 7TF")


def a_right(on: int, held_by: int, kind: str = "FullAccess") -> Permission:
    """A right on mailbox number *on* that mailbox number *held_by* holds."""
    return Permission(guid(on), guid(held_by), kind)


def seen(mailbox: Mailbox, *version: int) -> dict[str, ClientSeen]:
    """The client log's word on *mailbox*: one Outlook of *version*."""
    return {mailbox.legacy_dn.casefold(): ClientSeen(version, version, NOW)}
