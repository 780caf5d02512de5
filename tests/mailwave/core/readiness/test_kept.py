"""A judgement that was kept: what has changed is judged again, what has aged too, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailwave.core.estate import ClientSeen
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.judge import CODE, Judged, judge
from mailwave.core.readiness.kept import Again, Kept, clients_of, clients_table, judge_since
from mailwave.core.readiness.rules import RuleBook, Waiver
from tests.mailwave.core.readiness.books import SHIPPED
from tests.mailwave.core.readiness.seeing import columns
from tests.mailwave.core.readiness.shown import CODES, TODAY, Shown, days_ago, sound


def said(judged: Judged) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All that a judgement says."""
    return judged.mailboxes, judged.organisations


def again(
    kept: Kept | None, shown: Shown, folder: Path, book: RuleBook = SHIPPED, day: date = TODAY
) -> Again:
    """The judgement of what is *shown* since *kept*, which must be what judging all of it says."""
    estate = columns(shown, folder)
    found, expected = judge_since(kept, estate, book, day), judge(estate, book, day)
    for mine, whole in zip(said(found.kept.judged), said(expected), strict=True):
        assert whole.equals(mine.select(whole.columns))
    return found


def row_of(code: str, **changed: str) -> Callable[[Shown], None]:
    """Changes the evidence of a mailbox of the organisation *code*."""

    def change(shown: Shown) -> None:
        at = next(n for n, box in enumerate(shown.estate.mailboxes) if box.organisation == code)
        shown.row(at, **changed)

    return change


def test_what_has_not_changed_is_not_judged(tmp_path: Path) -> None:
    """It should judge all the first time, and nobody the second."""
    first = again(None, sound(), tmp_path)

    assert (3, 3) == (first.anew, first.organisations)
    assert 0 == again(first.kept, sound(), tmp_path).anew


@pytest.mark.parametrize(
    "change",
    [
        row_of("FV203", seat="false"),
        row_of("FV203", mobile_on=days_ago(1)),
        row_of("FV203", upn_domain="NHSMAIL.example"),
        lambda shown: shown.fact("FV203", "tls", value="1.1"),
        lambda shown: shown.forget("FV203", "egress"),
        lambda shown: shown.mailbox(0, size_bytes=5),
    ],
)
def test_a_change_in_one_organisation_is_judged_there(
    change: Callable[[Shown], None], tmp_path: Path
) -> None:
    """It should judge one organisation of three again, and come to what judging all would say."""
    kept = again(None, sound(), tmp_path).kept
    shown = sound()
    change(shown)

    found = again(kept, shown, tmp_path)

    assert (1, 3) == (found.anew, found.organisations)
    assert 0 == again(found.kept, shown, tmp_path).anew


def test_who_comes_and_goes_changes_their_organisation_only(tmp_path: Path) -> None:
    """It should judge the organisation of a mailbox that is new or gone, the others being elsewhere in the estate."""
    kept = again(None, sound(), tmp_path).kept
    fewer = sound()
    gone = fewer.estate.mailboxes[0]
    boxes = tuple(
        replace(box, rights=tuple(right for right in box.rights if right.trustee != gone.alias))
        for box in fewer.estate.mailboxes[1:]
    )
    fewer.estate = replace(fewer.estate, mailboxes=boxes)

    found = again(kept, fewer, tmp_path)

    assert 1 == found.anew
    assert 1 == again(found.kept, sound(), tmp_path).anew


def test_evidence_that_has_aged_is_judged_again(tmp_path: Path) -> None:
    """It should keep a judgement for as long as all its evidence counts, and not a day longer."""
    shown = sound()
    shown.fact("FWF20", "egress", on=days_ago(85))
    kept = again(None, shown, tmp_path).kept

    assert 0 == again(kept, shown, tmp_path, day=TODAY + timedelta(days=5)).anew
    later = again(kept, shown, tmp_path, day=TODAY + timedelta(days=6))
    assert 1 == later.anew
    assert SHIPPED.rules[6].name == "browsers"
    assert "egress-unknown" in {
        SHIPPED.code(n).name for n in later.kept.judged.organisations[CODE] if n < 255
    }


