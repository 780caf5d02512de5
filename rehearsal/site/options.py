"""The rules of an on-premises site, each with its switch (see `rehearsal.rules`)."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import choice, rule


@dataclass(frozen=True)
class Options:
    """How the sites of an Exchange organisation behave."""

    versions_differ: bool = rule(
        "opd, D16", "doc", "a cmdlet or parameter that the server's version lacks does not exist there"
    )
    one_parameter_set: bool = rule("opd", "doc", "the parameters of a call belong to one parameter set")
    writes_ask: bool = rule(
        "opd, A16", "doc", "Remove- and other dangerous cmdlets ask unless Confirm is false"
    )
    first_thousand: bool = rule("opd:Get-Mailbox", "doc", "recipients are cut at 1,000 with a warning")
    scope_is_a_domain: bool = rule(
        "opd:Get-Mailbox",
        "doc",
        "a call sees the recipients of the domain of its servers, whichever database it asks about, unless it says "
        "IgnoreDefaultScope",
    )
    forest_by_catalog: bool = rule(
        "opd:Get-Mailbox",
        "doc, decomp",
        "IgnoreDefaultScope goes without DomainController, and with a distinguished name alone as Identity",
    )
    system_mailboxes_in_root: bool = rule(
        "Exchange Setup",
        "2nd",
        "arbitration and audit log mailboxes are in the forest's root domain, outside the scope of every site",
    )
    names_are_ambiguous: bool = rule("opd", "inf", "a name of several objects is refused where one is meant")
    replication_seconds: int = choice(
        15,
        (0,),
        "Active Directory",
        "2nd",
        "seconds until another domain controller of the site sees a write",
    )
    site_replication_minutes: int = choice(
        15, (0,), "Active Directory", "2nd", "minutes until the domain controllers of other sites see a write"
    )
    inherited_entries: bool = rule(
        "opd:Get-MailboxPermission",
        "2nd",
        "permissions list inherited entries, of which some deny, beside those of the mailbox itself",
    )
    orphaned_trustees: bool = rule(
        "opd:Get-MailboxPermission", "2nd", "a right of a deleted account is shown by its SID"
    )
    rests_are_purged: bool = rule(
        "B50, opd:Remove-StoreMailbox",
        "doc",
        "what a moved mailbox left is kept for MailboxRetention, then purged",
    )
    rights_move_when_changed: bool = rule(
        "Active Directory",
        "2nd",
        "a right that is given or taken moves WhenChanged of its mailbox, in whose object it stands",
    )
    connections: bool = rule(
        "B44", "doc", "MRSProxy of a server takes MaxMRSConnections connections, 100 at first"
    )
    restart_reads_limits: bool = rule(
        "B44", "doc", "a changed limit counts once the replication service has started again"
    )
    names_are_exact: bool = rule("B44", "doc", "MRSProxy's settings are found in their exact letters only")
    update_resets: bool = rule("B44", "doc", "a cumulative update writes MRSProxy's settings anew")
    proxy_off_is_403: bool = rule("B.10 error 19", "doc", "a server whose MRSProxy is off answers 403")
    handler_missing_is_405: bool = rule(
        "B45", "doc", "without the IIS handler svc-Integrated a server answers 405"
    )
    ntlm_needed: bool = rule(
        "B46", "live, inf", "MRSProxy takes NTLM; where it is off or blocked, moves get 401"
    )
    no_offloading: bool = rule(
        "D19", "doc", "Extended Protection refuses what comes through a device that ended its TLS"
    )
    protected_account: bool = rule("B.10 error 20", "doc", "a server in a protected group refuses moves")
    statistics_seconds: int = choice(
        2,
        (0,),
        "opd:Get-MailboxStatistics",
        "inf",
        "seconds that the statistics of all mailboxes of one database take",
    )
    connector_keeps_a_source: bool = rule(
        "opd:Set-SendConnector", "inf", "a send connector is never left without a server that sends by it"
    )
    database_is_emptied: bool = rule(
        "opd:Remove-MailboxDatabase", "2nd", "a database in which any mailbox lives is not removed"
    )
    passive_copies_go_first: bool = rule(
        "opd:Remove-MailboxDatabaseCopy",
        "doc",
        "a database goes only without passive copies, and its active copy only with it",
    )
    last_copy_is_not_circular: bool = rule(
        "opd:Remove-MailboxDatabaseCopy",
        "doc",
        "the last passive copy of a database goes only where circular logging is off",
    )
    member_has_no_copies: bool = rule(
        "opd:Remove-DatabaseAvailabilityGroupServer",
        "doc",
        "a server leaves its availability group only without any copy of a database",
    )
    group_is_empty: bool = rule(
        "opd:Remove-DatabaseAvailabilityGroup",
        "doc",
        "an availability group is removed only when no server is in it",
    )
    setup_looks_first: bool = rule(
        "Exchange Setup",
        "2nd",
        "Setup uninstalls no server that sends for a connector, is in an availability group, or holds mailboxes",
    )
    auth_certificate_installed: bool = rule(
        "opd:Set-AuthConfig", "doc", "the certificate for OAuth is one of the server's own, with its key"
    )
    auth_certificate_next: bool = rule(
        "opd:Set-AuthConfig", "doc", "a certificate for OAuth is published only where one is the next"
    )
    auth_certificate_notice_hours: int = choice(
        48,
        (0,),
        "opd:Set-AuthConfig",
        "2nd",
        "hours; a next certificate whose date is nearer is taken only after a question",
    )
    auth_certificate_deployed_hours: int = choice(
        1, (0,), "opd:Set-AuthConfig", "inf", "hours until the service hosts have brought it to every server"
    )
    auth_certificate_turns: bool = rule(
        "opd:Set-AuthConfig", "2nd", "on its date the next certificate becomes the current one by itself"
    )
    oauth_certificate_counts: bool = rule(
        "D12, opd:Test-OAuthConnectivity",
        "inf",
        "a server whose certificate for OAuth is missing or has expired gets no token for the tenant",
    )
    shared_application_refused: bool = rule(
        "D21", "doc", "the tenant's web services refuse servers that call as the shared application"
    )
    relationship_test_ignores_state: bool = rule(
        "opd:Test-OrganizationRelationship",
        "decomp",
        "a relationship is tested alike whether it is on or off",
    )
    relationship_test_is_federated: bool = rule(
        "opd:Test-OrganizationRelationship", "decomp", "without a federation trust no relationship is tested"
    )
