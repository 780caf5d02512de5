"""The rules of the simulated Exchange Online, each with a switch, its fact and how far the fact can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.exchange_online.objects.options import ObjectOptions
from rehearsal.rules import choice, rule


@dataclass(frozen=True)
class WireOptions:
    """What is said on the wire."""

    beta_only: bool = rule("A3", "live", "only `beta` serves cmdlets; `v1.0` answers 405")
    object_parameters: bool = rule("A2", "live", "`Parameters` is an object; null is refused")
    post_only_paging: bool = rule("A14", "live", "a next link is posted to; a GET gets 405")
    link_belongs_to_body: bool = rule("A14", "live", "a next link wants the body that it came from")
    ten_in_a_batch: bool = rule("A5", "live", "`$batch` takes at most ten requests")
    continue_on_error: bool = rule(
        "A5", "live, inf", "`$batch` goes on after an error only when asked by `Prefer`"
    )
    csv_forms: str = choice(
        "both", ("text", "typed"), "A18, G1", "live, mod", "the forms of `CSVData`: base64 text, typed bytes"
    )
    honours_result_size: bool = choice(
        True, (False,), "A15, G2", "doc, live", "the service cuts at ResultSize, or leaves that to the client"
    )
    anchor_mailbox: str = choice(
        "optional", ("required",), "A9, G2", "live, ?", "whether a call needs the header X-AnchorMailbox"
    )
    credentials_refused: bool = rule("A19", "live", "a PSCredential gets 500")
    unreadable_refusal: bool = rule("A23", "live", "403 with NUL bytes declared as gzip")
    unreadable_success: bool = rule("A24", "live", "200 with a body that is not JSON, as a fault")
    redirects_to_446: bool = rule("A25", "live", "302 with port 446 in its Location, as a fault")
    decimal_retry_after: bool = rule("A26", "mod", "429 whose Retry-After may have decimals, as a fault")
    answers_503: bool = rule("A26", "mod", "503, as a fault")
    answers_504: bool = rule("A26", "mod", "504, as a fault")
    transient_inside_400: bool = rule("A27", "live", "a transient exception inside a 400, as a fault")
    busy_is_no_429: bool = rule("A28", "live", "the tenant's concurrency refusal is not a 429, as a fault")
    claims_challenge: bool = rule("A13", "live", "401 with claims that a fresh token must have, as a fault")
    rate_headers: bool = rule(
        "A28, A29", "live, ?", "Rate-Limit-Remaining and -Reset; their numbers are invented"
    )
    prompts: bool = rule("A16", "mod", "Remove-, Stop- and Complete- only ask, unless Confirm is false")
    warnings_in_body: bool = rule("A17", "live", "warnings in `@adminapi.warnings`")
    warnings_in_header: bool = rule("A17", "mod", "warnings in X-Warnings")
    sizes_are_text: bool = rule("A31", "live", "sizes as `2.5 GB (2,684,354,648 bytes)`")
    unknown_means_all: bool = rule("B24", "doc", "an unknown Identity returns everything")
    online_parameters_only: bool = rule("B9", "doc", "parameters of on-premises Exchange only are refused")


@dataclass(frozen=True)
class BatchOptions:
    """What batches, endpoints and their limits are."""

    most_batches: int | None = choice(100, (None,), "B5", "doc", "the most batches of a tenant")
    removed_name_lingers: bool = rule("A30", "live", "a removed batch's name is taken for 8 s")
    unknown_columns_refused: bool = rule("B11", "decomp", "an unknown column refuses the whole list")
    bad_rows_warn: bool = rule("B11", "decomp", "a bad row becomes a warning, and the others go on")
    rows_in_a_batch: int | None = choice(None, (2000,), "B12, G5", "?, decomp", "most rows of one list")
    one_batch_a_mailbox: bool = rule("B.10 error 2", "doc", "a mailbox is in one batch only")
    adds_new_rows_only: bool = rule("B15", "doc", "AddUsers takes only the rows that are new")
    copies_users: bool = rule("B13", "doc", "a new batch may take users of another one, with DisableOnCopy")
    times_are_utc: bool = rule("B9", "doc", "a time without a zone is UTC")
    completes_what_is_synced: bool = rule("B19", "doc", "Complete- needs Synced or SyncedWithErrors")
    eight_hours: bool = rule("B19", "doc", "a completion repeated within 8 hours is not acted on")
    user_completion_wins: bool = rule("B19", "doc", "a user's CompleteAfter beats its batch's")
    user_start_wins: bool = rule("B18", "doc", "a user's StartAfter beats its batch's")
    worst_score: bool = rule("B31", "doc", "a batch has the score of its worst user")
    cancel_at_failures: int | None = choice(None, (500,), "B42", "decomp", "failed users that stop a batch")
    idle_synced_days: int | None = choice(
        60,
        (90, None),
        "peers 6",
        "doc, 2nd",
        "days without an act of an administrator that stop a synced batch",
    )
    idle_stopped_days: int | None = choice(
        90, (30, None), "peers 6", "doc, 2nd", "days that remove a stopped or failed batch"
    )
    completed_days: int | None = choice(60, (None,), "peers 6", "doc", "days that remove a completed batch")
    endpoint_slots: tuple[int, int] = choice(
        (100, 20),
        ((20, 20), (20, 10), (10, 10)),
        "B2, G4",
        "doc, 2nd, decomp",
        "an endpoint's slots at first",
    )
    three_hundred: bool = rule("B4", "doc, inf", "the endpoints of one type have at most 300 slots together")
    increments_below_migrations: bool = rule("B2", "doc", "no more incremental slots than initial ones")
    two_pools: bool = rule("B3", "doc", "initial and incremental syncs have slots of their own")
    slots_are_limits: bool = rule("B3", "doc", "no more initial syncs at once than slots")
    limits_wait_for_a_pass: bool = rule(
        "B7", "doc", "a changed limit reaches running batches at the next pass"
    )
    keeps_slots: bool = rule("C6", "doc, inf", "a smaller limit takes no slot away from a running move")


@dataclass(frozen=True)
class MoveOptions:
    """What becomes of a move."""

    plateau: bool = rule("B23", "doc", "a synced move rests at 95 %")
    daily_increments: bool = rule("B23", "doc", "an incremental sync every 24 h")
    synced_again_as: str = choice(
        "Synced", ("IncrementalSynced",), "B28, B34c, G7", "inf, ?", "the status after an incremental sync"
    )
    warned_group: str = choice(
        "Completed", ("Failed",), "B28, G7", "?", "the StatusSummary of CompletedWithWarnings"
    )
    stall_names: str = choice(
        "current", ("older",), "B37, B38, G6", "doc, decomp, ?", "how a stall is called"
    )
    investigate_waits: bool = rule("B31", "doc", "Investigate completes only after an approval")
    poor_stays: bool = rule("B31", "doc", "no approval completes Poor")
    approval_looks_back: bool = rule("B32", "doc", "an approval covers only the items found before it")
    largest_200_gb: bool = rule("C2", "doc", "a mailbox above 200 GB cannot be moved")
    leaves_two_mailboxes: bool = rule("B.10 error 27", "doc", "a source may stay a mailbox after its move")
    matches_multiple: bool = rule("B.10 error 12", "doc", "a soft-deleted twin fails the validation")
    needs_routing_address: bool = rule(
        "B.10 error 3", "doc", "the target needs an address in the delivery domain"
    )
    early_licence_makes_mailbox: bool = rule(
        "D25, B.10 error 11",
        "doc",
        "who got a mailbox of their own in the cloud, by a licence that came too early, cannot be moved",
    )
    moves_once: bool = rule("B.10 error 11", "doc", "a mailbox in the cloud is not moved again")
    archive_only_refused: bool = rule(
        "B.10 error 10", "doc, inf", "ArchiveOnly fails where there is no archive"
    )
    increments_may_fail: bool = rule("B27", "decomp", "IncrementalFailed, by cause")
    completions_may_fail: bool = rule(
        "B27, B19", "decomp, doc", "CompletionFailed, by cause; Start tries again"
    )
    users_may_corrupt: bool = rule("B27, B34b", "decomp, inf", "Corrupted, by cause; it can only be removed")
    transient_fails: bool = rule("B43", "decomp", "a transient error fails a user after half an hour")
    source_connections: bool = rule("B44", "doc", "100 moves at once with one on-premises server")
    moves_a_source: int | None = choice(
        10,
        (None,),
        "C5, G7",
        "doc, ?",
        "moves at once that workload management lets through from or to one server, of whatever version",
    )
    other_tenants: str = choice(
        "usual",
        ("none", "published"),
        "C6, C2, peers 6",
        "doc, inf",
        "how long moves wait behind those of other tenants (`load.py`); `published` is fact C2, `usual` is milder",
    )
    removed_active_user: str = choice(
        "drops", ("refused",), "B22, G14", "?", "what Remove-MigrationUser does to a move under way"
    )
    request_days: int = choice(30, (3,), "B23", "doc", "days that a completed move request is kept")
    users_at_once: bool = choice(
        True, (False,), "B34c", "inf, ?", "users can be read once a batch is made, or only after its start"
    )


@dataclass(frozen=True)
class OffboardingOptions:
    """What a move back to the source needs."""

    back_to_premises_domain: bool = rule(
        "B48", "doc, inf", "who goes back gets mail in a domain that is not the tenant's routing domain"
    )
    database_named: bool = rule("B10, B48", "doc", "a target database is named on the batch or in its row")
    cell_beats_batch: bool = rule("B10", "doc", "a row's TargetDatabase beats the batch's TargetDatabases")
    one_of_several_databases: bool = rule(
        "B48", "doc", "of several target databases the service chooses one, mailbox by mailbox"
    )
    known_database: bool = rule("B48", "doc, inf", "a database that the site does not have fails the user")
    only_from_cloud: bool = rule("B48", "doc, inf", "only a mailbox in the cloud can be moved back")
    needs_guid_on_premises: bool = rule(
        "B49, B.10 error 1", "doc", "the remote mailbox must carry the ExchangeGuid"
    )
    leftover_refused: bool = rule(
        "B49, B.10 error 11", "doc", "a mailbox still on premises is in the way of one that comes back"
    )
    leftover_request: bool = rule(
        "B.10 error 2", "doc, inf", "a completed move request that is kept is in the way of the next move"
    )


@dataclass(frozen=True)
class DelegationOptions:
    """What becomes of rights on a mailbox when it, or who holds them, moves."""

    explicit_rights_move: bool = rule(
        "peers 6, D26", "doc", "Full Access and folder rights given on the mailbox itself come along with it"
    )
    unmailed_trustees_stay: bool = rule(
        "peers 6", "doc", "a right of an account that the cloud does not know as a recipient stays behind"
    )
    send_as_moves_together: bool = rule(
        "peers 6", "doc", "Send-As comes along only for who moves in the same batch; else it is added by hand"
    )
    automapping_moves_together: bool = rule(
        "peers 6",
        "doc, 2nd",
        "a mailbox opens by itself only if both ends moved together, or once given again",
    )
    send_as_needs_both_sides: bool = rule(
        "peers 6", "doc", "across premises Send-As works only where it is given on both sides"
    )
    automapping_on_one_side: bool = rule("peers 6", "doc", "nothing opens by itself across premises")
    folders_on_one_side: bool = rule("peers 6", "doc", "folder rights do not work across premises")
    full_access_across: bool = rule("peers 6", "doc", "Full Access works across premises")
    send_on_behalf_across: bool = rule(
        "peers 6, D26", "doc", "Send-on-Behalf is synchronised both ways, and works across premises"
    )
    groups_do_not_map: bool = rule("peers 6", "doc", "nothing opens by itself by the right of a group")
    orphans_come_along: bool = rule(
        "tc:606807",
        "2nd, ?",
        "Full Access of an account that was gone before the move comes along with the mailbox, as a SID",
    )
    unresolved_on_request: bool = rule(
        "opd:Get-MailboxPermission",
        "doc",
        "an entry of an account that is gone is listed only with IncludeUnresolvedPermissions",
    )
    binned_on_request: bool = rule(
        "opd:Get-MailboxPermission",
        "doc",
        "an entry of a soft-deleted account is listed only with IncludeSoftDeletedUserPermissions, by its address",
    )
    binned_sender_by_account: bool = rule(
        "opd:Get-RecipientPermission",
        "2nd",
        "a soft-deleted account that sends as somebody is shown by FOREST\\name",
    )
    principals_show_sid: bool = rule(
        "opd:Get-ServicePrincipal", "2nd, ?", "an application shows the SID by which access lists hold it"
    )
    sid_is_taken_off: bool = rule(
        "opd:Remove-MailboxPermission",
        "2nd, ?",
        "an entry of an account that is gone is removed by its SID; else a warning says that there is none",
    )


@dataclass(frozen=True)
class SettingOptions:
    """What becomes of a mailbox's settings when it moves, and where they are changed after that."""

    holds_are_synchronised: bool = rule("D26", "doc", "litigation and retention hold are one on both sides")
    forwarding_stays_behind: bool = rule(
        "D26", "inf", "forwarding is not synchronised, and does not come along"
    )
    quotas_of_the_licence: bool = rule("C8", "doc, inf", "a mailbox has the quotas of its licence's plan")
    sent_copies_stay_behind: bool = rule(
        "D26", "inf", "that what delegates send is kept for the owner too does not come along"
    )
    retention_policy_by_name: bool = rule(
        "opd:Set-Mailbox", "2nd, inf", "a retention policy stays only where the tenant has one of that name"
    )
    audit_by_default: bool = rule(
        "opd:Set-Mailbox", "doc", "a mailbox in the cloud is audited from the start"
    )
    archive_comes_along: bool = rule(
        "B10, D24", "doc", "an archive moves with its mailbox, and is active there"
    )
    inbox_rules_come_along: bool = rule(
        "B20", "inf", "rules of an inbox are in the mailbox, and move with it"
    )
    synchronised_on_premises_only: bool = rule(
        "D26", "doc", "addresses, and who is hidden from the address lists, are changed on premises only"
    )


