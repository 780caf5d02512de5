"""The page of an organisation, for its own administrator: what stands, what is missing, and what they can do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailwave.core.mending import Mending
from mailwave.core.organisation_view import OrganisationView, OwnView
from mailwave.core.placement.asked_dates import Asked, Asks
from mailwave.core.readiness.scope import NotTheirOrganisation
from mailwave.core.refusals import Refusal
from mailwave.core.visitors import Visitor
from mailwave.web.pages import Templates
from mailwave.web.sessions import Session
from mailwave.web.signing_in import Door

A_PAGE = 25
"""Rows of a table on one page."""

DAYS = {"30": 30, "90": 90, "365": 365}
"""For how long a fact can be attested."""

HERE = "/organisation"
DONE = {
    "attested": "Your statement is signed and recorded.",
    "asked": "Your dates are recorded.",
    "minded": "What you said of the problem is recorded.",
}


class Office(Protocol):
    """What an administrator sees and does; every refusal is a `Refusal`."""

    def view(self, visitor: Visitor) -> OrganisationView | None:
        """Their organisation."""
        ...

    def own(self, visitor: Visitor) -> OwnView:
        """Their own mailbox."""
        ...

    def attestable(self) -> tuple[str, ...]:
        """The rules whose facts they can attest."""
        ...

    def attest(self, visitor: Visitor, rule: str, value: str, days: int) -> None:
        """Sign a fact."""
        ...

    def ask(self, visitor: Visitor, asked: Asked) -> None:
        """Ask for dates."""
        ...

    def mind(self, visitor: Visitor, key: str, mending: Mending) -> None:
        """Say how far a problem is mended."""
        ...


@dataclass(frozen=True)
class OrganisationPage:
    """Answers administrators who came in by *door*, by what *office* knows and does."""

    door: Door
    office: Office
    templates: Templates

    def routes(self) -> list[Route]:
        """What this page answers to. The organisation in an address must be theirs, letter for letter."""
        return [
            Route(HERE, self.lead),
            Route(f"{HERE}/{{code}}", self.page),
            Route(f"{HERE}/{{code}}/attest", self.attest, methods=["POST"]),
            Route(f"{HERE}/{{code}}/dates", self.ask, methods=["POST"]),
            Route(f"{HERE}/{{code}}/problems", self.mind, methods=["POST"]),
        ]

    async def lead(self, request: Request) -> Response:
        """Lead an administrator to their organisation."""
        visitor = self.door.needed(request).visitor
        if not visitor.organisation:
            raise HTTPException(404)
        return RedirectResponse(f"{HERE}/{visitor.organisation}", 303)

    async def page(self, request: Request) -> Response:
        """The organisation."""
        session = self._of(request, self.door.needed(request))
        return await self._page(session, request.query_params)

    async def attest(self, request: Request) -> Response:
        """Sign what the administrator says."""
        session, fields = await self.door.form(request)
        self._of(request, session)
        days = DAYS.get(fields.get("days", ""))
        if days is None:
            return await self._page(session, {}, problem="Choose for how long it is so.")
        said = (fields.get("rule", ""), fields.get("value", "").strip(), days)
        return await self._done(session, "attested", lambda: self.office.attest(session.visitor, *said))

    async def ask(self, request: Request) -> Response:
        """Record the dates that the administrator asks for."""
        session, fields = await self.door.form(request)
        code = self._of(request, session).visitor.organisation
        try:
            asks = Asks(fields.get("asks", ""))
            none = asks is Asks.NOTHING
            first, last = (date.max if none else _day(fields.get(name, "")) for name in ("first", "last"))
        except ValueError:
            return await self._page(session, {}, problem="Give what you ask for, and both days.")
        asked = Asked(code, asks, first, last, fields.get("why", "").strip())
        return await self._done(session, "asked", lambda: self.office.ask(session.visitor, asked))

    async def mind(self, request: Request) -> Response:
        """Record what the administrator says of a problem."""
        session, fields = await self.door.form(request)
        self._of(request, session)
        try:
            said = (fields.get("problem", ""), Mending(fields.get("mending", "")))
        except ValueError:
            return await self._page(session, {}, problem="Choose what you say of the problem.")
        return await self._done(session, "minded", lambda: self.office.mind(session.visitor, *said))

    def _of(self, request: Request, session: Session) -> Session:
        """*session*, whose organisation the address names; 404 for any other, whether there is one or not."""
        try:
            session.visitor.admitted(request.path_params["code"])
        except NotTheirOrganisation:
            raise HTTPException(404) from None
        return session

    async def _done(self, session: Session, what: str, act: Callable[[], None]) -> Response:
        try:
            await asyncio.to_thread(act)
        except Refusal as refused:
            return await self._page(session, {}, problem=f"{refused}.")
        return RedirectResponse(f"{HERE}/{session.visitor.organisation}?done={what}", 303)

    async def _page(self, session: Session, query: Mapping[str, str], problem: str = "") -> Response:
        view = await asyncio.to_thread(self.office.view, session.visitor)
        if view is None:
            raise HTTPException(404)
        return self.templates.page(
            "organisation.jinja",
            400 if problem else 200,
            session=session,
            view=view,
            pages={name: _leaf(rows, query.get(name, "")) for name, rows in _tables(view).items()},
            query={name: query[name] for name in _tables(view) if query.get(name, "").isdecimal()},
            rules=self.office.attestable(),
            days=DAYS,
            problem=problem,
            done=DONE.get(query.get("done", ""), ""),
        )


class Leaf(NamedTuple):
    """The *rows* of one page of a table of so many in *all*, from the *first* on; its *number* is from 0 to *last*."""

    rows: Sequence[object]
    number: int
    last: int
    first: int
    all: int


def _tables(view: OrganisationView) -> dict[str, Sequence[object]]:
    """The tables of the page that may be long, by the name in its address."""
    return {"movers": view.movers, "apart": view.apart, "problems": view.problems}


def _leaf(rows: Sequence[object], asked: str) -> Leaf:
    last = max(len(rows) - 1, 0) // A_PAGE
    number = min(int(asked), last) if asked.isascii() and asked.isdecimal() else 0
    first = number * A_PAGE
    return Leaf(rows[first : first + A_PAGE], number, last, first + 1, len(rows))


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day
