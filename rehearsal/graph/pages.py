"""Lists: filtered, sorted, counted, and cut into pages (facts E1, E2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from urllib.parse import parse_qsl, quote, unquote

from rehearsal.directory.errors import Refusal
from rehearsal.directory.objects import DirectoryObject
from rehearsal.graph.call import ROOT, Call, collection
from rehearsal.graph.errors import BadRequest, NotModelled, UnsupportedQuery
from rehearsal.graph.query import USUAL_PAGE, Plan, planned
from rehearsal.graph.shapes import Row, row
from rehearsal.graph.tokens import PageToken, digest
from rehearsal.wire import Reply

Show = Callable[[DirectoryObject], Row]


def listed(
    call: Call, kind: type[DirectoryObject], ids: Sequence[str], context: str, show: Show | None = None
) -> Reply:
    """A page of the objects of *ids*; raises `Refusal` for a query that cannot be answered.

    *ids* only ever grow at their end, so a token is a place in them; a sorted list is sorted again for each page.
    """
    plan = planned(kind, call.query, call.options)
    start = _start(call)
    size = min(call.query.top or USUAL_PAGE, call.options.largest_page)
    if plan.key is not None:
        ids = [each.id for each in _sorted(call, kind, ids, plan)]
    found = list(islice(_matching(call, kind, ids, plan, start), size + 1))
    following = found[size][0] if len(found) > size else None
    shown = show or (lambda each: row(each, call.query.select))
    rows = [shown(each) for _, each in found[:size]]
    return collection(
        context,
        rows,
        count=_count(call, kind, ids, plan),
        nextLink=None if following is None else next_link(call, following),
    )


def counted(call: Call, kind: type[DirectoryObject], ids: Sequence[str]) -> Reply:
    """The answer to a `/$count`, as bare text. Raises `Refusal` without the header (fact E2)."""
    if call.options.count_needs_header and not call.query.eventual:
        raise Refusal(400, "Request_BadRequest", "$count is not currently supported.")
    plan = planned(kind, call.query, call.options)
    total = sum(1 for _ in _matching(call, kind, ids, plan, 0))
    return Reply(200, {"content-type": "text/plain"}, str(total).encode("ascii"))


def next_link(call: Call, start: int) -> str:
    """The address of the page that begins at *start*."""
    kept = "&".join(part for part in call.query.text.split("&") if part and not _is_token(part))
    token = call.seal.write(PageToken(start, _asked(call), call.query.eventual))
    return f"{ROOT}/{call.path}?{kept}{'&' if kept else ''}$skiptoken={token}"


def _is_token(part: str) -> bool:
    return unquote(part).casefold().startswith("$skiptoken=")


def _asked(call: Call) -> str:
    """A digest of the query without its token, however it was encoded."""
    pairs = parse_qsl(call.query.text, keep_blank_values=True)
    return digest(repr(sorted(pair for pair in pairs if pair[0].casefold() != "$skiptoken")))


def _start(call: Call) -> int:
    if call.query.token is None:
        return 0
    token = call.seal.read(PageToken, call.query.token)
    if call.options.links_are_opaque and token.query != _asked(call):
        raise BadRequest("The page token does not belong to this query.")
    if token.eventual and not call.query.eventual and call.options.header_lost_on_next_link:
        raise UnsupportedQuery("The next link needs the request header 'ConsistencyLevel: eventual' again.")
    return token.start


def _matching(
    call: Call, kind: type[DirectoryObject], ids: Sequence[str], plan: Plan, start: int
) -> Iterator[tuple[int, DirectoryObject]]:
    for place in range(start, len(ids)):
        each = call.view.find(ids[place])
        if isinstance(each, kind) and (plan.test is None or plan.test(each)):
            yield place, each


def _sorted(call: Call, kind: type[DirectoryObject], ids: Sequence[str], plan: Plan) -> list[DirectoryObject]:
    found = [each for _, each in _matching(call, kind, ids, plan, 0)]
    return sorted(found, key=plan.key, reverse=plan.falling) if plan.key else found


def _count(call: Call, kind: type[DirectoryObject], ids: Sequence[str], plan: Plan) -> int | None:
    """The total: on the first page only (fact E1), and only with the header (fact E2)."""
    if not call.query.count or (call.options.count_needs_header and not call.query.eventual):
        return None
    if call.query.token is not None and call.options.count_on_first_page:
        return None
    return sum(1 for _ in _matching(call, kind, ids, plan, 0))


def selected(context: str, select: Sequence[str] | None) -> str:
    """The context of a list of which only some properties are shown."""
    return f"{context}({quote(','.join(select), safe=',/')})" if select else context


def of_ids(call: Call, ids: Sequence[str], show: Show) -> Reply:
    """A page of objects of several kinds, such as members; raises `Refusal`, for a filter too."""
    if call.query.filter or call.query.search or call.query.orderby:
        raise NotModelled("a filter, search or order of members")
    start, size = _start(call), min(call.query.top or USUAL_PAGE, call.options.largest_page)
    found = [call.view.find(key) for key in ids[start : start + size]]
    rows = [show(each) for each in found if each is not None]
    total = len(ids) if call.query.advanced and call.query.token is None else None
    following = next_link(call, start + size) if start + size < len(ids) else None
    return collection("directoryObjects", rows, count=total, nextLink=following)
