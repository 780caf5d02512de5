"""Who asks for an act, from where, under which ticket and why: one object, checked once."""

from __future__ import annotations

import unicodedata

import msgspec

from mailwave.core.refusals import Refusal

_LONGEST = {"who": 128, "source": 128, "ticket": 64, "text": 500}


class InvalidReason(Refusal):
    """A part of a reason that is empty, too long or not one line."""

    def __init__(self, *, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"the reason's {field} {problem}")


class Reason(msgspec.Struct, frozen=True):
    """*who* asks, the *source* machine or face, the *ticket* it is recorded under, and the *text* that says why.

    Raises:
        InvalidReason: a part is empty, too long, or holds line breaks or control characters.
    """

    who: str
    source: str
    ticket: str
    text: str

    def __post_init__(self) -> None:
        """Check every part."""
        for field, longest in _LONGEST.items():
            problem = _problem(getattr(self, field), longest)
            if problem:
                raise InvalidReason(field=field, problem=problem)


def _problem(text: str, longest: int) -> str:
    if not text.strip():
        return "is empty"
    if len(text) > longest:
        return f"is longer than {longest} characters"
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        return "holds line breaks or control characters"
    return ""
