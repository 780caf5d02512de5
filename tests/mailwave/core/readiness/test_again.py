"""What a change in one organisation makes necessary, how long evidence counts, and what a waiver is worth."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pytest

from mailwave.core.readiness.board import blocking, not_asked
from mailwave.core.readiness.findings import Explainer
from mailwave.core.readiness.judge import CODE, Judged, judge, judge_again
from mailwave.core.readiness.rules import Effect, NoSuchRule, RuleBook, Waiver
from mailwave.core.readiness.verdicts import Failed, Passed, Skipped, Unknown
from tests.mailwave.core.readiness.books import SHIPPED, some_rules
from tests.mailwave.core.readiness.seeing import blocked, columns
from tests.mailwave.core.readiness.shown import TODAY, Shown, days_ago, sound


def codes(judged: Judged) -> list[list[int]]:
    """All codes of a judgement."""
    return [judged.mailboxes[CODE].to_list(), judged.organisations[CODE].to_list()]


def with_waivers(*waivers: Waiver) -> RuleBook:
    """The shipped rules with *waivers*."""
    return msgspec.structs.replace(SHIPPED, waivers=waivers)


def without_tls() -> Shown:
    """A sound estate, but for TLS in one organisation."""
    shown = sound()
    shown.fact("FV203", "tls", value="1.0")
    return shown


class TestAgain:
    def test_it_is_what_judging_all_would_say(self, tmp_path: Path) -> None:
        """It should come to every verdict of a whole judgement, the users of shared mailboxes elsewhere included."""
        before, after = sound(), sound()
        after.fact("Y00661", "egress", value="blocked")
        for n, mailbox in enumerate(after.estate.mailboxes):
            if mailbox.organisation == "Y00661" and n % 2:
                after.row(n, seat="false")
        old, new = columns(before, tmp_path), columns(after, tmp_path)

        found = judge_again(judge(old, SHIPPED, TODAY), new, SHIPPED, TODAY, {"Y00661"})

        expected = judge(new, SHIPPED, TODAY)
        assert expected.mailboxes.equals(found.mailboxes)
        assert expected.organisations.equals(found.organisations)
        assert codes(expected) != codes(judge(old, SHIPPED, TODAY))

    def test_others_are_not_looked_at(self, tmp_path: Path) -> None:
        """It should keep what was said of every other organisation's mailboxes, right or wrong."""
        estate = columns(sound(), tmp_path)
        judged = judge(estate, SHIPPED, TODAY)
        wrong = judged._replace(
            mailboxes=judged.mailboxes.with_columns(pl.lit(7, dtype=pl.UInt8).alias("?hold"))
        )

        found = judge_again(wrong, estate, SHIPPED, TODAY, {"FWF20"})

        is_anew = found.mailboxes["?hold"] != 7
        assert {"FWF20"} == set(estate.mailboxes["organisation"].filter(is_anew))
        assert {"FV203", "Y00661"} == set(estate.mailboxes["organisation"].filter(~is_anew))


class TestWaivers:
    UNTIL = TODAY + timedelta(days=10)
    WAIVER = Waiver("tls", "FV203", "a.person", "new switches in October", UNTIL)

    def test_a_waived_rule_does_not_block_and_is_named(self, tmp_path: Path) -> None:
        """It should let the organisation go, and say who waived it until when."""
        book = with_waivers(self.WAIVER)
        estate = columns(without_tls(), tmp_path, book)
        judged = judge(estate, book, TODAY)

        said = Explainer(judged, estate, book, TODAY).of_organisation("FV203")["tls"]

        assert [] == blocking(judged, estate, book)
        assert Skipped(f"waived by a.person until {self.UNTIL}: new switches in October") == said
        assert [("tls", 1, "waived", f"a.person until {self.UNTIL}")] == [
            msgspec.structs.astuple(line) for line in not_asked(judged, book)
        ]

    @pytest.mark.parametrize(("day", "expected"), [(UNTIL, 0), (UNTIL + timedelta(days=1), 12)])
    def test_it_ends(self, day: date, expected: int, tmp_path: Path) -> None:
        """It should count on its last day, and for nothing on the next."""
        book = with_waivers(self.WAIVER)
        judged = judge(columns(without_tls(), tmp_path, book), book, day)
        tls = next(number for number in range(200) if SHIPPED.code(number).name == "tls-old")

        assert expected == judged.mailboxes[CODE].eq(tls).sum()

    def test_it_is_of_one_rule_and_one_subject(self, tmp_path: Path) -> None:
        """It should neither waive another rule nor another mailbox."""
        shown = sound()
        guids = [mailbox.exchange_guid for mailbox in shown.estate.mailboxes]
        for at in (0, 1):
            shown.row(at, seat="false")
        book = with_waivers(
            Waiver("licence-seat", guids[0], "a", "b", TODAY), Waiver("hold", guids[1], "a", "b", TODAY)
        )

        assert [(guids[1], "licence-seat-missing")] == [
            (each.guid, each.code.name) for each in blocked(shown, tmp_path, book)
        ]


