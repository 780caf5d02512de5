"""One small experiment for each rule of Graph: what a client sees of it, and nothing else."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from rehearsal.directory.objects import ExchangeAttributes
from rehearsal.environments import REHEARSAL
from rehearsal.graph.lab import CLIENT, Lab, Unexpected, refusal
from rehearsal.graph.options import Options
from rehearsal.graph.throttle import ALL
from rehearsal.identity import EXCHANGE
from rehearsal.matrix import Probes, Subject
from rehearsal.wire import Reply

PROBES = Probes[Options]()
_EVENTUAL = {"consistencylevel": "eventual"}
_MAIL = {"message": {"subject": "x", "toRecipients": [{"emailAddress": {"address": "a@b.example"}}]}}
_GROUP = {"displayName": "g", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True}


def _lab(options: Options, **changes: object) -> Lab:
    """A tenant with *options*, some of which a probe needs to be as it says."""
    return Lab(options=replace(options, **changes))  # type: ignore[arg-type]


def _status(lab: Lab, where: str, *, eventual: bool = False) -> int:
    return lab.send("GET", where, headers=_EVENTUAL if eventual else {}).status


@PROBES.keep
def _advanced_needs_header(options: Options) -> object:
    return _status(_lab(options), "users?$filter=department ne 'Ward 0'") == 400


@PROBES.keep
def _search_needs_header(options: Options) -> object:
    return _status(_lab(options), 'users?$search="displayName:Person"') == 400


@PROBES.keep
def _count_needs_header(options: Options) -> object:
    return _status(_lab(options), "users/$count") == 400


def _second_page(options: Options) -> tuple[Lab, str]:
    lab = _lab(options)
    return lab, lab.advanced("users?$top=1&$count=true")["@odata.nextLink"]


@PROBES.keep
def _header_lost_on_next_link(options: Options) -> object:
    lab, link = _second_page(options)
    return _status(lab, link) == 400


@PROBES.keep
def _count_on_first_page(options: Options) -> object:
    lab, link = _second_page(options)
    return "@odata.count" not in lab.advanced(link)


@PROBES.keep
def _links_are_opaque(options: Options) -> object:
    lab, link = _second_page(options)
    token = parse_qs(urlsplit(link).query)["$skiptoken"][0]
    data = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    data[0] ^= 1
    forged = base64.urlsafe_b64encode(bytes(data)).decode().rstrip("=")
    return _status(lab, link.replace(token, forged), eventual=True) == 400


@PROBES.keep
def _largest_page(options: Options) -> object:
    return 500 if _status(_lab(options), "users?$top=999") == 400 else 999


@PROBES.keep
def _index_lags(options: Options) -> object:
    lab = _lab(options)
    lab.do("PATCH", f"users/{lab.users[0].id}", {"department": "Theatre"})
    return lab.advanced("users?$filter=department eq 'Theatre'&$count=true")["value"] == []


@PROBES.keep
def _replicas_lag(options: Options) -> object:
    lab = _lab(options)
    where = f"users/{lab.users[0].id}"
    lab.do("PATCH", where, {"department": "Theatre"})
    seen = [lab.get(f"{where}?$select=department")["department"] for _ in range(4)]
    return seen.count("Theatre") == 3


@PROBES.keep
def _delta_filters_by_id(options: Options) -> object:
    return _status(_lab(options), "users/delta?$filter=displayName eq 'x'") == 400


def _old_link(lab: Lab) -> Reply:
    link = lab.get("users/delta")["@odata.deltaLink"]
    lab.advance(days=8)
    return lab.send("GET", link)


@PROBES.keep
def _delta_lives_seven_days(options: Options) -> object:
    return _old_link(_lab(options)).status == 410


@PROBES.keep
def _gone_says_where(options: Options) -> object:
    return "location" in _old_link(_lab(options, delta_lives_seven_days=True)).headers


@PROBES.keep
def _removed_are_told(options: Options) -> object:
    lab = _lab(options)
    link = lab.get("users/delta")["@odata.deltaLink"]
    lab.do("DELETE", f"users/{lab.users[0].id}")
    lab.advance(minutes=1)
    return any("@removed" in row for row in lab.get(link)["value"])


@PROBES.keep
def _minimal_on_demand(options: Options) -> object:
    lab = _lab(options)
    link = lab.get("users/delta")["@odata.deltaLink"]
    lab.do("PATCH", f"users/{lab.users[0].id}", {"jobTitle": "Nurse"})
    lab.advance(minutes=1)
    (row,) = lab.get(link, prefer="return=minimal")["value"]
    return row.keys() == {"id", "jobTitle"}


@PROBES.keep
def _twenty_in_a_batch(options: Options) -> object:
    items = [{"id": str(n), "method": "GET", "url": "/domains"} for n in range(21)]
    return _lab(options).send("POST", "$batch", {"requests": items}).status == 400


@PROBES.keep
def _failed_dependency(options: Options) -> object:
    answers = _lab(options).batch(
        {"id": "1", "method": "GET", "url": "/users/nobody"},
        {"id": "2", "method": "GET", "url": "/domains", "dependsOn": ["1"]},
    )
    return answers["2"]["status"] == 424


@PROBES.keep
def _items_throttled(options: Options) -> object:
    lab = _lab(options, writes_of_an_application=1)
    url = f"/users/{lab.users[0].id}/reprocessLicenseAssignment"
    answers = lab.batch(*({"id": str(n), "method": "POST", "url": url} for n in range(2)))
    return answers["1"]["status"] == 429


def _write(lab: Lab) -> int:
    return lab.send("POST", f"users/{lab.users[0].id}/reprocessLicenseAssignment").status


def _full(options: Options, share: float = 1.0, **changes: object) -> Lab:
    """A tenant, one of whose applications has used that part of its resource units."""
    lab = _lab(options, **changes)
    lab.get("domains")
    lab.graph.throttle.spend("units", CLIENT, int(3_500 * share) - 1)
    return lab


@PROBES.keep
def _units_in_ten_seconds(options: Options) -> object:
    return "by size" if _status(_full(options), "users") == 429 else "unlimited"


@PROBES.keep
def _writes_of_an_application(options: Options) -> object:
    lab = _lab(options)
    _write(lab)
    lab.graph.throttle.spend("writes", CLIENT, 2_999)
    return 3_000 if _write(lab) == 429 else None


@PROBES.keep
def _writes_of_the_tenant(options: Options) -> object:
    lab = _lab(options)
    _write(lab)
    lab.graph.throttle.spend("writes", ALL, 17_999)
    return 18_000 if _write(lab) == 429 else None


def _hosted(lab: Lab) -> str:
    """The id of a user whose mailbox has moved."""
    moved = ExchangeAttributes(target_address=f"SMTP:moved@{REHEARSAL.routing_domain}")
    return lab.add_user(99, exchange=moved).id


@PROBES.keep
def _requests_of_a_mailbox(options: Options) -> object:
    lab = _lab(options)
    where = f"users/{_hosted(lab)}/sendMail"
    lab.send("POST", where, _MAIL)
    lab.graph.throttle.spend(f"mail {CLIENT}", where.split("/")[1], 9_999)
    return 10_000 if lab.send("POST", where, _MAIL).status == 429 else None


def _throttled(options: Options) -> Reply:
    return _full(options, units_in_ten_seconds="by size").send("GET", "users")


@PROBES.keep
def _retry_after(options: Options) -> object:
    told = _throttled(options).headers.get("retry-after")
    return "absent" if told is None else "decimal" if "." in told else told


@PROBES.keep
def _near_limit_told(options: Options) -> object:
    lab = _full(options, 0.85, units_in_ten_seconds="by size")
    return "x-ms-throttle-limit-percentage" in lab.send("GET", "domains").headers


@PROBES.keep
def _throttled_requests_count(options: Options) -> object:
    lab = _full(options, units_in_ten_seconds="by size")
    for _ in range(10):
        lab.send("GET", "users")
    lab.advance(seconds=0.01)
    return _status(lab, "users") == 429


@PROBES.keep
def _throttle_code(options: Options) -> object:
    return refusal(_throttled(options))[1]


@PROBES.keep
def _audience_checked(options: Options) -> object:
    lab = _lab(options)
    other = {"authorization": f"Bearer {lab.token(f'{EXCHANGE}/.default')}"}
    return lab.send("GET", "users", headers=other).status == 401


@PROBES.keep
def _roles_checked(options: Options) -> object:
    return _status(Lab(options=options, roles=()), "users") == 403


@PROBES.keep
def _group_licence_status(options: Options) -> object:
    lab = _lab(options)
    group = lab.do("POST", "groups", _GROUP)["id"]
    licence = {"skuId": lab.entra.licensing.skus[0].sku_id, "disabledPlans": []}
    body = {"addLicenses": [licence], "removeLicenses": []}
    return lab.send("POST", f"groups/{group}/assignLicense", body).status


@PROBES.keep
def _mail_status(options: Options) -> object:
    lab = _lab(options)
    return lab.send("POST", f"users/{_hosted(lab)}/sendMail", _MAIL).status


@PROBES.keep
def _mail_needs_cloud_mailbox(options: Options) -> object:
    lab = _lab(options)
    return lab.send("POST", f"users/{lab.users[0].id}/sendMail", _MAIL).status == 404


def _schedules(options: Options, many: int, days: int) -> int:
    """The status of a getSchedule of so *many* calendars and *days*."""
    lab = _lab(options)
    begin, end = (
        {"dateTime": f"2026-0{month}-01T00:00:00", "timeZone": "UTC"} for month in (3, 3 + days // 30)
    )
    asked = [f"person.{n}@{REHEARSAL.mail_domain}" for n in range(many)]
    body = {"schedules": asked, "startTime": begin, "endTime": end, "availabilityViewInterval": 1_440}
    return lab.send("POST", f"users/{_hosted(lab)}/calendar/getSchedule", body).status


@PROBES.keep
def _schedules_at_once(options: Options) -> object:
    return next(most for most in (20, 100) if _schedules(options, most + 1, 30) == 400)


@PROBES.keep
def _schedule_stretch(options: Options) -> object:
    return _schedules(options, 1, 60) == 400


@PROBES.keep
def _inner_error(options: Options) -> object:
    error = json.loads(_lab(options).send("GET", "users/nobody").body)["error"]
    return next(name for name in error if name.lower() == "innererror")


SUBJECT = Subject("graph", Options, PROBES, Unexpected)
