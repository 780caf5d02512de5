"""Exchange Online's admin endpoint: who may come in, what is asked, who answers it, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate
from rehearsal.exchange_online import bundle, envelope, fault_replies
from rehearsal.exchange_online.batches import Batches
from rehearsal.exchange_online.cmdlet import Bound, Handler
from rehearsal.exchange_online.delegates import Delegates
from rehearsal.exchange_online.endpoints import Endpoints
from rehearsal.exchange_online.envelope import Address, BadRequest, Call
from rehearsal.exchange_online.errors import NotModelled, NotPermitted, Refusal
from rehearsal.exchange_online.inbox_rules import InboxRules
from rehearsal.exchange_online.mailbox_settings import MailboxSettings
from rehearsal.exchange_online.message_trace import MessageTrace
from rehearsal.exchange_online.metadata import online_cmdlets
from rehearsal.exchange_online.move_requests import MoveRequests
from rehearsal.exchange_online.objects.catalogue import ConfigurationObjects, PublicNames, nothing_public
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.permissions import Permissions
from rehearsal.exchange_online.premises import Directory, Premises
from rehearsal.exchange_online.processor import Processor
from rehearsal.exchange_online.rates import RateMeter
from rehearsal.exchange_online.rbac import READING, Caller, Rbac
from rehearsal.exchange_online.rbac_assignments import Assignments, Scopes
from rehearsal.exchange_online.rbac_groups import Principals, RoleGroups
from rehearsal.exchange_online.rbac_policies import RolePolicies
from rehearsal.exchange_online.rbac_roles import ManagementRoles
from rehearsal.exchange_online.recipient_settings import RecipientSettings
from rehearsal.exchange_online.recipients import Recipients
from rehearsal.exchange_online.security import Security
from rehearsal.exchange_online.sessions import Sessions
from rehearsal.exchange_online.tenant import MailUsers, Tenant
from rehearsal.exchange_online.users import Users
from rehearsal.exchange_online.validation import bind
from rehearsal.faults import EXCHANGE_ONLINE, FaultPlan
from rehearsal.identity import TokenService
from rehearsal.post.track import Track
from rehearsal.wire import Reply, Request, json_reply

PROMPTING = ("Remove-", "Stop-", "Complete-", "Add-RecipientPermission")
"""Verbs and cmdlets that only ask, unless Confirm is false (fact A16)."""
_BUNDLE = "/$batch"


class ExchangeOnline:
    """The admin endpoint of one tenant, without a socket.

    *sources* are the sites' directories: a completed move turns its source mailbox into a remote mailbox there.
    *mail_users* is the tenant's directory; without it everybody of the estate was synchronised. *public_names* looks a
    CNAME record up in the public DNS. *track* is what its transport writes down; *configuration*,
    *recipients* and *rbac* are what transport goes by.
    """

    def __init__(  # noqa: PLR0913 - one for each thing around the tenant
        self,
        estate: Estate,
        clock: VirtualClock,
        faults: FaultPlan,
        sources: Sequence[Directory],
        tokens: TokenService,
        options: Options | None = None,
        *,
        mail_users: MailUsers | None = None,
        public_names: PublicNames = nothing_public,
        track: Track | None = None,
    ) -> None:
        self._options = options = options or Options()
        self.tenant = Tenant(estate, clock, options, mail_users)
        self._rates = RateMeter(clock)
        self._faults = faults
        self._tokens = tokens
        self._names = {estate.tenant.id, estate.tenant.domain}
        premises = Premises(sources)
        processor = Processor(self.tenant, faults, premises)
        self.delegates = Delegates(self.tenant, premises)
        self.recipients = recipients = Recipients(self.tenant, premises)
        self._sessions = Sessions(clock, options)
        self._rbac = self.rbac = rbac = Rbac(self.tenant, recipients.row)
        self.configuration = objects = ConfigurationObjects(self.tenant, options.objects, public_names)
        self._handlers: dict[str, Handler] = {
            **Endpoints(self.tenant, processor).handlers(),
            **Batches(self.tenant, processor).handlers(),
            **Users(self.tenant, processor).handlers(),
            **MoveRequests(self.tenant).handlers(),
            **recipients.handlers(),
            **Permissions(self.tenant).handlers(),
            **Security(self.tenant).handlers(),
            **MailboxSettings(self.tenant).handlers(),
            **InboxRules(self.tenant).handlers(),
            **Principals(self.tenant, rbac).handlers(),
            **RoleGroups(self.tenant, rbac).handlers(),
            **ManagementRoles(self.tenant, rbac).handlers(),
            **Scopes(self.tenant, rbac).handlers(),
            **Assignments(self.tenant, rbac).handlers(),
            **RolePolicies(self.tenant, rbac).handlers(),
            **objects.handlers(),
            **RecipientSettings(self.tenant, objects).handlers(),
            **MessageTrace(self.tenant, track or Track()).handlers(),
        }

    def handle(self, request: Request) -> Reply:
        """Answer one HTTP request: a cmdlet, or up to ten of them in a `$batch` (facts A1, A5)."""
        refused = self._at_the_door(request)
        if refused is not None:
            return refused
        if request.path.endswith(_BUNDLE):
            return self._stamped(self._answer_bundle(request))
        return self._stamped(self._answer(request))

    def _stamped(self, reply: Reply) -> Reply:
        return self._rates.stamped(reply) if self._options.rate_headers else reply

    def _answer_bundle(self, request: Request) -> Reply:
        def one(item: Request) -> Reply:
            if item.path.endswith(_BUNDLE):
                return envelope.refusal(item, "", BadRequest("A batch cannot hold another."))
            return self._at_the_door(item) or self._answer(item)

        try:
            return bundle.answer(request, one, self._options)
        except Refusal as problem:
            return envelope.refusal(request, "", problem)

    def _answer(self, request: Request) -> Reply:
        cmdlet = ""
        try:
            call = envelope.parse_call(request.body, self._options)
            cmdlet = call.cmdlet
            fault = self._faults.before(EXCHANGE_ONLINE, cmdlet)
            trouble = fault and fault_replies.fault_reply(fault, request, cmdlet, self._options)
            return trouble or self._carry_out(request, call)
        except NotPermitted as problem:
            return envelope.forbidden(str(problem), unreadable=self._options.unreadable_refusal)
        except NotModelled as problem:
            return envelope.not_modelled(problem.what)
        except Refusal as problem:
            return envelope.refusal(request, cmdlet, problem)

    def _at_the_door(self, request: Request) -> Reply | None:
        """Refuse what never becomes a cmdlet: a wrong address, method, token or tenant (facts A1, A3, A10)."""
        where = envelope.address(request.path)
        if where is None:
            return json_reply({"Message": "No HTTP resource was found that matches the request URI."}, 404)
        if where.rest not in ("InvokeCommand", "$batch"):
            return envelope.not_modelled(f"the resource {where.rest}")
        return self._wrong_method(request, where) or self._wrong_caller(request, where)

    def _wrong_method(self, request: Request, where: Address) -> Reply | None:
        options = self._options
        if request.method == "POST" and (where.version == "beta" or not options.beta_only):
            return None
        if request.method == "GET" and "skiptoken" in request.query and not options.post_only_paging:
            return json_reply({"value": []})
        return json_reply({"Message": "The requested resource does not support this method."}, 405)

    def _wrong_caller(self, request: Request, where: Address) -> Reply | None:
        options = self._options
        if not self._tokens.accepts(request.headers.get("authorization", "")):
            return envelope.unauthorised()
        if where.tenant.lower() not in self._names:
            note = f"the token is not for the tenant {where.tenant}"
            return envelope.forbidden(note, unreadable=options.unreadable_refusal)
        if options.anchor_mailbox == "required" and not request.headers.get("x-anchormailbox"):
            return envelope.refusal(request, "", BadRequest("The header X-AnchorMailbox is missing."))
        return None

    def _carry_out(self, request: Request, call: Call) -> Reply:
        found = online_cmdlets().get(call.cmdlet.lower())
        if found is None:
            raise NotPermitted(call.cmdlet)
        name, description = found
        caller = self._caller(request, name)
        reads = name.startswith(READING)
        bound = Bound(bind(description, call.parameters, self._options, null_identity=reads))
        handler = self._handlers.get(name)
        if handler is None:
            raise NotModelled(name)
        handler.check(name, bound)
        self._rbac.check(name, description, bound, caller)
        page = envelope.page_of(request, self._options)
        if bound.flag("WhatIf"):
            return envelope.success(request, [], page, (), self._options)
        if bound.get("Confirm", self._options.prompts and name.startswith(PROMPTING)):
            return envelope.confirmation(request, name, bound.get("Identity", bound.get("Name", "")))
        output = handler.run(bound)
        reply = envelope.success(request, output.rows, page, output.warnings, self._options)
        lost = self._faults.after(EXCHANGE_ONLINE, name)
        return msgspec.structs.replace(reply, drop=True) if lost else reply

    def _caller(self, request: Request, cmdlet: str) -> Caller:
        """Return what whoever sent a request may do, and count their session."""
        claims = self._tokens.claims(request.headers.get("authorization", "")) or {}
        self._sessions.use(str(claims.get("appid")), request.headers.get("connection-id"))
        caller = self._rbac.caller(claims, cmdlet)
        if not self._rbac.runs(caller, cmdlet):
            raise NotPermitted(cmdlet)
        return caller
