"""Every rule of the simulated service by name, each with a switch, its fact and how far the fact can be trusted.

A rule that is a boolean is on unless it is switched off. Where sources disagree the rule is a choice: the first value
is the usual one, `alternatives` are the others. `rehearsal.exchange_online.matrix` shows that each can be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Rule:
    """One rule: field *name* of `Options`, its *fact* (or section of the collection of facts), and what it says.

    *confidence*: doc, live, mod, decomp, 2nd, inf, or ? (could not be confirmed), as the facts are marked; several are
    joined by a comma. *usual* is the default and *alternatives* are the other values that it can take.
    """

    name: str
    fact: str
    confidence: str
    says: str
    usual: object
    alternatives: tuple[object, ...]

    @property
    def unproved(self) -> bool:
        """Whether it rests on an inference, or on something that could not be confirmed."""
        return bool({"inf", "?"} & set(self.confidence.split(", ")))


def _rule(fact: str, confidence: str, says: str) -> Any:
    return _choice(True, (False,), fact, confidence, says)


def _choice(usual: object, alternatives: tuple[object, ...], fact: str, confidence: str, says: str) -> Any:
    told = {"fact": fact, "confidence": confidence, "says": says, "alternatives": alternatives}
    return field(default=usual, metadata=told)


@dataclass(frozen=True)
class WireOptions:
    """What is said on the wire."""

    beta_only: bool = _rule("A3", "live", "only `beta` serves cmdlets; `v1.0` answers 405")
    object_parameters: bool = _rule("A2", "live", "`Parameters` is an object; null is refused")
    post_only_paging: bool = _rule("A14", "live", "a next link is posted to; a GET gets 405")
    link_belongs_to_body: bool = _rule("A14", "live", "a next link wants the body that it came from")
    ten_in_a_batch: bool = _rule("A5", "live", "`$batch` takes at most ten requests")
    continue_on_error: bool = _rule(
        "A5", "live, inf", "`$batch` goes on after an error only when asked by `Prefer`"
    )
    csv_forms: str = _choice(
        "both", ("text", "typed"), "A18, G1", "live, mod", "the forms of `CSVData`: base64 text, typed bytes"
    )
    honours_result_size: bool = _choice(
        True, (False,), "A15, G2", "doc, live", "the service cuts at ResultSize, or leaves that to the client"
    )
    anchor_mailbox: str = _choice(
        "optional", ("required",), "A9, G2", "live, ?", "whether a call needs the header X-AnchorMailbox"
    )
    credentials_refused: bool = _rule("A19", "live", "a PSCredential gets 500")
    unreadable_refusal: bool = _rule("A23", "live", "403 with NUL bytes declared as gzip")
    unreadable_success: bool = _rule("A24", "live", "200 with a body that is not JSON, as a fault")
    redirects_to_446: bool = _rule("A25", "live", "302 with port 446 in its Location, as a fault")
    decimal_retry_after: bool = _rule("A26", "mod", "429 whose Retry-After may have decimals, as a fault")
    answers_503: bool = _rule("A26", "mod", "503, as a fault")
    answers_504: bool = _rule("A26", "mod", "504, as a fault")
    transient_inside_400: bool = _rule("A27", "live", "a transient exception inside a 400, as a fault")
    busy_is_no_429: bool = _rule("A28", "live", "the tenant's concurrency refusal is not a 429, as a fault")
    claims_challenge: bool = _rule("A13", "live", "401 with claims that a fresh token must have, as a fault")
    rate_headers: bool = _rule(
        "A28, A29", "live, ?", "Rate-Limit-Remaining and -Reset; their numbers are invented"
    )
    prompts: bool = _rule("A16", "mod", "Remove-, Stop- and Complete- only ask, unless Confirm is false")
    warnings_in_body: bool = _rule("A17", "live", "warnings in `@adminapi.warnings`")
    warnings_in_header: bool = _rule("A17", "mod", "warnings in X-Warnings")
    sizes_are_text: bool = _rule("A31", "live", "sizes as `2.5 GB (2,684,354,648 bytes)`")
    unknown_means_all: bool = _rule("B24", "doc", "an unknown Identity returns everything")
    online_parameters_only: bool = _rule("B9", "doc", "parameters of on-premises Exchange only are refused")


@dataclass(frozen=True)
class BatchOptions:
    """What batches, endpoints and their limits are."""

    hundred_batches: bool = _rule("B5", "doc", "a tenant has at most 100 batches")
    removed_name_lingers: bool = _rule("A30", "live", "a removed batch's name is taken for 8 s")
    unknown_columns_refused: bool = _rule("B11", "decomp", "an unknown column refuses the whole list")
    bad_rows_warn: bool = _rule("B11", "decomp", "a bad row becomes a warning, and the others go on")
    rows_in_a_batch: int | None = _choice(None, (2000,), "B12, G5", "?, decomp", "most rows of one list")
    one_batch_a_mailbox: bool = _rule("B.10 error 2", "doc", "a mailbox is in one batch only")
    adds_new_rows_only: bool = _rule("B15", "doc", "AddUsers takes only the rows that are new")
    copies_users: bool = _rule("B13", "doc", "a new batch may take users of another one, with DisableOnCopy")
    times_are_utc: bool = _rule("B9", "doc", "a time without a zone is UTC")
    completes_what_is_synced: bool = _rule("B19", "doc", "Complete- needs Synced or SyncedWithErrors")
    eight_hours: bool = _rule("B19", "doc", "a completion repeated within 8 hours is not acted on")
    user_completion_wins: bool = _rule("B19", "doc", "a user's CompleteAfter beats its batch's")
    user_start_wins: bool = _rule("B18", "doc", "a user's StartAfter beats its batch's")
    worst_score: bool = _rule("B31", "doc", "a batch has the score of its worst user")
    cancel_at_failures: int | None = _choice(None, (500,), "B42", "decomp", "failed users that stop a batch")
    idle_synced_days: int | None = _choice(
        60,
        (90, None),
        "peers 6",
        "doc, 2nd",
        "days without an act of an administrator that stop a synced batch",
    )
    idle_stopped_days: int | None = _choice(
        90, (30, None), "peers 6", "doc, 2nd", "days that remove a stopped or failed batch"
    )
    completed_days: int | None = _choice(60, (None,), "peers 6", "doc", "days that remove a completed batch")
    endpoint_slots: tuple[int, int] = _choice(
        (100, 20),
        ((20, 20), (20, 10), (10, 10)),
        "B2, G4",
        "doc, 2nd, decomp",
        "an endpoint's slots at first",
    )
    three_hundred: bool = _rule("B4", "doc, inf", "the endpoints of one type have at most 300 slots together")
    increments_below_migrations: bool = _rule("B2", "doc", "no more incremental slots than initial ones")
    two_pools: bool = _rule("B3", "doc", "initial and incremental syncs have slots of their own")
    slots_are_limits: bool = _rule("B3", "doc", "no more initial syncs at once than slots")
    limits_wait_for_a_pass: bool = _rule(
        "B7", "doc", "a changed limit reaches running batches at the next pass"
    )
    keeps_slots: bool = _rule("C6", "doc, inf", "a smaller limit takes no slot away from a running move")


@dataclass(frozen=True)
class MoveOptions:
    """What becomes of a move."""

    plateau: bool = _rule("B23", "doc", "a synced move rests at 95 %")
    daily_increments: bool = _rule("B23", "doc", "an incremental sync every 24 h")
    synced_again_as: str = _choice(
        "Synced", ("IncrementalSynced",), "B28, B34c, G7", "inf, ?", "the status after an incremental sync"
    )
    warned_group: str = _choice(
        "Completed", ("Failed",), "B28, G7", "?", "the StatusSummary of CompletedWithWarnings"
    )
    stall_names: str = _choice(
        "current", ("older",), "B37, B38, G6", "doc, decomp, ?", "how a stall is called"
    )
    investigate_waits: bool = _rule("B31", "doc", "Investigate completes only after an approval")
    poor_stays: bool = _rule("B31", "doc", "no approval completes Poor")
    approval_looks_back: bool = _rule("B32", "doc", "an approval covers only the items found before it")
    largest_200_gb: bool = _rule("C2", "doc", "a mailbox above 200 GB cannot be moved")
    leaves_two_mailboxes: bool = _rule("B.10 error 27", "doc", "a source may stay a mailbox after its move")
    matches_multiple: bool = _rule("B.10 error 12", "doc", "a soft-deleted twin fails the validation")
    needs_routing_address: bool = _rule(
        "B.10 error 3", "doc", "the target needs an address in the delivery domain"
    )
    moves_once: bool = _rule("B.10 error 11", "doc", "a mailbox in the cloud is not moved again")
    archive_only_refused: bool = _rule(
        "B.10 error 10", "doc, inf", "ArchiveOnly fails where there is no archive"
    )
    increments_may_fail: bool = _rule("B27", "decomp", "IncrementalFailed, by cause")
    completions_may_fail: bool = _rule(
        "B27, B19", "decomp, doc", "CompletionFailed, by cause; Start tries again"
    )
    users_may_corrupt: bool = _rule("B27, B34b", "decomp, inf", "Corrupted, by cause; it can only be removed")
    transient_fails: bool = _rule("B43", "decomp", "a transient error fails a user after half an hour")
    source_connections: bool = _rule("B44", "doc", "100 moves at once from one source server")
    moves_a_source: int | None = _choice(
        None,
        (10,),
        "C5, G7",
        "doc, ?",
        "moves at once that a source server's workload management lets through",
    )
    removed_active_user: str = _choice(
        "drops", ("refused",), "B22, G14", "?", "what Remove-MigrationUser does to a move under way"
    )
    request_days: int = _choice(30, (3,), "B23", "doc", "days that a completed move request is kept")
    users_at_once: bool = _choice(
        True, (False,), "B34c", "inf, ?", "users can be read once a batch is made, or only after its start"
    )


@dataclass(frozen=True)
class Options(WireOptions, BatchOptions, MoveOptions):
    """How this tenant behaves.

    *late_item_share* is no rule but a seed's lever: the part of the mailboxes with skipped items that show another one
    in each incremental sync.
    """

    late_item_share: float = 0.0


def rules() -> tuple[Rule, ...]:
    """Return every rule in the order of this file."""
    found = {
        each.name: Rule(each.name, usual=each.default, **each.metadata)
        for each in fields(Options)
        if each.metadata
    }
    ordered = [each.name for part in (WireOptions, BatchOptions, MoveOptions) for each in fields(part)]
    return tuple(found[name] for name in ordered)
