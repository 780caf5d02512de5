"""The post of both sides: messages go by the sites' relay and by Graph, and are found in the logs of both transports.

Nothing here opens a mailbox. What became of a message is told by Get-MessageTraceV2 and its detail in the cloud, and
by Get-MessageTrackingLog of each server at the sites: reads of an administrator, in sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from exchange_admin.onpremises import OnPremises
from exchange_admin.port import ExchangeAdmin, Row
from exchange_admin.values import listed
from mailwave.adapters.graph import Answer
from mailwave.core.aftercare.delivery import Fate, Probe, Standing, Way
from mailwave.core.letters import Letter
from mailwave.core.notice_templates import ENGLISH, Template
from mailwave.core.notices import Audience, Milestone

ACCEPTED = 202
MARGIN = timedelta(hours=1)
"""By how much clocks of servers may differ."""
LONGEST = timedelta(days=10)
"""The longest stretch that one question to the trace may cover."""
MOST_ROWS = 5_000
Span = tuple[datetime, datetime]
"""From when until when a question looks."""
_HELD = ("Quarantined", "FilteredAsSpam")
_SUBJECT = "Delivery check after the mailbox move: no answer is needed"
_BODY = (
    "This message was sent by the team that moves mailboxes, to see that mail reaches this one. There is nothing to "
    "do; it may be deleted."
)


class Submits(Protocol):
    """The relay of the sites."""

    def send(self, letter: Letter) -> str:
        """See `mailwave.adapters.relay.Relay`."""
        ...


class Batches(Protocol):
    """Graph."""

    def batch(self, requests: Sequence[tuple[str, str, Mapping[str, Any] | None]]) -> list[Answer]:
        """See `mailwave.adapters.graph.Graph`."""
        ...


@dataclass
class DeliveryPost:
    """Sends by *relay* and *graph*; reads the trace of *admin*, and the logs of *servers*, by site, at *sites*.

    *calls* counts pipelines at the sites and calls in the tenant.
    """

    relay: Submits
    graph: Batches
    admin: ExchangeAdmin
    sites: Mapping[str, OnPremises]
    servers: Mapping[str, Sequence[str]]
    now: Callable[[], datetime]
    calls: list[int] = field(default_factory=lambda: [0, 0])

    def send(self, probe: Probe) -> None:
        """See `mailwave.ports.aftercare.Post`."""
        if probe.way is Way.IN:
            self.relay.send(Letter(_template(), probe.recipient, probe.name, {}))
            return
        self.calls[1] += 1
        (answer,) = self.graph.batch([("POST", f"users/{probe.sender}/sendMail", _message(probe))])
        if answer.status != ACCEPTED:
            raise answer.refusal("sending", probe.name)

    def fates(self, probes: Sequence[Probe], since: datetime) -> Mapping[str, Fate]:
        """See `mailwave.ports.aftercare.Post`.

        The sites are asked for what the cloud does not settle, and for what has to arrive there.
        """
        begin = since - MARGIN
        end = min(self.now() + MARGIN, begin + LONGEST)
        senders = sorted({each.sender for each in probes})
        traced = self._traced(senders, begin, end)
        found = {each.name: self._in_cloud(each, traced, (begin, end)) for each in probes}
        open_ = [each for each in probes if _is_open(found[each.name])]
        logged = self._logged({each.sender for each in open_}, begin, end) if open_ else {}
        return found | {
            each.name: _at_sites(each, found[each.name], logged.get(each.message_id, [])) for each in open_
        }

    def _traced(self, senders: Sequence[str], begin: datetime, end: datetime) -> dict[str, list[Row]]:
        asked = {
            "SenderAddress": list(senders),
            "StartDate": begin.isoformat(),
            "EndDate": end.isoformat(),
            "ResultSize": MOST_ROWS,
        }
        self.calls[1] += 1
        return _by_id(self.admin.invoke("Get-MessageTraceV2", asked).rows)

    def _in_cloud(self, probe: Probe, traced: Mapping[str, list[Row]], span: Span) -> Fate:
        """What the trace says; what was handed to the next server is Delivered too, and only the detail tells.

        What is in the mailbox has arrived, whatever became of the copy that its owner has forwarded.
        """
        rows = traced.get(probe.message_id, [])
        if any(row["Status"] == "Delivered" and self._is_in_mailbox(probe, row, span) for row in rows):
            return Fate(Standing.ARRIVED)
        if held := next((str(row["Status"]) for row in rows if row["Status"] in _HELD), ""):
            return Fate(Standing.HELD, held)
        for row in rows:
            if row["Status"] == "Failed":
                return Fate(Standing.RETURNED, self._reason(row, span))
        waits = next((self._reason(row, span) for row in rows if row["Status"] == "Pending"), "")
        return Fate(Standing.UNDER_WAY, waits) if rows else Fate(Standing.UNSEEN)

    def _is_in_mailbox(self, probe: Probe, row: Row, span: Span) -> bool:
        return probe.way is Way.IN and any(each["Event"] == "Deliver" for each in self._detail(row, span))

    def _reason(self, row: Row, span: Span) -> str:
        """The status in SMTP's words, of the last event that has one."""
        said = [str(each["Detail"]) for each in self._detail(row, span) if "LED=" in str(each["Detail"])]
        return said[-1].rpartition("LED=")[2].rstrip("}]") if said else str(row["Status"])

    def _detail(self, row: Row, span: Span) -> list[Row]:
        """The events of one passage; without a span of its own only those of the last two days are shown."""
        asked = {
            "MessageTraceId": row["MessageTraceId"],
            "RecipientAddress": row["RecipientAddress"],
            "StartDate": span[0].isoformat(),
            "EndDate": span[1].isoformat(),
        }
        self.calls[1] += 1
        return list(self.admin.invoke("Get-MessageTraceDetailV2", asked).rows)

    def _logged(self, senders: set[str], begin: datetime, end: datetime) -> dict[str, list[Row]]:
        """What every server wrote down, by Message-ID, oldest first: each has a log of its own."""
        rows = [
            row
            for site, names in self.servers.items()
            for server in names
            for sender in sorted(senders)
            for row in self._log(site, server, sender, begin, end)
        ]
        return _by_id(sorted(rows, key=lambda row: str(row["Timestamp"])))

    def _log(self, site: str, server: str, sender: str, begin: datetime, end: datetime) -> Iterator[Row]:
        asked = {"Sender": sender, "Start": begin, "End": end, "Server": server, "ResultSize": "Unlimited"}
        self.calls[0] += 1
        yield from self.sites[site].invoke("Get-MessageTrackingLog", asked).rows


