"""What the files in environments/ mean to the core: one small function for each of its values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from estate_schema import Estate, Limits
from estate_schema.estate import Window
from mailwave.core.calendar import Blackout, Calendar, LocalWindow
from mailwave.core.exchange_export import InventoryScope
from mailwave.core.notices import Milestone, NoticeRules
from mailwave.core.planner import Capacity
from mailwave.core.readiness import ReadinessRules


def calendar_of(estate: Estate) -> Calendar:
    """The windows and the blacked-out days of *estate*."""
    return Calendar(
        zone=estate.time_zone,
        weekday=_local(estate.windows.weekday),
        weekend=_local(estate.windows.weekend),
        blackouts=tuple(Blackout(blackout.first, blackout.last) for blackout in estate.blackouts),
    )


def _local(window: Window | None) -> LocalWindow | None:
    return None if window is None else LocalWindow(window.start, window.end)


def readiness_rules_of(estate: Estate) -> ReadinessRules:
    """The figures by which mailboxes of *estate* are ready or not."""
    clients = estate.clients
    minimum = {
        int(major): tuple(int(part) for part in version.split("."))
        for major, version in clients.minimum.items()
    }
    return ReadinessRules(
        client_minimum=minimum,
        organisation_threshold=estate.organisations.old_client_threshold,
        organisation_exceptions=estate.organisations.exceptions,
        no_client_seen_is_ready=clients.no_client_seen == "ready",
        shared_without_users_is_ready=clients.shared_without_users == "ready",
    )


def evidence_since(estate: Estate, now: datetime) -> datetime:
    """From when on client logs count."""
    return now - timedelta(days=estate.clients.evidence_days)


def notice_rules_of(estate: Estate) -> NoticeRules:
    """When the people of *estate* are told."""
    return NoticeRules(days=estate.notices.days, at=estate.notices.at, zone=estate.time_zone)


def templates_of(estate: Estate) -> dict[Milestone, str]:
    """The Notify template of each milestone."""
    templates = estate.notices.templates
    return {milestone: getattr(templates, milestone.value) for milestone in Milestone}


def capacity_of(estate: Estate, limits: Limits, on: date) -> Capacity:
    """What one night can take, by what is granted on the day *on*; raises `ConfigurationError` for an expired grant."""
    return Capacity(
        mailboxes=limits.granted("mailboxes_a_night", on),
        bytes=limits.granted("bytes_a_night", on),
        batches=limits.granted("batches", on),
        batch_size=estate.batches.size,
    )


def inventory_scope(estate: Estate, organisations: Iterable[str]) -> InventoryScope:
    """What a mailbox inventory of *estate* may refer to: its servers, and the ODS codes of *organisations*."""
    return InventoryScope(organisations=frozenset(organisations), site_of_server=estate.site_of_server)
