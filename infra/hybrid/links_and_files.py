"""What is checked when somebody follows a link or opens a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import (
    AtpPolicyForO365,
    SafeAttachmentPolicy,
    SafeAttachmentRule,
    SafeLinksPolicy,
    SafeLinksRule,
)
from infra.hybrid.part import Part


@dataclass(frozen=True)
class LinksAndFilesArgs:
    """*domains*: everybody in them is protected; *links_name* and *files_name* name policy and rule."""

    domains: Sequence[pulumi.Input[str]]
    links_name: str
    files_name: str


class LinksAndFiles(Part):
    """Policies of our own, because the built-in ones cannot be changed, each with the rule that says for whom."""

    def __init__(
        self, name: str, args: LinksAndFilesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("LinksAndFiles", name, opts)
        self._args = args

        self.links = self._links()
        self.links_rule = SafeLinksRule(
            "links",
            name=args.links_name,
            safe_links_policy=self.links.name,
            recipient_domain_is=args.domains,
            enabled=True,
            opts=self.child,
        )
        self.files = SafeAttachmentPolicy(
            "files",
            name=args.files_name,
            enable=True,
            action="Block",
            quarantine_tag="AdminOnlyAccessPolicy",
            opts=self.child,
        )
        self.files_rule = SafeAttachmentRule(
            "files",
            name=args.files_name,
            safe_attachment_policy=self.files.name,
            recipient_domain_is=args.domains,
            enabled=True,
            opts=self.child,
        )
        self.elsewhere = self._elsewhere()

        self.register_outputs({})

    def _links(self) -> SafeLinksPolicy:
        return SafeLinksPolicy(
            "links",
            name=self._args.links_name,
            enable_safe_links_for_email=True,
            enable_safe_links_for_teams=True,
            enable_safe_links_for_office=True,
            enable_for_internal_senders=True,
            scan_urls=True,
            deliver_message_after_scan=True,
            disable_url_rewrite=False,
            track_clicks=True,
            allow_click_through=False,
            opts=self.child,
        )

    def _elsewhere(self) -> AtpPolicyForO365:
        return AtpPolicyForO365(
            "elsewhere",
            enable_atp_for_spo_teams_odb=True,
            enable_safe_docs=True,
            allow_safe_docs_open=False,
            opts=self.child,
        )
