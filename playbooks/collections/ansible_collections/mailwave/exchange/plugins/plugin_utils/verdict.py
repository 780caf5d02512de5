# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What a verify play concludes: each check against the catalogue of checks, as findings and as what nobody could read.

A check says what was found, what should be, and whether it holds. A read that failed is neither: it is *unknown*, and
whoever relies on a verdict must not take it for a good one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError

CATALOGUE = Path(__file__).with_name("checks.yaml")
VERSIONS = ("2016", "2019", "SE")
"""The versions of Exchange Server that a site may mix (fact D17)."""


class UnknownCheck(PlayError):
    """A play judged by the check *name*, which the catalogue does not hold."""

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"{CATALOGUE.name} holds no check {name!r}")


class CheckUndecided(PlayError):
    """The check *name* says neither that it holds or not, nor why nobody knows."""

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"check {name!r} has neither holds nor unknown")


@dataclass(frozen=True)
class Rule:
    """One check of the catalogue: its *id*, the *fact* it rests on, a *title* that says what is wrong, the *repair*.

    *play* is the play that repairs it, empty where a person does. *versions* are those of Exchange that it is for.
    """

    id: str
    fact: str
    title: str
    repair: str
    play: str = ""
    versions: tuple[str, ...] = VERSIONS


@dataclass(frozen=True)
class Verdict:
    """*findings* that need a repair, what is *unknown*, and how many checks *held* or were for other versions."""

    findings: list[dict[str, Any]]
    unknown: list[dict[str, Any]]
    held: int
    not_applicable: int

    @property
    def sentence(self) -> str:
        """What a person reads first; empty where everything was read and holds."""
        parts = [
            f"{each['id']}: {each['title']} (fact {each['fact']}); found {each['found']!r}, expected "
            f"{each['expected']!r}; {each['repair']}"
            for each in self.findings
        ]
        parts += [f"{each['id']}: nobody could read it: {each['why']}" for each in self.unknown]
        return "; ".join(parts)


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every check by its id."""
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return {name: _rule(name, entry) for name, entry in entries.items()}


def judge(checks: Iterable[Mapping[str, Any]], *, server: str, version: str | None = None) -> Verdict:
    """The verdict on *checks* of *server*, whose *version* of Exchange is one of `VERSIONS`, None where none applies.

    Each check has an `id`, and either `holds`, with what was `found` and `expected`, or `unknown`: why nobody knows.
    Its `subject` names the object meant, where a server has several.

    Raises:
        UnknownCheck: the catalogue holds no check of an id.
        CheckUndecided: a check has neither `holds` nor `unknown`.
    """
    findings: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []
    held = not_applicable = 0
    for check in checks:
        rule = _ruled(check["id"])
        at = {"id": rule.id, "fact": rule.fact, "server": server, "subject": check.get("subject") or ""}
        if version is not None and version not in rule.versions:
            not_applicable += 1
        elif check.get("unknown"):
            unknown.append({**at, "title": rule.title, "why": str(check["unknown"])})
        elif check.get("holds") is None:
            raise CheckUndecided(name=rule.id)
        elif check["holds"]:
            held += 1
        else:
            findings.append({**at, **_found(check, rule)})
    return Verdict(findings, unknown, held, not_applicable)


def _found(check: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
    return {
        "title": rule.title,
        "found": check.get("found"),
        "expected": check.get("expected"),
        "repair": f"play {rule.play}" if rule.play else rule.repair,
        "play": rule.play,
    }


def _ruled(name: str) -> Rule:
    rule = catalogue().get(name)
    if rule is None:
        raise UnknownCheck(name=name)
    return rule


def _rule(name: str, entry: Mapping[str, Any]) -> Rule:
    repair = entry["repair"]
    return Rule(
        id=name,
        fact=str(entry["fact"]),
        title=str(entry["title"]),
        repair=str(repair.get("person", "")),
        play=str(repair.get("play", "")),
        versions=tuple(str(each) for each in entry.get("versions", VERSIONS)),
    )