def _is_open(fate: Fate) -> bool:
    return fate.standing in (Standing.UNDER_WAY, Standing.UNSEEN)


def _at_sites(probe: Probe, fate: Fate, rows: Sequence[Row]) -> Fate:
    """What the servers' logs add to what the trace said."""
    failed = [row for row in rows if row["EventId"] == "FAIL"]
    if failed:
        return Fate(Standing.RETURNED, _status(failed[-1]))
    into = {str(each).lower() for row in rows if row["EventId"] == "DELIVER" for each in row["Recipients"]}
    if probe.way is Way.OUT and probe.recipient in into:
        return Fate(Standing.ARRIVED)
    if probe.way is Way.IN and into:
        # what has been in the cloud came back by the mailbox's own forwarding
        return Fate(Standing.ASTRAY if fate.standing is Standing.UNSEEN else Standing.ARRIVED)
    if not rows:
        return fate
    waits = [_status(row) for row in rows if row["EventId"] == "DEFER"]
    return Fate(Standing.UNDER_WAY, waits[-1] if waits else fate.said)


def _status(row: Row) -> str:
    said = listed(row.get("RecipientStatus"))
    return str(said[0] if said else row["EventId"])


def _by_id(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(f"<{str(row['MessageId']).strip('<>')}>", []).append(row)
    return found


def _template() -> Template:
    return Template("delivery", Milestone.SUCCESS, Audience.USER, ENGLISH, None, None, _SUBJECT, _BODY)


def _message(probe: Probe) -> dict[str, object]:
    """The body of sendMail (fact E9); nothing of it is left in the sender's mailbox."""
    return {
        "message": {
            "subject": _SUBJECT,
            "body": {"contentType": "Text", "content": _BODY},
            "toRecipients": [{"emailAddress": {"address": probe.recipient}}],
            "internetMessageId": probe.message_id,
        },
        "saveToSentItems": False,
    }
