"""What the pages need: their readers, joined to the ledger of an environment."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import get_context
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.overview import Remedy
from mailwave.core.reason import Reason
from mailwave.core.visitors import Signed, Visitor
from mailwave.runbooks.watch_move import WatchMove
from mailwave.wiring.readiness import keep_statement, register, rule_book, signed_for
from mailwave.wiring.settings import Settings
from mailwave.wiring.waves import causes_of, rings_of

if TYPE_CHECKING:
    from mailwave.adapters.sign_in import TenantSignIn
    from mailwave.adapters.signatures import Ed25519Signer
    from mailwave.core.mending import Mending
    from mailwave.core.organisation_view import OrganisationView, OwnView
    from mailwave.core.pictures.view import View
    from mailwave.core.placement.asked_dates import Asked
    from mailwave.core.readiness.scope import Administrator
    from mailwave.runbooks.show_organisation import ShowOrganisation


def watch_move(settings: Settings, ledger: Ledger) -> WatchMove:
    """The runbook that looks at the whole move."""
    return WatchMove(
        settings.environment,
        settings.clock(),
        ledger,
        rules.granted(settings.limits, settings.estate),
        rings_of(settings),
        causes_of(),
        remedies(settings),
    )


def remedies(settings: Settings) -> dict[str, Remedy]:
    """Who must act on each reason of readiness, and how."""
    book = rule_book(settings)
    codes = [book.code(number) for number in range(2 * len(book.rules))]
    return {code.name: Remedy(code.rule.owner, code.rule.remedy, not code.failed) for code in codes}


class Foreseen:
    """A forecast of the saved plan, reckoned in a process of its own, once a day and whenever the plan is another."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._aside = _aside()
        self._asked: object = None
        self._answer: Future[View | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)

    def view(self) -> View | None:
        """What was reckoned last of the plan as it is; None while that goes on, and where there is nothing ahead."""
        asked = (tuple(self._ledger.nights()), self._settings.clock().now().date())
        try:
            if asked != self._asked:
                self._asked, self._answer = asked, self._aside.submit(_view, self._settings.environment)
            return self._answer.result() if self._answer and self._answer.done() else None
        except BrokenProcessPool:  # somebody ended it, or memory ran out: it is asked again at the next look
            self._aside, self._asked = _aside(), None
            return None


def _aside() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _view(environment: str) -> View | None:
    from mailwave.core.forecast.load import NothingPlanned
    from mailwave.core.forecast.record_table import RUNS, SEED
    from mailwave.core.forecast.report import report
    from mailwave.core.pictures.view import view_of
    from mailwave.runbooks.wave.run import NoPlan
    from mailwave.wiring.forecasting import sight_of_plan

    try:
        sight = sight_of_plan(Settings.load(environment), None)
        found = report(sight.ahead, sight.granted, runs=RUNS, seed=SEED, cases=(), say=lambda _: None)
    except (NoPlan, NothingPlanned):
        return None
    return view_of(environment, found.forecast, sight.done)


