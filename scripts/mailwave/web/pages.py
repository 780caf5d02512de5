"""Templates: every value is escaped, and names are shown so that no letter of theirs turns the words around them."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from mailwave.core.overview import Part
from mailwave.core.states import MailboxState

_LONDON = ZoneInfo("Europe/London")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
WORDS: Mapping[str, str] = {
    MailboxState.WAITING: "waits for its night",
    MailboxState.SYNCING: "is being copied; nothing changes for its user yet",
    MailboxState.SYNCED: "is copied, and waits for its night",
    MailboxState.COMPLETING: "is being moved now",
    MailboxState.UNKNOWN: "is being looked at",
    MailboxState.MOVED: "has moved",
    MailboxState.DEFERRED: "is put off",
    MailboxState.FAILED: "did not move; its mail is where it was",
    MailboxState.EXCLUDED: "does not move",
}
"""What people who are no operators read for a state."""

THE_TEMPLATE = "nhsuk/template.jinja"


class Templates:
    """The templates of this package and of the design system; *asset* says where a file is served."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        self._made = Environment(
            loader=ChoiceLoader([PackageLoader("mailwave.web"), PackageLoader("nhsuk_frontend_jinja")]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=ChainableUndefined,  # the design system's own templates need it
            auto_reload=False,  # a template's file is looked for once, and not by every page
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._made.filters.update(
            number=_number, moment=_moment, hour=_hour, day=_day, date=_date, name=shown
        )
        self._made.filters.update(share=_share, used=_used)
        self._made.globals.update(asset=asset, words=WORDS)
        self._kept: dict[tuple[str, str], tuple[bytes, str]] = {}

    def text(self, template: str, **values: object) -> str:
        """What *template* makes of *values*."""
        return self._made.get_template(template).render(values)

    def markup(self, template: str, **values: object) -> Markup:
        """The same, to be put into another template as it is."""
        return Markup(self.text(template, **values))  # noqa: S704  a template's own, escaped there

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """The same as an answer."""
        return HTMLResponse(self.text(template, **values), status)

    def kept_page(self, request: Request, template: str, key: str, **values: object) -> Response:
        """The same as `page` of a template that comes out alike for each *key*, of which there are few.

        Anybody may keep it for some minutes; who asks whether it is still the same is told so without it.
        """
        if (template, key) not in self._kept:
            body = self.text(template, **values).encode()
            self._kept[template, key] = body, f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        body, tag = self._kept[template, key]
        headers = {"etag": tag, "cache-control": "public, max-age=300"}
        held = request.headers.get("if-none-match", "").split(",")
        if tag in {each.strip().removeprefix("W/") for each in held}:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, headers=headers)

    @property
    def script_digest(self) -> str:
        """The digest, in base 64, of the script that the design system's template writes into every page."""
        found = _SCRIPT.search(self.text(THE_TEMPLATE))
        script = found[1] if found else ""
        return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def shown(name: str) -> str:
    """*name* with a mark in place of every letter that nobody sees: of direction, of a terminal, a line's end."""
    return "".join(_UNKNOWN if unicodedata.category(letter) in _UNSEEN else letter for letter in name)


def _number(value: int) -> str:
    return f"{value:,}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(_LONDON):%-d %B %Y, %H:%M %Z}"


def _hour(at: datetime) -> str:
    return f"{at.astimezone(_LONDON):%H:%M}"


def _day(day: date | None) -> str:
    return f"{day:%A %-d %B %Y}" if day else "no date yet"


def _date(day: date | None) -> str:
    """*day* for a table, where it must not need two lines."""
    return f"{day:%a %-d %b %Y}".replace(" ", "\N{NO-BREAK SPACE}") if day else "no date yet"


def _share(part: int, whole: int) -> str:
    """*part* of *whole* in hundredths, rounded down, so that only all of it is 100."""
    return f"{100 * part // whole} %" if whole else "–"


def _used(states: Sequence[MailboxState], parts: Sequence[Part]) -> list[MailboxState]:
    """Those of *states* in which any of *parts* has a mailbox."""
    return [state for state in states if any(part.of(state) for part in parts)]
