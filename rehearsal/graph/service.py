"""Microsoft Graph's directory, without a socket: who may come in, what it costs, and who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote

import msgspec

from rehearsal import draws
from rehearsal.directory import Entra
from rehearsal.directory.errors import Refusal
from rehearsal.directory.store import View
from rehearsal.graph import batch, query, routes
from rehearsal.graph.call import Call, Mail
from rehearsal.graph.errors import Denied, Gone, NotModelled, Throttled, Unauthenticated
from rehearsal.graph.options import Options
from rehearsal.graph.query import Query
from rehearsal.graph.routes import Route
from rehearsal.graph.shapes import moment
from rehearsal.graph.throttle import NEAR, Throttle
from rehearsal.graph.tokens import Seal
from rehearsal.identity import GRAPH, TokenService
from rehearsal.wire import Reply, Request, json_reply

VERSION = "/v1.0/"
INDEX_LAG = timedelta(minutes=1)
"""How far advanced queries are behind (fact E2; the length is chosen)."""
REPLICA_LAG = timedelta(seconds=10)
REPLICA_EVERY = 4
"""Each so many-th read comes from a replica that is behind (fact E10; both numbers are chosen)."""
_BATCH = "/$batch"
Answer = Callable[[Request], Reply]


@dataclass(frozen=True)
class _Caller:
    application: str
    roles: Sequence[str]


class Graph:
    """The endpoint of one tenant."""

    def __init__(
        self,
        entra: Entra,
        tokens: TokenService,
        seed: int,
        options: Options | None = None,
        *,
        mail: Mail | None = None,
    ) -> None:
        self._entra = entra
        self._mail = mail
        self._tokens = tokens
        self._seed = seed
        self._options = options or Options()
        self._clock = entra.store.clock
        self._seal = Seal(entra.store.tenant_id, self._options)
        self.throttle = Throttle(self._clock, self._options, entra.store.tenant_id)
        self._requests = 0
        self._reads = 0

    def handle(self, request: Request) -> Reply:
        """Answer one HTTP request: one of `routes.ROUTES`, or a `$batch` of them."""
        if request.path == f"/v1.0{_BATCH}" and request.method == "POST":
            return self._guarded(request, self._batch)
        return self._guarded(request, self._one)

    def _batch(self, request: Request) -> Reply:
        self._caller(request)
        return batch.answer(request, self._item, self._options)

    def _item(self, request: Request) -> Reply:
        if request.path.endswith(_BATCH):
            return self._refused(request, Refusal(400, "BadRequest", "A batch cannot hold another."), "")
        if self._options.items_throttled:
            return self._guarded(request, self._one)
        return self._guarded(request, lambda each: self._one(each, charged=False))

    def _guarded(self, request: Request, answer: Answer) -> Reply:
        """Answer, or tell in Graph's envelope why not; every answer carries its request-id (fact E10)."""
        self._requests += 1
        number = draws.guid(self._seed, self._entra.store.tenant_id, "graph-request", self._requests)
        try:
            reply = answer(request)
        except Refusal as problem:
            reply = self._refused(request, problem, number)
        stamp = {"request-id": number, "client-request-id": request.headers.get("client-request-id", number)}
        return msgspec.structs.replace(reply, headers=reply.headers | stamp)

    def _one(self, request: Request, *, charged: bool = True) -> Reply:
        if not request.path.startswith(VERSION):
            raise NotModelled(f"the version of {request.path}")
        caller = self._caller(request)
        path = unquote(request.path.removeprefix(VERSION)).strip("/")
        route, keys = routes.found(request.method, path)
        lacks = self._options.roles_checked and not set(route.roles) & set(caller.roles)
        scoped = lacks and self._mail is not None and route.path[-1] in routes.OF_MAILBOXES
        if lacks and not scoped:
            raise Denied
        asked = query.parse(request, self._options)
        cost = _cost(route, asked)
        share = self._charge(caller, route, keys, cost) if charged else 0.0
        call = Call(
            request=request,
            path=path,
            keys=keys,
            query=asked,
            view=self._view(route, asked),
            entra=self._entra,
            options=self._options,
            seal=self._seal,
            application=caller.application,
            mail=self._mail,
            scoped=scoped,
        )
        reply = route.answer(call)
        notes = {"x-ms-resource-unit": str(cost)}
        if share >= NEAR and self._options.near_limit_told:
            notes["x-ms-throttle-limit-percentage"] = f"{share:.2f}"
        return msgspec.structs.replace(reply, headers=reply.headers | notes)

    def _caller(self, request: Request) -> _Caller:
        """Who calls. Raises `Unauthenticated` without a token for Graph (fact A10)."""
        header = request.headers.get("authorization", "")
        if not header:
            raise Unauthenticated("Access token is empty.")
        claims = self._tokens.claims(header)
        if claims is None:
            raise Unauthenticated("Access token validation failure. Invalid signature.")
        if self._options.audience_checked and claims["aud"] != GRAPH:
            raise Unauthenticated("Access token validation failure. Invalid audience.")
        roles = claims["roles"]
        return _Caller(str(claims["appid"]), roles if isinstance(roles, list) else [])

    def _charge(self, caller: _Caller, route: Route, keys: tuple[str, ...], cost: int) -> float:
        """Charge the request to its limits; what comes in a `$batch` too (fact E4)."""
        if route.path[-1] in routes.OF_MAILBOXES:
            self.throttle.mail(caller.application, keys[0])
        users = len(self._entra.store.ids("users"))
        return self.throttle.charge(caller.application, cost, writes=route.writes, users=users)

    def _view(self, route: Route, asked: Query) -> View:
        """The state that answers: the index for advanced queries, now and then a replica, both behind."""
        now = self._clock.now
        if route.writes:
            return View(self._entra.store, now)
        self._reads += 1
        if asked.eventual and self._options.index_lags:
            return View(self._entra.store, now - INDEX_LAG)
        behind = self._reads % REPLICA_EVERY == 0 and self._options.replicas_lag
        return View(self._entra.store, now - REPLICA_LAG if behind else now)

    def _refused(self, request: Request, problem: Refusal, number: str) -> Reply:
        inner = {
            "date": moment(self._clock.now).rstrip("Z"),
            "request-id": number,
            "client-request-id": request.headers.get("client-request-id", number),
        }
        error = {"code": problem.code, "message": problem.message, self._options.inner_error: inner}
        reply = json_reply({"error": error}, problem.status)
        return msgspec.structs.replace(reply, headers=reply.headers | self._notes(problem))

    def _notes(self, problem: Refusal) -> dict[str, str]:
        """The headers that go with a refusal (facts C24, E3)."""
        if isinstance(problem, Throttled):
            notes = {"x-ms-throttle-scope": problem.scope, "x-ms-throttle-information": problem.reason}
            timed = self._options.retry_after != "absent"
            return notes | ({"retry-after": f"{max(problem.wait, 0.01):.2f}"} if timed else {})
        if isinstance(problem, Gone) and self._options.gone_says_where:
            return {"location": problem.start}
        if isinstance(problem, Unauthenticated):
            return {
                "www-authenticate": 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"'
            }
        return {}


def _cost(route: Route, asked: Query) -> int:
    """The resource units of a request (fact C23)."""
    cost = route.cost - (asked.select is not None) - (asked.top is not None and asked.top < 20)
    return max(cost, 1)
