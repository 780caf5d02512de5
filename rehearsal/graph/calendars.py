"""getSchedule: when others are free, as a mailbox in the cloud may see it (Microsoft's page "Get free/busy schedule").

A calendar that cannot be shown is no refusal of the request: its entry has the response code of Exchange's availability
service instead. No appointments are modelled: whoever is shown is free.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rehearsal.directory.errors import Refusal
from rehearsal.directory.objects import User
from rehearsal.graph import bodies
from rehearsal.graph.call import Call, collection
from rehearsal.graph.errors import BadRequest
from rehearsal.graph.users import hosted
from rehearsal.post.hidden import unknown
from rehearsal.wire import Reply

ROLE = "Application Calendars.Read"
"""The role of applications by which Exchange lets one ask as a mailbox within a scope."""
LONGEST = timedelta(days=42)
_SHORTEST_SLOT, _LONGEST_SLOT = 5, 1_440
_HOURS = {
    "daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"],
    "startTime": "08:00:00.0000000",
    "endTime": "17:00:00.0000000",
    "timeZone": {"name": "GMT Standard Time"},
}


def schedules(call: Call) -> Reply:
    """POST /users/{id}/calendar/getSchedule."""
    user, mail = call.entra.store.get(User, call.keys[0]), call.mail
    if call.scoped and not (mail and mail.may(call.application, ROLE, user.mail)):
        raise Refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    said = call.body(bodies.ScheduleBody, action=True)
    hosted(call, user)
    most = call.options.schedules_at_once
    if len(said.schedules) > most:
        text = (
            f"There are too many target users in the EmailAddress array. The allowed size = {most}; the actual size = "
            f"{len(said.schedules)}."
        )
        raise Refusal(400, "ErrorMailboxDataArrayTooBig", text)
    slots = _slots(call, said)
    rows = [_row(call, address, slots) for address in said.schedules]
    return collection("Collection(microsoft.graph.scheduleInformation)", rows)


def _slots(call: Call, said: bodies.ScheduleBody) -> int:
    """How many slots the stretch has that is asked for."""
    begin, end = _moment(said.start_time), _moment(said.end_time)
    if end <= begin or not _SHORTEST_SLOT <= said.availability_view_interval <= _LONGEST_SLOT:
        raise Refusal(400, "ErrorInvalidParameter", "The time interval or the length of a slot is not valid.")
    if call.options.schedule_stretch and end - begin >= LONGEST:
        text = f"The requested time duration is too long. The allowed limit = {LONGEST.days} days."
        raise Refusal(400, "ErrorTimeIntervalTooBig", text)
    return -(-(end - begin) // timedelta(minutes=said.availability_view_interval))


def _moment(given: dict[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(given["dateTime"])).replace(tzinfo=ZoneInfo(str(given["timeZone"])))
    except (KeyError, ValueError, ZoneInfoNotFoundError):
        raise BadRequest("A time needs dateTime and timeZone.") from None


def _row(call: Call, address: str, slots: int) -> dict[str, Any]:
    refused = unknown(address) if call.mail is None else call.mail.hidden(address)
    if refused is not None:
        return {"scheduleId": address, "error": {"message": refused.text, "responseCode": refused.code}}
    return {
        "scheduleId": address,
        "availabilityView": "0" * slots,
        "scheduleItems": [],
        "workingHours": _HOURS,
    }
