"""Texts that would harm whoever shows them: a spreadsheet, a page, a notice, a terminal, or a reader's eye.

Exchange lets people write nearly anything into a name. What is refused here is refused at the door, whole: a name that
was mended silently would not be the name that Exchange has.
"""

from __future__ import annotations

import re
import unicodedata

FORMULA_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet runs when a cell begins with it, the wide forms too, which some take for the same."""

_MARKUP = re.compile(
    r"<[A-Za-z!/?]"  # a page's tags
    r"|&(?:#[0-9xX]|[A-Za-z][A-Za-z0-9]{1,30};)"  # and characters in disguise
    r"|\]\("  # a link in a notice's text
    r"|(?i:javascript|vbscript|data):"
)
_HIDDEN = frozenset({"Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of what nobody sees: marks of direction and joiners, halves of letters, private places, breaks."""


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would run *cell* instead of showing it, blanks in front or not."""
    return cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)


def has_control(cell: str) -> bool:
    """Whether *cell* holds control characters other than the line breaks and tabs of a quoted cell."""
    return any(unicodedata.category(letter) == "Cc" and letter not in "\r\n\t" for letter in cell)


def hidden(cell: str) -> str:
    """The first character of *cell* that nobody sees, as `U+202E`; empty when there is none."""
    found = next((letter for letter in cell if unicodedata.category(letter) in _HIDDEN), "")
    return f"U+{ord(found):04X}" if found else ""


def has_markup(cell: str) -> bool:
    """Whether a page or a notice would take a part of *cell* for its own language."""
    return _MARKUP.search(cell) is not None


def harm(column: str, cell: str) -> str:
    """Why *cell*, a line of text in *column*, cannot be taken; empty when it can."""
    if cell.isascii() and cell.isprintable() and not is_formula(cell) and not has_markup(cell):
        return ""  # nearly all of them
    if has_control(cell):
        return f"has control characters in its {column}"
    if where := hidden(cell):
        return f"has a character that nobody sees ({where}) in its {column}"
    if is_formula(cell):
        return f"has a {column} that a spreadsheet would run: {cell[:40]!r}"
    if has_markup(cell):
        return f"has a {column} that a page or a notice would run: {cell[:40]!r}"
    return ""


def foreign_letter(address: str) -> str:
    """The first letter of *address* that only looks like one of an address, by its name; empty when there is none.

    Every address here is ASCII, so that a letter of another script in it is a likeness or a mistake, whichever it is
    like; and a domain in Punycode shows as whatever it was made to look like.
    """
    strange = next((letter for letter in address if not letter.isascii()), "")
    if strange:
        return f"{unicodedata.name(strange, 'a letter without a name')} (U+{ord(strange):04X})"
    labels = address.rpartition("@")[2].lower().split(".")
    return next(
        (f"the disguised domain label {label[:63]!r}" for label in labels if label.startswith("xn--")), ""
    )
