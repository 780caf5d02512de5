"""Which words somebody is told in, by milestone, audience, organisation, language and lane, and their filling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from mailwave.core.notice_names import NOBODY, harmless
from mailwave.core.notices import Audience, Milestone

ENGLISH, WELSH = "en", "cy"
LISTED = 5
"""Shared mailboxes that a notice names; of more it says how many."""

_NOBODY = {ENGLISH: NOBODY, WELSH: "gydweithiwr"}
"""How somebody is addressed of whose name nothing can be shown, by language."""

_MORE = {ENGLISH: "and {} more", WELSH: "a {} arall"}
_PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
_WELSH_DAYS = (
    "ddydd Llun", "ddydd Mawrth", "ddydd Mercher", "ddydd Iau", "ddydd Gwener", "ddydd Sadwrn", "ddydd Sul",
)  # fmt: skip
_WELSH_MONTHS = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
    "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
)  # fmt: skip


class Template(msgspec.Struct, frozen=True):
    """What a content designer wrote, whom it is for, and the service's *id* of it."""

    id: str
    milestone: Milestone
    audience: Audience
    language: str
    lane: str | None
    organisation: str | None
    subject: str
    body: str

    @property
    def placeholders(self) -> list[str]:
        """The names in double brackets, each once, in order of first use."""
        return list(dict.fromkeys(_PLACEHOLDER.findall(f"{self.subject} {self.body}")))

    def filled(self, values: Mapping[str, str]) -> tuple[str, str]:
        """Subject and body with *values* in place; a value is never read for placeholders of its own."""
        return _filled(self.subject, values), _filled(self.body, values)


class Reader(msgspec.Struct, frozen=True):
    """Who is told: the key and address they are told at, their name, and what the template is chosen by.

    *mailboxes* are the shared ones that a delegate uses, by name; *number* is how many an administrator is told of.
    """

    guid: str
    address: str
    name: str
    organisation: str
    audience: Audience = Audience.USER
    lane: str = "usual"
    mailboxes: tuple[str, ...] = ()
    number: int = 0


class Templates(msgspec.Struct, frozen=True):
    """Every template, the *languages* of organisations that have another than English, and organisations' *names*."""

    rows: Sequence[Template]
    languages: Mapping[str, str] = {}
    names: Mapping[str, str] = {}

    def of(self, milestone: Milestone, reader: Reader) -> Template | None:
        """What *reader* is told of *milestone*; None when readers like this are told nothing of it."""
        language = self.languages.get(reader.organisation, ENGLISH)
        fitting = [
            row
            for row in self.rows
            if (row.milestone, row.audience) == (milestone, reader.audience)
            and row.language in (language, ENGLISH)
            and row.lane in (None, reader.lane)
            and row.organisation in (None, reader.organisation)
        ]
        return max(
            fitting,
            key=lambda row: (row.organisation is not None, row.language == language, row.lane is not None),
            default=None,
        )

    def values(self, template: Template, reader: Reader, night: date) -> dict[str, str]:
        """What *template* is filled with for *reader*: only what it asks for, and nothing that acts."""
        language = template.language
        offered = {
            "name": harmless(reader.name, _NOBODY.get(language, NOBODY)),
            "night": said(night, language),
            "organisation": harmless(self.names.get(reader.organisation, reader.organisation)),
            "mailboxes": _listed(reader.mailboxes, language),
            "number": f"{reader.number:,}",
        }
        return {name: offered[name] for name in template.placeholders}


def said(night: date, language: str) -> str:
    """*night* in words, such as Monday 14 September 2026."""
    if language == WELSH:
        return f"{_WELSH_DAYS[night.weekday()]} {night.day} {_WELSH_MONTHS[night.month - 1]} {night.year}"
    return f"{night:%A} {night.day} {night:%B %Y}"


def _listed(names: Sequence[str], language: str) -> str:
    shown = ", ".join(harmless(name) for name in names[:LISTED])
    more = len(names) - LISTED
    return f"{shown} {_MORE.get(language, _MORE[ENGLISH]).format(more)}" if more > 0 else shown


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)
