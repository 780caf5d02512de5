"""The application of `mailwave serve`: its pages, what they are dressed with, and what guards them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailwave.core.overview import Overview
from mailwave.core.refusals import Refusal
from mailwave.core.visitors import Signed, Visitor
from mailwave.web.assets import Assets
from mailwave.web.charts import Charts
from mailwave.web.headers import Guarded
from mailwave.web.operators import Operators
from mailwave.web.organisation import Office, OrganisationPage
from mailwave.web.pages import Templates
from mailwave.web.person import PersonPages
from mailwave.web.sessions import Sessions
from mailwave.web.signing_in import AFTER, Door, SignIn

if TYPE_CHECKING:
    from mailwave.core.pictures.view import View

SENTENCES = {
    400: ("That was not understood", "Go back and try it again."),
    401: ("Sign in", "Your session has ended. Sign in and do it again."),
    403: (
        "That was not done",
        "The form did not come from your own page, or your session has ended. Open the page again.",
    ),
    404: ("There is no such page for you", "Check the address, or sign in with another account."),
    405: ("That was not understood", "Go back and try it again."),
    413: ("That was too long", "Go back and write less."),
    503: ("This page cannot be shown now", "Try again in some minutes."),
}
"""What is said instead of a page, by status."""


@dataclass(frozen=True)
class Site:
    """Where the pages are: *url* is how browsers reach them, *modules* the folder of npm packages.

    The operators' figures are read again every so many *seconds*.
    """

    url: str
    modules: Path
    seconds: float = 5.0

    @property
    def host(self) -> str:
        """The host, with its port where that is not the usual one, as browsers send it."""
        return urlsplit(self.url).netloc.lower()

    @property
    def tls(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.url.startswith("https://")


@dataclass(frozen=True)
class Readers:
    """What pages are made of: a *look* at the whole move, and what a forecast has *foreseen* last."""

    look: Callable[[], Overview]
    foreseen: Callable[[], View | None]


@dataclass(frozen=True)
class Entrance:
    """Who may come in: the *tenant* at which people sign in, what somebody may see, and who is signed in."""

    tenant: SignIn | None
    visitor: Callable[[Signed], Visitor]
    sessions: Sessions


def application(site: Site, readers: Readers, entrance: Entrance, office: Office) -> Guarded:
    """The pages of *site*; raises `NotInstalled` where what they are dressed with is missing."""
    assets = Assets(site.modules)
    templates = Templates(assets.path)
    door = Door(site.url, entrance.tenant, entrance.sessions, entrance.visitor, templates)
    operators = Operators(readers.look, readers.foreseen, templates, Charts(), door, site.seconds)
    routes = [
        Route("/static/{name}", assets.serve),
        Route("/assets/{name:path}", assets.serve_picture),
        *PersonPages(door, office, templates).routes(),
        *OrganisationPage(door, office, templates).routes(),
        *operators.routes(),
        *door.routes(),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with operators.live.reading():
            yield

    handlers = {HTTPException: partial(refused, templates), Refusal: partial(unread, templates)}
    pages = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    return Guarded(pages, {site.host}, templates.script_digest, tls=site.tls)


async def refused(templates: Templates, request: Request, error: Exception) -> Response:
    """Lead to signing in who must, and tell others in a sentence."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 401 and request.method == "GET":
        after = next((place for place in AFTER if request.url.path.startswith(place)), "")
        return templates.page("refused.jinja", 401, title="Sign in", why="", sign_in=True, after=after)
    title, why = SENTENCES.get(status, SENTENCES[404])
    return templates.page("refused.jinja", status, title=title, why=why)


async def unread(templates: Templates, _: Request, __: Exception) -> Response:
    """Say that the ledger cannot be read now; what is wrong with it is told to operators only."""
    return templates.page("refused.jinja", 503, title=SENTENCES[503][0], why=SENTENCES[503][1])
