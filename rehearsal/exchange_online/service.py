"""Exchange Online's admin endpoint: who may come in, what is asked, who answers it, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.estate import TENANT_DOMAIN, Estate
from rehearsal.exchange_online import envelope, fault_replies
from rehearsal.exchange_online.batches import Batches
from rehearsal.exchange_online.cmdlet import Bound, Handler
from rehearsal.exchange_online.connectors import Connectors
from rehearsal.exchange_online.domains import Domains
from rehearsal.exchange_online.endpoints import Endpoints
from rehearsal.exchange_online.envelope import Call
from rehearsal.exchange_online.errors import NotModelled, NotPermitted, Refusal
from rehearsal.exchange_online.metadata import online_cmdlets
from rehearsal.exchange_online.move_requests import MoveRequests
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.processor import Processor
from rehearsal.exchange_online.recipients import Recipients
from rehearsal.exchange_online.tenant import Directory, Tenant
from rehearsal.exchange_online.tokens import TokenService
from rehearsal.exchange_online.users import Users
from rehearsal.exchange_online.validation import bind
from rehearsal.faults import EXCHANGE_ONLINE, FaultPlan
from rehearsal.wire import Reply, Request, json_reply

PROMPTING = ("Remove-", "Stop-", "Complete-")
"""Verbs that only ask, unless Confirm is false (fact A16)."""
READING = ("Get-", "Test-")


class ExchangeOnline:
    """The admin endpoint of one tenant, without a socket.

    *sources* are the sites' directories: a completed move turns its source mailbox into a remote mailbox there.
    """

    def __init__(
        self,
        estate: Estate,
        clock: VirtualClock,
        faults: FaultPlan,
        sources: Sequence[Directory],
        tokens: TokenService,
        options: Options | None = None,
    ) -> None:
        options = options or Options()
        self.tenant = Tenant(estate, clock)
        self._faults = faults
        self._tokens = tokens
        self._names = {estate.tenant_id.lower(), TENANT_DOMAIN}
        self._sources = {mailbox.exchange_guid: each for each in sources for mailbox in each.mailboxes()}
        processor = Processor(self.tenant, faults, self._convert, options)
        self._handlers: dict[str, Handler] = {
            **Endpoints(self.tenant).handlers(),
            **Batches(self.tenant, processor, options).handlers(),
            **Users(self.tenant, processor, options).handlers(),
            **MoveRequests(self.tenant, options).handlers(),
            **Recipients(self.tenant, options).handlers(),
            **Domains(self.tenant).handlers(),
            **Connectors(self.tenant).handlers(),
        }

    def handle(self, request: Request) -> Reply:
        """Answer one HTTP request."""
        refused = self._at_the_door(request)
        if refused is not None:
            return refused
        cmdlet = ""
        try:
            call = envelope.parse_call(request.body)
            cmdlet = call.cmdlet
            fault = self._faults.before(EXCHANGE_ONLINE, cmdlet)
            if fault is not None:
                return fault_replies.fault_reply(fault, request, cmdlet)
            return self._carry_out(request, call)
        except NotPermitted as problem:
            return envelope.forbidden(str(problem))
        except NotModelled as problem:
            return envelope.not_modelled(problem.what)
        except Refusal as problem:
            return envelope.refusal(request, cmdlet, problem)

    def _at_the_door(self, request: Request) -> Reply | None:
        """Refuse what never becomes a cmdlet: a wrong address, method, token or tenant (facts A1, A3, A10)."""
        where = envelope.address(request.path)
        if where is None:
            return json_reply({"Message": "No HTTP resource was found that matches the request URI."}, 404)
        if where.rest != "InvokeCommand":
            return envelope.not_modelled(f"the resource {where.rest}")
        if where.version != "beta" or request.method != "POST":
            return json_reply({"Message": "The requested resource does not support this method."}, 405)
        if not self._tokens.accepts(request.headers.get("authorization", "")):
            return envelope.unauthorised()
        if where.tenant.lower() not in self._names:
            return envelope.forbidden(f"the token is not for the tenant {where.tenant}")
        return None

    def _carry_out(self, request: Request, call: Call) -> Reply:
        found = online_cmdlets().get(call.cmdlet.lower())
        if found is None:
            raise NotPermitted(call.cmdlet)
        name, description = found
        reads = name.startswith(READING)
        bound = Bound(bind(description, call.parameters, null_identity=reads))
        handler = self._handlers.get(name)
        if handler is None:
            raise NotModelled(name)
        handler.check(name, bound)
        page = envelope.page_of(request)
        if bound.flag("WhatIf"):
            return envelope.success(request, [], page, ())
        if bound.get("Confirm", name.startswith(PROMPTING)):
            return envelope.confirmation(request, name, bound.get("Identity", bound.get("Name", "")))
        output = handler.run(bound)
        reply = envelope.success(request, output.rows, page, output.warnings)
        lost = self._faults.after(EXCHANGE_ONLINE, name)
        return msgspec.structs.replace(reply, drop=True) if lost else reply

    def _convert(self, exchange_guid: str) -> None:
        self._sources[exchange_guid].convert_to_remote(exchange_guid)