class TestRules:
    def test_a_rule_that_only_warns_is_told_and_does_not_block(self, tmp_path: Path) -> None:
        """It should count what did not pass, with the reason why it does not block here."""
        rules = tuple(
            msgspec.structs.replace(rule, effect=Effect.WARNED, warned_because="no probe")
            for rule in some_rules("tls").rules
        )
        book = msgspec.structs.replace(SHIPPED, rules=rules)
        estate = columns(without_tls(), tmp_path, book)
        judged = judge(estate, book, TODAY)

        assert [] == blocking(judged, estate, book)
        assert [("tls", 1, "warned", "no probe")] == [
            msgspec.structs.astuple(line) for line in not_asked(judged, book)
        ]

    def test_a_rule_that_nothing_checks_is_refused(self, tmp_path: Path) -> None:
        """It should not pass over a rule that it does not know, and name those that it knows."""
        strange = msgspec.structs.replace(some_rules("tls").rules[0], name="tsl")
        estate = columns(sound(), tmp_path)

        with pytest.raises(NoSuchRule, match="nothing checks the rule tsl; the rules are autodiscover"):
            judge(estate, msgspec.structs.replace(SHIPPED, rules=(strange,)), TODAY)

    def test_what_is_unknown_is_never_excluded(self) -> None:
        """It should defer a mailbox without a size, although one over 200 GB is excluded."""
        effects = {
            code.name: code.effect for n in range(2 * len(SHIPPED.rules)) for code in [SHIPPED.code(n)]
        }

        assert (Effect.EXCLUDED, Effect.DEFERRED) == (effects["too-large"], effects["size-unknown"])


def test_each_of_the_four_verdicts_has_its_words(tmp_path: Path) -> None:
    """It should say what failed with remedy and owner, what was skipped and why, and how old evidence is."""
    shown = sound()
    shown.row(0, mail_user="none", mobile_on=days_ago(61))
    estate = columns(shown, tmp_path)
    explainer = Explainer(judge(estate, SHIPPED, TODAY), estate, SHIPPED, TODAY)

    said = explainer.of_mailbox(shown.estate.mailboxes[0].exchange_guid)

    assert Passed() == said["size"]
    assert Unknown("the evidence of its mobile devices is 61 days old and counts for 60") == said["mobile"]
    remedy = "bring its account into the scope of the directory sync"
    assert Failed("has no mail user in the tenant", remedy, "directory team") == said["mail-user"]
    assert (
        Skipped("the rule does not ask such a mailbox, or does not pass mail-user") == said["exchange-guid"]
    )


def test_the_worst_stands_first(tmp_path: Path) -> None:
    """It should list what blocks most mailboxes first, each mailbox under one code only."""
    shown = without_tls()
    shown.row(0, seat="false")
    estate = columns(shown, tmp_path)

    lines = blocking(judge(estate, SHIPPED, TODAY), estate, SHIPPED)

    assert [
        ("tls-old", "FV203", 12),
        ("licence-seat-missing", shown.estate.mailboxes[0].organisation, 1),
    ] == [(line.code, line.organisation, line.mailboxes) for line in lines]
