"""The simulated cloud: objects by path, with Resource Manager's and Graph's manners.

Under ``/cloud/arm`` an object is made and replaced by PUT at its id; ``If-None-Match: *`` makes PUT refuse an object
that exists (409). Under ``/cloud/entra`` an object is made by POST to its collection, which gives it its id, so that a
repeated POST makes a second object, as with Graph. GET, DELETE and PATCH (RFC 7386 merge patch) work on both, with
ETag and If-Match; GET of any other path under the two lists what lies beneath it, and GET ``/cloud`` lists all.

Whoever wants to change something behind Pulumi's back sends the same plain request that a person's portal would:

    curl -X PATCH "$REHEARSAL_CLOUD/arm<resource id>" -d '{"minimumTlsVersion": "TLS1_0"}'

Bodies have the names of the Pulumi SDK, not those of the wire of Azure: the real providers' translation between the
two is not part of the rehearsal. What is refused is in `checks`, and each rule has its switch in `options`.

A stand-in provider says in three headers on whose behalf it speaks: ``x-rehearsal-tenant``, the credential's tenant;
``x-rehearsal-type``, the token of the type; ``x-rehearsal-operation``, what the engine wants (create, read, update or
delete), which is what the fault plan counts. PUT ``/cloud/faults`` replaces the planned faults of the cloud.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qs

import msgspec

from rehearsal import draws
from rehearsal.cloud import checks
from rehearsal.cloud.catalogue import ResourceType, catalogue, type_at, type_posted_to
from rehearsal.cloud.documents import merge_patched
from rehearsal.cloud.marring import marred, refused
from rehearsal.cloud.objects import Body, CloudObject, Key, Refusal, place
from rehearsal.cloud.options import Options
from rehearsal.directory.errors import Refusal as DirectoryRefusal
from rehearsal.faults import CLOUD, Fault, FaultPlan
from rehearsal.wire import Reply, Request, json_reply

TENANT = "x-rehearsal-tenant"
TYPE = "x-rehearsal-type"
OPERATION = "x-rehearsal-operation"
_FAULTS = "faults"


def _dot(host: object) -> str:
    return f"{str(host).rstrip('.')}."


_DATA: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "CNAME": lambda view: [_dot(view.get("cnameRecord", {}).get("cname", ""))],
    "MX": lambda view: [
        f"{each['preference']} {_dot(each['exchange'])}" for each in view.get("mxRecords", ())
    ],
    "A": lambda view: [str(each["ipv4Address"]) for each in view.get("aRecords", ())],
    "AAAA": lambda view: [str(each["ipv6Address"]) for each in view.get("aaaaRecords", ())],
}
"""By type of record: the data of the records that an object shows."""


class Directory(Protocol):
    """The tenant's directory, which has what providers make in it."""

    def stored(self, kind: str, view: Mapping[str, Any]) -> None:
        """Notice that an object of the type *kind* shows *view* now."""
        ...

    def removed(self, kind: str, view: Mapping[str, Any]) -> None:
        """Notice that an object is gone."""
        ...