@dataclass(frozen=True)
class LicenceOptions:
    """What a mailbox in the cloud needs to stay there, in a tenant that has a directory."""

    licence_days: int | None = choice(
        30, (None,), "B51", "doc, inf", "days after its move in which a mailbox needs a licence"
    )
    shared_needs_no_licence: bool = rule(
        "Exchange Online limits", "doc", "a shared mailbox or a room of at most 50 GB needs no licence"
    )
    licence_taken_disconnects: bool = rule(
        "delete or restore mailboxes", "doc", "a mailbox whose licence is taken away is a mail user at once"
    )
    disconnected_days: int | None = choice(
        30,
        (None,),
        "delete or restore mailboxes",
        "doc",
        "days in which a licence brings a disconnected mailbox back with what is in it",
    )


@dataclass(frozen=True)
class AccessOptions:
    """Who may do what to whom, and how many at once."""

    permission_needed: bool = rule("A10", "doc", "an application needs the permission Exchange.ManageAsApp")
    role_needed: bool = rule("A10", "live", "an application with that permission and without a role gets 403")
    roles_carry_cmdlets: bool = rule(
        "A10, A23", "doc, live", "whoever calls may run only the cmdlets that a role of theirs carries"
    )
    roles_carry_parameters: bool = rule(
        "opd:Get-ManagementRoleEntry", "doc", "a parameter that no role of the caller carries is not there"
    )
    role_groups_take_applications: bool = rule(
        "A10", "doc", "a service principal in a role group has the roles of the group"
    )
    applications_take_application_roles: bool = rule(
        "opd:New-ManagementRoleAssignment", "2nd", "App takes the roles called Application only"
    )
    write_scope_bounds: bool = rule(
        "opd:New-ManagementScope", "doc", "a role with a recipient scope changes no recipient outside it"
    )
    csv_ignores_scope: bool = rule(
        "B9, peers 6", "doc", "the list of a batch is not held to the recipient scope of its maker"
    )
    used_scope_stays: bool = rule(
        "opd:Remove-ManagementScope", "doc", "a scope that an assignment uses cannot be removed"
    )
    assigned_role_stays: bool = rule(
        "opd:Remove-ManagementRole", "doc", "a role that is assigned to anybody cannot be removed"
    )
    policies_take_user_roles: bool = rule(
        "opd:New-ManagementRoleAssignment", "doc", "a policy of role assignment takes end-user roles only"
    )
    used_policy_stays: bool = rule(
        "opd:Remove-RoleAssignmentPolicy", "doc", "the default policy, and one with roles, cannot be removed"
    )
    built_in_groups_stay: bool = rule("opd:Remove-RoleGroup", "doc", "no built-in role group is removed")
    sessions_a_user: int | None = choice(
        None,
        (3,),
        "peers 6, C10",
        "2nd, ?",
        "sessions of one caller at once; remote PowerShell had 3, the REST channel that took its place has none",
    )
    sessions_a_tenant: int | None = choice(
        300,
        (None,),
        "peers 6, A28",
        "2nd, inf",
        "sessions of a tenant at once, beyond which calls are refused",
    )


@dataclass(frozen=True)
class Options(
    WireOptions,
    BatchOptions,
    MoveOptions,
    OffboardingOptions,
    DelegationOptions,
    SettingOptions,
    LicenceOptions,
    AccessOptions,
):
    """How this tenant behaves.

    *late_item_share* is no rule but a seed's lever: the part of the mailboxes with skipped items that show another one
    in each incremental sync. *objects* are the rules of configuration objects, which have a matrix of their own.
    """

    late_item_share: float = 0.0
    objects: ObjectOptions = field(default_factory=ObjectOptions)
