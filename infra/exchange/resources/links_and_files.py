"""Generated from infra/exchange/objects/links_and_files.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Resource


class SafeLinksPolicyArgs(TypedDict, total=False):
    """The properties of SafeLinksPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    enable_safe_links_for_email: Input[bool]
    """Whether links in mail are checked."""
    enable_safe_links_for_teams: Input[bool]
    """Whether links in Teams are checked."""
    enable_safe_links_for_office: Input[bool]
    """Whether links in documents are checked."""
    enable_for_internal_senders: Input[bool]
    """Whether links from inside are checked."""
    scan_urls: Input[bool]
    """Whether what a link leads to is looked at."""
    deliver_message_after_scan: Input[bool]
    """Whether mail waits for that."""
    disable_url_rewrite: Input[bool]
    """True: links stay as they are written."""
    track_clicks: Input[bool]
    """Whether it is recorded who followed a link."""
    allow_click_through: Input[bool]
    """Whether people may go on to a bad page."""


class SafeLinksPolicy(Resource):
    """What happens when a link is followed.

    The built-in one cannot be changed. It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    enable_safe_links_for_email: Output[bool]
    enable_safe_links_for_teams: Output[bool]
    enable_safe_links_for_office: Output[bool]
    enable_for_internal_senders: Output[bool]
    scan_urls: Output[bool]
    deliver_message_after_scan: Output[bool]
    disable_url_rewrite: Output[bool]
    track_clicks: Output[bool]
    allow_click_through: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[SafeLinksPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class SafeLinksRuleArgs(TypedDict, total=False):
    """The properties of SafeLinksRule."""

    name: Required[Input[str]]
    """Which object is meant."""
    safe_links_policy: Required[Input[str]]
    """The policy's name."""
    recipient_domain_is: Input[Sequence[Input[str]]]
    """Everybody in these domains."""
    except_if_sent_to_member_of: Input[Sequence[Input[str]]]
    """But not the members of these groups."""
    priority: Input[int]
    """Its place among the rules, 0 first."""
    enabled: Input[bool]
    """Whether it is in use."""
    comments: Input[str]
    """A remark for people."""


class SafeLinksRule(Resource):
    """Whom a policy of safe links is for.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    safe_links_policy: Output[str]
    recipient_domain_is: Output[Sequence[str]]
    except_if_sent_to_member_of: Output[Sequence[str]]
    priority: Output[int]
    enabled: Output[bool]
    comments: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[SafeLinksRuleArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class SafeAttachmentPolicyArgs(TypedDict, total=False):
    """The properties of SafeAttachmentPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    enable: Input[bool]
    """Whether they are opened for trial."""
    action: Input[str]
    """What is done with bad ones. One of Allow, Block, DynamicDelivery."""
    quarantine_tag: Input[str]
    """Who may look at what is in quarantine."""


class SafeAttachmentPolicy(Resource):
    """What happens to attachments that nobody knows yet.

    The built-in one cannot be changed. It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    enable: Output[bool]
    action: Output[str]
    quarantine_tag: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[SafeAttachmentPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class SafeAttachmentRuleArgs(TypedDict, total=False):
    """The properties of SafeAttachmentRule."""

    name: Required[Input[str]]
    """Which object is meant."""
    safe_attachment_policy: Required[Input[str]]
    """The policy's name."""
    recipient_domain_is: Input[Sequence[Input[str]]]
    """Everybody in these domains."""
    except_if_sent_to_member_of: Input[Sequence[Input[str]]]
    """But not the members of these groups."""
    priority: Input[int]
    """Its place among the rules, 0 first."""
    enabled: Input[bool]
    """Whether it is in use."""
    comments: Input[str]
    """A remark for people."""


class SafeAttachmentRule(Resource):
    """Whom a policy of safe attachments is for.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    safe_attachment_policy: Output[str]
    recipient_domain_is: Output[Sequence[str]]
    except_if_sent_to_member_of: Output[Sequence[str]]
    priority: Output[int]
    enabled: Output[bool]
    comments: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[SafeAttachmentRuleArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class AtpPolicyForO365Args(TypedDict, total=False):
    """The properties of AtpPolicyForO365."""

    enable_atp_for_spo_teams_odb: Input[bool]
    """Whether files there are checked."""
    enable_safe_docs: Input[bool]
    """Whether documents are checked before they may be edited."""
    allow_safe_docs_open: Input[bool]
    """Whether people may go on with a bad document."""


class AtpPolicyForO365(Resource):
    """What is checked in SharePoint, OneDrive, Teams and documents.

    It is adopted, and stays when it leaves the stack.
    """

    enable_atp_for_spo_teams_odb: Output[bool]
    enable_safe_docs: Output[bool]
    allow_safe_docs_open: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[AtpPolicyForO365Args],
    ) -> None:
        super().__init__(resource_name, opts, said)


class EOPProtectionPolicyRuleArgs(TypedDict, total=False):
    """The properties of EOPProtectionPolicyRule."""

    name: Required[Input[str]]
    """Which object is meant."""
    sent_to: Input[Sequence[Input[str]]]
    """These people."""
    sent_to_member_of: Input[Sequence[Input[str]]]
    """The members of these groups."""
    recipient_domain_is: Input[Sequence[Input[str]]]
    """Everybody in these domains."""
    enabled: Input[bool]
    """Whether it is in use."""
    comments: Input[str]
    """A remark for people."""


class EOPProtectionPolicyRule(Resource):
    """Whom a preset policy is for, as far as spam, malware and imitation goes.

    It is adopted, and stays when it leaves the stack.
    """

    name: Output[str]
    sent_to: Output[Sequence[str]]
    sent_to_member_of: Output[Sequence[str]]
    recipient_domain_is: Output[Sequence[str]]
    enabled: Output[bool]
    comments: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[EOPProtectionPolicyRuleArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class ATPProtectionPolicyRuleArgs(TypedDict, total=False):
    """The properties of ATPProtectionPolicyRule."""

    name: Required[Input[str]]
    """Which object is meant."""
    sent_to: Input[Sequence[Input[str]]]
    """These people."""
    sent_to_member_of: Input[Sequence[Input[str]]]
    """The members of these groups."""
    recipient_domain_is: Input[Sequence[Input[str]]]
    """Everybody in these domains."""
    enabled: Input[bool]
    """Whether it is in use."""
    comments: Input[str]
    """A remark for people."""


class ATPProtectionPolicyRule(Resource):
    """Whom a preset policy is for, as far as links and files goes.

    It is adopted, and stays when it leaves the stack.
    """

    name: Output[str]
    sent_to: Output[Sequence[str]]
    sent_to_member_of: Output[Sequence[str]]
    recipient_domain_is: Output[Sequence[str]]
    enabled: Output[bool]
    comments: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ATPProtectionPolicyRuleArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
