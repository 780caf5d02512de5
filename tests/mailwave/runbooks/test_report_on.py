"""The reports on a wave, an organisation and the programme: every number counted again from the journal by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.core.prices import Price, PriceList
from mailwave.core.readiness.scope import NoSuchOrganisation
from mailwave.core.refusals import NoScope
from mailwave.core.reports.document import Document, Kind, Valued
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.report_on import ReportOn
from mailwave.runbooks.wave.run import NoPlan
from tests.mailwave.adapters.ledgers import TestClock, an_empty_ledger, closed_ledgers
from tests.mailwave.builders import guid
from tests.mailwave.runbooks.reported import BODIES, HOSTILE, MAILBOXES, ByHand, a_reported_ledger

__all__ = ["closed_ledgers"]

STANDING = ("planned", "moved", "waiting", "in_flight", "unknown", "deferred", "failed", "excluded")
EVERY = {guid(n) for n in range(MAILBOXES)}
PARTS: dict[str, set[str]] = {
    "wave": {guid(n) for n in range(14)},
    "organisation": {guid(n) for n in range(0, MAILBOXES, 5)},
    "programme": EVERY,
}
WAVE = {guid(n): "W15" if n < 14 else "W16" if n < 30 else "" for n in range(MAILBOXES)}
NIGHT = {"W15": "2026-09-15", "W16": "2026-09-16", "": ""}
SHARED = {guid(n) for n in range(MAILBOXES) if n % 2}
PRICES = PriceList(
    prices={
        item: Price(
            unit=unit, price=Decimal(price), currency="GBP", per=per, source="agreed", dated=date(2026, 1, 1)
        )
        for item, unit, price, per in (
            ("contact", "contact", "11.20", "once"),
            ("licence-office-1", "seat", "2.50", "month"),
        )
    }
)
SIZES = {guid(n): 0 if n == 6 else 60 * 1024**3 if n == 9 else 1_000_000_000 + n for n in range(MAILBOXES)}


CLOCK = TestClock()


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The ledger, sixteen days on; no test changes it."""
    with a_reported_ledger(tmp_path_factory.mktemp("reported"), CLOCK) as made:
        yield made


def reports(ledger: Ledger, deadline: date | None = date(2026, 10, 30)) -> dict[str, Document]:
    """The three reports."""
    runbook = ReportOn(CLOCK.now, ledger, "rehearsal", deadline, PRICES)
    return {
        "wave": runbook.wave("W15"),
        "organisation": runbook.organisation("A81001"),
        "programme": runbook.programme(),
    }


def _licences(group: str, people: int) -> tuple[Any, ...]:
    """The row of a group's licences: only the first group's have a price."""
    if group == "office-1":
        return f"licences of {group}", people, "seat, a month", 2.5, people * 2.5, "GBP", "agreed"
    return f"licences of {group}", people, None, None, None, None, "no price agreed"


def table(report: Document, title: str) -> list[tuple[Any, ...]]:
    """The rows of a table of *report*."""
    return [list_ for each in report.sections if each.title == title for list_ in each.rows]


def figure(report: Document, name: str, nth: int = 0) -> Any:
    """A figure of *report*; two may be called alike, mailboxes and their bytes."""
    return [each.value for each in report.figures if each.name == name][nth]


@pytest.mark.parametrize("name", ["wave", "organisation"])
def test_the_figures_are_those_of_the_journal(ledger: Ledger, name: str) -> None:
    """It should count planned, moved, open and the rest as the journal does, with bytes and licences."""
    report, by_hand, keys = reports(ledger)[name], ByHand.of(ledger), PARTS[name]
    counted = by_hand.counted(keys)
    moved = {key for key in keys if by_hand.state[key] == "moved"}

    assert [counted[each] for each in ("planned", "moved", "deferred", "failed", "excluded")] == [
        figure(report, each) for each in ("planned", "moved", "deferred", "failed", "excluded")
    ]
    assert sum(counted[each] for each in ("waiting", "in_flight", "unknown")) == figure(report, "open")
    assert sum(SIZES[key] for key in moved) == figure(report, "moved", 1)
    assert sum(key not in SHARED or SIZES[key] > 50 * 1024**3 for key in moved) == figure(
        report, "licences needed"
    )


