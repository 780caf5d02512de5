"""What is done with bad mail, coming in and going out: the tenant's own default policies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import (
    AntiPhishPolicy,
    HostedConnectionFilterPolicy,
    HostedContentFilterPolicy,
    HostedOutboundSpamFilterPolicy,
    MalwareFilterPolicy,
)
from infra.hybrid.part import Part

DANGEROUS_FILES: tuple[str, ...] = tuple(
    """
    ace ani apk app appx arj bat cab cmd com deb dex dll docm elf exe hta img iso jar jnlp kext lha lib library lnk lzh
    macho msc msi msix msp mst pif ppa ppam reg rev scf scr sct sys uif vb vbe vbs vxd wsc wsf wsh xll xz z
    """.split()
)
"""Microsoft's default list of kinds of file that are refused."""

_QUARANTINED = "AdminOnlyAccessPolicy"
"""Microsoft's own rule: only administrators see and release what is in quarantine."""


@dataclass(frozen=True)
class ProtectionArgs:
    """*contacts* are the mail addresses of those who are told of a sender that is blocked.

    *imitated* are people whose name is worth imitating, `name;address` each.
    """

    contacts: Sequence[str]
    imitated: Sequence[str]


class Protection(Part):
    """The default policies, which hold for everybody who has no other: adopted, and never removed."""

    def __init__(self, name: str, args: ProtectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("Protection", name, opts)
        self._args = args

        self.connections = self._connection_filter()
        self.incoming = self._content_filter()
        self.outgoing = self._outbound_filter()
        self.malware = self._malware_filter()
        self.phishing = self._anti_phish()

        self.register_outputs({})

    def _connection_filter(self) -> HostedConnectionFilterPolicy:
        return HostedConnectionFilterPolicy(
            "connections", name="Default", ip_allow_list=[], enable_safe_list=False, opts=self.child
        )

    def _content_filter(self) -> HostedContentFilterPolicy:
        return HostedContentFilterPolicy(
            "incoming",
            name="Default",
            spam_action="MoveToJmf",
            high_confidence_spam_action="Quarantine",
            phish_spam_action="Quarantine",
            high_confidence_phish_action="Quarantine",
            bulk_spam_action="MoveToJmf",
            bulk_threshold=6,
            allowed_senders=[],
            allowed_sender_domains=[],
            inline_safety_tips_enabled=True,
            spam_zap_enabled=True,
            phish_zap_enabled=True,
            opts=self.child,
        )

    def _outbound_filter(self) -> HostedOutboundSpamFilterPolicy:
        return HostedOutboundSpamFilterPolicy(
            "outgoing",
            name="Default",
            auto_forwarding_mode="Off",
            recipient_limit_external_per_hour=500,
            recipient_limit_internal_per_hour=1000,
            recipient_limit_per_day=1000,
            action_when_threshold_reached="BlockUser",
            notify_outbound_spam=True,
            notify_outbound_spam_recipients=self._args.contacts,
            bcc_suspicious_outbound_mail=True,
            bcc_suspicious_outbound_additional_recipients=self._args.contacts,
            opts=self.child,
        )

    def _malware_filter(self) -> MalwareFilterPolicy:
        return MalwareFilterPolicy(
            "malware",
            name="Default",
            enable_file_filter=True,
            file_types=DANGEROUS_FILES,
            file_type_action="Reject",
            zap_enabled=True,
            quarantine_tag=_QUARANTINED,
            opts=self.child,
        )

    def _anti_phish(self) -> AntiPhishPolicy:
        return AntiPhishPolicy(
            "phishing",
            name="Office365 AntiPhish Default",
            enabled=True,
            phish_threshold_level=3,
            enable_spoof_intelligence=True,
            authentication_fail_action="Quarantine",
            honor_dmarc_policy=True,
            enable_mailbox_intelligence=True,
            enable_mailbox_intelligence_protection=True,
            mailbox_intelligence_protection_action="Quarantine",
            enable_organization_domains_protection=True,
            targeted_domain_protection_action="Quarantine",
            enable_targeted_user_protection=True,
            targeted_users_to_protect=self._args.imitated,
            targeted_user_protection_action="Quarantine",
            enable_first_contact_safety_tips=True,
            enable_similar_users_safety_tips=True,
            enable_similar_domains_safety_tips=True,
            enable_unusual_characters_safety_tips=True,
            enable_unauthenticated_sender=True,
            enable_via_tag=True,
            opts=self.child,
        )
