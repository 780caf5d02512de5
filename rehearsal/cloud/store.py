"""The simulated cloud: objects by path, with Resource Manager's and Graph's manners.

Under ``/cloud/arm`` an object is made and replaced by PUT at its id; ``If-None-Match: *`` makes PUT refuse an object
that exists (409). Under ``/cloud/entra`` an object is made by POST to its collection, which gives it its id, so that a
repeated POST makes a second object, as with Graph. GET, DELETE and PATCH (RFC 7386 merge patch) work on both, with
ETag and If-Match; GET of any other path under the two lists what lies beneath it, and GET ``/cloud`` lists all.

Whoever wants to change something behind Pulumi's back sends the same plain request that a person's portal would:

    curl -X PATCH "$REHEARSAL_CLOUD/arm<resource id>" -d '{"minimumTlsVersion": "TLS1_0"}'

Bodies have the names of the Pulumi SDK, not those of the wire of Azure: the real providers' translation between the
two is not part of the rehearsal. Where the real services are not known to be laxer, this one refuses: types that are
not in types.yaml, read-only and immutable properties, missing parents, locked scopes, names taken anywhere, names of
vaults that were deleted and not purged (``DELETE <id>?purge=true`` purges).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from rehearsal import draws
from rehearsal.cloud.catalogue import ResourceType, filled_in, type_at, type_posted_to
from rehearsal.cloud.documents import conflicts, merge_patched, overlaid
from rehearsal.wire import Reply, Request, json_reply

type Body = dict[str, Any]

_ROOT = "/cloud"
_LOCK = "/providers/microsoft.authorization/locks/"


class Refusal(Exception):
    """The service says no, with a status, a code and a sentence, as Azure's error body has them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class _Object:
    """*written* is what somebody wrote; the rest of the view is computed from it. *version* makes the ETag."""

    plane: str
    path: str
    kind: ResourceType
    written: Body
    version: int

    @property
    def key(self) -> tuple[str, str]:
        return self.plane, self.path.lower()

    @property
    def etag(self) -> str:
        return f'"{self.version:08x}"'

    @property
    def computed(self) -> Body:
        values: Body = filled_in(self.kind.computed, self.kind.match(self.path) or {}, path=self.path)
        return values

    @property
    def view(self) -> Body:
        return overlaid(overlaid(self.kind.defaults, self.written), self.computed)

    @property
    def public(self) -> Body:
        """The view without what is told only once."""
        return {name: item for name, item in self.view.items() if name not in self.kind.secrets}


