"""What the service and the calendar allow, and how often things go wrong: numbers by name, each with its source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from rehearsal.campaign.errors import ProfileBroken, UnknownProfile

PROFILES = Path(__file__).with_name("profiles.yaml")
SHARES = frozenset(
    "headroom plateau refused remedied permanent transient stalled investigate approved poor completion_failed".split()
)
POSITIVE = frozenset({"endpoints", "batch_size", "weeks", "increment_hours", "increment_minutes", "attempts"})
HOUR, DAY = 3600, 86_400
LATEST_CLOSE = 22
_NINETY_FIFTH = 1.6448536
"""Of the standard normal distribution."""

Pair = tuple[float, float]


@dataclass(frozen=True)
class Profile:
    """One profile. profiles.yaml gives each number's meaning beside its source; slots are of one endpoint."""

    name: str
    endpoints: int
    initial_slots: int
    initial_slots_tenant: int
    incremental_slots: int
    batches: int
    batch_size: int
    gb_per_hour_tenant: float
    gb_per_hour_site: float
    gb_per_hour_move: Pair
    largest_gb: float
    weeks: int
    window_weekday: Pair
    window_weekend: Pair
    mailboxes_weekday: int
    mailboxes_weekend_day: int
    notice_days: int
    long_lead_days: int
    long_from_gb: float
    headroom: float
    hierarchy_minutes: Pair
    plateau: float
    increment_hours: float
    increment_minutes: float
    finalise_minutes: float
    finalise_sigma: float
    poll_minutes: float
    refused: float
    remedied: float
    remedy_days: Pair
    permanent: float
    transient: float
    attempts: int
    stalled: float
    stall_hours: Pair
    investigate: float
    approved: float
    approval_hours: Pair
    poor: float
    completion_failed: float

    @property
    def days(self) -> int:
        """Days of the campaign; day 0 is a Monday, and each begins at 08:00."""
        return self.weeks * 7

    @property
    def increment_seconds(self) -> int:
        """How long an incremental sync holds its slot."""
        return round(self.increment_minutes * 60)

    def with_slots(self, share: float) -> Profile:
        """The same with *share* of all slots, rounded down, and nothing else changed."""
        return replace(
            self,
            initial_slots=int(self.initial_slots * share),
            initial_slots_tenant=int(self.initial_slots_tenant * share),
            incremental_slots=int(self.incremental_slots * share),
        )

    def window(self, day: int) -> tuple[int, int]:
        """When completions may run on *day*: seconds since the campaign began, from and until."""
        opens, closes = self.window_weekday if day % 7 < 5 else self.window_weekend
        return day * DAY + round(opens * HOUR), day * DAY + round(closes * HOUR)

    def last_start(self, day: int) -> int:
        """The last second of *day* at which a completion may begin: 95th percentile of its length before the end."""
        margin = self.finalise_minutes * 60 * math.exp(_NINETY_FIFTH * self.finalise_sigma)
        return self.window(day)[1] - round(margin)

    def mailboxes(self, night: int) -> int:
        """How many mailboxes may be planned for *night*; none when there is no time to begin one."""
        if self.last_start(night) < self.window(night)[0]:
            return 0
        return self.mailboxes_weekday if night % 7 < 5 else self.mailboxes_weekend_day


def load(name: str, path: Path = PROFILES) -> Profile:
    """The profile *name*. Raises UnknownProfile and ProfileBroken."""
    return from_entries(name, entries_of(name, path))


def entries_of(name: str, path: Path = PROFILES) -> dict[str, Any]:
    """The profile *name* as {key: {value, source}}, with what it takes from another. Raises as `load` does."""
    documents = yaml.safe_load(path.read_text(encoding="utf-8"))
    if name not in documents:
        raise UnknownProfile(asked=name, known=documents)
    entries = dict(documents[name])
    base = entries.pop("based_on", None)
    if base is not None:
        if base not in documents:
            raise ProfileBroken(profile=name, key="based_on", problem=f"there is no profile {base!r}")
        entries = {**entries_of(base, path), **entries}
    return entries


def from_entries(name: str, entries: Mapping[str, Any]) -> Profile:
    """A profile from {key: {value, source}}. Raises ProfileBroken."""
    known = {field.name for field in fields(Profile)} - {"name"}
    for key in sorted(known ^ set(entries)):
        raise ProfileBroken(
            profile=name, key=key, problem="it is missing" if key in known else "no such limit"
        )
    kinds = get_type_hints(Profile)
    values = {key: _value(name, key, entry, kinds[key]) for key, entry in entries.items()}
    return Profile(name=name, **values)


def _value(name: str, key: str, entry: Any, kind: Any) -> Any:
    if not isinstance(entry, dict) or set(entry) != {"value", "source"} or not entry["source"]:
        raise ProfileBroken(profile=name, key=key, problem="it needs a value and a source, and nothing else")
    value = tuple(entry["value"]) if isinstance(entry["value"], list) else entry["value"]
    problem = _problem(key, value, kind)
    if problem:
        raise ProfileBroken(profile=name, key=key, problem=problem)
    return value


def _problem_of_pair(key: str, value: Any) -> str:
    pair = isinstance(value, tuple) and len(value) == 2 and all(map(_number, value))
    if not pair or not 0 <= value[0] <= value[1]:
        return "it needs two numbers, the lesser first"
    if key.startswith("window") and value[1] > LATEST_CLOSE:
        return f"a window ends by hour {LATEST_CLOSE} of the day, so that what overruns ends within it"
    return "" if value[0] or key != "gb_per_hour_move" else "a move needs some speed"


def _problem(key: str, value: Any, kind: Any) -> str:
    if kind == Pair:
        return _problem_of_pair(key, value)
    if not _number(value) or value < 0 or (kind is int and not isinstance(value, int)):
        return f"{value!r} is not a {'whole number' if kind is int else 'number'} of 0 or more"
    if key in SHARES and value > 1:
        return f"{value} is not a share between 0 and 1"
    if key in POSITIVE and not value:
        return "it must be more than 0"
    return ""


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