def test_the_programme_is_that_of_the_journal(ledger: Ledger) -> None:
    """It should count all of the estate, and be under way until everybody has ended."""
    report, by_hand = reports(ledger)["programme"], ByHand.of(ledger)
    counted = by_hand.counted(EVERY)
    moved = {key for key in EVERY if by_hand.state[key] == "moved"}
    left = sum(counted[each] for each in ("waiting", "in_flight", "unknown"))

    assert (len(EVERY), len(moved), left) == tuple(
        figure(report, each) for each in ("mailboxes", "moved", "left")
    )
    assert sum(SIZES[key] for key in moved) == figure(report, "moved", 1)
    assert len({WAVE[key] for key in moved}) == figure(report, "nights")
    assert ("Under way", True) == (report.verdict.word, f"{left} are open" in report.verdict.sentence)


def body_of(key: str) -> str:
    """The organisation of a mailbox, as a table names it."""
    body = BODIES[1] if (int(key[-12:], 16) - 1) % 5 == 0 else BODIES[0]
    return f"{body.code} {body.name}"


@pytest.mark.parametrize(
    ("name", "title", "of"),
    [
        ("wave", "Batches", lambda key: f"W15-{int(int(key[-12:], 16) - 1 >= 7)}"),
        ("wave", "Organisations", body_of),
        ("organisation", "Waves", lambda key: WAVE[key] or "not planned"),
        ("programme", "Organisations", body_of),
    ],
)
def test_every_part_stands_where_the_journal_says(
    ledger: Ledger, name: str, title: str, of: Callable[[str], str]
) -> None:
    """It should count each batch, wave and organisation as the journal does."""
    report, by_hand = reports(ledger)[name], ByHand.of(ledger)
    parts: dict[str, set[str]] = {}
    for key in PARTS[name]:
        parts.setdefault(of(key), set()).add(key)
    expected = {
        part: (
            *(by_hand.counted(keys)[each] for each in STANDING),
            sum(SIZES[key] for key in keys if by_hand.state[key] == "moved"),
        )
        for part, keys in parts.items()
    }

    assert expected == {row[0]: row[1:] for row in table(report, title)}


@pytest.mark.parametrize("name", PARTS)
def test_nights_say_what_was_promised_and_what_was_kept(ledger: Ledger, name: str) -> None:
    """It should count who was told of a night two weeks before, and who of them moved in that very night."""
    report, by_hand, keys = reports(ledger)[name], ByHand.of(ledger), PARTS[name]
    told: dict[str, set[str]] = {}
    for (key, milestone, night, audience), state in by_hand.notices.items():
        is_told = (milestone, audience) == ("two_weeks", "user") and state in ("sent", "undelivered")
        if is_told and (name == "wave" or key in keys):
            told.setdefault(night, set()).add(key)
    contacts = {} if name == "organisation" else by_hand.last("support.contacts")
    expected = []
    for wave in ("W15",) if name == "wave" else ("W15", "W16"):
        people = told.get(NIGHT[wave], set())
        kept = {key for key in people if by_hand.state[key] == "moved" and WAVE[key] == wave}
        planned = {key for key in keys if WAVE[key] == wave}
        moved = {key for key in planned if by_hand.state[key] == "moved"}
        expected.append(
            (
                date.fromisoformat(NIGHT[wave]),
                wave,
                len(people),
                len(kept),
                len(people - kept),
                len(planned),
                len(moved),
                sum(SIZES[key] for key in moved),
                contacts.get(wave, {}).get("contacts"),
            )
        )

    assert expected == table(report, "Nights")


@pytest.mark.parametrize("name", PARTS)
def test_what_is_open_is_named(ledger: Ledger, name: str) -> None:
    """It should name what has not ended, why, how many notices went astray, and what aftercare found last."""
    report, by_hand, keys = reports(ledger)[name], ByHand.of(ledger), PARTS[name]
    counted, rows = by_hand.counted(keys), table(report, "Open")
    standing = {row[0]: row[2] for row in rows if row[0] in ("waiting", "in flight", "unknown")}
    reasons = Counter(
        (by_hand.state[key], by_hand.why[key])
        for key in keys
        if by_hand.state[key] in ("deferred", "failed", "excluded")
    )
    astray = Counter(
        f"{milestone.replace('_', ' ')}: {state}"
        for (key, milestone, night, _audience), state in by_hand.notices.items()
        if state != "sent" and _is_of(name, key, night)
    )
    after = {} if name == "organisation" else by_hand.last("aftercare.check")["W15"]
    doubtful = by_hand.doubtful() if name == "programme" else {}

    assert {
        word: counted[word.replace(" ", "_")]
        for word in ("waiting", "in flight", "unknown")
        if counted[word.replace(" ", "_")]
    } == standing
    assert reasons == {row[:2]: row[2] for row in rows if row[0] in ("deferred", "failed", "excluded")}
    assert astray == {row[1]: row[2] for row in rows if row[0] == "notices"}
    assert {f"{act}: how it ended is not known": n for act, n in doubtful.items()} == {
        row[1]: row[2] for row in rows if row[0] == "act"
    }
    assert after.get("open", {}) == {
        row[1]: row[2] for row in rows if row[0] == "aftercare" and not row[1].startswith("accepted")
    }
    assert after.get("excepted", 0) == sum(row[2] for row in rows if row[1].startswith("accepted"))


