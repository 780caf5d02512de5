"""The query of a request, and what of it may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from rehearsal.directory.logic import Test
from rehearsal.directory.objects import DirectoryObject
from rehearsal.graph import filters
from rehearsal.graph.errors import BadRequest, NotModelled, UnsupportedQuery
from rehearsal.graph.options import Options
from rehearsal.graph.shapes import check_select
from rehearsal.wire import Request

USUAL_PAGE = 100
"""Objects on a page when nothing is said."""
_KNOWN = {
    *("$select", "$filter", "$top", "$count", "$search", "$orderby", "$expand"),
    *("$skiptoken", "$deltatoken", "$skip", "$format"),
}


@dataclass(frozen=True)
class Query:
    """What stands behind the question mark; *eventual* is the header ConsistencyLevel (fact E2)."""

    select: tuple[str, ...] | None
    filter: str | None
    top: int | None
    count: bool
    search: str | None
    orderby: str | None
    token: str | None
    delta_token: str | None
    eventual: bool
    text: str

    @property
    def advanced(self) -> bool:
        """Whether both parameters of advanced queries are there."""
        return self.eventual and self.count


def parse(request: Request, options: Options) -> Query:
    """Read a request's query. Raises `Refusal` for what the directory never takes."""
    pairs = {name.casefold(): value for name, value in parse_qsl(request.query, keep_blank_values=True)}
    for name in pairs:
        if name.startswith("$") and name not in _KNOWN:
            raise BadRequest(f"The query parameter '{name}' is not supported.")
    if "$skip" in pairs:
        raise BadRequest("'$skip' is not supported by the service.")
    if "$expand" in pairs:
        raise NotModelled("$expand")
    select = tuple(part.strip() for part in pairs["$select"].split(",")) if pairs.get("$select") else None
    return Query(
        select=select,
        filter=pairs.get("$filter") or None,
        top=_top(pairs.get("$top"), options),
        count=pairs.get("$count", "").casefold() == "true",
        search=pairs.get("$search") or None,
        orderby=pairs.get("$orderby") or None,
        token=pairs.get("$skiptoken"),
        delta_token=pairs.get("$deltatoken"),
        eventual=request.headers.get("consistencylevel", "").casefold() == "eventual",
        text=request.query,
    )


def _top(text: str | None, options: Options) -> int | None:
    if text is None:
        return None
    most = options.largest_page
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise UnsupportedQuery(
            f"Invalid page size specified: '{text}'. Must be between 1 and {most} inclusive."
        )
    return int(text)


@dataclass(frozen=True)
class Plan:
    """What a list query does: which objects it lets through, by what key it sorts them, and which way."""

    test: Test | None
    key: filters.Key | None
    falling: bool


def planned(kind: type[DirectoryObject], query: Query, options: Options) -> Plan:
    """Check a query against what the directory can answer (fact E2). Raises `Refusal`."""
    check_select(kind, query.select or ())
    tests: list[Test] = []
    advanced = False
    if query.filter is not None:
        condition = filters.Filter(kind).read(query.filter)
        tests.append(condition.test)
        advanced |= condition.advanced
    key, falling = None, False
    if query.orderby is not None:
        key, falling, only_advanced = filters.ordering(kind, query.orderby)
        advanced |= only_advanced or query.filter is not None
    if query.search is not None:
        if options.search_needs_header and not query.eventual:
            raise UnsupportedQuery(
                "Request with $search query parameter only works through MSGraph with a special request header: "
                "'ConsistencyLevel: eventual'"
            )
        tests.append(filters.searching(kind, query.search))
    if advanced and options.advanced_needs_header and not query.advanced:
        raise UnsupportedQuery(
            "The specified filter or order is supported only with the header 'ConsistencyLevel: eventual' and "
            "the query parameter $count=true."
        )
    return Plan(_all(tests), key, falling)


def _all(tests: list[Test]) -> Test | None:
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda each: all(test(each) for test in tests)
