"""Checks into findings, by the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import (
    CheckUndecided,
    UnknownCheck,
    catalogue,
    judge,
)

ROOT = Path(__file__).resolve().parents[3]
FACT = re.compile(r"^([A-H]\d+[a-z]?|B\.10 error \d+|policy|opd:[A-Za-z-]+)(, .+)?$")


def test_finding() -> None:
    """It should say of a check that does not hold which fact it rests on and what repairs it."""
    verdict = judge(
        [{"id": "mrs-proxy-off", "holds": False, "found": False, "expected": True}], server="EX01"
    )

    (finding,) = verdict.findings
    assert finding == {
        "id": "mrs-proxy-off",
        "fact": "B44",
        "server": "EX01",
        "subject": "",
        "title": "MRSProxy is switched off, so that moves get 403",
        "found": False,
        "expected": True,
        "repair": "play 06_mrs_proxy",
        "play": "06_mrs_proxy",
    }
    assert "mrs-proxy-off" in verdict.sentence


def test_held_and_unknown() -> None:
    """It should keep what nobody could read apart from findings, and not take it for good."""
    checks = [{"id": "disk-full", "holds": True}, {"id": "mrs-proxy-off", "unknown": "no answer"}]

    verdict = judge(checks, server="EX01")

    assert (verdict.held, verdict.findings) == (1, [])
    assert [each["why"] for each in verdict.unknown] == ["no answer"]
    assert "nobody could read it: no answer" in verdict.sentence


def test_refusals() -> None:
    """It should refuse a check that the catalogue lacks, and one that says nothing."""
    with pytest.raises(UnknownCheck, match="no-such"):
        judge([{"id": "no-such", "holds": True}], server="EX01")
    with pytest.raises(CheckUndecided, match="disk-full"):
        judge([{"id": "disk-full"}], server="EX01")


def test_catalogue() -> None:
    """It should name for each check a fact, a sentence, and a play that exists or what a person does."""
    plays = {path.stem for path in (ROOT / "playbooks").glob("[0-9]*.yml")}
    for rule in catalogue().values():
        assert FACT.match(rule.fact), rule
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id)
        assert rule.title, rule
        assert rule.play in plays if rule.play else rule.repair, rule


def test_every_check_of_servers_is_listed() -> None:
    """It should hold every check that the plays for servers make."""
    from ansible_collections.mailwave.exchange.plugins.filter.server_checks import TOPICS

    listed = yaml.safe_load((ROOT / CATALOGUE).read_text(encoding="utf-8"))
    assert {name for checks in TOPICS.values() for name in checks} <= set(listed)


CATALOGUE = "playbooks/collections/ansible_collections/mailwave/exchange/plugins/plugin_utils/checks.yaml"
