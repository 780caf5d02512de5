"""What of the estate stands in the way of a move, or needs a lane of its own, as data.

Each kind of finding has a code, what it means, what mends it, who does, and the fact that it rests on. Whether a
mailbox may move is not said here but by the rules of readiness, which look at the same evidence; here is what those do
not ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import polars as pl

from mailwave.core.readiness.columns import NONE

GIB = 1024**3
LARGE, LARGEST = 100 * GIB, 200 * GIB
"""Bytes of a mailbox: what a Plan 2 takes (fact C8), and the most that is supported (fact C2)."""

RECOVERABLE = 30 * GIB
"""Bytes of Recoverable Items that a mailbox without a hold may have in the cloud (fact C8)."""

FEW = 0.5
"""The largest part of a site's mailboxes with POP or IMAP on of which that tells anything: where it is on for more, the
site has it on for whoever is made, and the setting says of nobody that they use it."""

ITEMS_A_FOLDER = 1_000_000
"""The most items of one folder (fact C9)."""


BLOCKS, UNCLEAR, LANE, TOLD = "blocks", "unclear", "lane", "told"
"""A move would fail; nobody can say; it goes by a lane of its own; it is said so that somebody can act."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of finding: *means* what was seen, *remedy* what mends it, *owner* who does, *fact* what it rests on."""

    code: str
    effect: str
    means: str
    remedy: str
    owner: str
    fact: str


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "left-over-move",
            BLOCKS,
            "a move request of an earlier move is still on it",
            "remove the request on premises (Remove-MoveRequest)",
            "messaging team",
            "B.10, 2",
        ),
        Kind(
            "archive-elsewhere",
            BLOCKS,
            "its archive is in the tenant already, so that only its primary part can move",
            "put it into a batch of its own with MailboxType PrimaryOnly",
            "migration team",
            "B.10, 9",
        ),
        Kind(
            "archive-differs",
            BLOCKS,
            "its mail user in the tenant has another archive, or none",
            "bring the ArchiveGuid into line on both sides and let the directory sync run",
            "directory team",
            "B.10, 10; D24",
        ),
        Kind(
            "mailbox-in-tenant",
            BLOCKS,
            "its user has a mailbox in the tenant already, beside this one",
            "disable one of the two, restore its addresses, and keep the old LegacyExchangeDN as X500",
            "directory team",
            "D25",
        ),
        Kind(
            "x500-missing",
            BLOCKS,
            "its mail user in the tenant lacks its LegacyExchangeDN as X500, so that replies to old mail fail",
            "add the X500 address and let the directory sync run",
            "directory team",
            "D24",
        ),
        Kind(
            "guid-shared",
            BLOCKS,
            "another user of the tenant has its ExchangeGuid too",
            "clear the ExchangeGuid of the one that it does not belong to",
            "directory team",
            "B.10, 12",
        ),
        Kind(
            "quarantined",
            BLOCKS,
            "its database keeps it in quarantine, where nothing can read it",
            "find out what crashed the store, repair the mailbox (New-MailboxRepairRequest), release it",
            "messaging team",
            "B.10, 16",
        ),
        Kind(
            "recoverable-large",
            BLOCKS,
            "its Recoverable Items are above 30 GB, and it is on no hold that would make that 100",
            "let retention empty it, or put it on the hold that it should be on",
            "records manager",
            "C8",
        ),
        Kind(
            "folder-maybe-full",
            UNCLEAR,
            "it has more items than one folder may hold, and how they lie in folders is not known",
            "look with Get-MailboxFolderStatistics and divide a folder of over a million items",
            "local administrator",
            "B.10, 14; C9",
        ),
        Kind(
            "rights-unclear",
            UNCLEAR,
            "somebody unknown holds a right on it: a group that is not visible, or a name of nobody",
            "find out who that is, and take the right away or name the holder",
            "local administrator",
            "peers 6",
        ),
        Kind(
            "over-largest",
            LANE,
            "it is over 200 GB, which is not supported",
            "make it smaller, or divide it; until then it is out by rule",
            "local administrator",
            "C2",
        ),
        Kind(
            "over-large",
            LANE,
            "it is over 100 GB: a month and a half of copying in one case of ten",
            "give it a plan that takes it, begin long before, and move it late",
            "migration team",
            "C2, C8",
        ),
        Kind(
            "on-hold",
            LANE,
            "it is on a hold",
            "readiness says whether that hold moves with it",
            "records manager",
            "D26",
        ),
        Kind(
            "application",
            LANE,
            "an account without a mailbox logged on to it last, as applications do",
            "find its owner, who changes how the application signs in: basic authentication is gone (fact D29)",
            "application owner",
            "D29; peers 24",
        ),
        Kind(
            "pop-imap",
            LANE,
            "POP or IMAP is on for it, as for few of its site; whether anybody uses it, only the servers' logs tell",
            "find its owner; clients need modern authentication in the cloud",
            "application owner",
            "D29; peers 24",
        ),
        Kind(
            "archive",
            LANE,
            "it has an archive, which moves with it and is often the larger part",
            "its licence must include an archive; reckon its size into the night",
            "migration team",
            "B10, C8",
        ),
        Kind(
            "room-or-equipment",
            LANE,
            "it is booked and not read",
            "move it with those who book it for others",
            "local administrator",
            "peers 24",
        ),
        Kind(
            "shared",
            LANE,
            "several people use it",
            "move it with them",
            "local administrator",
            "peers 6",
        ),
        Kind(
            "moderated",
            TOLD,
            "what is sent to it waits for a moderator",
            "move it together with its moderators",
            "local administrator",
            "D26",
        ),
        Kind(
            "segmented",
            TOLD,
            "an address book policy shows it a part of the address list, and policies are not synchronised",
            "make the policy in the tenant and assign it after the move",
            "messaging team",
            "D26",
        ),
    )
}
"""By code, in the order in which a lane is chosen: of several, the first is a mailbox's own."""

