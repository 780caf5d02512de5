"""The rules of readiness as one writes them first: `csv.DictReader`, a dictionary a row, an `if` a rule."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from mailwave.core.readiness.rules import Figures

Row = Mapping[str, str]

SHARED = ("SharedMailbox", "RoomMailbox", "EquipmentMailbox")
MOVABLE = (*SHARED, "UserMailbox", "LinkedMailbox")


def verdicts(folder: Path, figures: Figures, ages: Mapping[str, int | None], today: date) -> list[str]:
    """The code of each mailbox of the tables in *folder*, in their order; empty for a ready one."""
    with (folder / "mailboxes.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    facts: dict[str, dict[str, Row]] = defaultdict(dict)
    with (folder / "organisations.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            facts[row["organisation"]][row["kind"]] = row
    look = _Look(figures, ages, today)
    old: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for row in rows:
        count[row["organisation"]] += 1
        old[row["organisation"]] += look.counts("client", row["client_on"]) and look.is_old(row["client"])
    waits = {code: look.organisation(code, old[code], count[code], facts[code]) for code in count}
    own = [look.mailbox(row, waits[row["organisation"]]) for row in rows]
    return _with_users(rows, own, folder / "rights.csv")


def _with_users(rows: list[dict[str, str]], own: list[str], rights: Path) -> list[str]:
    shared = [row["recipient_type"] in SHARED for row in rows]
    users: dict[int, set[int]] = defaultdict(set)
    with rights.open(encoding="utf-8", newline="") as text:
        for right in csv.DictReader(text):
            mailbox, trustee = int(right["mailbox"]), int(right["trustee"])
            if shared[mailbox] and not shared[trustee]:
                users[mailbox].add(trustee)
    found = list(own)
    for n, is_shared in enumerate(shared):
        if is_shared and not own[n]:
            if not users[n]:
                found[n] = "users-unknown"
            elif any(own[user] for user in users[n]):
                found[n] = "user-not-ready"
    return found


def _others(hosts: str, wanted: tuple[str, ...]) -> bool:
    return any(host.strip() not in wanted for host in hosts.split(";"))


class _Look:
    def __init__(self, figures: Figures, ages: Mapping[str, int | None], today: date) -> None:
        self._figures, self._ages, self._today = figures, ages, today

    def counts(self, rule: str, day: str) -> bool:
        if not day:
            return False
        age = (self._today - date.fromisoformat(day)).days
        limit = self._ages[rule]
        return age >= 0 and (limit is None or age <= limit)

    def is_old(self, version: str) -> bool:
        return self._figures.is_old(tuple(map(int, version.split("."))))

    def organisation(self, code: str, old: int, count: int, facts: Mapping[str, Row]) -> str:
        figures = self._figures
        if old / count > figures.threshold(code):
            return "organisation-threshold"
        judges = (
            ("tls", "tls", "tls-old", lambda value: tuple(map(int, value.split("."))) < figures.tls_minimum),
            ("bandwidth", "bandwidth", "bandwidth-low", lambda value: float(value) * 1000 / count < figures.bandwidth),
            ("egress", "egress", "egress-blocked", lambda value: value != "direct"),
            ("browsers", "browsers", "browser-old", self._old_browsers),
            ("owners", "owners", "owner-missing", lambda value: int(value) > 0),
            ("mail-exchanger", "mail_exchanger", "mx-wrong", lambda value: _others(value, figures.mail_exchangers)),
            ("autodiscover", "autodiscover", "autodiscover-wrong", lambda value: _others(value, figures.autodiscover)),
        )  # fmt: skip
        unknown = {"browsers": "browser-unknown", "mail-exchanger": "mx-unknown"}
        for rule, kind, failed, is_bad in judges:
            fact = facts.get(kind)
            if fact is None or not self.counts(rule, fact["on"]):
                return unknown.get(rule, f"{rule}-unknown")
            if is_bad(fact["value"]):
                return failed
        return ""

    def _old_browsers(self, value: str) -> bool:
        for browser in value.split(";"):
            name, version = browser.strip().rsplit(" ", 1)
            if int(version) < self._figures.browser_minimum.get(name.lower(), 10**9):
                return True
        return False

    def mailbox(self, row: Row, organisation: str) -> str:
        if row["recipient_type"] not in MOVABLE:
            return "recipient-type"
        if not row["size_bytes"]:
            return "size-unknown"
        if int(row["size_bytes"]) > self._figures.largest_bytes:
            return "too-large"
        shared = row["recipient_type"] in SHARED
        return (
            organisation or self._client(row, shared=shared) or self._devices(row, shared=shared) or
            self._directory(row, shared=shared)
        )  # fmt: skip

    def _client(self, row: Row, *, shared: bool) -> str:
        if not self.counts("client", row["client_on"]):
            return "" if shared else "client-unknown"
        return "client-old" if self.is_old(row["client"]) else ""

    def _devices(self, row: Row, *, shared: bool) -> str:
        if not shared:
            if not self.counts("mobile", row["mobile_on"]):
                return "mobile-unknown"
            if tuple(map(int, row["mobile"].split("."))) < self._figures.mobile_minimum:
                return "mobile-old"
        if not self.counts("hold", row["hold_on"]):
            return "hold-unknown"
        return "" if row["hold"] in ("none", *self._figures.holds_that_move) else "hold-stays-behind"

    def _directory(self, row: Row, *, shared: bool) -> str:
        if not self.counts("mail-user", row["directory_on"]):
            return "mail-user-unknown"
        accepted = self._figures.accepted_domains or ()
        faults: Iterable[tuple[str, bool]] = (
            ("mail-user-missing", row["mail_user"] == "none"),
            ("exchange-guid-differs", row["mail_user"] != row["guid"]),
            (
                "domain-not-accepted",
                any(domain not in accepted for domain in row["domains"].lower().split(";")),
            ),
            ("routing-address-missing", row["routing"] != "true"),
            ("sign-in-name-unverified", row["upn_domain"].lower() not in accepted),
            ("usage-location-missing", not shared and row["usage_location"] == "none"),
            ("licence-seat-missing", not shared and row["seat"] != "true"),
            ("licence-early", row["licensed"] == "true"),
        )
        return next((code for code, is_bad in faults if is_bad), "")