@dataclass(frozen=True)
class Office:
    """What local administrators see and do on the pages, and what one person sees."""

    settings: Settings
    ledger: Ledger

    def visitor(self, signed: Signed) -> Visitor:
        """Who has *signed* in, with the organisation that they administer today."""
        found = self._administrator(signed.who)
        return Visitor(signed, found.organisation if found else "")

    def view(self, visitor: Visitor) -> OrganisationView | None:
        """The organisation of *visitor*."""
        return self._shows.run(visitor.organisation, visitor.signed.who)

    def own(self, visitor: Visitor) -> OwnView:
        """What *visitor* sees of their own mailbox."""
        return self._shows.own(visitor.signed.sign_in_name)

    def attestable(self) -> tuple[str, ...]:
        """The rules of which an administrator can attest the fact."""
        from mailwave.core.readiness.attestation import KINDS

        return tuple(sorted(KINDS))

    def attest(self, visitor: Visitor, rule: str, value: str, days: int) -> None:
        """Sign a fact for *visitor*, with the key of theirs that is kept here.

        Raises:
            NoAdministrator: none is kept here, or it is not the one in the environment's table.
            NotAttestable: it is nothing that they can sign.
        """
        from mailwave.core.readiness.scope import NoAdministrator
        from mailwave.runbooks.attest_fact import AttestFact

        administrator, signer = self._administrator(visitor.signed.who), self._signer(visitor.signed.who)
        if administrator is None or signer is None or signer.public_key != administrator.public_key:
            raise NoAdministrator(who=visitor.signed.who, why="has no key on these pages")
        runbook = AttestFact(
            self.settings.environment,
            self.settings.clock(),
            self.ledger,
            rule_book(self.settings),
            lambda said: keep_statement(self.settings, said, None),
        )
        reason = _reason(visitor, f"attests {rule} of their organisation")
        runbook.run(administrator, signer, rule, value, days, reason)

    def ask(self, visitor: Visitor, asked: Asked) -> None:
        """Record the dates that *visitor* asks for their organisation; raises `DatesRefused`."""
        from mailwave.runbooks.ask_dates import AskDates

        deadline = self.settings.estate.season.deadline
        runbook = AskDates(self.settings.clock(), self.ledger, self.ledger, deadline)
        runbook.run(asked, _reason(visitor, f"asks for dates: {asked.why}"))

    def mind(self, visitor: Visitor, key: str, mending: Mending) -> None:
        """Record how far *visitor* says that the problem *key* is mended; raises `NoSuchProblem`."""
        from mailwave.core.mending import Care, NoSuchProblem
        from mailwave.runbooks.mind_problem import MindProblem

        view = self.view(visitor)
        if view is None:
            raise NoSuchProblem(key)
        care = Care(key, mending, visitor.signed.sign_in_name, self.settings.clock().now())
        reason = _reason(visitor, f"says that a problem of their organisation is {mending}")
        MindProblem(self.ledger).run(visitor.organisation, view.problems, care, reason)

    @cached_property
    def _shows(self) -> ShowOrganisation:
        """Made once: to read the rules takes longer than to answer anybody."""
        from mailwave.runbooks.show_organisation import ShowOrganisation

        book = rule_book(self.settings)
        return ShowOrganisation(
            self.settings.clock(), self.ledger, book, partial(signed_for, self.settings, book)
        )

    def _administrator(self, who: str) -> Administrator | None:
        """The row of *who* that counts today, of those who attest."""
        from mailwave.core.readiness.scope import Part

        now = self.settings.clock().now()
        rows = (each for each in register(self.settings).administrators if each.who == who)
        return next((row for row in rows if row.part is Part.ATTESTS and not row.problem(now, now)), None)

    def _signer(self, who: str) -> Ed25519Signer | None:
        from estate_schema.endpoints import SecretFile
        from estate_schema.identity import Identity
        from mailwave.adapters.signatures import Ed25519Signer

        web = self.settings.endpoints().credentials.web
        file = web.keys / f"{who}.pem" if web and web.keys else None
        if file is None or not file.is_file():
            return None
        return Ed25519Signer(Identity(who=who, key=SecretFile(secret_file=file)).private_key())


def sign_in(settings: Settings) -> TenantSignIn | None:
    """The tenant at which people sign in; None where the endpoints name no application for the pages."""
    from exchange_admin.reach import Reach
    from exchange_admin.reach_httpx2 import http_client
    from mailwave.adapters.sign_in import TenantSignIn

    found = settings.endpoints()
    web = found.credentials.web
    if web is None:
        return None
    http = http_client(Reach.of(found), patience=20)
    return TenantSignIn(str(found.token), found.tenant, web.client_id, web.secret, http)


def _reason(visitor: Visitor, text: str) -> Reason:
    """Who acts on a page: known by their immutable id, for no name of theirs is to be trusted."""
    return Reason(who=visitor.signed.who, source="mailwave pages", ticket="self-service", text=text)
