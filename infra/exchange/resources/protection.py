"""Generated from infra/exchange/objects/protection.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Resource


class HostedConnectionFilterPolicyArgs(TypedDict, total=False):
    """The properties of HostedConnectionFilterPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    ip_allow_list: Input[Sequence[Input[str]]]
    """Addresses that are let past."""
    ip_block_list: Input[Sequence[Input[str]]]
    """Addresses that are refused."""
    enable_safe_list: Input[bool]
    """Whether Microsoft's own list is let past."""


class HostedConnectionFilterPolicy(Resource):
    """Which addresses are let past the filters, or are refused, before anything else.

    It is adopted, and stays when it leaves the stack.
    """

    name: Output[str]
    ip_allow_list: Output[Sequence[str]]
    ip_block_list: Output[Sequence[str]]
    enable_safe_list: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[HostedConnectionFilterPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class HostedContentFilterPolicyArgs(TypedDict, total=False):
    """The properties of HostedContentFilterPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    spam_action: Input[str]
    """What is done with spam. One of AddXHeader, ModifySubject, MoveToJmf, Quarantine, Redirect."""
    high_confidence_spam_action: Input[str]
    """What is done with what is surely spam.

    One of AddXHeader, Delete, ModifySubject, MoveToJmf, Quarantine, Redirect.
    """
    phish_spam_action: Input[str]
    """What is done with phishing.

    One of AddXHeader, Delete, ModifySubject, MoveToJmf, Quarantine, Redirect.
    """
    high_confidence_phish_action: Input[str]
    """What is done with sure phishing. One of Redirect, Quarantine."""
    bulk_spam_action: Input[str]
    """What is done with bulk mail.

    One of AddXHeader, Delete, ModifySubject, MoveToJmf, NoAction, Quarantine, Redirect.
    """
    bulk_threshold: Input[int]
    """From which level mail is bulk mail."""
    quarantine_retention_period: Input[int]
    """Days in quarantine."""
    allowed_senders: Input[Sequence[Input[str]]]
    """Senders who are let past."""
    allowed_sender_domains: Input[Sequence[Input[str]]]
    """Domains that are let past."""
    inline_safety_tips_enabled: Input[bool]
    """Whether people are shown what is suspicious."""
    spam_zap_enabled: Input[bool]
    """Whether spam is taken back after delivery."""
    phish_zap_enabled: Input[bool]
    """Whether phishing is taken back after delivery."""


class HostedContentFilterPolicy(Resource):
    """What is done with spam and phishing that come in.

    It is made and removed by the stack; one of that name is adopted. Every tenant has Default: adopted, and
    never removed.
    """

    name: Output[str]
    spam_action: Output[str]
    high_confidence_spam_action: Output[str]
    phish_spam_action: Output[str]
    high_confidence_phish_action: Output[str]
    bulk_spam_action: Output[str]
    bulk_threshold: Output[int]
    quarantine_retention_period: Output[int]
    allowed_senders: Output[Sequence[str]]
    allowed_sender_domains: Output[Sequence[str]]
    inline_safety_tips_enabled: Output[bool]
    spam_zap_enabled: Output[bool]
    phish_zap_enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[HostedContentFilterPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class HostedOutboundSpamFilterPolicyArgs(TypedDict, total=False):
    """The properties of HostedOutboundSpamFilterPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    auto_forwarding_mode: Input[str]
    """Whether mail may be forwarded outside. One of Automatic, On, Off."""
    recipient_limit_external_per_hour: Input[int]
    """Recipients outside, an hour; 0 is the service's limit."""
    recipient_limit_internal_per_hour: Input[int]
    """Recipients inside, an hour."""
    recipient_limit_per_day: Input[int]
    """Recipients a day."""
    action_when_threshold_reached: Input[str]
    """What is done with who sends more. One of Alert, BlockUser, BlockUserForToday."""
    notify_outbound_spam: Input[bool]
    """Whether somebody is told when a sender is blocked."""
    notify_outbound_spam_recipients: Input[Sequence[Input[str]]]
    """Who is told."""
    bcc_suspicious_outbound_mail: Input[bool]
    """Whether somebody gets a copy of suspicious mail."""
    bcc_suspicious_outbound_additional_recipients: Input[Sequence[Input[str]]]
    """Who gets it."""


class HostedOutboundSpamFilterPolicy(Resource):
    """How much anybody may send outside, and who is told.

    It is made and removed by the stack; one of that name is adopted. Every tenant has Default: adopted, and
    never removed.
    """

    name: Output[str]
    auto_forwarding_mode: Output[str]
    recipient_limit_external_per_hour: Output[int]
    recipient_limit_internal_per_hour: Output[int]
    recipient_limit_per_day: Output[int]
    action_when_threshold_reached: Output[str]
    notify_outbound_spam: Output[bool]
    notify_outbound_spam_recipients: Output[Sequence[str]]
    bcc_suspicious_outbound_mail: Output[bool]
    bcc_suspicious_outbound_additional_recipients: Output[Sequence[str]]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[HostedOutboundSpamFilterPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class MalwareFilterPolicyArgs(TypedDict, total=False):
    """The properties of MalwareFilterPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    enable_file_filter: Input[bool]
    """Whether kinds of attachment are refused."""
    file_types: Input[Sequence[Input[str]]]
    """Which kinds, by the ending of their names."""
    file_type_action: Input[str]
    """What is done with them. One of Quarantine, Reject."""
    zap_enabled: Input[bool]
    """Whether malware is taken back after delivery."""
    quarantine_tag: Input[str]
    """Who may look at what is in quarantine."""


class MalwareFilterPolicy(Resource):
    """What is done with attachments that are malware or of a dangerous kind.

    It is made and removed by the stack; one of that name is adopted. Every tenant has Default: adopted, and
    never removed.
    """

    name: Output[str]
    enable_file_filter: Output[bool]
    file_types: Output[Sequence[str]]
    file_type_action: Output[str]
    zap_enabled: Output[bool]
    quarantine_tag: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[MalwareFilterPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class AntiPhishPolicyArgs(TypedDict, total=False):
    """The properties of AntiPhishPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    enabled: Input[bool]
    """Whether it is in use."""
    phish_threshold_level: Input[int]
    """How readily it takes mail for phishing."""
    enable_spoof_intelligence: Input[bool]
    """Whether forged senders are noticed."""
    authentication_fail_action: Input[str]
    """What is done with them. One of MoveToJmf, Quarantine."""
    honor_dmarc_policy: Input[bool]
    """Whether the sender's DMARC decides."""
    enable_mailbox_intelligence: Input[bool]
    """Whether it learns whom people write with."""
    enable_mailbox_intelligence_protection: Input[bool]
    """Whether it acts on what it learnt."""
    mailbox_intelligence_protection_action: Input[str]
    """What it does then. One of NoAction, BccMessage, Delete, MoveToJmf, Quarantine, Redirect."""
    enable_organization_domains_protection: Input[bool]
    """Whether imitations of own domains are noticed."""
    targeted_domain_protection_action: Input[str]
    """What is done with an imitated domain.

    One of NoAction, BccMessage, Delete, MoveToJmf, Quarantine, Redirect.
    """
    enable_targeted_user_protection: Input[bool]
    """Whether imitations of certain people are noticed."""
    targeted_users_to_protect: Input[Sequence[Input[str]]]
    """Who they are, `name;address` each."""
    targeted_user_protection_action: Input[str]
    """What is done with an imitated person.

    One of NoAction, BccMessage, Delete, MoveToJmf, Quarantine, Redirect.
    """
    enable_first_contact_safety_tips: Input[bool]
    """Whether a first contact is shown."""
    enable_similar_users_safety_tips: Input[bool]
    """Whether people who look like others are shown."""
    enable_similar_domains_safety_tips: Input[bool]
    """Whether domains that look like others are shown."""
    enable_unusual_characters_safety_tips: Input[bool]
    """Whether unusual characters are shown."""
    enable_unauthenticated_sender: Input[bool]
    """Whether a sender without proof is shown with `?`."""
    enable_via_tag: Input[bool]
    """Whether another sending domain is shown."""


class AntiPhishPolicy(Resource):
    """How imitated senders are noticed, and what is done.

    It is made and removed by the stack; one of that name is adopted. Every tenant has Office365 AntiPhish
    Default: adopted, and never removed.
    """

    name: Output[str]
    enabled: Output[bool]
    phish_threshold_level: Output[int]
    enable_spoof_intelligence: Output[bool]
    authentication_fail_action: Output[str]
    honor_dmarc_policy: Output[bool]
    enable_mailbox_intelligence: Output[bool]
    enable_mailbox_intelligence_protection: Output[bool]
    mailbox_intelligence_protection_action: Output[str]
    enable_organization_domains_protection: Output[bool]
    targeted_domain_protection_action: Output[str]
    enable_targeted_user_protection: Output[bool]
    targeted_users_to_protect: Output[Sequence[str]]
    targeted_user_protection_action: Output[str]
    enable_first_contact_safety_tips: Output[bool]
    enable_similar_users_safety_tips: Output[bool]
    enable_similar_domains_safety_tips: Output[bool]
    enable_unusual_characters_safety_tips: Output[bool]
    enable_unauthenticated_sender: Output[bool]
    enable_via_tag: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[AntiPhishPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
