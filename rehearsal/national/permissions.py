"""The delegate graph: who may open, send as, or send for whom.

Each function makes the rights of one origin from streams of its own; `build` joins them, without repeats and in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from rehearsal.national import shape
from rehearsal.national.people import People
from rehearsal.national.shape import EQUIPMENT, ROOM, SHARED
from rehearsal.national.streams import Flags, Numbers, Places, Streams, Words, bounded_pareto

KINDS = ("FullAccess", "SendAs", "SendOnBehalf")
FULL, SEND, BEHALF = range(3)
ORIGINS = (
    "team",
    "generic",
    "assistant",
    "room",
    "cover",
    "neighbour",
    "corporate",
    "abroad",
    "service",
    "national service",
)
_TEAM, _GENERIC, _ASSISTANT, _ROOM, _COVER, _NEIGHBOUR, _CORPORATE, _ABROAD, _SERVICE, _NATIONAL = range(
    len(ORIGINS)
)

_MAILBOX, _TRUSTEE, _KIND = np.uint64(32), np.uint64(8), np.uint64(4)
_NUMBER, _LOW = np.uint64(0xFFFFFF), np.uint64(0xF)
_WIDE = 1.3
"""So many candidates are drawn for each right across organisations; some fall on no person."""


@dataclass(frozen=True)
class Rights:
    """Rights of one *origin*: the person or service account *trustee[r]* may do *kind* with *mailbox[r]*."""

    mailbox: Places
    trustee: Places
    kind: int
    origin: int

    def where(self, chosen: Flags, kind: int | None = None) -> Rights:
        """Only the *chosen* ones, perhaps of another *kind*."""
        return Rights(
            self.mailbox[chosen], self.trustee[chosen], self.kind if kind is None else kind, self.origin
        )

    def packed(self) -> Words:
        """One word a right, which sorts by mailbox, trustee, kind and origin."""
        words = self.mailbox.astype(np.uint64) << _MAILBOX
        words |= self.trustee.astype(np.uint64) << _TRUSTEE
        words |= np.uint64((self.kind << 4) | self.origin)
        return words


def build(streams: Streams, people: People, organisations: pl.DataFrame) -> pl.DataFrame:
    """One row a right, by mailbox, trustee and kind; both ends are mailbox numbers."""
    near = _distinct([_sound(people, rights).packed() for rights in _inside(streams, people)])
    abroad = [rights.packed() for rights in _abroad(streams, people, organisations, len(near))]
    service = [rights.packed() for rights in _service(streams, people)]
    words = _distinct([near, *abroad, *service])
    return pl.DataFrame(
        {
            "mailbox": (words >> _MAILBOX).astype(np.uint32),
            "trustee": ((words >> _TRUSTEE) & _NUMBER).astype(np.uint32),
            "kind": _names(KINDS).gather((words >> _KIND) & _LOW),
            "origin": _names(ORIGINS).gather(words & _LOW),
        }
    )


def _names(names: tuple[str, ...]) -> pl.Series:
    return pl.Series(names, dtype=pl.Enum(names))


def _distinct(parts: list[Words]) -> Words:
    """All rights in order; of several that differ in their origin only, the first."""
    words = np.sort(np.concatenate(parts))
    keys = words >> _KIND
    return words[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(words) else words


def _sound(people: People, rights: Rights) -> Rights:
    """Without rights on oneself, and without trustees that are nobody."""
    return rights.where(people.person[rights.trustee] & (rights.mailbox != rights.trustee))


def _inside(streams: Streams, people: People) -> Iterator[Rights]:
    """Everything that stays inside an organisation, service accounts apart."""
    yield from _team(streams, people)
    yield from _generic(people, streams)
    yield from _assistants(streams, people)
    yield from _rooms(streams, people)
    yield from _covers(streams, people)
    yield from _neighbours(streams, people)
    yield from _corporate(streams, people)


def _team(streams: Streams, people: People) -> Iterator[Rights]:
    """Members on the shared mailbox of their team."""
    count = people.where.total
    member = people.has_shared[people.team] & streams.chance("team full", count, shape.TEAM_MEMBER_FULL)
    trustee = np.flatnonzero(member)
    full = Rights(people.first[people.team[trustee]], trustee, FULL, _TEAM)
    yield full
    yield full.where(streams.chance("team send", count, shape.TEAM_MEMBER_SEND)[trustee], SEND)


def _generic(people: People, streams: Streams) -> Iterator[Rights]:
    """The team's administrator and a few of those that follow, on shared mailboxes beside the team's own."""
    own = people.first[people.has_shared]
    mailbox = np.setdiff1d(np.flatnonzero(people.type == SHARED), own, assume_unique=True)
    for kind in (FULL, SEND):
        yield Rights(mailbox, people.admin[people.team[mailbox]], kind, _GENERIC)
    for step in range(1, 5):
        drawn = streams.chance(f"generic {step}", people.where.total, shape.SCATTERED_HOLDER)[mailbox]
        trustee = mailbox + step
        inside = trustee < people.where.total
        trustee = np.where(inside, trustee, 0)
        rights = Rights(mailbox, trustee, FULL, _GENERIC)
        yield rights.where(drawn & inside & (people.team[trustee] == people.team[mailbox]))


def _assistants(streams: Streams, people: People) -> Iterator[Rights]:
    """An administrator, of the own team or of one nearby, who sends for a person and may read what comes."""
    count = people.where.total
    principal = np.flatnonzero(people.person & streams.chance("delegator", count, shape.DELEGATOR))
    away = ~streams.chance("assistant near", count, shape.ASSISTANT_NEAR)[principal]
    steps = streams.spread("assistant step", count, shape.ASSISTANT_REACH)[principal]
    there = _step(people, principal, np.where(away, steps, 0))
    behalf = Rights(principal, people.admin[people.team[there]], BEHALF, _ASSISTANT)
    yield behalf
    yield behalf.where(streams.chance("assistant full", count, shape.ASSISTANT_FULL)[principal], FULL)


def _rooms(streams: Streams, people: People) -> Iterator[Rights]:
    """The team's administrator on rooms and equipment."""
    booked = streams.chance("room booker", people.where.total, shape.ROOM_BOOKER)
    mailbox = np.flatnonzero(((people.type == ROOM) | (people.type == EQUIPMENT)) & booked)
    yield Rights(mailbox, people.admin[people.team[mailbox]], FULL, _ROOM)


