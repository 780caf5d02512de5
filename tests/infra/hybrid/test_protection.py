"""The tenant's default filters."""

from __future__ import annotations

from typing import Any

import pytest

from infra.hybrid.protection import DANGEROUS_FILES, Protection, ProtectionArgs
from tests.infra.doubles import Clouds, run

MICROSOFT_S = 53
"""Kinds of file in Microsoft's default list."""


def lay() -> Clouds:
    """Protect everybody."""
    clouds = Clouds().install("hybrid-rehearsal")
    args = ProtectionArgs(["soc@nhsmail.example"], ["Ann Chief;ann@nhsmail.example"])
    run(lambda: {"urn": Protection("protection", args).urn})
    return clouds


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("HostedConnectionFilterPolicy", {"name": "Default", "ipAllowList": [], "enableSafeList": False}),
        (
            "HostedContentFilterPolicy",
            {"name": "Default", "allowedSenderDomains": [], "allowedSenders": [], "phishZapEnabled": True},
        ),
        (
            "HostedOutboundSpamFilterPolicy",
            {
                "name": "Default",
                "autoForwardingMode": "Off",
                "notifyOutboundSpamRecipients": ["soc@nhsmail.example"],
                "recipientLimitPerDay": 1000,
            },
        ),
        ("MalwareFilterPolicy", {"name": "Default", "enableFileFilter": True, "zapEnabled": True}),
        (
            "AntiPhishPolicy",
            {
                "name": "Office365 AntiPhish Default",
                "targetedUsersToProtect": ["Ann Chief;ann@nhsmail.example"],
                "enableMailboxIntelligenceProtection": True,
            },
        ),
    ],
)
def test_defaults_are_made_safe(kind: str, expected: dict[str, Any]) -> None:
    """It should change the policies that every tenant has, so that they satisfy the controls 1 and 19 to 25."""
    assert expected.items() <= lay().only(f"exchange:index:{kind}").inputs.items()


def test_dangerous_files_are_refused() -> None:
    """It should refuse each kind of file of Microsoft's default list, named once."""
    assert [*DANGEROUS_FILES] == lay().only("exchange:index:MalwareFilterPolicy").inputs["fileTypes"]
    assert MICROSOFT_S == len(set(DANGEROUS_FILES))
