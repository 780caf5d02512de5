r"""Who holds which right on whose mailbox, through groups too, and which rights nobody can account for.

A trustee is shown as `DOMAIN\account`, as a canonical name, as an address, by a SID where the account is gone, and on a
folder only by the name that people see, which several may have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import polars as pl

from mailwave.core.discovery.groups import Expanded, expanded
from mailwave.core.discovery.tables import MAILBOX, MEMBER, RECIPIENT, RIGHT, UNSEEN, guid
from mailwave.core.trustees import Named, Trustees

MOST = 300
"""People of a group above which its right joins nobody: like an account that serves an organisation, it would join
everybody (`mailwave.core.delegates.rights.HUB`). Such rights are counted and named."""

MAILBOX_HOLDER, GROUP, ACCOUNT, GONE_ACCOUNT, UNKNOWN = "mailbox", "group", "account", "gone", "unknown"
"""What holds a right: a mailbox, a group, an account without a mailbox, one that was deleted, or nobody can say."""

FULL_ACCESS = "FullAccess"
FOLDER_ACCESS = "FolderAccess"
"""What planning calls any role on a folder (`mailwave.core.delegates.rights`)."""

FREE_BUSY = ("AvailabilityOnly", "LimitedDetails")
"""Roles on a calendar that show when somebody is busy, which a hybrid estate shows across premises too (fact D21)."""

_BUILT_IN = ("nt authority\\", "everyone")
_DELETED = "s-1-5-21-"

HELD: Mapping[str, pl.DataType] = {
    "mailbox": pl.String(),
    "trustee": pl.String(),
    "kind": pl.String(),
    "folder": pl.String(),
    "via": pl.String(),
    "automapping": pl.Boolean(),
}
OPEN: Mapping[str, pl.DataType] = {
    "mailbox": pl.String(),
    "kind": pl.String(),
    "shown": pl.String(),
    "holder": pl.String(),
    "people": pl.Int64(),
}


class Holding(NamedTuple):
    """Rights between mailboxes, and those that are none.

    *held*: a right of *trustee* on *mailbox*, both ExchangeGuids, on a *folder* or the whole (``""``), through the
    group *via* or by itself (``""``). *automapping*: whether Outlook opens the mailbox by itself; through a group it
    never does, and Exchange's cmdlets do not show it otherwise, so that it is null. *others*: rights of anybody else,
    by what *holder* is; a group is here when it was not expanded, and *people* says how many are in it, null when not
    known.
    *groups* are those that hold rights, by id.
    """

    held: pl.DataFrame
    others: pl.DataFrame
    groups: dict[str, Expanded]


class Entry(NamedTuple):
    """One entry of an access list: *shown* holds *kind* on *mailbox*, or with *deny* is refused it."""

    mailbox: str
    shown: str
    kind: str
    folder: str
    deny: bool


class Holder(NamedTuple):
    """What a name stands for: its *kind*, and the id of a mailbox (ExchangeGuid) or group (the object's GUID)."""

    kind: str
    id: str = ""


def holding(tables: Mapping[str, pl.DataFrame]) -> Holding:
    """The rights in *tables*, which are folded.

    Raises:
        DomainUnclear: a short name of a domain may be that of several.
    """
    entries = _entries(tables)
    holders = resolved(tables, {entry.shown for entry in entries})
    groups = expanded(
        sorted({holder.id for holder in holders.values() if holder.kind == GROUP}),
        _members(tables),
        _nested(tables),
    )
    refused = _refused(entries, holders, groups)
    held: list[tuple[object, ...]] = []
    others: list[tuple[object, ...]] = []
    for entry in entries:
        holder = holders[entry.shown]
        if entry.deny or (holder.kind, holder.id) == (MAILBOX_HOLDER, entry.mailbox):
            continue
        if holder.kind == MAILBOX_HOLDER:
            if (entry.mailbox, entry.kind, holder.id) not in refused:
                held.append((entry.mailbox, holder.id, entry.kind, entry.folder, "", None))
        elif holder.kind == GROUP:
            _through(entry, groups[holder.id], refused, held, others)
        else:
            others.append((entry.mailbox, entry.kind, entry.shown, holder.kind, None))
    return Holding(
        pl.DataFrame(held, schema=dict(HELD), orient="row").unique(maintain_order=True),
        pl.DataFrame(others, schema=dict(OPEN), orient="row").unique(maintain_order=True),
        groups,
    )


def joining(held: pl.DataFrame) -> pl.DataFrame:
    """Those of *held* that join both ends in planning, each once: ``mailbox``, ``trustee`` and ``kind``."""
    on_folder = pl.col("folder") != ""
    joins = held.filter(~(on_folder & pl.col("kind").is_in(FREE_BUSY)))
    kind = pl.when(on_folder).then(pl.lit(FOLDER_ACCESS)).otherwise("kind")
    return joins.select("mailbox", "trustee", kind=kind).unique(maintain_order=True)


def _through(
    entry: Entry,
    group: Expanded,
    refused: set[tuple[str, str, str]],
    held: list[tuple[object, ...]],
    others: list[tuple[object, ...]],
) -> None:
    """The rights of the people of *group*; where some of them are not visible, that is said beside them."""
    automapping = False if entry.kind == FULL_ACCESS else None
    if len(group.people) <= MOST:
        held.extend(
            (entry.mailbox, person, entry.kind, entry.folder, entry.shown, automapping)
            for person in sorted(group.people)
            if person != entry.mailbox and (entry.mailbox, entry.kind, person) not in refused
        )
    if group.unseen:
        others.append((entry.mailbox, entry.kind, entry.shown, UNKNOWN, None))
    elif len(group.people) > MOST:
        others.append((entry.mailbox, entry.kind, entry.shown, GROUP, len(group.people)))


def _refused(
    entries: Iterable[Entry], holders: Mapping[str, Holder], groups: Mapping[str, Expanded]
) -> set[tuple[str, str, str]]:
    """Mailbox, kind and person of every refusal: an entry that denies comes before all that give (opd)."""
    found = set()
    for entry in entries:
        if entry.deny:
            holder = holders[entry.shown]
            people = groups[holder.id].people if holder.kind == GROUP else {holder.id}
            found |= {(entry.mailbox, entry.kind, person) for person in people}
    return found


def _entries(tables: Mapping[str, pl.DataFrame]) -> list[Entry]:
    rights = tables[RIGHT].select(
        "mailbox", "User", "Kind", pl.col("Folder").fill_null(""), pl.col("Deny").fill_null(value=False)
    )
    found = [Entry(*row) for row in rights.iter_rows() if not row[1].casefold().startswith(_BUILT_IN)]
    behalf = (
        tables[MAILBOX].select(guid("ExchangeGuid"), "GrantSendOnBehalfTo").explode("GrantSendOnBehalfTo")
    )
    found += [Entry(box, who, "SendOnBehalf", "", deny=False) for box, who in behalf.iter_rows() if who]
    return found


def resolved(tables: Mapping[str, pl.DataFrame], shown: Iterable[str]) -> dict[str, Holder]:
    """What each name in *shown* stands for."""
    names = sorted(set(shown))
    kinds: dict[str, str] = {}
    known = Trustees([*_mailboxes(tables, kinds), *_recipients(tables, kinds)], names)
    display = _display_names(tables)
    found = {}
    for name in names:
        key = known.mailbox(name) or display.get(name.casefold())
        if key is not None:
            kind = kinds[key]
            found[name] = Holder(kind, key.removeprefix(GROUP))
        else:
            found[name] = Holder(GONE_ACCOUNT if name.casefold().startswith(_DELETED) else UNKNOWN)
    return found


def _mailboxes(tables: Mapping[str, pl.DataFrame], kinds: dict[str, str]) -> Iterable[Named]:
    columns = ("Identity", "DistinguishedName", "PrimarySmtpAddress", "SamAccountName")
    for key, identity, *names, account in tables[MAILBOX].select(guid("ExchangeGuid"), *columns).iter_rows():
        kinds[key] = MAILBOX_HOLDER
        domain = (identity or "").partition("/")[0]
        yield Named(key, tuple(filter(None, (identity, *names))), domain, account or "")


def _recipients(tables: Mapping[str, pl.DataFrame], kinds: dict[str, str]) -> Iterable[Named]:
    """Groups, and accounts without a mailbox; contacts and dynamic groups can hold no right."""
    columns = ("Identity", "DistinguishedName", "PrimarySmtpAddress", "SamAccountName")
    frame = tables[RECIPIENT].select(guid("Guid"), _is_group().alias("group"), "Noun", *columns)
    for key, is_group, noun, identity, *names, account in frame.iter_rows():
        if key is None or not (is_group or noun == "User"):
            continue
        mark = f"{GROUP if is_group else ''}{key}"
        kinds[mark] = GROUP if is_group else ACCOUNT
        domain = (identity or "").partition("/")[0]
        yield Named(mark, tuple(filter(None, (identity, *names))), domain, account or "")


def _is_group() -> pl.Expr:
    return pl.col("Noun").is_in(["DistributionGroup", "Group"])


def _display_names(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """Mailboxes by the name that people see, where only one has it: folder rights show nothing else."""
    frame = tables[MAILBOX].select(guid("ExchangeGuid"), name=pl.col("DisplayName").str.to_lowercase())
    alone = frame.filter(pl.col("name").is_not_null() & ~pl.col("name").is_duplicated())
    return {name.casefold(): key for key, name in alone.iter_rows()}


def _ids(frame: pl.DataFrame, column: str) -> list[str | None]:
    return frame.select(guid(column)).to_series().to_list()


def _members(tables: Mapping[str, pl.DataFrame]) -> dict[str, list[str]]:
    """The direct members of each group that could be read: ExchangeGuids of mailboxes, ids of groups.

    A member is known by its GUID, or where only its canonical name is shown, by that. One of another kind, such as a
    contact, holds no right.
    """
    boxes = tables[MAILBOX].select(guid("ExchangeGuid").alias("id"), guid("Guid").alias("object"), "Identity")
    groups = tables[RECIPIENT].filter(_is_group()).select(guid("Guid").alias("id"), "Identity")
    ids = {key: box for box, *keys in boxes.iter_rows() for key in keys if key}
    ids |= {key: row[0] for row in groups.iter_rows() for key in row if key and row[0]}
    found: dict[str, list[str]] = defaultdict(list)
    unseen = set()
    columns = (guid("Group"), guid("Guid").alias("id"), "Identity", "RecipientTypeDetails")
    for group, member, identity, kind in tables[MEMBER].select(*columns).iter_rows():
        its, known = found[group], ids.get(member or "") or ids.get(identity or "")
        if kind == UNSEEN:
            unseen.add(group)
        elif known:
            its.append(known)
        elif "group" in (kind or "").casefold():
            its.append(member or f"{identity}")
    return {group: its for group, its in found.items() if group not in unseen}


def _nested(tables: Mapping[str, pl.DataFrame]) -> set[str]:
    """The ids of all groups, those that only show as a member too."""
    listed = _ids(tables[RECIPIENT].filter(_is_group()), "Guid")
    inner = tables[MEMBER].filter(pl.col("RecipientTypeDetails").fill_null("").str.contains("(?i)group"))
    shown = inner.select(pl.coalesce(guid("Guid"), "Identity")).to_series().to_list()
    return {key for key in (*listed, *shown) if key}