def _covers(streams: Streams, people: People) -> Iterator[Rights]:
    """The next in the team, who reads a person's mail in absence."""
    covered = people.person & streams.chance("cover", people.where.total, shape.COVER)
    mailbox = np.flatnonzero(covered[:-1])
    rights = Rights(mailbox, mailbox + 1, FULL, _COVER)
    yield rights.where(people.team[mailbox] == people.team[mailbox + 1])


def _neighbours(streams: Streams, people: People) -> Iterator[Rights]:
    """People on the shared mailbox of another team of their organisation."""
    count = people.where.total
    trustee = np.flatnonzero(people.person & streams.chance("neighbour", count, shape.NEIGHBOUR))
    there = _step(people, trustee, streams.spread("neighbour step", count, shape.NEIGHBOUR_REACH)[trustee])
    team = people.team[there]
    full = Rights(people.first[team], trustee, FULL, _NEIGHBOUR)
    real = people.has_shared[team] & (team != people.team[trustee])
    yield full.where(real)
    yield full.where(real & streams.chance("neighbour send", count, shape.NEIGHBOUR_SEND)[trustee], SEND)


def _corporate(streams: Streams, people: People) -> Iterator[Rights]:
    """People from anywhere in a large organisation on the few shared mailboxes that serve all of it."""
    heads = people.first[people.has_shared]
    large = people.where.sizes[people.where.owner[heads]] >= shape.CORPORATE_LEAST_ORGANISATION
    heads = heads[large & streams.chance("corporate", people.where.total, shape.CORPORATE)[heads]]
    alpha, least, most = shape.CORPORATE_HOLDERS
    part = streams.uniform("corporate holders", people.where.total)[heads]
    held = np.repeat(heads, bounded_pareto(part, alpha=alpha, least=least, most=most).astype(np.int64))
    owner = people.where.owner[held]
    inside = streams.uniform("corporate holder", len(held)) * people.where.sizes[owner]
    full = Rights(held, people.where.starts[owner] + inside.astype(np.int64), FULL, _CORPORATE)
    yield full
    yield full.where(streams.chance("corporate send", len(held), shape.CORPORATE_SEND), SEND)


def _step(people: People, here: Places, steps: Places) -> Places:
    """The mailbox so many *steps* from *here*, or *here* itself where that would leave the organisation."""
    there = np.clip(here + steps, 0, people.where.total - 1)
    return np.where(people.where.owner[there] == people.where.owner[here], there, here)