def _is_of(name: str, key: str, night: str) -> bool:
    if name == "wave":
        return night == "2026-09-15"
    return name == "programme" or key in PARTS[name] or key.startswith("A81001/")


@pytest.mark.parametrize("name", PARTS)
def test_notices_licences_and_costs_are_counted(ledger: Ledger, name: str) -> None:
    """It should count notices by their ends, people in groups, and reckon only with prices that were agreed."""
    report, by_hand, keys = reports(ledger)[name], ByHand.of(ledger), PARTS[name]
    sent = Counter(
        (milestone.replace("_", " "), state)
        for (key, milestone, night, _audience), state in by_hand.notices.items()
        if _is_of(name, key, night)
    )
    groups = Counter({"office-1": len(keys & {guid(0), guid(2)}), "office-2": len(keys & {guid(10)})})
    contacts = {"wave": [3], "organisation": [], "programme": [4]}[name]  # nobody tells them by organisation
    took = sum(count for (_, state), count in sent.items() if state in ("sent", "undelivered"))
    moved = sum(SIZES[key] for key in keys if by_hand.state[key] == "moved")

    assert by_hand.groups() == Counter({"office-1": 2, "office-2": 1})
    assert sent == {row[:2]: row[2] for row in table(report, "Notices")}
    assert +groups == {
        row[0].removeprefix("in the group "): row[1]
        for row in table(report, "Licences")
        if row[0].startswith("in the group ")
    }
    assert [
        *(_licences(group, people) for group, people in sorted((+groups).items())),
        ("notices", took, None, None, None, None, "no price agreed"),
        *(
            ("contacts at the service desk", told, "contact", 11.2, round(told * 11.2, 2), "GBP", "agreed")
            for told in contacts
        ),
        ("gigabytes of mail moved", round(moved / 10**9, 3), None, None, None, None, "no price agreed"),
    ] == table(report, "Cost")


def test_the_programme_stands_beside_the_record(ledger: Ledger) -> None:
    """It should set its own figures beside the published ones, of which each names who published it."""
    report, by_hand = reports(ledger)["programme"], ByHand.of(ledger)
    rows = {row[0]: row[1:] for row in table(report, "Beside the record move")}
    moved = [key for key in EVERY if by_hand.state[key] == "moved"]
    a_night = Counter(WAVE[key] for key in moved)

    assert (len(moved), 2_100_000) == (rows["mailboxes moved"][0].value, rows["mailboxes moved"][2].value)
    assert max(a_night.values()) == rows["a weekday evening, most"][0].value
    assert 4 / len(moved) == rows["needing support"][0].value
    assert 0.012 == rows["needing support"][2].value
    assert Valued(None, Kind.COUNT) == rows["days before the deadline"][0]
    assert all(row[3] for row in rows.values() if isinstance(row[2], Valued))


def test_a_deadline_that_has_passed_is_missed(ledger: Ledger) -> None:
    """It should say by how many it was missed; on the deadline's own day it is not."""
    missed = reports(ledger, date(2026, 9, 16))["programme"].verdict
    assert ("Missed", True) == (missed.word, "By 16 September 2026" in missed.sentence)
    assert "Under way" == reports(ledger, date(2026, 9, 17))["programme"].verdict.word


def test_who_is_not_there_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    """It should name a wave or organisation that is not there, and report on no estate that was never imported."""
    runbook = ReportOn(TestClock().now, ledger, "rehearsal", None, PRICES)
    with pytest.raises(NoSuchWave, match="W15, W16"):
        runbook.wave("W99")
    with pytest.raises(NoSuchOrganisation):
        runbook.organisation("XX1")
    empty = an_empty_ledger(tmp_path)
    nothing = ReportOn(TestClock().now, empty, "rehearsal", None, PRICES)
    with pytest.raises(NoScope):
        nothing.programme()
    with pytest.raises(NoPlan):
        nothing.wave("W15")


def test_a_name_is_not_changed_on_its_way(ledger: Ledger) -> None:
    """It should give a hostile name as it is: who writes it out makes it harmless."""
    assert HOSTILE == reports(ledger)["organisation"].title
