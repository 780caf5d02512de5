"""The model of environments/notices.yaml: what people are told, by milestone, audience, language and lane."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from estate_schema.errors import validated
from estate_schema.estate import OrganisationCode
from estate_schema.reading import read_yaml
from estate_schema.values import Guid, Model

NoticeMilestone = Literal["two_weeks", "day_before", "cutover", "success", "postponed", "failed", "withdrawn"]
NoticeAudience = Literal["user", "delegate", "administrator"]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="As ISO 639-1 has it")]

PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
KNOWN = {
    "user": frozenset({"name", "night"}),
    "delegate": frozenset({"name", "night", "mailboxes"}),
    "administrator": frozenset({"name", "night", "organisation", "number"}),
}
"""What stands in double brackets, by audience."""


class NoticeTemplate(Model):
    """One template, by the *id* that GOV.UK Notify gave it.

    *lane* and *organisation* (an ODS code) say whom alone it is for; *subject* and *body* hold placeholders in double
    brackets: ``name``, ``night``; ``mailboxes`` for a delegate; ``organisation`` and ``number`` for an administrator.
    """

    id: Guid
    milestone: NoticeMilestone
    audience: NoticeAudience = "user"
    language: Language = "en"
    lane: Literal["volunteer", "special"] | None = None
    organisation: OrganisationCode | None = None
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(min_length=1, max_length=20_000)]

    @property
    def concerns(self) -> tuple[str | None, ...]:
        """Whom it is for, and of what."""
        return self.milestone, self.audience, self.language, self.lane, self.organisation

    @model_validator(mode="after")
    def _can_be_filled(self) -> Self:
        if "\n" in self.subject:
            raise ValueError("has a subject of several lines")
        unknown = sorted(set(PLACEHOLDER.findall(f"{self.subject} {self.body}")) - KNOWN[self.audience])
        if unknown:
            known = ", ".join(sorted(KNOWN[self.audience]))
            raise ValueError(f"has the placeholder {unknown[0]!r}; for this audience there are {known}")
        return self


class NoticeTemplates(Model):
    """Every template; *languages* are those of organisations whose people are not written to in English."""

    languages: Annotated[dict[OrganisationCode, Language], Field(default_factory=dict)]
    templates: Annotated[tuple[NoticeTemplate, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_for_each(self) -> Self:
        _refuse_repeats("id", (each.id for each in self.templates))
        _refuse_repeats("template for", (each.concerns for each in self.templates))
        usual = {
            (each.milestone, each.audience)
            for each in self.templates
            if each.concerns[2:] == ("en", None, None)
        }
        told = {(each.milestone, each.audience) for each in self.templates}
        needed = {(milestone, "user") for milestone in get_args(NoticeMilestone)} | told
        if missing := sorted(needed - usual):
            raise ValueError("has no template in English for every {1} at {0}".format(*missing[0]))
        return self


def _refuse_repeats(what: str, values: Iterable[object]) -> None:
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"has the {what} {value} twice")
        seen.add(value)


def load_notices(path: Path) -> NoticeTemplates:
    """Read the templates at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(NoticeTemplates, read_yaml(path), path)
