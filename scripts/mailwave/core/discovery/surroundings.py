"""What stands around the mailboxes: groups, contacts, devices, relays, public folders, and what of it needs somebody.

None of these moves with a mailbox. Each line says how many there are, how many need somebody, and why.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import polars as pl

from mailwave.core.discovery.findings import FEW
from mailwave.core.discovery.fold import SOURCE
from mailwave.core.discovery.groups import Expanded
from mailwave.core.discovery.holders import FREE_BUSY, GONE_ACCOUNT, GROUP, UNKNOWN, Holding
from mailwave.core.discovery.tables import CONNECTOR, DEVICE, MAILBOX, PROTOCOLS, PUBLIC_FOLDER, RECIPIENT

ANYWHERE = ("0.0.0.0-255.255.255.255", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0/0", "::/0")
"""What a receive connector's list of addresses says where it takes mail from everywhere."""


class Thing(msgspec.Struct, frozen=True):
    """*count* of one *kind*, of which *attention* need somebody; *means* says what for."""

    kind: str
    count: int
    attention: int
    means: str


def things(tables: Mapping[str, pl.DataFrame], holding: Holding) -> list[Thing]:
    """Every line, in a fixed order; a kind that there is none of has a line with 0."""
    return [*_groups(tables[RECIPIENT], holding.groups), *_around(tables), *_rights(holding)]


def _groups(recipients: pl.DataFrame, holding: Mapping[str, Expanded]) -> list[Thing]:
    noun = dict(recipients.group_by("Noun").len().iter_rows())
    moderated = recipients.filter(pl.col("ModerationEnabled"))
    hidden = sum(bool(group.unseen) for group in holding.values())
    cyclic = sum(group.cyclic for group in holding.values())
    deepest = max((group.depth for group in holding.values()), default=0)
    return [
        Thing(
            "groups",
            noun.get("DistributionGroup", 0) + noun.get("Group", 0),
            0,
            "the directory sync carries them",
        ),
        Thing(
            "groups that hold rights",
            len(holding),
            hidden,
            f"their people hold the rights; nested up to {deepest} deep, {cyclic} in a circle; those that need "
            "somebody hold a group that is not visible",
        ),
        Thing(
            "dynamic groups",
            noun.get("DynamicDistributionGroup", 0),
            noun.get("DynamicDistributionGroup", 0),
            "the directory sync does not carry them: each is made again in the tenant, with its filter",
        ),
        Thing("contacts", noun.get("MailContact", 0), 0, "the directory sync carries them"),
        Thing(
            "mail users",
            noun.get("MailUser", 0),
            0,
            "people with a mailbox elsewhere; nothing of theirs moves",
        ),
        Thing(
            "moderated groups and contacts",
            len(moderated),
            len(moderated),
            "what is sent there waits for a moderator, who has to be able to answer from the other side",
        ),
    ]


def _around(tables: Mapping[str, pl.DataFrame]) -> list[Thing]:
    folders, relays = tables[PUBLIC_FOLDER], tables[CONNECTOR].filter(_is_relay())
    inside = folders.filter(pl.col("Name") != "IPM_SUBTREE")
    mail = int(inside["MailEnabled"].fill_null(value=False).sum())
    submission = int(tables[CONNECTOR].select(_is_submission().sum()).item())
    everybody = _with_pop_imap(tables)
    senders = relays["RemoteIPRanges"].explode().n_unique() if len(relays) else 0
    return [
        Thing("mobile devices", len(tables[DEVICE]), 0, "readiness judges them by their ActiveSync"),
        Thing(
            "relays",
            len(relays),
            len(relays),
            f"receive connectors that take mail without a sign-in from {senders} named addresses or ranges, as "
            "clinical systems send it: they go on as long as these servers do, and need another way before",
        ),
        Thing(
            "submission",
            submission,
            submission,
            "receive connectors where accounts sign in to send, as scanners and applications do: which accounts, only "
            "the servers' SMTP logs tell, and each needs another way to sign in (fact D29)",
        ),
        Thing(
            "sites with POP or IMAP for everybody",
            everybody,
            everybody,
            "it is on for more than half of their mailboxes, so the setting tells nobody apart: only the servers' logs "
            "say who uses it, and the owner of each has to be asked",
        ),
        Thing(
            "public folders",
            len(inside),
            len(inside),
            f"refused: a remote move carries mailboxes only, and public folders have a migration of their own, once "
            f"for all, after the mailboxes (peers, table 2); {mail} of them have an address",
        ),
    ]


def _is_relay() -> pl.Expr:
    """Whether a connector takes mail from anybody who comes from one of a few addresses."""
    anonymous = pl.col("PermissionGroups").fill_null("").str.contains("AnonymousUsers")
    trusted = pl.col("AuthMechanism").fill_null("").str.contains("ExternalAuthoritative")
    named = pl.col("RemoteIPRanges").list.len().fill_null(0) > pl.col("RemoteIPRanges").list.eval(
        pl.element().is_in(list(ANYWHERE))
    ).list.sum().fill_null(0)
    return pl.col("Enabled").fill_null(value=True) & (anonymous | trusted) & named


def _is_submission() -> pl.Expr:
    """Whether people's accounts may sign in to send: the front end of those that Exchange makes for clients."""
    people = pl.col("PermissionGroups").fill_null("").str.contains("ExchangeUsers")
    front = pl.col("TransportRole").fill_null("") == "FrontendTransport"
    return pl.col("Enabled").fill_null(value=True) & people & front


def _with_pop_imap(tables: Mapping[str, pl.DataFrame]) -> int:
    """At how many sites POP or IMAP is on for too many for it to be a finding (`findings.FEW`)."""
    on = tables[PROTOCOLS].filter(pl.col("PopEnabled") | pl.col("ImapEnabled")).group_by(SOURCE).len("on")
    all_ = tables[MAILBOX].group_by(SOURCE).len("all")
    return on.join(all_, on=SOURCE).filter(pl.col("on") / pl.col("all") > FEW).height


def _rights(holding: Holding) -> list[Thing]:
    by_kind = holding.held.group_by("kind", "folder", pl.col("via") != "").len()
    lines = [
        Thing(
            " ".join(filter(None, ("rights:", kind, folder, "through a group" if via else ""))),
            number,
            0,
            "works across premises" if folder and kind in FREE_BUSY else "joins both ends in planning",
        )
        for kind, folder, via, number in sorted(by_kind.iter_rows())
    ]
    for holder, means in (
        (
            UNKNOWN,
            "held by a group that is not visible or by nobody known: who else uses the mailbox, nobody can say",
        ),
        (GONE_ACCOUNT, "held by accounts that were deleted: nobody uses them"),
        (GROUP, "held by groups of so many people that they join nobody"),
    ):
        number = int((holding.others["holder"] == holder).sum())
        lines.append(Thing(f"rights: {holder}", number, number if holder == UNKNOWN else 0, means))
    return lines
