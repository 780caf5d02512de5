"""The mailboxes to plan, as columns of numbers: the same for forty in a ledger and for two million in Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.estate import Mailbox, Organisation
from mailwave.core.refusals import Refusal, some
from mailwave.core.scope import BrokenScope

Numbers = NDArray[np.int64]
Guids = NDArray[np.uint64]

LANES = ("usual", "volunteer", "special")
"""Volunteers go first. Special are application mailboxes, those read by POP or IMAP or that send by SMTP, and those
over `LARGE`; they go in the tail."""

USUAL, VOLUNTEER, SPECIAL = range(len(LANES))

LARGE = 100 * 2**30
"""Bytes above which a mailbox is in the special lane."""

_DASHES = (8, 13, 18, 23)
_NO_DIGIT = 255


class NotGuids(Refusal):
    """Texts that are no ExchangeGuids: 32 hexadecimal digits in lower case, with dashes after 8, 12, 16 and 20."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        super().__init__(f"no ExchangeGuid in lower case: {some([repr(text[:40]) for text in self.texts])}")


class Population(NamedTuple):
    """The mailboxes to plan, a row each, in order of guid. Other columns are places in the lists of names."""

    guid: Guids
    """Shape (n, 2): the two halves of the ExchangeGuid."""
    organisation: Numbers
    site: Numbers
    database: Numbers
    bytes: Numbers
    lane: NDArray[np.int8]
    """Places in `LANES`."""
    organisations: tuple[Organisation, ...]
    sites: tuple[str, ...]
    databases: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of mailboxes."""
        return len(self.guid)

    def places(self, guids: Guids) -> Numbers:
        """The row of each of *guids*; -1 for one that is not here."""
        if not self.size or not len(guids):
            return np.full(len(guids), -1, dtype=np.int64)
        known, asked = _keys(self.guid), _keys(guids)
        place = np.minimum(np.searchsorted(known, asked), self.size - 1)
        found: Numbers = np.where(known[place] == asked, place, -1)
        return found

    def only(self, rows: Numbers) -> Population:
        """The mailboxes in *rows*, which are in rising order."""
        return self._replace(
            guid=self.guid[rows],
            organisation=self.organisation[rows],
            site=self.site[rows],
            database=self.database[rows],
            bytes=self.bytes[rows],
            lane=self.lane[rows],
        )


def of_mailboxes(
    mailboxes: Iterable[Mailbox], organisations: Iterable[Organisation] | None = None
) -> Population:
    """The population of *mailboxes*, which belong to *organisations* (None: known by their codes alone).

    A mailbox of unknown size counts as empty.

    Raises:
        BrokenScope: a mailbox belongs to another organisation, or stands twice.
        NotGuids: a mailbox has no guid.
    """
    rows = list(mailboxes)
    if organisations is None:
        organisations = [Organisation(code, "", "") for code in {row.organisation for row in rows}]
    codes = {organisation.code: organisation for organisation in organisations}
    sites, databases = ({getattr(row, name) for row in rows} for name in ("site", "database"))
    return ordered(
        guid_columns([row.guid for row in rows]),
        (
            _places_in(sorted(codes), [row.organisation for row in rows]),
            _places_in(sorted(sites), [row.site for row in rows]),
            _places_in(sorted(databases), [row.database for row in rows]),
        ),
        np.array([row.size_bytes or 0 for row in rows], dtype=np.int64),
        (tuple(codes[code] for code in sorted(codes)), tuple(sorted(sites)), tuple(sorted(databases))),
    )


def ordered(
    guid: Guids,
    places: tuple[Numbers, Numbers, Numbers],
    size: Numbers,
    names: tuple[tuple[Organisation, ...], tuple[str, ...], tuple[str, ...]],
    order: Numbers | None = None,
) -> Population:
    """The population of rows in any order; *order* is `order_of` them, where it is known already.

    *places* are those of organisation, site and database in *names*, *size* is in bytes.

    Raises:
        BrokenScope: a mailbox stands twice.
    """
    order = order_of(guid) if order is None else order
    guid, size = guid[order], size[order].astype(np.int64)
    alike = np.flatnonzero(guid[1:, 0] == guid[:-1, 0])
    repeated = alike[guid[alike + 1, 1] == guid[alike, 1]]
    if len(repeated):
        texts = guid_texts(guid[repeated[:10]])
        raise BrokenScope(problem="more than one mailbox has the ExchangeGuid", names=texts)
    lane = np.where(size > LARGE, SPECIAL, USUAL).astype(np.int8)
    organisation, site, database = (place[order].astype(np.int64) for place in places)
    return Population(guid, organisation, site, database, size, lane, *names)


def order_of(guid: Guids) -> Numbers:
    """The rows of *guid* in rising order."""
    order = np.argsort(guid[:, 0])
    first = guid[order, 0]
    if (
        first[1:] == first[:-1]
    ).any():  # by chance never: then the sort by one half is enough, and five times as fast
        order = np.lexsort((guid[:, 1], guid[:, 0]))
    return order.astype(np.int64)


def guid_columns(texts: Sequence[str]) -> Guids:
    """The two halves of each of *texts* as numbers, whose order is that of the texts; shape (n, 2).

    Raises:
        NotGuids: a text is no guid in lower case.
    """
    if not texts:
        return np.empty((0, 2), dtype=np.uint64)
    _refuse_unless(texts, lambda text: len(text) == 36 and text.isascii())
    letters = np.frombuffer("".join(texts).encode(), dtype=np.uint8).reshape(-1, 36)
    digits = _digits()[np.delete(letters, _DASHES, axis=1)]
    bad = (digits == _NO_DIGIT).any(axis=1) | (letters[:, _DASHES] != ord("-")).any(axis=1)
    if bad.any():
        raise NotGuids([texts[place] for place in np.flatnonzero(bad)[:10].tolist()])
    halves = np.ascontiguousarray(digits[:, ::2] << 4 | digits[:, 1::2]).view(">u8")
    return halves.astype(np.uint64)


def guid_texts(guid: Guids) -> list[str]:
    """Each row of *guid* as text."""
    plain = np.ascontiguousarray(guid.astype(">u8")).tobytes().hex()
    found = []
    for start in range(0, len(plain), 32):
        text = plain[start : start + 32]
        found.append(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    return found


def mixed(guid: Guids) -> NDArray[np.uint64]:
    """A number a row of *guid* that looks drawn by lot and is always the same (the mixing steps of splitmix64)."""
    return _splitmix(_splitmix(guid[:, 0]) ^ guid[:, 1])


def _splitmix(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    number = number + np.uint64(0x9E3779B97F4A7C15)
    number = (number ^ (number >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    number = (number ^ (number >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return number ^ (number >> np.uint64(31))


def _keys(guid: Guids) -> NDArray[np.bytes_]:
    return np.ascontiguousarray(guid.astype(">u8")).view("S16").ravel()


def _digits() -> NDArray[np.uint8]:
    table = np.full(256, _NO_DIGIT, dtype=np.uint8)
    table[np.frombuffer(b"0123456789abcdef", dtype=np.uint8)] = np.arange(16)
    return table


def _places_in(names: Sequence[str], values: Sequence[str]) -> Numbers:
    place = {name: n for n, name in enumerate(names)}
    unknown = sorted({value for value in values if value not in place})
    if unknown:
        raise BrokenScope(problem="no organisation has the code", names=unknown)
    return np.array([place[value] for value in values], dtype=np.int64)


def _refuse_unless(texts: Sequence[str], is_right: Callable[[str], bool]) -> None:
    wrong = [text for text in texts if not is_right(text)]
    if wrong:
        raise NotGuids(wrong[:10])
