"""What the files of an environment mean to the core: models in, the core's own values out."""

from __future__ import annotations

from datetime import date

from estate_schema import Estate, Limits
from estate_schema.estate import Window
from mailwave.core.calendar import Blackout, Calendar, LocalWindow
from mailwave.core.notices import Milestone, NoticeRules
from mailwave.core.planner import Capacity
from mailwave.core.readiness import ReadinessRules


def calendar(estate: Estate) -> Calendar:
    """The windows of *estate*."""
    return Calendar(
        zone=estate.time_zone,
        weekday=_window(estate.windows.weekday),
        weekend=_window(estate.windows.weekend),
        blackouts=tuple(Blackout(blackout.first, blackout.last) for blackout in estate.blackouts),
    )


def _window(window: Window | None) -> LocalWindow | None:
    return LocalWindow(window.start, window.end) if window else None


def notices(estate: Estate) -> NoticeRules:
    """The notice that people are owed."""
    return NoticeRules(estate.notices.days, estate.notices.at, estate.time_zone)


def templates(estate: Estate) -> dict[Milestone, str]:
    """The Notify template of each milestone."""
    by_name = estate.notices.templates
    return {milestone: getattr(by_name, milestone.value) for milestone in Milestone}


def readiness(estate: Estate) -> ReadinessRules:
    """The figures by which mailboxes are judged."""
    clients = estate.clients
    return ReadinessRules(
        client_minimum={
            int(major): tuple(int(part) for part in version.split("."))
            for major, version in clients.minimum.items()
        },
        organisation_threshold=estate.organisations.old_client_threshold,
        organisation_exceptions=estate.organisations.exceptions,
        no_client_seen_is_ready=clients.no_client_seen == "ready",
        shared_without_users_is_ready=clients.shared_without_users == "ready",
    )


def capacity(limits: Limits, estate: Estate, on: date) -> Capacity:
    """What one night can take, of what is granted on the day *on*.

    Raises:
        ConfigurationError: a grant has expired.
    """
    return Capacity(
        mailboxes=limits.granted("mailboxes_a_night", on),
        bytes=limits.granted("bytes_a_night", on),
        batches=limits.granted("batches", on),
        batch_size=estate.batches.size,
    )
