"""The operators' dashboard: the whole move on one page, live where the browser can, and as it is where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from mailwave.core.overview import Overview, with_forecast
from mailwave.core.refusals import Refusal
from mailwave.core.states import MailboxState
from mailwave.web.charts import COLOURS, Charts
from mailwave.web.live import Live, frame
from mailwave.web.pages import Templates
from mailwave.web.sessions import Session
from mailwave.web.signing_in import Door

if TYPE_CHECKING:
    from mailwave.core.pictures.view import View

LOOKS = ("desk", "war-room")
"""How the page may look: on a desk, or on the wall of a war room."""


@dataclass
class Operators:
    """Makes the dashboard of what *look* sees, beside what was *foreseen* last."""

    look: Callable[[], Overview]
    foreseen: Callable[[], View | None]
    templates: Templates
    charts: Charts
    door: Door
    seconds: float = 5.0

    def __post_init__(self) -> None:
        """Make the one reader of all streams."""
        self.live = Live(self._frame, self.seconds)
        self._board = Markup("")

    def routes(self) -> list[Route]:
        """What this page answers to."""
        return [
            Route("/operators", self.page),
            Route("/operators/stream", self.stream),
            Route("/operators/charts/{name}", self.chart),
        ]

    async def page(self, request: Request) -> Response:
        """The dashboard as it was at the reader's last look."""
        session = self._operator(request)
        look = request.query_params.get("look", LOOKS[0])
        return self.templates.page(
            "operators.jinja",
            session=session,
            board=self._board,
            look=look if look in LOOKS else LOOKS[0],
            live=request.query_params.get("live") != "no",
        )

    async def stream(self, request: Request) -> Response:
        """The dashboard as it changes."""
        self._operator(request)
        if self.live.is_full:
            return PlainTextResponse("Too many screens are open; look at the page without live figures", 503)
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(self.live.stream(), media_type="text/event-stream", headers=headers)

    async def chart(self, request: Request) -> Response:
        """A chart that a page has named."""
        self._operator(request)
        picture = await self.charts.svg(request.path_params["name"])
        if picture is None:
            return PlainTextResponse("Not Found", 404)
        headers = {"cache-control": "private, max-age=3600", "vary": "accept-encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(picture.plain, media_type="image/svg+xml", headers=headers)
        headers["content-encoding"] = "gzip"
        return Response(picture.packed, media_type="image/svg+xml", headers=headers)

    def _operator(self, request: Request) -> Session:
        """The session of who asks, an operator; 404 for anybody else who is signed in."""
        session = self.door.needed(request)
        if not session.visitor.operates:
            raise HTTPException(404)
        return session

    def _frame(self) -> bytes:
        """Look, and keep the page's middle for who comes next."""
        try:
            seen, view = self.look(), self.foreseen()
        except Refusal as why:
            self._board = self.templates.markup("unread.jinja", why=str(why), before=self._board)
            return frame("board", self._board)
        nights = [(each.night, each.p50, each.p90) for each in view.shown] if view else []
        burn = with_forecast(seen.burn, nights)
        self._board = self.templates.markup(
            "board.jinja",
            seen=seen,
            ends=view.ends if view else None,
            burn=burn,
            states=tuple(COLOURS),
            moved=MailboxState.MOVED,
            tonight_chart=self.charts.states([seen.tonight.whole]) if seen.tonight else "",
            sites_chart=self.charts.states(seen.sites),
            regions_chart=self.charts.funnels(seen.regions),
            burn_chart=self.charts.burn_up(burn) if burn else "",
        )
        return frame("board", self._board)
