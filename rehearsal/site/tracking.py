"""Get-MessageTrackingLog: what the transport of one server wrote down; every server has a log of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rehearsal.post.track import DELIVER, PREMISES, Event, Track
from rehearsal.site.binding import Bound
from rehearsal.site.offer import Offer, offered
from rehearsal.site.result_size import limited
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

KEPT = timedelta(days=30)
"""MessageTrackingLogMaxAge of a transport service."""
_ASKED = "Sender Recipients MessageId EventId Start End Server ResultSize"


class Tracking:
    """The message tracking logs of the servers of *around*."""

    def __init__(self, around: Surroundings, track: Track) -> None:
        self._around = around
        self._track = track
        self.cmdlets: Offer = {"Get-MessageTrackingLog": offered(_ASKED, self._get)}

    def _get(self, bound: Bound) -> CmdletResult:
        around = self._around
        server = around.server(bound.get("Server") or bound.server, around.controller(bound))
        now = around.clock.now
        begin, end = _moment(bound.get("Start")) or now - KEPT, _moment(bound.get("End")) or now
        rows = [
            _row(each, server.fqdn)
            for each in self._track.seen(PREMISES, now)
            if each.place == server.name and max(begin, now - KEPT) <= each.at <= end and _is(each, bound)
        ]
        return limited(rows, bound)


def _is(event: Event, bound: Bound) -> bool:
    letter = event.letter
    wanted = {
        "Sender": letter.sender,
        "MessageId": letter.message_id,
        "EventId": event.name,
    }
    if any(
        bound.get(name) and str(bound.get(name)).lower() != value.lower() for name, value in wanted.items()
    ):
        return False
    recipients = bound.get("Recipients")
    named = [recipients] if isinstance(recipients, str) else recipients or []
    return not named or event.recipient in (str(each).lower() for each in named)


def _row(event: Event, server: str) -> Row:
    return {
        "Timestamp": event.at.astimezone(UTC),
        "ServerHostname": server,
        "EventId": event.name,
        "Source": "STOREDRIVER" if event.name == DELIVER else "SMTP" if event.name == "SEND" else "ROUTING",
        "MessageId": event.letter.message_id,
        "Sender": event.letter.sender,
        "Recipients": [event.recipient],
        "RecipientStatus": [event.said] if event.said else [],
        "RecipientCount": 1,
        "MessageSubject": event.letter.subject,
    }


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return when if when.tzinfo else when.replace(tzinfo=UTC)