LANES = tuple(code for code, kind in KINDS.items() if kind.effect == LANE)
USUAL = "usual"

SPECIAL_LANES = ("application", "pop-imap")
"""Lanes whose mailboxes go last, and not without a word of their owner (peers 24)."""


class Judgement(NamedTuple):
    """*findings* has a row a finding: ``guid``, ``organisation`` and ``code``; *lane* a row a mailbox."""

    findings: pl.DataFrame
    lanes: pl.DataFrame


def judged(estate: pl.DataFrame) -> Judgement:
    """Every finding on the mailboxes of *estate* (`mailwave.core.discovery.estate`)."""
    flags = estate.select(
        "guid", "organisation", **{code: expr.fill_null(value=False) for code, expr in _seen().items()}
    )
    findings = (
        flags.unpivot(index=["guid", "organisation"], variable_name="code", value_name="seen")
        .filter(pl.col("seen"))
        .drop("seen")
        .sort("guid", "code")
    )
    own = pl.coalesce(*(pl.when(pl.col(code)).then(pl.lit(code)) for code in LANES), pl.lit(USUAL))
    return Judgement(findings, flags.select("guid", lane=own))


def _seen() -> dict[str, pl.Expr]:
    """When each kind of finding is seen; null where it is not known, which is no finding."""
    col = pl.col
    mail_user = col("mail_user").is_not_null() & (col("mail_user") != NONE)
    hold = (
        col("litigation_hold").fill_null(value=False)
        | col("retention_hold").fill_null(value=False)
        | (col("in_place_holds").list.len() > 0).fill_null(value=False)
    )
    pop_imap = col("pop").fill_null(value=False) | col("imap").fill_null(value=False)
    x500 = pl.concat_str(pl.lit("x500:"), col("legacy_dn")).str.to_lowercase()
    known = col("tenant_addresses").list.eval(pl.element().str.to_lowercase())
    return {
        "left-over-move": ~col("move_status").fill_null("None").is_in(["None", ""]),
        "archive-elsewhere": col("archive_state").is_in(["HostedPending", "HostedProvisioned"]),
        "archive-differs": mail_user
        & (col("archive_state") == "Local")
        & col("archive_guid").ne_missing(col("tenant_archive")),
        "mailbox-in-tenant": col("tenant_type").str.ends_with("Mailbox"),
        "x500-missing": mail_user & ~known.list.contains(x500),
        "guid-shared": col("tenant_twins"),
        "quarantined": col("quarantined"),
        "recoverable-large": (col("deleted_bytes") > RECOVERABLE) & ~hold,
        "folder-maybe-full": col("items") > ITEMS_A_FOLDER,
        "rights-unclear": col("unknown_rights") > 0,
        "over-largest": col("size_bytes") > LARGEST,
        "over-large": col("size_bytes").is_between(LARGE, LARGEST, closed="right"),
        "on-hold": hold,
        "application": col("stranger").is_not_null(),
        "pop-imap": pop_imap & (pop_imap.mean().over("site") <= FEW),
        "archive": col("archive_guid").is_not_null(),
        "room-or-equipment": col("recipient_type").is_in(["RoomMailbox", "EquipmentMailbox"]),
        "shared": col("recipient_type") == "SharedMailbox",
        "moderated": col("moderated"),
        "segmented": col("address_book_policy").fill_null("").str.len_chars() > 0,
    }


class Line(msgspec.Struct, frozen=True):
    """How many *mailboxes* of *organisation* have a finding of the kind *code*, whose the rest is."""

    code: str
    organisation: str
    mailboxes: int
    effect: str
    owner: str
    remedy: str
    fact: str


def counted(findings: pl.DataFrame) -> list[Line]:
    """Every kind by organisation: what blocks first, then what is unclear, lanes and the rest, each worst first."""
    order = {BLOCKS: 0, UNCLEAR: 1, LANE: 2, TOLD: 3}
    lines = [
        Line(code, organisation or "", number, kind.effect, kind.owner, kind.remedy, kind.fact)
        for code, organisation, number in findings.group_by("code", "organisation").len().iter_rows()
        for kind in [KINDS[code]]
    ]
    return sorted(lines, key=lambda line: (order[line.effect], -line.mailboxes, line.code, line.organisation))