class Cloud:
    """A deterministic store of cloud objects; *seed* draws the ids that the service assigns.

    *tenant* is whose cloud it is; credentials of another are refused. Without one every credential is accepted. What
    the *directory* refuses is not kept.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        tenant: str = "",
        directory: Directory | None = None,
        faults: FaultPlan | None = None,
        options: Options | None = None,
    ) -> None:
        self._seed = seed
        self._tenant = tenant
        self._directory = directory
        self._faults = faults or FaultPlan.none()
        self._options = options or Options()
        self._objects: dict[Key, CloudObject] = {}
        self._kept: dict[Key, CloudObject] = {}
        self._writes = 0

    def handle(self, request: Request) -> Reply:
        """Answer one request under /cloud."""
        call = f"{request.headers.get(OPERATION, '')} {request.headers.get(TYPE, '')}"
        counted = OPERATION in request.headers
        try:
            if counted and (fault := self._faults.before(CLOUD, call)) is not None:
                raise refused(fault)
            self._check_tenant(request)
            about_faults = place(request.path)[0] == _FAULTS
            reply = self._answer_faults(request) if about_faults else self._answer(request)
        except Refusal as refusal:
            return json_reply({"error": {"code": refusal.code, "message": str(refusal)}}, refusal.status)
        fault = self._faults.after(CLOUD, call) if counted else None
        return reply if fault is None else marred(reply, fault)

    def published(self, name: str) -> dict[str, list[str]]:
        """Return the records of public zones for *name*, as a zone file writes their data, by type."""
        wanted = f"{name.rstrip('.')}.".lower()
        found: dict[str, list[str]] = {}
        for thing in self._objects.values():
            own = "/dnszones/" in thing.key[1] and str(thing.view.get("fqdn", "")).lower().removeprefix("@.")
            kind = thing.named("recordType").upper() if own == wanted else ""
            if kind in _DATA:
                found[kind] = _DATA[kind](thing.view)
        return found

    def cname(self, name: str) -> str | None:
        """Return to what a CNAME record of a public zone points *name*, None if there is no such record."""
        alias = self.published(name).get("CNAME")
        return alias[0].rstrip(".") if alias else None

    def _check_tenant(self, request: Request) -> None:
        claimed = request.headers.get(TENANT, self._tenant)
        if self._tenant and claimed != self._tenant and self._options.tenants_are_apart:
            text = f"the credential is of tenant {claimed!r}, and this cloud of tenant {self._tenant}"
            raise Refusal(401, "InvalidAuthenticationTokenTenant", text)

    def _answer(self, request: Request) -> Reply:
        plane, path = place(request.path)
        match request.method:
            case "GET":
                return self._get(plane, path)
            case "PUT":
                return self._put(plane, path, request)
            case "POST":
                return self._post(plane, path, request)
            case "PATCH":
                before = self._existing(plane, path, request)
                return self._replace(before, merge_patched(before.written, _body(request)))
            case "DELETE" if parse_qs(request.query).get("purge") == ["true"]:
                return self._purge(plane, path)
            case "DELETE":
                return self._delete(self._existing(plane, path, request))
            case method:
                raise Refusal(405, "MethodNotAllowed", f"{method} is not supported here")

    def _answer_faults(self, request: Request) -> Reply:
        """PUT plans the faults in the body, a JSON list as in a file of faults; GET tells how often each was met."""
        if request.method == "PUT":
            self._faults.replace(CLOUD, _planned(request))
        elif request.method != "GET":
            raise Refusal(405, "MethodNotAllowed", "GET or PUT")
        return json_reply(self._faults.fired())

    def _get(self, plane: str, path: str) -> Reply:
        if (plane, path.lower()) in self._objects or type_at(plane, path) is not None:
            return _shown(self._existing(plane, path))
        found = (thing for thing in self._objects.values() if not plane or thing.lies_beneath(plane, path))
        return json_reply({"value": [_listed(thing) for thing in found]})

    def _put(self, plane: str, path: str, request: Request) -> Reply:
        kind = _said_type(request) or type_at(plane, path)
        named = {} if kind is None else kind.match(path)
        if kind is None or named is None or kind.plane != plane or not _names_itself(kind, named, request):
            raise Refusal(400, "InvalidResourceType", f"the rehearsal has no resource type to PUT at {path}")
        before = self._objects.get((plane, path.lower()))
        if before is not None:
            if request.headers.get("if-none-match") == "*":
                raise Refusal(409, "ResourceAlreadyExists", f"{before.path} already exists")
            _check_match(before, request)
            return self._replace(before, _body(request))
        return self._make(CloudObject(plane, path, kind, _body(request), self._tenant))

    def _post(self, plane: str, path: str, request: Request) -> Reply:
        kind = _said_type(request) or type_posted_to(plane, path)
        if kind is None or not kind.assigned or kind.plane != plane:
            raise Refusal(400, "InvalidResourceType", f"the rehearsal has no resource type to POST to {path}")
        assigned = draws.guid(self._seed, path, "assigned", self._writes)
        return self._make(CloudObject(plane, f"{path}/{assigned}", kind, _body(request), self._tenant))

    def _make(self, thing: CloudObject) -> Reply:
        options = self._options
        if options.parents_come_first:
            checks.parents(self._objects, thing.plane, thing.path)
        checks.location(thing, options)
        if options.deleted_vaults_keep_names:
            checks.kept_names(self._kept, thing)
            if thing.key in self._kept:
                return self._recover(thing)
        if options.names_are_unique:
            checks.taken_names(self._objects, thing)
        self._check_written(thing)
        return _shown(self._store(thing), 201)

    def _recover(self, thing: CloudObject) -> Reply:
        """A vault that was deleted softly comes back as it was, with what is now written on top."""
        if thing.written.get("properties", {}).get("createMode") != "recover":
            text = f"{thing.path} was deleted and keeps its name; recover or purge it first"
            raise Refusal(409, "ConflictError", text)
        self._check_written(thing)
        del self._kept[thing.key]
        return _shown(self._store(thing), 201)

    def _replace(self, before: CloudObject, body: Body) -> Reply:
        after = replace(before, written=body)
        if self._options.fixed_properties_stay:
            checks.fixed(before, after)
        if self._options.switched_on_stays_on:
            checks.one_way(before, after)
        self._check_written(after)
        return _shown(self._store(after))

    def _check_written(self, thing: CloudObject) -> None:
        """What holds for every write."""
        checks.refused_properties(thing)
        if self._options.read_only_properties_stay:
            checks.read_only(thing)
        if self._options.references_hold:
            checks.references(self._objects, thing)
        checks.ranges(self._objects, thing, self._options)
        if self._options.locks_hold:
            checks.locks(self._objects, thing.path, ("readonly",))

    def _delete(self, thing: CloudObject) -> Reply:
        going = [thing, *checks.leaning(self._objects, thing)]
        if self._options.locks_hold:
            checks.locks(self._objects, thing.path, ("readonly", "cannotdelete"))
        if self._options.nested_objects_hold:
            checks.nested(self._objects, thing)
        if self._options.needed_objects_stay:
            checks.needed(self._objects, going)
        for gone in reversed(going):  # what leans on it goes first
            if self._directory:
                self._directory.removed(gone.kind.token, gone.view)
            self._objects.pop(gone.key, None)
            if gone.kind.keeps:
                self._kept[gone.key] = gone
        return Reply(204)

    def _purge(self, plane: str, path: str) -> Reply:
        kept = self._kept.get((plane, path.lower()))
        if kept is None:
            raise Refusal(404, "DeletedResourceNotFound", f"{path} is not among the deleted objects")
        protected = kept.view.get("properties", {}).get("enablePurgeProtection")
        if protected and self._options.purge_protection_holds:
            raise Refusal(409, "PurgeProtected", f"{path} is protected against purging")
        del self._kept[kept.key]
        return Reply(204)

    def _store(self, thing: CloudObject) -> CloudObject:
        stored = replace(thing, version=self._writes + 1)
        if self._directory:
            try:
                self._directory.stored(stored.kind.token, stored.view)
            except DirectoryRefusal as refusal:
                raise Refusal(refusal.status, refusal.code, refusal.message) from refusal
        self._writes += 1
        self._objects[stored.key] = stored
        return stored

    def _existing(self, plane: str, path: str, request: Request | None = None) -> CloudObject:
        thing = self._objects.get((plane, path.lower()))
        if thing is None:
            raise Refusal(404, "ResourceNotFound", f"{path} was not found")
        if request is not None:
            _check_match(thing, request)
        return thing


def _names_itself(kind: ResourceType, named: Mapping[str, str], request: Request) -> bool:
    """Whether an object of *kind* may be PUT under a name that the service gives where nobody else does."""
    return not kind.assigned or _body(request).get(kind.assigned) == named[kind.assigned]


def _said_type(request: Request) -> ResourceType | None:
    """Two types may share a path, such as groups with and without members: the provider says which it means."""
    return catalogue().get(request.headers.get(TYPE, ""))


def _check_match(thing: CloudObject, request: Request) -> None:
    wanted = request.headers.get("if-match", "*")
    if wanted not in {"*", thing.etag}:
        raise Refusal(412, "PreconditionFailed", f"{thing.path} has the ETag {thing.etag}, not {wanted}")


def _body(request: Request) -> Body:
    try:
        return msgspec.json.decode(request.body, type=dict[str, Any])
    except msgspec.MsgspecError as broken:
        raise Refusal(400, "InvalidRequestContent", f"the body is not a JSON object: {broken}") from None


def _planned(request: Request) -> list[Fault]:
    try:
        rows = msgspec.json.decode(request.body, type=list[dict[str, Any]])
        return msgspec.convert([{"nth": 1, **row, "service": CLOUD} for row in rows], list[Fault])
    except msgspec.MsgspecError as broken:
        raise Refusal(400, "InvalidRequestContent", f"the body is not a list of faults: {broken}") from None


def _listed(thing: CloudObject) -> Body:
    return {"path": thing.path, "token": thing.kind.token, "object": thing.public}


def _shown(thing: CloudObject, status: int = 200) -> Reply:
    """The object itself, with its path in the Location header; its secrets only in the answer that made it."""
    view = thing.view if status == 201 else thing.public
    return json_reply(view, status, etag=thing.etag, location=thing.path)


__all__ = ["Cloud", "Refusal"]
