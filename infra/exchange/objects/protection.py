"""What keeps bad mail out and in: the filters, and what they do."""

from __future__ import annotations

from infra.exchange.kinds import Life, ObjectType, prop
from infra.exchange.rules import Flag, Names, Number, Text

_ACTION = Text(("AddXHeader", "Delete", "ModifySubject", "MoveToJmf", "NoAction", "Quarantine", "Redirect"))
_SPAM = Text(("AddXHeader", "ModifySubject", "MoveToJmf", "Quarantine", "Redirect"))
_SURE = Text(("AddXHeader", "Delete", "ModifySubject", "MoveToJmf", "Quarantine", "Redirect"))
_IMITATED = Text(("NoAction", "BccMessage", "Delete", "MoveToJmf", "Quarantine", "Redirect"))

HOSTED_CONNECTION_FILTER_POLICY = ObjectType(
    noun="HostedConnectionFilterPolicy",
    key="name",
    says="Which addresses are let past the filters, or are refused, before anything else.",
    life=Life.ADOPTED,
    properties=(
        prop("IPAllowList", Names(), "Addresses that are let past"),
        prop("IPBlockList", Names(), "Addresses that are refused"),
        prop("EnableSafeList", Flag(), "Whether Microsoft's own list is let past"),
    ),
)

HOSTED_CONTENT_FILTER_POLICY = ObjectType(
    noun="HostedContentFilterPolicy",
    key="name",
    says="What is done with spam and phishing that come in.",
    standing=frozenset({"Default"}),
    properties=(
        prop("SpamAction", _SPAM, "What is done with spam"),
        prop("HighConfidenceSpamAction", _SURE, "What is done with what is surely spam"),
        prop("PhishSpamAction", _SURE, "What is done with phishing"),
        prop(
            "HighConfidencePhishAction", Text(("Redirect", "Quarantine")), "What is done with sure phishing"
        ),
        prop("BulkSpamAction", _ACTION, "What is done with bulk mail"),
        prop("BulkThreshold", Number(1, 9), "From which level mail is bulk mail"),
        prop("QuarantineRetentionPeriod", Number(1, 30), "Days in quarantine"),
        prop("AllowedSenders", Names(), "Senders who are let past"),
        prop("AllowedSenderDomains", Names(), "Domains that are let past"),
        prop("InlineSafetyTipsEnabled", Flag(), "Whether people are shown what is suspicious"),
        prop("SpamZapEnabled", Flag(), "Whether spam is taken back after delivery"),
        prop("PhishZapEnabled", Flag(), "Whether phishing is taken back after delivery"),
    ),
)

HOSTED_OUTBOUND_SPAM_FILTER_POLICY = ObjectType(
    noun="HostedOutboundSpamFilterPolicy",
    key="name",
    says="How much anybody may send outside, and who is told.",
    standing=frozenset({"Default"}),
    properties=(
        prop("AutoForwardingMode", Text(("Automatic", "On", "Off")), "Whether mail may be forwarded outside"),
        prop(
            "RecipientLimitExternalPerHour", Number(), "Recipients outside, an hour; 0 is the service's limit"
        ),
        prop("RecipientLimitInternalPerHour", Number(), "Recipients inside, an hour"),
        prop("RecipientLimitPerDay", Number(), "Recipients a day"),
        prop(
            "ActionWhenThresholdReached",
            Text(("Alert", "BlockUser", "BlockUserForToday")),
            "What is done with who sends more",
        ),
        prop("NotifyOutboundSpam", Flag(), "Whether somebody is told when a sender is blocked"),
        prop("NotifyOutboundSpamRecipients", Names(), "Who is told"),
        prop("BccSuspiciousOutboundMail", Flag(), "Whether somebody gets a copy of suspicious mail"),
        prop("BccSuspiciousOutboundAdditionalRecipients", Names(), "Who gets it"),
    ),
)

MALWARE_FILTER_POLICY = ObjectType(
    noun="MalwareFilterPolicy",
    key="name",
    says="What is done with attachments that are malware or of a dangerous kind.",
    standing=frozenset({"Default"}),
    properties=(
        prop("EnableFileFilter", Flag(), "Whether kinds of attachment are refused"),
        prop("FileTypes", Names(), "Which kinds, by the ending of their names"),
        prop("FileTypeAction", Text(("Quarantine", "Reject")), "What is done with them"),
        prop("ZapEnabled", Flag(), "Whether malware is taken back after delivery"),
        prop("QuarantineTag", Text(), "Who may look at what is in quarantine"),
    ),
)

ANTI_PHISH_POLICY = ObjectType(
    noun="AntiPhishPolicy",
    key="name",
    says="How imitated senders are noticed, and what is done.",
    standing=frozenset({"Office365 AntiPhish Default"}),
    properties=(
        prop("Enabled", Flag(), "Whether it is in use"),
        prop("PhishThresholdLevel", Number(1, 4), "How readily it takes mail for phishing"),
        prop("EnableSpoofIntelligence", Flag(), "Whether forged senders are noticed"),
        prop("AuthenticationFailAction", Text(("MoveToJmf", "Quarantine")), "What is done with them"),
        prop("HonorDmarcPolicy", Flag(), "Whether the sender's DMARC decides"),
        prop("EnableMailboxIntelligence", Flag(), "Whether it learns whom people write with"),
        prop("EnableMailboxIntelligenceProtection", Flag(), "Whether it acts on what it learnt"),
        prop("MailboxIntelligenceProtectionAction", _IMITATED, "What it does then"),
        prop("EnableOrganizationDomainsProtection", Flag(), "Whether imitations of own domains are noticed"),
        prop("TargetedDomainProtectionAction", _IMITATED, "What is done with an imitated domain"),
        prop("EnableTargetedUserProtection", Flag(), "Whether imitations of certain people are noticed"),
        prop("TargetedUsersToProtect", Names(), "Who they are, `name;address` each"),
        prop("TargetedUserProtectionAction", _IMITATED, "What is done with an imitated person"),
        prop("EnableFirstContactSafetyTips", Flag(), "Whether a first contact is shown"),
        prop("EnableSimilarUsersSafetyTips", Flag(), "Whether people who look like others are shown"),
        prop("EnableSimilarDomainsSafetyTips", Flag(), "Whether domains that look like others are shown"),
        prop("EnableUnusualCharactersSafetyTips", Flag(), "Whether unusual characters are shown"),
        prop("EnableUnauthenticatedSender", Flag(), "Whether a sender without proof is shown with `?`"),
        prop("EnableViaTag", Flag(), "Whether another sending domain is shown"),
    ),
)

KINDS = (
    HOSTED_CONNECTION_FILTER_POLICY,
    HOSTED_CONTENT_FILTER_POLICY,
    HOSTED_OUTBOUND_SPAM_FILTER_POLICY,
    MALWARE_FILTER_POLICY,
    ANTI_PHISH_POLICY,
)