def _abroad(streams: Streams, people: People, organisations: pl.DataFrame, others: int) -> Iterator[Rights]:
    """Rights across organisations, so many that they are the wanted share beside *others* that do not cross."""
    wanted = round(others * shape.ABROAD / (1 - shape.ABROAD))
    drawn = round(wanted * _WIDE)
    mailbox = streams.below("abroad mailbox", drawn, people.where.total)
    same = streams.chance("abroad same board", drawn, shape.ABROAD_SAME_BOARD)
    trustee = _elsewhere(people, organisations, mailbox, streams.uniform("abroad trustee", drawn), same)
    shared = people.has_shared[people.team[mailbox]]
    mailbox = np.where(shared, people.first[people.team[mailbox]], mailbox)
    chosen = np.flatnonzero(people.person[trustee])[:wanted]
    part = streams.uniform("abroad kind", drawn)[chosen]
    edge = 0.0
    for kind, share in shape.ABROAD_KINDS:
        of_kind = chosen[(part >= edge) & (part < edge + share)]
        edge += share
        yield Rights(mailbox[of_kind], trustee[of_kind], kind, _ABROAD)


def _elsewhere(
    people: People, organisations: pl.DataFrame, mailbox: Places, part: Numbers, same_board: Flags
) -> Places:
    """A mailbox of another organisation for each *mailbox*, at *part* of those there are.

    It is one of the same care board where *same_board*, unless the organisation is alone in its board.
    """
    start, size = (held[people.where.owner[mailbox]] for held in (people.where.starts, people.where.sizes))
    begin, length = (found[mailbox] for found in _boards(people, organisations))
    stays = same_board & (length > size)
    begin, length = np.where(stays, begin, 0), np.where(stays, length, people.where.total)
    found = begin + (part * (length - size)).astype(np.int64)
    return found + np.where(found >= start, size, 0)


def _boards(people: People, organisations: pl.DataFrame) -> tuple[Places, Places]:
    """For each mailbox, the first mailbox of its integrated care board and how many the board has.

    Organisations are in the order of their boards, so that a board's mailboxes have consecutive numbers.
    """
    board = organisations.select(pl.struct("region", "icb").rle_id()).to_series().to_numpy()
    length = np.bincount(board, weights=people.where.sizes).astype(np.int64)
    begin = np.cumsum(length) - length
    of_mailbox = board[people.where.owner]
    return begin[of_mailbox], length[of_mailbox]


def _service(streams: Streams, people: People) -> Iterator[Rights]:
    """Service accounts: local ones on part of their own organisation, national ones on part of everything."""
    counts = _local_counts(streams, people)
    for n, (trustee, count) in enumerate(zip(people.local.tolist(), counts.tolist(), strict=True)):
        owner = people.where.owner[trustee]
        start, size = int(people.where.starts[owner]), int(people.where.sizes[owner])
        yield _reach(streams, f"local service {n}", trustee, (start, size, count / size))
    for n, trustee in enumerate(people.national.tolist()):
        everything = (0, people.where.total, shape.NATIONAL_SERVICE_REACH)
        yield _reach(streams, f"national service {n}", trustee, everything)


def _local_counts(streams: Streams, people: People) -> Places:
    least, most = shape.LOCAL_SERVICE_BOUNDS
    drawn = streams.log_normal("local service rights", len(people.local), shape.LOCAL_SERVICE_SIGMA)
    counts = np.clip(drawn * shape.LOCAL_SERVICE_RIGHTS, least, most).astype(np.int64)
    sizes = people.where.sizes[people.where.owner[people.local]]
    return np.minimum(counts, sizes * 9 // 10)


def _reach(streams: Streams, name: str, trustee: int, over: tuple[int, int, float]) -> Rights:
    """The rights of one service account on a part (third) of so many (second) mailboxes from one on (first)."""
    start, size, part = over
    mailbox = np.flatnonzero(streams.chance(f"{name} reach", size, part)) + start
    mailbox = mailbox[mailbox != trustee]
    sends = streams.uniform(f"{name} kind", 1)[0] < shape.SERVICE_SENDS
    origin = _SERVICE if name.startswith("local") else _NATIONAL
    return Rights(mailbox, np.full(len(mailbox), trustee), SEND if sends else FULL, origin)
