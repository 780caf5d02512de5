"""What is checked when a link is followed or a file is opened, and for whom."""

from __future__ import annotations

from infra.exchange.kinds import TOGGLE, Life, ObjectType, prop
from infra.exchange.rules import Flag, Names, Number, State, Text

SAFE_LINKS_POLICY = ObjectType(
    noun="SafeLinksPolicy",
    key="name",
    says="What happens when a link is followed. The built-in one cannot be changed.",
    properties=(
        prop("EnableSafeLinksForEmail", Flag(), "Whether links in mail are checked"),
        prop("EnableSafeLinksForTeams", Flag(), "Whether links in Teams are checked"),
        prop("EnableSafeLinksForOffice", Flag(), "Whether links in documents are checked"),
        prop("EnableForInternalSenders", Flag(), "Whether links from inside are checked"),
        prop("ScanUrls", Flag(), "Whether what a link leads to is looked at"),
        prop("DeliverMessageAfterScan", Flag(), "Whether mail waits for that"),
        prop("DisableUrlRewrite", Flag(), "True: links stay as they are written"),
        prop("TrackClicks", Flag(), "Whether it is recorded who followed a link"),
        prop("AllowClickThrough", Flag(), "Whether people may go on to a bad page"),
    ),
)

SAFE_ATTACHMENT_POLICY = ObjectType(
    noun="SafeAttachmentPolicy",
    key="name",
    says="What happens to attachments that nobody knows yet. The built-in one cannot be changed.",
    properties=(
        prop("Enable", Flag(), "Whether they are opened for trial"),
        prop("Action", Text(("Allow", "Block", "DynamicDelivery")), "What is done with bad ones"),
        prop("QuarantineTag", Text(), "Who may look at what is in quarantine"),
    ),
)


def _rule(noun: str, policy: str, what: str) -> ObjectType:
    """The rule that says whom a policy is for."""
    return ObjectType(
        noun=noun,
        key="name",
        says=f"Whom a policy of safe {what} is for.",
        properties=(
            prop(policy, Text(), "The policy's name", required=True),
            prop("RecipientDomainIs", Names(), "Everybody in these domains"),
            prop("ExceptIfSentToMemberOf", Names(), "But not the members of these groups"),
            prop("Priority", Number(), "Its place among the rules, 0 first"),
            prop("Enabled", State(), "Whether it is in use", shown="State", by=TOGGLE),
            prop("Comments", Text(), "A remark for people"),
        ),
    )


SAFE_LINKS_RULE = _rule("SafeLinksRule", "SafeLinksPolicy", "links")
SAFE_ATTACHMENT_RULE = _rule("SafeAttachmentRule", "SafeAttachmentPolicy", "attachments")

ATP_POLICY_FOR_O365 = ObjectType(
    noun="AtpPolicyForO365",
    key="",
    says="What is checked in SharePoint, OneDrive, Teams and documents.",
    life=Life.ADOPTED,
    properties=(
        prop("EnableATPForSPOTeamsODB", Flag(), "Whether files there are checked"),
        prop("EnableSafeDocs", Flag(), "Whether documents are checked before they may be edited"),
        prop("AllowSafeDocsOpen", Flag(), "Whether people may go on with a bad document"),
    ),
)


def _preset(noun: str, what: str) -> ObjectType:
    """The rule that says whom the presets of Microsoft's are for."""
    return ObjectType(
        noun=noun,
        key="name",
        says=f"Whom a preset policy is for, as far as {what} goes.",
        life=Life.ADOPTED,
        absent="a person turns the preset on once, in the Microsoft Defender portal, which makes its policies",
        properties=(
            prop("SentTo", Names(), "These people"),
            prop("SentToMemberOf", Names(), "The members of these groups"),
            prop("RecipientDomainIs", Names(), "Everybody in these domains"),
            prop("Enabled", State(), "Whether it is in use", shown="State", by=TOGGLE),
            prop("Comments", Text(), "A remark for people"),
        ),
    )


EOP_PROTECTION_POLICY_RULE = _preset("EOPProtectionPolicyRule", "spam, malware and imitation")
ATP_PROTECTION_POLICY_RULE = _preset("ATPProtectionPolicyRule", "links and files")

KINDS = (
    SAFE_LINKS_POLICY,
    SAFE_LINKS_RULE,
    SAFE_ATTACHMENT_POLICY,
    SAFE_ATTACHMENT_RULE,
    ATP_POLICY_FOR_O365,
    EOP_PROTECTION_POLICY_RULE,
    ATP_PROTECTION_POLICY_RULE,
)
