"""What pages are dressed with: the NHS design system and htmx as `make setup` installed them, and our own few lines.

Everything is read once and served from memory under a name that holds its digest's beginning, so that a browser may
keep it for ever. The design system's fonts lie on another host, which no page may ask: their rules are taken out, and
pages are set in Arial, the design system's own next choice.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

OWN = Path(__file__).with_name("static")
FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
_FONT = re.compile(rb"@font-face\{[^}]*\}")
_MAP = re.compile(rb"\n?(?://|/\*)# sourceMappingURL=[^\n]*")
_MODULES: Mapping[str, str] = {
    "nhsuk.css": "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css",
    "nhsuk.js": "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "sse.js": "htmx-ext-sse/dist/sse.min.js",
}
_PICTURES = "nhsuk-frontend/dist/nhsuk/assets"


class NotInstalled(FileNotFoundError):
    """A *file* that pages are dressed with is not where it should be."""

    def __init__(self, *, file: Path) -> None:
        self.file = file
        super().__init__(f"no page can be served: {file} is missing; run `make setup`, which installs it")


@dataclass(frozen=True)
class Asset:
    """A file's content, and of what type it is."""

    content: bytes
    kind: str


class Assets:
    """The files under *modules*, a folder of npm packages, and our own."""

    def __init__(self, modules: Path) -> None:
        files = {name: _read(modules / path) for name, path in _MODULES.items()}
        files |= {path.name: path.read_bytes() for path in sorted(OWN.iterdir())}
        files["nhsuk.css"] = _FONT.sub(b"", files["nhsuk.css"])
        self._paths: dict[str, str] = {}
        self._by_path: dict[str, Asset] = {}
        for name, content in files.items():
            stem, _, ending = name.rpartition(".")
            path = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
            self._paths[name] = f"/static/{path}"
            self._by_path[path] = Asset(_MAP.sub(b"", content), _kind(name))
        self._pictures = {
            str(path.relative_to(modules / _PICTURES)): Asset(path.read_bytes(), _kind(path.name))
            for path in sorted((modules / _PICTURES).rglob("*"))
            if path.is_file()
        }

    def path(self, name: str) -> str:
        """Where the file *name* is served."""
        return self._paths[name]

    async def serve(self, request: Request) -> Response:
        """A file by its name with a digest."""
        return _answer(self._by_path.get(request.path_params["name"]), FOR_EVER)

    async def serve_picture(self, request: Request) -> Response:
        """A picture of the design system, which its style sheet names by this path."""
        return _answer(self._pictures.get(request.path_params["name"]), A_DAY)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotInstalled(file=file) from error


def _kind(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _answer(asset: Asset | None, kept: str) -> Response:
    if asset is None:
        return PlainTextResponse("Not Found", 404)
    return Response(asset.content, media_type=asset.kind, headers={"cache-control": kept})
