"""Every control held to what is deployed and to what the tenant shows: passed, failed, waived, or not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from controls.catalogue import Check, Control, look
from controls.model import Finding, Resource


class Verdict(StrEnum):
    """What became of a control. Nothing that could not be read has passed."""

    PASSED = "Passed"
    FAILED = "Failed"
    WAIVED = "Waived"
    UNKNOWN = "Unknown"


@dataclass(frozen=True)
class Unread:
    """What could not be read, and *why*, in the service's own words."""

    why: str


Reading = Sequence[Resource] | Unread


@dataclass(frozen=True)
class Evidence:
    """What was read: *stacks* by layer, as they are deployed; *tenant* by type of object, as it is now."""

    stacks: Mapping[str, Reading]
    tenant: Mapping[str, Reading]


@dataclass(frozen=True)
class Judged:
    """A control with its *verdict*: *found* says what was found and what it must be, *unknown* what was not read."""

    control: int
    title: str
    verdict: Verdict
    found: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def types_to_read(every: Iterable[Control]) -> tuple[str, ...]:
    """The types of object that the tenant has to show for the live checks of *every* control, each once."""
    return tuple(dict.fromkeys(kind for each in every for check in each.live for kind in check.types))


def judged(every: Iterable[Control], evidence: Evidence, today: date) -> list[Judged]:
    """Judge each control that can be looked at; *today* decides which waivers still count, in UTC."""
    return [_judge(control, evidence, today) for control in every if control.checks]


def _judge(control: Control, evidence: Evidence, today: date) -> Judged:
    found: list[Finding] = []
    unknown: list[str] = []
    for check in control.checks:
        for what in _readings(check, evidence):
            if isinstance(what, Unread):
                unknown.append(what.why)
            else:
                found += look(control, check, what, today)
    return Judged(
        control.id,
        control.title,
        _verdict(found, unknown),
        tuple(dict.fromkeys(map(_sentence, found))),
        tuple(dict.fromkeys(unknown)),
    )


def _verdict(found: Sequence[Finding], unknown: Sequence[str]) -> Verdict:
    if any(finding.waiver is None for finding in found):
        return Verdict.FAILED
    if unknown:
        return Verdict.UNKNOWN
    return Verdict.WAIVED if found else Verdict.PASSED


def _readings(check: Check, evidence: Evidence) -> Iterator[Reading]:
    """What a check looks at: each stack, or all objects of its types together."""
    if check.means != "live":
        yield from evidence.stacks.values() or (Unread("no stack was read"),)
        return
    objects: list[Resource] = []
    for kind in check.types:
        reading = evidence.tenant.get(kind, Unread(f"{kind} was not asked for"))
        if isinstance(reading, Unread):
            yield reading
            return
        if len(reading) < check.least:
            yield Unread(f"the tenant shows {len(reading)} of {kind}, and every tenant has {check.least}")
            return
        objects += reading
    yield objects


def _sentence(finding: Finding) -> str:
    where = f"{finding.resource.stack}: " if finding.resource else ""
    return f"{where}{finding}"
