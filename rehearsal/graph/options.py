"""The rules of the simulated Microsoft Graph, each with a switch, its fact and how far the fact can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import choice, rule


@dataclass(frozen=True)
class QueryOptions:
    """What may be asked, and how lists come."""

    advanced_needs_header: bool = rule(
        "E2",
        "doc",
        "ne, not, endsWith, $orderby with $filter want `ConsistencyLevel: eventual` and $count=true",
    )
    search_needs_header: bool = rule("E2", "doc", "$search wants `ConsistencyLevel: eventual`")
    count_needs_header: bool = rule(
        "E2", "doc", "$count=true without the header is ignored, /$count without it refused"
    )
    header_lost_on_next_link: bool = rule(
        "E1", "doc", "a next link does not carry the header: it is sent again"
    )
    count_on_first_page: bool = rule("E1", "doc", "@odata.count is on the first page only")
    links_are_opaque: bool = rule("E1", "doc", "a token that the service did not make is refused")
    largest_page: int = choice(999, (500,), "E1, G14", "?", "the largest $top of users and groups")
    index_lags: bool = rule("E2", "doc", "advanced queries see a write only after a minute")
    replicas_lag: bool = rule("E10", "doc", "every fourth read is answered by a replica ten seconds behind")


@dataclass(frozen=True)
class DeltaOptions:
    """Asking for changes only."""

    delta_filters_by_id: bool = rule(
        "E3", "doc", "$filter of a delta query names at most 50 ids, and nothing else"
    )
    delta_lives_seven_days: bool = rule("E3", "doc", "a delta link older than 7 days gets 410 Gone")
    gone_says_where: bool = rule("E3", "doc", "410 Gone has a Location to start over at")
    removed_are_told: bool = rule("E3", "doc", "what was deleted comes with `@removed`")
    minimal_on_demand: bool = rule("E3", "doc", "`Prefer: return=minimal` leaves out what did not change")


@dataclass(frozen=True)
class BatchOptions:
    """Several requests in one."""

    twenty_in_a_batch: bool = rule("E4", "doc", "`$batch` takes at most 20 requests")
    failed_dependency: bool = rule("E4", "doc", "what depends on a failed request gets 424")
    items_throttled: bool = rule("E4", "doc", "each request of a `$batch` can get its own 429")


@dataclass(frozen=True)
class LimitOptions:
    """Throttling."""

    units_in_ten_seconds: str = choice(
        "by size",
        ("unlimited",),
        "C22, C23",
        "doc",
        "3,500, 5,000 or 8,000 resource units by the tenant's users",
    )
    writes_of_an_application: int | None = choice(
        3_000, (None,), "C22", "doc", "writes of an application in a tenant in 2.5 minutes"
    )
    writes_of_the_tenant: int | None = choice(
        18_000, (None,), "C22", "doc", "writes in a tenant in 5 minutes, of all applications"
    )
    requests_of_a_mailbox: int | None = choice(
        10_000, (None,), "C25", "doc", "requests of an application to a mailbox in 10 minutes"
    )
    retry_after: str = choice("decimal", ("absent",), "C24", "doc, ?", "a 429's Retry-After, in seconds")
    near_limit_told: bool = rule("C24", "doc", "x-ms-throttle-limit-percentage from 0.8 on")
    throttled_requests_count: bool = rule(
        "C22", "doc", "a refused request uses up the limit too, to 1.8 of it"
    )
    throttle_code: str = choice(
        "TooManyRequests", ("activityLimitReached",), "E10", "doc", "the error code of a 429"
    )


@dataclass(frozen=True)
class AccessOptions:
    """Who may do what, and how answers look."""

    audience_checked: bool = rule("A10, C.5", "doc", "a token for another service is refused")
    roles_checked: bool = rule("E5, E7, E8, E9", "doc", "each request needs an application permission")
    group_licence_status: int = choice(
        202, (200,), "E5", "doc", "the status of a group's licence, which is applied later"
    )
    mail_status: int = choice(202, (200,), "E9", "doc", "the status of sendMail, which proves no delivery")
    mail_needs_cloud_mailbox: bool = rule("E9, D24", "doc, inf", "only who has moved can send through Graph")
    schedules_at_once: int = choice(
        20,
        (100,),
        "Graph: free/busy",
        "doc, live",
        "schedules that one getSchedule takes; somebody met a refusal at 101 only",
    )
    schedule_stretch: bool = rule(
        "Graph: free/busy", "doc", "the stretch that getSchedule looks at is shorter than 42 days"
    )
    inner_error: str = choice(
        "innerError", ("innererror",), "E10", "doc", "the spelling of the inner part of an error"
    )


@dataclass(frozen=True)
class Options(QueryOptions, DeltaOptions, BatchOptions, LimitOptions, AccessOptions):
    """How this tenant's Graph behaves."""
