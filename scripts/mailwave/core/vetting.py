"""The texts of a whole estate in columns, held to the rules that a file of rows is held to, without a look at each.

Nearly every text is plain; those that one regular expression finds suspicious are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from mailwave.core.bad_rows import CEILING, Faults
from mailwave.core.exchange_export import ADDRESS
from mailwave.core.hostile import foreign_letter, harm

_SUSPECT = r"[^ -~]|^ *[=+@-]|[<&]|\]\(|(?i:script|data):"
"""What a text that `hostile.harm` refuses has in it; others may have it too."""

_ADDRESS = rf"^{ADDRESS}$"
_DISGUISED = r"(?i)[@.]xn--"


def _address(text: str) -> str:
    if letter := foreign_letter(text):
        return f"has an address with {letter}, which no address here may have"
    return f"has {text[:80]!r} where its address belongs"


MAILBOXES = ("alias", "display_name", "recipient_type", "legacy_dn", "server", "database", "site")
ORGANISATIONS = ("code", "name", "kind", "region", "icb", "postcode")


def vet(file: str, table: pl.DataFrame, columns: tuple[str, ...], faults: Faults) -> None:
    """Note each row of *table*, which *file* holds, that has a text in *columns* which cannot be taken.

    A row counts from 1, as a file of columns has no lines. An ``address``, where there is one, is held to its form.
    """
    looks: Mapping[str, Callable[[str], str]] = {column: partial(harm, column) for column in columns}
    for column, look in looks.items():
        suspects = table[column].cast(pl.String).str.contains(_SUSPECT).arg_true()
        _note(file, table[column], suspects, look, faults)
    if "address" in table.columns:
        address = table["address"]
        strange = ~address.str.contains(_ADDRESS) | address.str.contains(_DISGUISED)
        _note(file, address, strange.arg_true(), _address, faults)


def _note(file: str, texts: pl.Series, rows: pl.Series, look: Callable[[str], str], faults: Faults) -> None:
    found = 0
    for row in rows.to_list():
        problem = look(str(texts[row]))
        if problem:
            faults.add(file, row + 1, problem)
            found += 1
        if found > 2 * CEILING:
            return  # more would not be shown, and a column of a million bad texts is one mistake
