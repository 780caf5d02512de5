"""The applications of an environment, what each may do, and why: a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
"""Application ids of Microsoft's own services, the same in every tenant."""


@dataclass(frozen=True)
class AppRole:
    """A permission that *resource*, a service by its application id, publishes as *value* under *id*."""

    resource: str
    id: str
    value: str


MANAGE_AS_APP = AppRole(EXCHANGE_ONLINE, "dc50a0fb-09a3-484d-be87-e023b12c6440", "Exchange.ManageAsApp")
FULL_ACCESS = AppRole(EXCHANGE_ONLINE, "dc890d15-9560-4a4c-9b7f-a736ec74ec40", "full_access_as_app")
READ_USERS = AppRole(MICROSOFT_GRAPH, "df021288-bdef-4463-88db-98f22de89214", "User.Read.All")
READ_MEMBERS = AppRole(MICROSOFT_GRAPH, "98830695-27a2-44f7-8c18-0c3ebc9698f6", "GroupMember.Read.All")
WRITE_MEMBERS = AppRole(MICROSOFT_GRAPH, "dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "GroupMember.ReadWrite.All")
READ_ORGANISATION = AppRole(MICROSOFT_GRAPH, "498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All")
READ_POLICIES = AppRole(MICROSOFT_GRAPH, "246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All")
READ_ROLES = AppRole(MICROSOFT_GRAPH, "483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "RoleManagement.Read.Directory")
READ_SYNC = AppRole(
    MICROSOFT_GRAPH, "bb70e231-92dc-4729-aff5-697b3f04be95", "OnPremDirectorySynchronization.Read.All"
)


@dataclass(frozen=True)
class Duty:
    """*roles*: each permission and why it is needed. *piped*: a job of the pipeline may sign in as it."""

    description: str
    roles: Mapping[AppRole, str]
    piped: bool = True


APPLICATIONS: Mapping[str, Duty] = {
    "reader": Duty(
        "Reads what the mail migration is planned from and proved by",
        {
            MANAGE_AS_APP: "Reads recipients, moves and configuration; its role group holds View-Only roles alone",
            READ_USERS: "Matches mailboxes to people and their licences",
            READ_MEMBERS: "Knows who is in the pilots' and licence groups",
            READ_ORGANISATION: "Counts licences and looks at the verified domains",
            READ_POLICIES: "Holds the tenant's policies to the controls, and changes none",
            READ_ROLES: "Counts who rules the tenant (controls 37 and 38)",
            READ_SYNC: "Looks whether synchronisation may take an account over (control 45)",
        },
    ),
    "batch-runner": Duty(
        "Creates, starts and watches batches of the mail migration",
        {
            MANAGE_AS_APP: "Runs the Migration cmdlets that its role group lists, inside its scope",
            READ_USERS: "Looks once more at a person's licence before the mailbox is put into a batch",
            WRITE_MEMBERS: "Puts people whose mailboxes have moved into the licence groups (fact B51)",
            READ_ORGANISATION: "Counts the seats before people of a wave are told",
        },
    ),
    "completer": Duty(
        "Completes batches of the mail migration inside their window",
        {MANAGE_AS_APP: "Completes batches and postpones what a window has no time for, and nothing else"},
    ),
    # A consent to Mail.Send or Calendars.Read in the directory would open every mailbox, whatever scope Exchange gives.
    "courier": Duty(
        "Tries after a wave of the mail migration whether mail arrives and free/busy is seen",
        {
            MANAGE_AS_APP: "Reads the trace of messages; what it may send, and out of which mailbox, Exchange says"
        },
    ),
    "mender": Duty(
        "Mends after a wave of the mail migration what a move broke, and takes away what it left",
        {MANAGE_AS_APP: "Sets moved mailboxes and rights on them right, by the cmdlets of its role group"},
    ),
    # Fact D21: the shared principal of Exchange Online is refused since 31 October 2025.
    "hybrid": Duty(
        "Free/busy, MailTips and pictures between on-premises Exchange and Exchange Online",
        {FULL_ACCESS: "Exchange servers ask Exchange Web Services as this application (fact D21)"},
        piped=False,
    ),
}
"""By name; what one may do inside Exchange beyond a role here is a role group's business (section C3)."""
