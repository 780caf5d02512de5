"""What is checked when somebody follows a link or opens a file."""

from __future__ import annotations

from typing import Any

import pytest

from infra.hybrid.links_and_files import LinksAndFiles, LinksAndFilesArgs
from tests.infra.doubles import Clouds, run


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("SafeLinksPolicy", {"name": "links", "trackClicks": True, "allowClickThrough": False}),
        ("SafeLinksRule", {"safeLinksPolicy": "links", "recipientDomainIs": ["a.example"], "enabled": True}),
        ("SafeAttachmentPolicy", {"name": "files", "enable": True, "action": "Block"}),
        (
            "SafeAttachmentRule",
            {"safeAttachmentPolicy": "files", "recipientDomainIs": ["a.example"], "enabled": True},
        ),
        ("AtpPolicyForO365", {"enableAtpForSpoTeamsOdb": True, "allowSafeDocsOpen": False}),
    ],
)
def test_everybody_is_protected(kind: str, expected: dict[str, Any]) -> None:
    """It should have each policy, and a rule that applies it to everybody in the domains (controls 20 and 24)."""
    clouds = Clouds().install("hybrid-rehearsal")
    args = LinksAndFilesArgs(["a.example"], "links", "files")
    run(lambda: {"urn": LinksAndFiles("links-and-files", args).urn})
    assert expected.items() <= clouds.only(f"exchange:index:{kind}").inputs.items()
