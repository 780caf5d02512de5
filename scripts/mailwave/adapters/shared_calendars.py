"""Free/busy between the halves: Graph is asked as the mailbox made for it, and the sites run their two tests.

Nothing here opens a calendar but that of the mailbox that asks: of the others Exchange tells when they are free, as it
tells anybody, and of what it tells only is kept whether it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from exchange_admin.errors import ExchangeError
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Row
from mailwave.adapters.delivery_post import Batches
from mailwave.adapters.graph import Answer
from mailwave.core.aftercare.calendars import NO_RELATIONSHIP, NOT_ASKED, Asked, Look, is_of_calendars
from mailwave.core.aftercare.delivery import Boxes
from mailwave.core.outcomes import ActError

AT_ONCE = 20
"""Calendars that one question may name (Microsoft Graph, "Get free/busy schedule"; somebody was let ask for 100)."""
STRETCH = timedelta(days=1)
"""What is looked at; 42 days are too long."""
SLOT = 60
"""Minutes; nothing of them is kept."""
ONLINE = "https://outlook.office365.com/ews/exchange.asmx"
"""Where a site's sign-in is tried; of it only the host counts."""
_SHOWN = 200
_ENDED = "COMPLETE."


@dataclass
class SharedCalendars:
    """Asks by *graph* as *boxes*' mailbox in the cloud; *routing_domain* is what sites call the cloud.

    *sites* opens the door of each site for the time of its tests. *calls* counts as `DeliveryPost` does.
    """

    graph: Batches
    sites: Mapping[str, Callable[[], OnPremises]]
    boxes: Boxes
    routing_domain: str
    now: Callable[[], datetime]
    calls: list[int] = field(default_factory=lambda: [0, 0])

    def from_cloud(self, addresses: Sequence[str]) -> list[Look]:
        """See `mailwave.ports.aftercare.Calendars`."""
        parts = list(batched(addresses, AT_ONCE))
        path = f"users/{self.boxes.cloud}/calendar/getSchedule"
        self.calls[1] += 1
        try:
            answers = self.graph.batch([("POST", path, self._question(part)) for part in parts])
        except ActError as error:
            return [self._not_asked(error.why)]
        return [
            look for part, answer in zip(parts, answers, strict=True) for look in self._shown(part, answer)
        ]

    def _question(self, addresses: Sequence[str]) -> dict[str, object]:
        begin = self.now()
        return {
            "schedules": list(addresses),
            "startTime": _moment(begin),
            "endTime": _moment(begin + STRETCH),
            "availabilityViewInterval": SLOT,
        }

    def _shown(self, addresses: Sequence[str], answer: Answer) -> Iterator[Look]:
        if answer.status != _SHOWN:
            yield self._not_asked(answer.said)
            return
        rows = {str(row["scheduleId"]).lower(): row for row in answer.body["value"]}
        for each in addresses:
            row = rows.get(each.lower())
            error = {"responseCode": NOT_ASKED} if row is None else row.get("error") or {}
            yield Look(
                Asked.SCHEDULE, each, str(error.get("responseCode") or ""), str(error.get("message") or "")
            )

    def _not_asked(self, why: str) -> Look:
        return Look(Asked.SCHEDULE, self.boxes.cloud, NOT_ASKED, why)

    def from_sites(self) -> list[Look]:
        """See `mailwave.ports.aftercare.Calendars`."""
        looks: list[Look] = []
        for name, door in self.sites.items():
            with door() as site:
                looks += [self._signed_in(name, site), *self._related(name, site)]
        return looks

    def _signed_in(self, name: str, site: OnPremises) -> Look:
        asked = {"Service": "EWS", "TargetUri": ONLINE, "Mailbox": self.boxes.premises}
        self.calls[0] += 1
        try:
            rows = site.invoke("Test-OAuthConnectivity", asked).rows
        except ExchangeError as error:
            return Look(Asked.SIGN_IN, name, NOT_ASKED, str(error))
        if not rows:
            return Look(Asked.SIGN_IN, name, NOT_ASKED, "the test wrote no result")
        result = str(rows[-1].get("ResultType"))
        code = "" if result == "Success" else result
        return Look(Asked.SIGN_IN, name, code, _last_line(str(rows[-1].get("Detail"))) if code else "")

    def _related(self, name: str, site: OnPremises) -> Iterator[Look]:
        self.calls[0] += 1
        try:
            known = [
                str(row["Name"])
                for row in site.invoke("Get-OrganizationRelationship").rows
                if self.routing_domain in {each.lower() for each in row.get("DomainNames") or ()}
            ]
            if not known:
                said = f"no organisation relationship with {self.routing_domain}"
                yield Look(Asked.RELATIONSHIP, name, NO_RELATIONSHIP, said)
            for each in known:
                yield from self._tested(name, site, each)
        except ExchangeError as error:
            yield Look(Asked.RELATIONSHIP, name, NOT_ASKED, str(error))

    def _tested(self, name: str, site: OnPremises, relationship: str) -> Iterator[Look]:
        asked = {"UserIdentity": self.boxes.premises, "Identity": relationship}
        self.calls[0] += 1
        rows = site.invoke("Test-OrganizationRelationship", asked).rows
        if not any(str(row.get("Value")).strip() == _ENDED for row in rows):
            yield Look(Asked.RELATIONSHIP, name, NOT_ASKED, "the test did not come to its end")
            return
        found = [row for row in rows if row.get("Id") and is_of_calendars(str(row["Id"]), _says(row))]
        yield from (Look(Asked.RELATIONSHIP, name, str(row["Id"]), _says(row)) for row in found)
        if not found:
            yield Look(Asked.RELATIONSHIP, name)


def _says(row: Row) -> str:
    return str(row.get("Description") or "")


def _last_line(detail: str) -> str:
    """The end of a test's record, where what went wrong stands."""
    lines = [line.strip() for line in detail.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _moment(when: datetime) -> dict[str, str]:
    return {"dateTime": when.strftime("%Y-%m-%dT%H:%M:%S"), "timeZone": "UTC"}
