"""What each planned fault looks like on the wire (facts A13, A23-A28)."""

from __future__ import annotations

import base64
import math

from rehearsal.exchange_online import envelope
from rehearsal.exchange_online.errors import Refusal
from rehearsal.exchange_online.options import Options
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Reply, Request, json_reply

_CLAIMS = base64.b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"0"}}}').decode()
_BUSY = "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"

REGIONAL_HOST = "eurprd05.outlook.office365.com"
"""Where a redirect leads: a sub-host of the service's, on a port that is for Microsoft's own servers (fact A25)."""


def fault_reply(fault: Fault, request: Request, cmdlet: str, options: Options) -> Reply | None:
    """Return the answer that *fault* gives to a call that was not carried out.

    None if this tenant's service never answers so.
    """
    if not _happens(fault.fault, options):
        return None
    match fault.fault:
        case Kind.THROTTLE:
            wait = fault.retry_after if options.decimal_retry_after else math.ceil(fault.retry_after)
            return json_reply(_THROTTLED, 429, retry_after=f"{wait:g}")
        case Kind.TENANT_BUSY | Kind.TRANSIENT:
            if fault.fault is Kind.TENANT_BUSY and not options.busy_is_no_429:
                return json_reply(_THROTTLED, 429)
            return envelope.refusal(request, cmdlet, _REFUSALS[fault.fault])
        case Kind.REDIRECT:
            return _redirect(request)
    return _fixed(fault.fault, options)


def _fixed(kind: Kind, options: Options) -> Reply:
    refused = envelope.forbidden("a planned fault", unreadable=options.unreadable_refusal)
    return _FIXED.get(kind, refused)


def _happens(kind: Kind, options: Options) -> bool:
    by_kind = {
        Kind.UNAVAILABLE: options.answers_503,
        Kind.GATEWAY_TIMEOUT: options.answers_504,
        Kind.TRANSIENT: options.transient_inside_400,
        Kind.UNAUTHORISED: options.claims_challenge,
        Kind.REDIRECT: options.redirects_to_446,
        Kind.UNREADABLE: options.unreadable_success,
    }
    return by_kind.get(kind, True)


def _redirect(request: Request) -> Reply:
    query = f"?{request.query}" if request.query else ""
    return Reply(302, {"location": f"https://{REGIONAL_HOST}:446{request.path}{query}"}, b"")


def _page(title: str) -> bytes:
    return f"<html><body>{title}</body></html>".encode()


_THROTTLED = {"error": {"code": "TooManyRequests", "message": "Too many requests. Please try again later."}}
_REFUSALS = {
    Kind.TENANT_BUSY: Refusal("Microsoft.Exchange.Data.Storage.OverBudgetException", _BUSY),
    Kind.TRANSIENT: Refusal(
        "Microsoft.Exchange.Data.Storage.ServerBusyException",
        "The server is too busy to process this request.",
    ),
}
_FIXED = {
    Kind.UNAVAILABLE: Reply(503, {"content-type": "text/html"}, _page("Service Unavailable")),
    Kind.GATEWAY_TIMEOUT: Reply(504, {"content-type": "text/html"}, _page("Gateway Timeout")),
    Kind.UNAUTHORISED: envelope.unauthorised(_CLAIMS),
    Kind.UNREADABLE: Reply(200, {"content-type": "application/json"}, b"\x1f\x8b\x00\x00<html>"),
}
