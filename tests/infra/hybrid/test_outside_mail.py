"""How mail from outside is shown."""

from __future__ import annotations

from typing import Any

from infra.hybrid.outside_mail import OutsideMail, OutsideMailArgs
from tests.infra.doubles import Clouds, run


def lay() -> Clouds:
    """Mark mail from outside."""
    clouds = Clouds().install("hybrid-rehearsal")
    run(lambda: {"urn": OutsideMail("outside", OutsideMailArgs("the rule", "Not <ours>.")).urn})
    return clouds


def test_outlook_marks_it() -> None:
    """It should let Outlook mark mail from outside, without exception (control 7)."""
    assert {"enabled": True, "allowList": []} == lay().only("exchange:index:ExternalInOutlook").inputs


def test_a_sentence_stands_above_it() -> None:
    """It should put the sentence, as text, above what comes from outside to inside."""
    rule: dict[str, Any] = lay().only("exchange:index:TransportRule").inputs
    assert {
        "name": "the rule",
        "fromScope": "NotInOrganization",
        "sentToScope": "InOrganization",
        "applyHtmlDisclaimerText": "<p>Not &lt;ours&gt;.</p>",
        "applyHtmlDisclaimerLocation": "Prepend",
        "enabled": True,
    }.items() <= rule.items()


def test_mail_from_on_premises_is_left_alone() -> None:
    """It should not mark mail that Exchange on-premises vouches for, and let none past the filters (control 11)."""
    rule: dict[str, Any] = lay().only("exchange:index:TransportRule").inputs
    assert "X-MS-Exchange-Organization-AuthAs" == rule["exceptIfHeaderContainsMessageHeader"]
    assert ["Internal"] == rule["exceptIfHeaderContainsWords"]
    assert "setScl" not in rule
