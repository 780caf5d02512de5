"""The rules of the simulated directory and of its synchronisation, each with a switch, its fact and its confidence."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import choice, rule


@dataclass(frozen=True)
class ObjectOptions:
    """What a tenant may hold, and what becomes of what it no longer holds."""

    object_quota: int | None = choice(
        300_000, (50_000, None), "C14", "doc", "objects of a tenant with a verified domain"
    )
    deleted_objects_count: bool = rule(
        "C14", "doc", "a deleted object counts fully for 30 days and a quarter for 30 more"
    )
    deleted_users_return: bool = rule("C14", "doc", "a deleted user can be restored for 30 days")
    units_of_an_object: int | None = choice(
        30, (None,), "C15", "doc", "administrative units that an object may be in"
    )
    synced_is_read_only: bool = rule(
        "D26, D27",
        "doc",
        "what is synchronised cannot be written in the cloud, nor can the object be deleted",
    )


@dataclass(frozen=True)
class GroupOptions:
    """Groups and the licences that they give."""

    dynamic_minutes: int = choice(
        30, (1440,), "C15, C20", "?", "minutes until a dynamic group's members follow its rule"
    )
    first_level_members: bool = rule("C19", "doc", "a group licenses its direct members only")
    location_inherited: bool = rule(
        "C19", "doc", "who has no usageLocation gets the tenant's with a licence from a group"
    )
    licensed_group_stays: bool = rule("C19", "doc", "a group with a licence cannot be deleted")
    licences_an_hour: int = choice(
        2_500, (60_000,), "C19", "doc, inf", "users that group licensing gets to in an hour (60,000 in 24 h)"
    )
    whole_template: bool = rule(
        "C21",
        "2nd",
        "a user gets all licences of a group or none: one that cannot be given keeps back the rest",
    )
    units_run_out: bool = rule("E6", "doc", "CountViolation when no prepaid unit is left")
    plans_exclude: bool = rule("E6", "doc", "MutuallyExclusiveViolation for two plans of Exchange")
    location_first: bool = rule("E5", "doc", "a direct licence needs a usageLocation")
    guid_keeps_mailbox_away: bool = rule(
        "D25", "inf", "a synchronised ExchangeGuid keeps a licence from making a second mailbox"
    )


@dataclass(frozen=True)
class SyncOptions:
    """The synchronisation from the sites' directories."""

    cycle_minutes: int = choice(30, (60,), "C16", "doc", "minutes between two cycles")
    one_cycle_at_a_time: bool = rule("C16", "doc", "a cycle asked for while another runs is refused")
    export_ceiling: int | None = choice(
        7_000, (None,), "C13", "doc", "writes in 5 minutes that the directory takes from the synchronisation"
    )
    deletion_threshold: int | None = choice(
        500, (None,), "Connect docs", "doc", "deletions in one cycle that stop its export before any"
    )
    quota_stops: str = choice(
        "export",
        ("additions",),
        "C14",
        "doc, ?",
        "what stops at the object quota: the export, or new objects only",
    )
    guid_carried: bool = rule("D24, D26", "doc", "msExchMailboxGuid and msExchArchiveGUID are carried")
    x500_kept: bool = rule("D24", "doc", "legacyExchangeDN is kept as an X500 address")
    suffix_verified: bool = rule(
        "D24", "doc", "a sign-in name with an unverified suffix becomes one of the initial domain"
    )
    target_follows: bool = rule(
        "D24", "doc", "after a move targetAddress and recipient type change with the next cycle"
    )


@dataclass(frozen=True)
class Options(ObjectOptions, GroupOptions, SyncOptions):
    """How this tenant's directory behaves."""