class Cloud:
    """A deterministic store of cloud objects; *seed* draws the ids that the service assigns."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._objects: dict[tuple[str, str], _Object] = {}
        self._kept: dict[tuple[str, str], _Object] = {}
        self._writes = 0

    def handle(self, request: Request) -> Reply:
        """Answer one request under /cloud."""
        try:
            return self._answer(request)
        except Refusal as refusal:
            return json_reply({"error": {"code": refusal.code, "message": str(refusal)}}, refusal.status)

    def _answer(self, request: Request) -> Reply:
        plane, path = _place(request.path)
        match request.method:
            case "GET":
                return self._get(plane, path)
            case "PUT":
                return self._put(plane, path, request)
            case "POST":
                return self._post(plane, path, request)
            case "PATCH":
                return self._patch(self._existing(plane, path, request), _body(request))
            case "DELETE" if parse_qs(request.query).get("purge") == ["true"]:
                return self._purge(plane, path)
            case "DELETE":
                return self._delete(self._existing(plane, path, request))
            case method:
                raise Refusal(405, "MethodNotAllowed", f"{method} is not supported here")

    def _get(self, plane: str, path: str) -> Reply:
        if type_at(plane, path) is not None:
            return _shown(self._existing(plane, path))
        found = (thing for thing in self._objects.values() if not plane or _beneath(thing, plane, path))
        return json_reply({"value": [_listed(thing) for thing in found]})

    def _put(self, plane: str, path: str, request: Request) -> Reply:
        kind = type_at(plane, path)
        if kind is None or kind.assigned:
            raise Refusal(400, "InvalidResourceType", f"the rehearsal has no resource type to PUT at {path}")
        before = self._objects.get((plane, path.lower()))
        if before is not None:
            if request.headers.get("if-none-match") == "*":
                raise Refusal(409, "ResourceAlreadyExists", f"{before.path} already exists")
            _check_match(before, request)
            return self._replace(before, _body(request))
        return self._make(plane, path, kind, _body(request))

    def _post(self, plane: str, path: str, request: Request) -> Reply:
        kind = type_posted_to(plane, path)
        if kind is None:
            raise Refusal(400, "InvalidResourceType", f"the rehearsal has no resource type to POST to {path}")
        assigned = draws.guid(self._seed, path, "assigned", self._writes)
        return self._make(plane, f"{path}/{assigned}", kind, _body(request))

    def _make(self, plane: str, path: str, kind: ResourceType, body: Body) -> Reply:
        self._check_parents(plane, path)
        thing = self._versioned(_Object(plane, path, kind, body, 0))
        _check_read_only(thing)
        _check_location(thing)
        self._check_kept(thing)
        self._check_unique(thing)
        self._check_references(thing)
        self._check_locks(thing, ("readonly",))
        self._objects[thing.key] = thing
        return _shown(thing, 201)

    def _patch(self, before: _Object, patch: Body) -> Reply:
        written: Body = merge_patched(before.written, patch)
        return self._replace(before, written)

    def _replace(self, before: _Object, body: Body) -> Reply:
        after = self._versioned(_Object(before.plane, before.path, before.kind, body, 0))
        _check_read_only(after)
        for name in before.kind.replaces:
            if before.view.get(name) != after.view.get(name):
                text = f"{name} of {before.path} cannot be changed from {before.view.get(name)!r}"
                raise Refusal(409, "PropertyChangeNotAllowed", text)
        self._check_references(after)
        self._check_locks(after, ("readonly",))
        self._objects[after.key] = after
        return _shown(after)

    def _delete(self, thing: _Object) -> Reply:
        self._check_locks(thing, ("readonly", "cannotdelete"))
        for gone in [thing, *self._dependants(thing)]:
            self._objects.pop(gone.key, None)
            if gone.kind.keeps:
                self._kept[gone.key] = gone
        return Reply(204)

    def _purge(self, plane: str, path: str) -> Reply:
        kept = self._kept.get((plane, path.lower()))
        if kept is None:
            raise Refusal(404, "DeletedResourceNotFound", f"{path} is not among the deleted objects")
        if kept.view.get("properties", {}).get("enablePurgeProtection"):
            raise Refusal(409, "PurgeProtected", f"{path} is protected against purging")
        del self._kept[kept.key]
        return Reply(204)

    def _versioned(self, thing: _Object) -> _Object:
        self._writes += 1
        return _Object(thing.plane, thing.path, thing.kind, thing.written, self._writes)

    def _existing(self, plane: str, path: str, request: Request | None = None) -> _Object:
        thing = self._objects.get((plane, path.lower()))
        if thing is None:
            raise Refusal(404, "ResourceNotFound", f"{path} was not found")
        if request is not None:
            _check_match(thing, request)
        return thing

    def _check_parents(self, plane: str, path: str) -> None:
        for above in _prefixes(path):
            kind = type_at(plane, above)
            if kind and not kind.singleton and (plane, above.lower()) not in self._objects:
                raise Refusal(404, "ParentResourceNotFound", f"{path} cannot be made: {above} was not found")

    def _check_kept(self, thing: _Object) -> None:
        recovering = thing.written.get("properties", {}).get("createMode") == "recover"
        for kept in self._kept.values():
            if _shares_a_name(kept, thing) and not recovering:
                text = f"{kept.path} was deleted and keeps its name; recover or purge it first"
                raise Refusal(409, "ConflictError", text)
        self._kept.pop(thing.key, None)

    def _check_unique(self, thing: _Object) -> None:
        for other in self._objects.values():
            if _shares_a_name(other, thing):
                raise Refusal(
                    409, "AlreadyExists", f"{', '.join(thing.kind.unique)} is taken by {other.path}"
                )

    def _check_references(self, thing: _Object) -> None:
        for name, target in thing.kind.refers.items():
            if not any(self._referred(thing, name, target)):
                value = thing.written.get(name)
                raise Refusal(400, "InvalidReference", f"{name} {value!r} of {thing.path} names no object")

    def _referred(self, thing: _Object, name: str, target: str) -> Iterator[_Object]:
        token, _, wanted = target.rpartition(".")
        for other in self._objects.values():
            if other.kind.token == token and other.view.get(wanted) == thing.written.get(name):
                yield other

    def _dependants(self, thing: _Object) -> list[_Object]:
        """What lies beneath *thing*, and what refers to it; deleting a singleton only resets its settings."""
        if thing.kind.singleton:
            return []
        others = [other for other in self._objects.values() if other is not thing]
        return [
            other
            for other in others
            if _beneath(other, thing.plane, thing.path)
            or any(thing in self._referred(other, name, target) for name, target in other.kind.refers.items())
        ]

    def _check_locks(self, thing: _Object, levels: tuple[str, ...]) -> None:
        """A lock holds for its scope and for everything beneath; deleting a scope deletes what locks hold beneath."""
        if _LOCK in thing.path.lower():
            return
        for lock in self._objects.values():
            scope, marker, _ = lock.path.lower().partition(_LOCK)
            level = str(lock.view.get("level", "")).lower()
            if (
                marker
                and level in levels
                and _touches(thing.path.lower(), scope, deleting="cannotdelete" in levels)
            ):
                raise Refusal(409, "ScopeLocked", f"{thing.path} cannot be changed: {lock.path} locks it")


def _place(url_path: str) -> tuple[str, str]:
    """The plane and the path within it; both empty for the root."""
    bare = unquote(url_path).removeprefix(_ROOT).rstrip("/")
    _, _, rest = bare.partition("/")
    plane, slash, path = rest.partition("/")
    return plane, slash + path


def _prefixes(path: str) -> Iterator[str]:
    """The paths of the objects above *path*, nearest last part first: a path is pairs of a type and a name."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 2, 0, -2):
        yield "/" + "/".join(parts[:length])


