"""Who may use whose mailbox, and the groups, contacts, archives and service accounts of a grown estate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rehearsal import draws
from rehearsal.estate.model import Account, Contact, Group, Mailbox, Organisation, Right
from rehearsal.estate.people import PEOPLE
from rehearsal.estate.shape import Extras, Shape

_TEAM = 6
"""People before a shared mailbox who use it."""
_GROUPS = 3
"""Groups that an organisation with teams enough has: two teams, and one that holds both."""
_ARCHIVE_FACTOR = 2.5
"""Archives are about that much larger than the mailbox they belong to."""


def in_organisation(seed: int, made: Sequence[Mailbox]) -> list[Mailbox]:
    """*made*, the mailboxes of one organisation, with the rights that its people hold on each other's."""
    return [_with_rights(seed, mailbox, n, made) for n, mailbox in enumerate(made)]


def _with_rights(seed: int, mailbox: Mailbox, n: int, people: Sequence[Mailbox]) -> Mailbox:
    """Give a shared mailbox to its team of up to six, a room to one person, and a few people a delegate."""
    if mailbox.recipient_type == "SharedMailbox":
        team = [each for each in people[max(0, n - _TEAM) : n] if each.recipient_type == PEOPLE]
        rights = tuple(Right(kind, member.alias) for member in team for kind in ("FullAccess", "SendAs"))
        return replace(mailbox, rights=rights)
    if mailbox.recipient_type != PEOPLE:
        keeper = next(each for each in reversed(people[:n]) if each.recipient_type == PEOPLE)
        return replace(mailbox, rights=(Right("FullAccess", keeper.alias),))
    if draws.uniform(seed, mailbox.exchange_guid, "delegate") < 0.06 and n + 1 < len(people):
        return replace(mailbox, rights=(Right("SendOnBehalf", people[n + 1].alias),))
    return mailbox


def across(seed: int, shape: Shape, made: Sequence[Mailbox]) -> list[Mailbox]:
    """*made*, all mailboxes, with archives, shared calendars, and rights between organisations and sites."""
    extras = shape.extras
    if extras is None:
        return list(made)
    people = [mailbox for mailbox in made if mailbox.recipient_type == PEOPLE]
    return [
        _grown(seed, extras, mailbox, people) if mailbox.recipient_type == PEOPLE else mailbox
        for mailbox in made
    ]


def _grown(seed: int, extras: Extras, mailbox: Mailbox, people: Sequence[Mailbox]) -> Mailbox:
    key = mailbox.exchange_guid
    rights = list(mailbox.rights)
    if draws.uniform(seed, key, "abroad") < extras.abroad:
        other_site = draws.uniform(seed, key, "other-site") < extras.other_site
        rights.append(Right("FullAccess", _colleague(seed, mailbox, people, other_site=other_site).alias))
    if draws.uniform(seed, key, "calendar") < extras.calendar:
        reader = draws.choice([each for each in people if each is not mailbox], seed, key, "calendar-reader")
        rights.append(Right("Reviewer", reader.alias, "Calendar"))
    mailbox = replace(mailbox, rights=tuple(rights))
    if draws.uniform(seed, key, "archive") >= extras.archive:
        return mailbox
    size = int(mailbox.size_bytes * _ARCHIVE_FACTOR * draws.uniform(seed, key, "archive-size"))
    return replace(
        mailbox,
        archive_guid=draws.guid(seed, key, "archive-guid"),
        archive_bytes=size,
        archive_items=size // 75_000 + 1,
    )


def _colleague(seed: int, mailbox: Mailbox, people: Sequence[Mailbox], *, other_site: bool) -> Mailbox:
    """Somebody in another organisation, at the same site or at another."""
    elsewhere = [
        each
        for each in people
        if each.organisation != mailbox.organisation and (each.site != mailbox.site) == other_site
    ]
    return draws.choice(elsewhere, seed, mailbox.exchange_guid, "colleague")


def groups(shape: Shape, organisations: Sequence[Organisation], made: Sequence[Mailbox]) -> tuple[Group, ...]:
    """The groups of the trusts: two teams and one group that holds both."""
    if shape.extras is None:
        return ()
    return tuple(
        group
        for organisation in organisations
        if organisation.kind == "trust"
        for group in _groups(organisation, [each for each in made if each.organisation == organisation.code])
    )


def _groups(organisation: Organisation, made: Sequence[Mailbox]) -> Iterator[Group]:
    people = [mailbox.alias for mailbox in made if mailbox.recipient_type == PEOPLE]
    code, name = organisation.code.lower(), organisation.name.title()
    for n, first in enumerate((0, _TEAM), start=1):
        members = tuple(people[first : first + _TEAM])
        yield Group(f"group{n}.{code}", f"Group {n} ({name})", organisation.site, organisation.code, members)
    both = (f"group1.{code}", f"group2.{code}")
    yield Group(f"group{_GROUPS}.{code}", f"Both groups ({name})", organisation.site, organisation.code, both)


def for_groups(made: Sequence[Mailbox], held: Sequence[Group]) -> list[Mailbox]:
    """*made* with a right of each nested group on the last shared mailbox of its organisation."""
    nested = {group.organisation: group for group in held if group.members[0].startswith("group")}
    last = {each.organisation: each.alias for each in made if each.recipient_type == "SharedMailbox"}
    return [
        replace(mailbox, rights=(*mailbox.rights, Right("FullAccess", nested[mailbox.organisation].alias)))
        if mailbox.organisation in nested and last[mailbox.organisation] == mailbox.alias
        else mailbox
        for mailbox in made
    ]


def contacts(shape: Shape) -> tuple[Contact, ...]:
    """A few people outside, dealt to the sites in turn."""
    if shape.extras is None:
        return ()
    return tuple(
        Contact(
            f"supplier.{n}",
            f"Supplier {n}",
            f"desk{n}@supplier.example",
            shape.sites[n % len(shape.sites)].name,
        )
        for n in range(shape.extras.contacts)
    )


def accounts(shape: Shape) -> tuple[Account, ...]:
    """The service account that backs up each site."""
    if shape.extras is None:
        return ()
    return tuple(Account(f"svc-backup-{site.name}", site.name, "FullAccess") for site in shape.sites)
