"""Planned trouble of the cloud, as refusals and as answers that the stand-in providers know how to spoil.

The cloud answers at once, whatever is planned: one process serves all, and its answers are replayed after a crash. That
an answer is late or never comes is told to the stand-in in a header, and it waits in the cloud's stead.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from rehearsal.cloud.objects import Refusal
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Reply

HOLD = "x-rehearsal-hold"
"""Seconds after which the answer arrives, or `FOREVER`."""
FOREVER = "forever"
FAILED = "x-rehearsal-failed"
"""What the service says of an object that is there and did not come up."""

_STATUSES: Mapping[Kind, tuple[int, str]] = {
    Kind.REFUSE: (400, "RehearsedFault"),
    Kind.THROTTLE: (429, "TooManyRequests"),
    Kind.UNAVAILABLE: (503, "ServiceUnavailable"),
    Kind.GATEWAY_TIMEOUT: (504, "GatewayTimeout"),
    Kind.UNAUTHORISED: (401, "ExpiredAuthenticationToken"),
    Kind.FORBIDDEN: (403, "AuthorizationFailed"),
}


def refused(fault: Fault) -> Refusal:
    """The refusal that was planned; a kind that only other services have is an internal error here."""
    status, code = _STATUSES.get(fault.fault, (500, "InternalServerError"))
    return Refusal(status, code, fault.text)


def marred(reply: Reply, fault: Fault) -> Reply:
    """*reply*, whose effect has taken place, with what was planned to go wrong on its way."""
    match fault.fault:
        case Kind.LATE:
            return _with(reply, HOLD, str(fault.seconds))
        case Kind.HANG:
            return _with(reply, HOLD, FOREVER)
        case Kind.PARTIAL:
            return _with(reply, FAILED, fault.text)
        case _:
            return msgspec.structs.replace(reply, drop=True)


def _with(reply: Reply, name: str, text: str) -> Reply:
    return msgspec.structs.replace(reply, headers={**reply.headers, name: text})
