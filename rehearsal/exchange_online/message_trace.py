"""Get-MessageTraceV2 and Get-MessageTraceDetailV2: what the cloud's transport wrote down, some minutes late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from rehearsal import draws
from rehearsal.exchange_online.cmdlet import Bound, Handler, Output, handler
from rehearsal.exchange_online.errors import BadArgument
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Guid, Row
from rehearsal.post.track import CLOUD, DEFER, DELIVER, FAIL, HOLD, RECEIVE, REDIRECT, SEND, Event, Track

LAG = timedelta(minutes=5)
"""Microsoft: a message is in the trace 5 to 10 minutes after it was sent."""
LONGEST, USUAL = timedelta(days=10), timedelta(days=2)
"""The longest stretch of one question, and the one that is looked at where none is asked for."""
MOST, USUAL_SIZE = 5_000, 1_000
_STATUS = {
    RECEIVE: "GettingStatus",
    REDIRECT: "Expanded",
    SEND: "Delivered",
    DELIVER: "Delivered",
    DEFER: "Pending",
    HOLD: "Quarantined",
    FAIL: "Failed",
}
"""What is handed to the next server counts as delivered too: only the detail tells a mailbox from a next server."""
_EVENT = {
    RECEIVE: "Receive",
    REDIRECT: "Redirect",
    SEND: "Send external",
    DELIVER: "Deliver",
    DEFER: "Defer",
    HOLD: "Quarantine",
    FAIL: "Fail",
}
_SAYS = {
    RECEIVE: "Message received by: the service.",
    REDIRECT: "The message was redirected to another recipient by the recipient's forwarding.",
    SEND: "Message sent to the next server by the connector.",
    DELIVER: "The message was successfully delivered.",
}


class MessageTrace:
    """Shows what *track* has of the cloud."""

    def __init__(self, tenant: Tenant, track: Track) -> None:
        self._tenant = tenant
        self._track = track

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        asked = "MessageId SenderAddress RecipientAddress StartDate EndDate Status ResultSize"
        return {
            "Get-MessageTraceV2": handler(self._get, asked),
            "Get-MessageTraceDetailV2": handler(
                self._detail, "MessageTraceId RecipientAddress StartDate EndDate"
            ),
        }

    def _get(self, bound: Bound) -> Output:
        begin, end = self._stretch(bound)
        most = bound.number("ResultSize") or USUAL_SIZE
        if most > MOST:
            raise BadArgument(f"ResultSize must be between 1 and {MOST}.")
        rows = [self._row(events) for events in self._passages() if begin <= events[0].at <= end]
        for name in ("MessageId", "SenderAddress", "RecipientAddress", "Status"):
            wanted = [text.strip("<>") for text in _texts(bound.get(name))]
            if wanted:
                rows = [row for row in rows if str(row[name]).lower().strip("<>") in wanted]
        rows.sort(key=lambda row: str(row["Received"]), reverse=True)
        return Output(rows[:most])

    def _detail(self, bound: Bound) -> Output:
        wanted = str(bound["MessageTraceId"]).lower()
        recipient = str(bound["RecipientAddress"]).lower()
        begin, end = self._stretch(bound)
        return Output(
            [
                {
                    "Date": each.at,
                    "Event": _EVENT[each.name],
                    "Action": "",
                    "Detail": f"Reason: [{{LED={each.said}}}]" if each.said else _SAYS.get(each.name, ""),
                    "MessageId": each.letter.message_id,
                    "MessageTraceId": Guid(wanted),
                    "SenderAddress": each.letter.sender,
                    "RecipientAddress": each.recipient,
                }
                for events in self._passages()
                if self._guid(events[0]) == wanted and events[0].recipient == recipient
                for each in events
                if begin <= each.at <= end
            ]
        )

    def _passages(self) -> Iterable[list[Event]]:
        """The events of each passage through the cloud that the trace shows by now."""
        seen = self._track.seen(CLOUD, self._tenant.now - LAG)
        return (list(events) for _, events in groupby(seen, key=lambda each: each.leg))

    def _row(self, events: list[Event]) -> Row:
        first, last = events[0], events[-1]
        return {
            "Received": first.at,
            "MessageTraceId": Guid(self._guid(first)),
            "MessageId": first.letter.message_id,
            "SenderAddress": first.letter.sender,
            "RecipientAddress": first.recipient,
            "Subject": first.letter.subject,
            "Status": _STATUS[last.name],
            "ToIP": None,
            "FromIP": None,
            "Size": 4_096,
        }

    def _guid(self, event: Event) -> str:
        return draws.guid(self._tenant.seed, event.letter.message_id, "message-trace", event.leg)

    def _stretch(self, bound: Bound) -> tuple[datetime, datetime]:
        begin, end = bound.moment("StartDate"), bound.moment("EndDate")
        if (begin is None) != (end is None):
            raise BadArgument("StartDate and EndDate go together.")
        if begin is None or end is None:
            return self._tenant.now - USUAL, self._tenant.now
        if end - begin > LONGEST:
            raise BadArgument("The time between StartDate and EndDate can't be more than 10 days.")
        return begin, end


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    return [str(each).lower() for each in value] if isinstance(value, list) else [str(value).lower()]
