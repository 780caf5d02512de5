"""The application of `mailwave serve`: its pages, what they are dressed with, and what guards them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from mailwave.core.overview import Overview
from mailwave.web.assets import Assets
from mailwave.web.charts import Charts
from mailwave.web.headers import Guarded
from mailwave.web.operators import Operators
from mailwave.web.pages import Templates

if TYPE_CHECKING:
    from mailwave.core.forecast.summary import Ends


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
    """What pages are made of: a *look* at the whole move, and the *ends* that a forecast sees."""

    look: Callable[[], Overview]
    ends: Callable[[], Ends | None]


def application(site: Site, readers: Readers) -> ASGIApp:
    """The pages of *site*; raises `NotInstalled` where what they are dressed with is missing."""
    assets = Assets(site.modules)
    templates = Templates(assets.path)
    operators = Operators(readers.look, readers.ends, templates, Charts(), site.seconds)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with operators.live.reading():
            yield

    routes = [
        Route("/static/{name}", assets.serve),
        Route("/assets/{name:path}", assets.serve_picture),
        *operators.routes(),
    ]
    return Guarded(
        Starlette(routes=routes, lifespan=lifespan), {site.host}, templates.script_digest, tls=site.tls
    )
