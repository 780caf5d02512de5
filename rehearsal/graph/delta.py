"""Delta queries: everything once, then what changed (fact E3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from rehearsal.directory.history import Change
from rehearsal.directory.objects import DirectoryObject, Group
from rehearsal.directory.store import KINDS
from rehearsal.graph.call import ROOT, Call, collection
from rehearsal.graph.errors import Gone, UnsupportedQuery
from rehearsal.graph.shapes import ODATA_TYPES, Row, check_select, names, row
from rehearsal.graph.tokens import DeltaToken
from rehearsal.wire import Reply

PAGE = 200
"""Objects on a page of a delta query; `$top` is not taken."""
LIFE = timedelta(days=7)
MOST_IDS = 50
_IDS = re.compile(r"\s*id\s+eq\s+'([^']+)'\s*(?:or|$)", re.IGNORECASE)
_LATEST = "latest"
_MEMBERS = "members"


def delta(call: Call, kind: type[DirectoryObject]) -> Reply:
    """A page of a delta query over *kind*; raises `Refusal`, `Gone` for a link of more than 7 days."""
    for name, given in (
        ("$top", call.query.top),
        ("$orderby", call.query.orderby),
        ("$search", call.query.search),
    ):
        if given is not None:
            raise UnsupportedQuery(f"{name} is not supported for delta queries.")
    text = call.query.delta_token or call.query.token
    if text is None or text == _LATEST:
        select = call.query.select
        check_select(kind, [name for name in select or () if name != _MEMBERS])
        start = None if text == _LATEST else 0
        token = DeltaToken(call.view.version, _now(call), start, select, _ids(call))
        return _answer(call, kind, [], token) if start is None else _first(call, kind, token)
    token = call.seal.read(DeltaToken, text)
    too_old = _now(call) - token.issued > LIFE.total_seconds()
    if too_old and call.options.delta_lives_seven_days:
        raise Gone(f"{ROOT}/{KINDS[kind]}/delta?$deltatoken=")
    return _changes(call, kind, token) if token.start is None else _first(call, kind, token)


def _ids(call: Call) -> tuple[str, ...] | None:
    """The ids that the filter names, at most 50 and nothing else (fact E3)."""
    text = call.query.filter
    if text is None:
        return None
    found = tuple(match[1] for match in _IDS.finditer(text))
    if call.options.delta_filters_by_id and (_IDS.sub("", text).strip() or len(found) > MOST_IDS):
        raise UnsupportedQuery(f"Delta queries can be filtered only by at most {MOST_IDS} ids.")
    return found or None


def _first(call: Call, kind: type[DirectoryObject], token: DeltaToken) -> Reply:
    """A page of everything that there is."""
    ids = call.entra.store.ids(KINDS[kind])
    start = token.start or 0
    rows = []
    for key in ids[start : start + PAGE]:
        each = call.view.find(key)
        if isinstance(each, kind) and (token.ids is None or key in token.ids):
            members = list(call.view.members(key)) if isinstance(each, Group) else []
            rows.append(_row(each, token) | _members(call, token, joined=members, left=[]))
    more = start + PAGE < len(ids)
    return _answer(call, kind, rows, _moved(token, start=start + PAGE if more else None))


def _changes(call: Call, kind: type[DirectoryObject], token: DeltaToken) -> Reply:
    """What changed since the link was given."""
    version = call.view.version
    found: dict[str, list[Change]] = {}
    for change in call.entra.store.history.since(token.version, call.view.moment):
        if change.kind == KINDS[kind] and (token.ids is None or change.id in token.ids):
            found.setdefault(change.id, []).append(change)
    rows = [told for key, changes in found.items() if (told := _told(call, kind, token, key, changes))]
    after = DeltaToken(version, _now(call), None, token.select, token.ids)
    return _answer(call, kind, rows, after)


def _told(
    call: Call, kind: type[DirectoryObject], token: DeltaToken, key: str, changes: list[Change]
) -> Row | None:
    each = call.view.find(key)
    if each is None:
        if not call.options.removed_are_told:
            return None
        reason = "changed" if call.entra.store.restorable(key) else "deleted"
        return {"id": key, "@removed": {"reason": reason}}
    fields = {field for change in changes for field in change.fields}
    made = any(not change.fields and not change.gone for change in changes)
    wanted = {names(kind).get(name, name) for name in token.select or names(kind)} | (
        set() if token.select else {_MEMBERS}
    )
    if not made and not fields & wanted:
        return None
    joined, left = _moves(changes)
    changed = tuple(name for name, field in names(kind).items() if field in fields)
    shown = _row(each, token) | (row(each, changed) if token.select is None and changed else {})
    minimal = "return=minimal" in call.prefers and call.options.minimal_on_demand
    if minimal and not made:
        shown = {name: value for name, value in shown.items() if name == "id" or names(kind)[name] in fields}
    return shown | _members(call, token, joined=joined, left=left)


def _moves(changes: Iterable[Change]) -> tuple[list[str], list[str]]:
    """Who is a member now and was not, and who was and is not."""
    last: dict[str, bool] = {}
    for change in changes:
        if change.member is not None:
            last[change.member] = change.joined
    return [key for key, joined in last.items() if joined], [
        key for key, joined in last.items() if not joined
    ]


def _members(call: Call, token: DeltaToken, *, joined: list[str], left: list[str]) -> Row:
    if not (joined or left) or (token.select is not None and _MEMBERS not in token.select):
        return {}
    rows: list[Row] = []
    for key in joined:
        member = call.view.find(key)
        if member is not None:
            rows.append({"@odata.type": ODATA_TYPES[type(member)], "id": key})
    rows += [{"id": key, "@removed": {"reason": "deleted"}} for key in left]
    return {f"{_MEMBERS}@delta": rows}


def _row(each: DirectoryObject, token: DeltaToken) -> Row:
    select = tuple(name for name in token.select or () if name != _MEMBERS)
    return {"id": each.id} | row(each, select or (None if token.select is None else ("id",)))


def _answer(call: Call, kind: type[DirectoryObject], rows: list[Row], token: DeltaToken) -> Reply:
    base, text = f"{ROOT}/{KINDS[kind]}/delta", call.seal.write(token)
    if token.start is None:
        return collection(KINDS[kind], rows, deltaLink=f"{base}?$deltatoken={text}")
    return collection(KINDS[kind], rows, nextLink=f"{base}?$skiptoken={text}")


def _moved(token: DeltaToken, *, start: int | None) -> DeltaToken:
    return DeltaToken(token.version, token.issued, start, token.select, token.ids)


def _now(call: Call) -> float:
    now: datetime = call.view.store.clock.now
    return now.timestamp()
