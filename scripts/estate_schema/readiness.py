"""The model of environments/readiness.yaml: what a mailbox and its organisation must pass before it moves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from estate_schema.errors import validated
from estate_schema.estate import Environment
from estate_schema.reading import read_yaml
from estate_schema.values import Model, Name

Text = Annotated[str, Field(min_length=1)]
ShortVersion = Annotated[
    str,
    Field(pattern=r"^\d{1,3}(\.\d{1,5}){0,3}$", description="Up to four numbers joined by dots, in quotes"),
]


class ReadinessRule(Model):
    """One rule; its place in the file is its rank among what blocks a mailbox.

    *name* says which check it is (`mailwave.core.readiness.checks`), *failed* and *unknown* the codes of what fails
    it and of what has no evidence. *effect*: excluded is for what the service itself never takes. *warned_in* names
    environments in which it does not block, each with the reason.
    """

    name: Name
    title: Text
    subject: Literal["mailbox", "organisation"]
    evidence: Text
    age_days: Annotated[int, Field(ge=1, le=730)] | None = None
    failed: Name
    unknown: Name
    effect: Literal["deferred", "excluded", "warned"]
    warned_in: Annotated[dict[Environment, Text], Field(default_factory=dict)]
    remedy: Text
    owner: Text


class ReadinessFigures(Model):
    """The figures that rules compare with.

    *mobile_minimum*: ActiveSync; *browser_minimum*: major versions by the browser's name; *kilobits_a_mailbox*: kbit/s
    to the internet. ``{mail_domain}`` in a host stands for the mail domain of the estate file, ``{site}`` for each
    site.
    """

    mobile_minimum: ShortVersion
    tls_minimum: ShortVersion
    browser_minimum: Annotated[dict[Name, Annotated[int, Field(ge=1)]], Field(min_length=1)]
    kilobits_a_mailbox: Annotated[float, Field(gt=0)]
    holds_that_move: tuple[Text, ...]
    mail_exchangers: Annotated[tuple[Text, ...], Field(min_length=1)]
    autodiscover: Annotated[tuple[Text, ...], Field(min_length=1)]


class Readiness(Model):
    """All rules of readiness and their figures. Who need not pass one is signed for, and does not stand here."""

    rules: Annotated[tuple[ReadinessRule, ...], Field(min_length=1, max_length=100)]
    figures: ReadinessFigures

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [rule.name for rule in self.rules]
        codes = [code for rule in self.rules for code in (rule.failed, rule.unknown)]
        for kind, given in (("rule", names), ("code", codes)):
            repeated = sorted({name for name in given if given.count(name) > 1})
            if repeated:
                raise ValueError(f"has more than one {kind} called {repeated[0]}")
        return self


def load_readiness(path: Path) -> Readiness:
    """Read the rules at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Readiness, read_yaml(path), path)