def test_evidence_of_a_day_to_come_is_judged_when_it_comes(tmp_path: Path) -> None:
    """It should look again on the day that evidence is dated, before which it counts for nothing."""
    shown = sound()
    shown.fact("FWF20", "tls", on=days_ago(-3))
    kept = again(None, shown, tmp_path).kept

    assert 0 == again(kept, shown, tmp_path, day=TODAY + timedelta(days=2)).anew
    assert 1 == again(kept, shown, tmp_path, day=TODAY + timedelta(days=3)).anew


def test_a_clock_that_went_back_is_not_trusted(tmp_path: Path) -> None:
    """It should judge everything on a day before that of what was kept."""
    kept = again(None, sound(), tmp_path).kept

    assert 3 == again(kept, sound(), tmp_path, day=TODAY - timedelta(days=1)).anew


def test_other_rules_judge_everything(tmp_path: Path) -> None:
    """It should keep nothing of a judgement by other figures."""
    kept = again(None, sound(), tmp_path).kept
    stricter = msgspec.structs.replace(
        SHIPPED, figures=msgspec.structs.replace(SHIPPED.figures, bandwidth=SHIPPED.figures.bandwidth + 1)
    )

    assert 3 == again(kept, sound(), tmp_path, stricter).anew


@pytest.mark.parametrize("rule", ["tls", "licence-seat"])
def test_a_waiver_is_of_its_organisation(rule: str, tmp_path: Path) -> None:
    """It should judge the organisation that a waiver is of, when it comes and when it has expired."""
    shown = sound()
    shown.fact("FV203", "tls", value="1.0")
    guid = next(box.exchange_guid for box in shown.estate.mailboxes if box.organisation == "FV203")
    waiver = Waiver(rule, "FV203" if rule == "tls" else guid, "a", "b", TODAY + timedelta(days=2))
    waived = msgspec.structs.replace(SHIPPED, waivers=(waiver,))
    kept = again(None, shown, tmp_path).kept

    with_it = again(kept, shown, tmp_path, waived)
    assert 1 == with_it.anew
    assert 0 == again(with_it.kept, shown, tmp_path, waived, day=TODAY + timedelta(days=2)).anew
    assert 1 == again(with_it.kept, shown, tmp_path, waived, day=TODAY + timedelta(days=3)).anew


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(CODES),
            st.sampled_from(
                [
                    ("tls", "1.1"),
                    ("egress", "blocked"),
                    ("owners", "2"),
                    ("browsers", "edge 1"),
                    ("tls", "1.3"),
                ]
            ),
            st.integers(0, 400),
        ),
        max_size=4,
    ),
    later=st.integers(0, 200),
)
def test_it_is_always_what_judging_all_says(
    changes: list[tuple[str, tuple[str, str], int]], later: int, tmp_path: Path
) -> None:
    """It should come to what judging all says, whatever changed and whenever one looks again."""
    kept = again(None, sound(), tmp_path).kept
    shown = sound()
    for code, (kind, value), days in changes:
        shown.fact(code, kind, value=value, on=days_ago(days))

    found = again(kept, shown, tmp_path, day=TODAY + timedelta(days=later))

    assert (0 if later else len({code for code, _, _ in changes})) <= found.anew <= found.organisations


def test_rights_are_looked_at_for_everybody(tmp_path: Path) -> None:
    """It should see that a shared mailbox's user is not ready any more, although its organisation has not changed."""
    estate = columns(sound(), tmp_path)
    kept = judge_since(None, estate, SHIPPED, TODAY).kept
    people = Estate(estate.mailboxes, estate.organisations, estate.rights.clear())

    found = judge_since(kept, people, SHIPPED, TODAY)

    assert 0 == found.anew
    assert judge(people, SHIPPED, TODAY).mailboxes.equals(found.kept.judged.mailboxes)


def test_clients_come_back_as_they_were() -> None:
    """It should give back what the logs have shown, but nobody who was seen too long ago."""
    now = datetime(2026, 9, 1, tzinfo=UTC)
    fresh = ClientSeen((15, 0, 4971), (16, 0, 17932), now)
    table = clients_table(
        {"/cn=fresh": fresh, "/cn=stale": ClientSeen((16, 0), (16, 0), now - timedelta(days=31))}
    )

    assert {"/cn=fresh": fresh} == clients_of(table, now - timedelta(days=30))
