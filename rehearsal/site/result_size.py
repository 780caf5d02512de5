"""How Exchange cuts a list of recipients, and what it says of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rehearsal.site.binding import Bound
from rehearsal.site.conversion import UNLIMITED
from rehearsal.site.surroundings import Row
from rehearsal.wire import CmdletResult

DEFAULT_RESULT_SIZE = 1_000
_DEFAULT_WARNING = (
    "By default, only the first 1000 items are returned. Use the ResultSize parameter to specify the number of items "
    'returned. To return all items, specify "-ResultSize Unlimited". Be aware that, depending on the actual number of '
    "items, returning all items can take a long time and consume a large amount of memory. Also, we don't recommend "
    "storing the results in a variable. Instead, pipe the results to another task or script to perform batch changes."
)
_MORE_WARNING = (
    "There are more results available than are currently displayed. To view them, increase the value for the "
    "ResultSize parameter."
)


def limited(rows: Iterable[Row], bound: Bound, *, cuts: bool = True) -> CmdletResult:
    """The first of *rows*, as many as ResultSize asks for; without it 1,000, if *cuts*."""
    asked = bound.get("ResultSize")
    limit = (DEFAULT_RESULT_SIZE if cuts else UNLIMITED) if asked is None else asked
    if limit == UNLIMITED:
        return CmdletResult(rows=list(rows))
    found = list(islice(rows, int(limit) + 1))
    if len(found) <= limit:
        return CmdletResult(rows=found)
    return CmdletResult(rows=found[:-1], warnings=[_DEFAULT_WARNING if asked is None else _MORE_WARNING])
