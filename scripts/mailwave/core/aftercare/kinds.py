"""Every kind of damage by its own name: what it means, and who mends what no cmdlet of ours does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EXCHANGE = "the Exchange team"
RECORDS = "the records manager"
SECURITY = "the security team"
LICENSING = "the licence manager"
OWNER = "the owner of the mailbox"


@dataclass(frozen=True)
class Kind:
    """*says* is the damage in one sentence; *owner* mends it where we cannot, or answers for the exception."""

    says: str
    owner: str = EXCHANGE


KINDS: Mapping[str, Kind] = {
    # where it lives
    "two-primaries": Kind("it lives on both sides (error 27)"),
    "second-mailbox": Kind("a licence that came too early made a second mailbox of its address (fact D25)"),
    "not-there": Kind("it has moved, and no mailbox in the cloud has its ExchangeGuid (fact B51)"),
    "no-remote-mailbox": Kind("its site has no remote mailbox for it, so that mail to it has nowhere to go"),
    "routing-wrong": Kind("its site sends its mail elsewhere than to the tenant's routing domain (fact D24)"),
    # what is around it
    "halves-apart": Kind(
        "sites and cloud do not work together: mail both ways, free/busy, the address list, OAuth"
    ),
    "autodiscover-astray": Kind(
        "autodiscover of its domain leads elsewhere than to where Outlook is told (fact D18)"
    ),
    # whether mail arrives, as tried
    "mail-not-sent": Kind("the message that was to try its way could not be handed over"),
    "mail-not-arrived": Kind("the message is under way for longer than mail may be, and nobody gave it back"),
    "mail-returned": Kind("the message was given back"),
    "mail-looped": Kind("the message went round between the halves until it was given back (5.4.6, 5.4.14)"),
    "mail-astray": Kind("the message was put into a mailbox at its site and never came to the cloud"),
    "mail-held": Kind("the message is kept as spam or in quarantine", SECURITY),
    "mail-untraced": Kind("neither side has written down anything of the message"),
    # whether calendars are seen, as asked
    "calendar-not-asked": Kind(
        "nobody would take the question for free/busy, so that nothing is known of it"
    ),
    "calendar-unknown": Kind("the side that was asked for its free/busy knows nobody of its address"),
    "calendar-hidden": Kind("its calendar shows nobody when its owner is free", OWNER),
    "calendar-not-shown": Kind("its free/busy is not shown, for a reason that has no name here"),
    "calendars-not-shared": Kind(
        "the relationship between the halves is missing, off, or shows no free/busy"
    ),
    "calendars-astray": Kind("where the other half is asked for free/busy nobody answers, or somebody else"),
    "calendars-refused": Kind("the other half does not take the sign-in of who asks for free/busy"),
    "calendars-not-set": Kind(
        "what a half is set to keeps free/busy from being seen, whatever the tests say"
    ),
    # who it is
    "address-changed": Kind("its primary address is another"),
    "address-lost": Kind("an address that it had is gone"),
    "x500-lost": Kind("its LegacyExchangeDN is no X500 address: replies to old mail bounce (fact D24)"),
    "type-changed": Kind("it is a mailbox of another type"),
    "hidden-changed": Kind("it is hidden from the address lists, or shown there, and was not"),
    # what is in it
    "items-missing": Kind(
        "fewer items were copied than it had, and the missing ones are not on its list", OWNER
    ),
    "score-poor": Kind("the move's consistency score is Poor (fact B31)", OWNER),
    "archive-missing": Kind("its archive did not come along: the cloud has none of its ArchiveGuid"),
    "archive-not-provisioned": Kind("its archive is not active"),
    # how it is kept
    "litigation-hold-dropped": Kind("its litigation hold is off", RECORDS),
    "retention-hold-dropped": Kind("its retention hold is off", RECORDS),
    "in-place-hold-dropped": Kind("a search's hold on it is gone", RECORDS),
    "retention-policy-lost": Kind("it has another retention policy", RECORDS),
    "item-recovery-off": Kind("single item recovery is off", RECORDS),
    "audit-off": Kind("it is not audited", SECURITY),
    "audit-bypassed": Kind("what its owner does is left out of the audit", SECURITY),
    # how it works
    "inbox-rule-lost": Kind("a rule of its inbox is gone", OWNER),
    "inbox-rule-off": Kind("a rule of its inbox is off, and was not", OWNER),
    "inbox-rule-changed": Kind("a rule of its inbox does something else", OWNER),
    "inbox-rule-new": Kind("a rule that sends mail away is there, and was not", SECURITY),
    "forwarding-lost": Kind("mail to it is not forwarded any more", OWNER),
    "forwarding-new": Kind("mail to it is forwarded, and was not before", SECURITY),
    "forwarded-copy-lost": Kind("what is forwarded is not kept in it any more", OWNER),
    "sent-copy-lost": Kind("what delegates send as it is not kept in it any more", OWNER),
    "behalf-copy-lost": Kind("what delegates send on its behalf is not kept in it any more", OWNER),
    "quota-cut": Kind("it may hold less than it could before"),
    "web-access-lost": Kind("its owner had Outlook on the web, and has not"),
    "outlook-access-lost": Kind("its owner had Outlook (MAPI), and has not"),
    "phone-access-lost": Kind("its owner had ActiveSync, and has not"),
    "services-access-lost": Kind("its owner had Exchange Web Services, and has not"),
    # who may use it
    "full-access-lost": Kind("a Full Access is gone", OWNER),
    "automapping-lost": Kind(
        "Outlook does not open it by itself for somebody for whom it did (peers 6)", OWNER
    ),
    "send-as-lost": Kind("a Send-As is gone in the cloud (peers 6)", OWNER),
    "send-as-lost-at-site": Kind(
        "a Send-As is gone at the site, where somebody needs it still (peers 6)", OWNER
    ),
    "on-behalf-lost": Kind("a Send-on-Behalf is gone", OWNER),
    "folder-role-lost": Kind("a role in a folder is gone", OWNER),
    "folder-role-changed": Kind("a role in a folder is another", OWNER),
    "trustee-stays-behind": Kind(
        "a right belongs to an account that the cloud does not know (peers 6)", OWNER
    ),
    "right-of-stranger": Kind("somebody has Full Access or Send-As who had it not", SECURITY),
    # its licence
    "licence-missing": Kind(
        "its owner is in no licence group, and it is lost in 30 days (fact B51)", LICENSING
    ),
    "licence-refused": Kind("the licence could not be assigned (fact E6)", LICENSING),
    "licence-late": Kind(
        "its owner is in a licence group, and the licence has not come within a day", LICENSING
    ),
}
