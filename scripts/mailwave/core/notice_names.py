"""Names made fit for a notice: whatever somebody wrote into one, what is sent holds words and nothing that acts.

What may stay is listed, not what may not: letters, marks and digits of any script, single spaces, and the few signs
that names are written with. So a name holds no markup, brace, link, formula, escape code, control character or mark of
direction, whichever program shows it.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
"""Characters of a name in a notice."""

NOBODY = "colleague"
"""How somebody is addressed whose name has nothing left to show."""

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)", re.DOTALL)
"""Codes that a terminal obeys: their letters are no part of a name."""

_TAG = re.compile(r"<[^<>]*>")
_ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://\S*|\bwww\.\S*|\S+@\S+")
_SIGNS = frozenset("'’-,.&")
_JOINED = re.compile(r"(?<=\w)\.(?=\w)")
"""A full stop inside a word: programs that show mail make a link of what looks like a host."""


def harmless(name: str, nobody: str = NOBODY) -> str:
    """*name* as a notice shows it; *nobody* when nothing of it can be shown."""
    text = unicodedata.normalize("NFKC", _ESCAPE.sub(" ", name))
    text = _ADDRESS.sub(" ", _TAG.sub(" ", text))
    text = (
        text.partition("(")[0] if text.partition("(")[0].strip() else text
    )  # what follows is an organisation
    kept = "".join(letter if _stays(letter) else "" if _is_hidden(letter) else " " for letter in text)
    words = " ".join(_JOINED.sub(" ", kept).split())
    return words.strip("'’-,.& ")[:LONGEST].rstrip() or nobody


def _stays(letter: str) -> bool:
    return letter in _SIGNS or unicodedata.category(letter)[0] in "LMN"


def _is_hidden(letter: str) -> bool:
    """Whether nobody sees *letter*, so that nothing stood between its neighbours."""
    return unicodedata.category(letter) == "Cf"