def _touches(path: str, scope: str, *, deleting: bool) -> bool:
    inside = path == scope or path.startswith(f"{scope}/")
    return inside or (deleting and scope.startswith(f"{path}/"))


def _beneath(thing: _Object, plane: str, path: str) -> bool:
    return thing.plane == plane and thing.path.lower().startswith(f"{path.lower()}/")


def _shares_a_name(other: _Object, thing: _Object) -> bool:
    if other.kind.token != thing.kind.token or not thing.kind.unique:
        return False
    return all(_named(other, name) == _named(thing, name) for name in thing.kind.unique)


def _named(thing: _Object, name: str) -> str:
    return str((thing.kind.match(thing.path) or {}).get(name, thing.written.get(name))).lower()


def _check_match(thing: _Object, request: Request) -> None:
    wanted = request.headers.get("if-match", "*")
    if wanted not in {"*", thing.etag}:
        raise Refusal(412, "PreconditionFailed", f"{thing.path} has the ETag {thing.etag}, not {wanted}")


def _check_read_only(thing: _Object) -> None:
    for path in conflicts(thing.written, thing.computed):
        raise Refusal(400, "ReadOnlyProperty", f"{path} of {thing.path} is set by the service")


def _check_location(thing: _Object) -> None:
    if "location" in thing.kind.replaces and not thing.written.get("location"):
        raise Refusal(400, "LocationRequired", f"{thing.path} needs a location")


def _body(request: Request) -> Body:
    try:
        return msgspec.json.decode(request.body, type=dict[str, Any])
    except msgspec.MsgspecError as broken:
        raise Refusal(400, "InvalidRequestContent", f"the body is not a JSON object: {broken}") from None


def _listed(thing: _Object) -> Body:
    return {"path": thing.path, "token": thing.kind.token, "object": thing.public}


def _shown(thing: _Object, status: int = 200) -> Reply:
    """The object itself, with its path in the Location header; its secrets only in the answer that made it."""
    view = thing.view if status == 201 else thing.public
    return json_reply(view, status, etag=thing.etag, location=thing.path)


__all__ = ["Cloud", "Refusal"]
