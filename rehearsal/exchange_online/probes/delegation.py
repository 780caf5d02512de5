"""Probes of what becomes of rights on a mailbox; what people meet in Outlook, no cmdlet tells."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.estate import GIB, Group, Mailbox, Right, accounts, generate
from rehearsal.exchange_online.delegates import Delegation
from rehearsal.exchange_online.lab import Lab, small
from rehearsal.exchange_online.probes.registry import PROBES, Bench

OWNER, DELEGATE = 0, 1
_SERVICE = "svc-scanner"
_TEAM = "team"


def delegated(bench: Bench, kind: str, folder: str = "", *, to: str | None = None) -> Lab:
    """Return a tenant of two, on whose first mailbox the second, or whoever *to* names, holds one right."""
    estate = small((None, None), server="EX01")
    owner, delegate = estate.mailboxes
    owner = replace(owner, rights=(Right(kind, to or delegate.alias, folder),))
    team = Group(_TEAM, "Team", owner.site, owner.organisation, (delegate.alias,))
    people = (owner, replace(delegate, rights=()))
    return bench.of(replace(estate, mailboxes=people, groups=(team,)))


def move(lab: Lab, *people: int) -> Lab:
    """Move some of the two in one batch, from its creation to the end."""
    name = f"wave-{'-'.join(map(str, people))}"
    lab.start_batch(name, CSVData=_list(lab, people))
    lab.advance(hours=12)
    lab.complete(name)
    return lab


def _list(lab: Lab, people: tuple[int, ...]) -> object:
    return lab.listed([lab.addresses[n] for n in people])


def met(lab: Lab) -> Delegation:
    """Return the only right on the first mailbox as it is met."""
    (only,) = lab.service.delegates.of(lab.addresses[OWNER])
    return only


def _owner(lab: Lab) -> Mailbox:
    return lab.estate.mailboxes[OWNER]


def _shown(lab: Lab, *switches: str) -> list[str]:
    """Return whom Get-MailboxPermission with *switches* shows on the first mailbox."""
    asked = dict.fromkeys(switches, True)
    rows = lab.rows("Get-MailboxPermission", Identity=lab.estate.mailboxes[OWNER].address, **asked)
    return [row["User"] for row in rows]


def _left(bench: Bench, kind: str, *, days: int = 0) -> Lab:
    """Return a tenant whose first mailbox has moved and was given to the second, whose account was deleted then."""
    lab = move(delegated(bench, "FullAccess"), OWNER, DELEGATE)
    owner, delegate = lab.estate.mailboxes
    if kind == "SendAs":
        given = {"Identity": owner.address, "Trustee": delegate.address, "AccessRights": ["SendAs"]}
        lab.rows("Add-RecipientPermission", **given, Confirm=False)
    lab.service.tenant.trustees.delete(delegate.alias, lab.clock.now)
    lab.advance(days=days)
    return lab


def _sid_of_delegate(lab: Lab) -> str:
    return lab.service.tenant.trustees.sid(lab.estate.mailboxes[DELEGATE].alias)


@PROBES.keep
def _orphans_come_along(bench: Bench) -> object:
    every = generate(7).mailboxes
    box = next(
        each
        for each in every
        if each.recipient_type == "UserMailbox"
        and accounts.orphan(7, each.site, each.exchange_guid, "FullAccess")
    )
    estate = replace(
        small((None,)), mailboxes=(replace(box, rights=(), cause=None, size_bytes=GIB, server="EX01"),)
    )
    lab = move(bench.of(estate), OWNER)
    return any(each.startswith("S-1-5-21-") for each in _shown(lab, "IncludeUnresolvedPermissions"))


@PROBES.keep
def _unresolved_on_request(bench: Bench) -> object:
    lab = _left(bench, "FullAccess", days=31)
    return _sid_of_delegate(lab) not in _shown(lab)


@PROBES.keep
def _binned_on_request(bench: Bench) -> object:
    lab = _left(bench, "FullAccess")
    return lab.addresses[DELEGATE] not in _shown(lab)


@PROBES.keep
def _binned_sender_by_account(bench: Bench) -> object:
    lab = _left(bench, "SendAs")
    rows = lab.rows("Get-RecipientPermission", Identity=_owner(lab).address)
    return any(row["Trustee"].startswith("EURPRD") for row in rows)


@PROBES.keep
def _principals_show_sid(bench: Bench) -> object:
    lab, key = bench.tenant(), "7f1c33a2-0000-4000-8000-0000000000b2"
    lab.rows("New-ServicePrincipal", AppId=key, ObjectId=key, ServiceId=key, DisplayName="scanner")
    rows = lab.rows("Get-ServicePrincipal", Identity=key)
    return all(row.get("Sid") for row in rows)


@PROBES.keep
def _sid_is_taken_off(bench: Bench) -> object:
    lab = _left(bench, "FullAccess", days=31)
    one = {"Identity": _owner(lab).address, "User": _sid_of_delegate(lab), "AccessRights": ["FullAccess"]}
    lab.rows("Remove-MailboxPermission", **one, Confirm=False)
    return _sid_of_delegate(lab) not in _shown(lab, "IncludeUnresolvedPermissions")


@PROBES.keep
def _explicit_rights_move(bench: Bench) -> object:
    lab = move(delegated(bench, "FullAccess"), OWNER)
    users = [row["User"] for row in lab.rows("Get-MailboxPermission", Identity=_owner(lab).address)]
    return lab.addresses[DELEGATE] in users


@PROBES.keep
def _unmailed_trustees_stay(bench: Bench) -> object:
    lab = move(delegated(bench, "FullAccess", to=_SERVICE), OWNER)
    users = [row["User"] for row in lab.rows("Get-MailboxPermission", Identity=_owner(lab).address)]
    return _SERVICE not in users


@PROBES.keep
def _send_as_moves_together(bench: Bench) -> object:
    lab = move(delegated(bench, "SendAs"), OWNER)
    trustees = [row["Trustee"] for row in lab.rows("Get-RecipientPermission", Identity=_owner(lab).address)]
    return lab.addresses[DELEGATE] not in trustees


@PROBES.keep
def _automapping_moves_together(bench: Bench) -> object:
    lab = move(move(delegated(bench, "FullAccess"), OWNER), DELEGATE)
    return not any(each.opens for each in lab.service.delegates.of(lab.addresses[OWNER]))


@PROBES.keep
def _send_as_needs_both_sides(bench: Bench) -> object:
    return not met(move(delegated(bench, "SendAs"), DELEGATE)).works


@PROBES.keep
def _automapping_on_one_side(bench: Bench) -> object:
    return not met(move(delegated(bench, "FullAccess"), DELEGATE)).opens


@PROBES.keep
def _folders_on_one_side(bench: Bench) -> object:
    return not met(move(delegated(bench, "Reviewer", "Calendar"), DELEGATE)).works


@PROBES.keep
def _full_access_across(bench: Bench) -> object:
    return met(move(delegated(bench, "FullAccess"), DELEGATE)).works


@PROBES.keep
def _send_on_behalf_across(bench: Bench) -> object:
    return met(move(delegated(bench, "SendOnBehalf"), DELEGATE)).works


@PROBES.keep
def _groups_do_not_map(bench: Bench) -> object:
    return not met(delegated(bench, "FullAccess", to=_TEAM)).opens
