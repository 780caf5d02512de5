"""What anybody reads about the move, and what somebody sees of their own after signing in."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mailwave.web.organisation import Office
from mailwave.web.pages import Templates
from mailwave.web.signing_in import Door


class Client(NamedTuple):
    """A way to read mail: its *name*, what to *do* before and after the move, and what *changes*."""

    name: str
    do: tuple[str, ...]
    changes: str


CLIENTS: Mapping[str, Client] = {
    "outlook": Client(
        "Outlook on a Windows or Mac computer",
        (
            "Save your work and close Outlook at the end of the working day before your move.",
            "Open Outlook the next morning. If it speaks of a change by an administrator, close and open it.",
            "Sign in with your usual account and password if you are asked to.",
        ),
        "Outlook may be slow for some hours while it brings its copy of your mail up to date. "
        "Your rules, signatures and calendar stay.",
    ),
    "browser": Client(
        "A web browser",
        (
            "Use a browser that is kept up to date.",
            "Open your mail from the address that your organisation gives you, and not from a link in a message.",
        ),
        "The page looks different, and its address is another. Your mail, folders and calendar are the same.",
    ),
    "phone": Client(
        "A phone or tablet",
        (
            "After your move, open the mail app and sign in if it asks you to.",
            "If nothing has come by midday, take the account off the phone and add it again; no mail is lost.",
        ),
        "Old phones whose mail app does not know modern sign-in no longer get mail. The Outlook app does.",
    ),
    "shared": Client(
        "A shared mailbox or somebody else’s calendar",
        (
            "Look at your own page, after signing in, to see what you share with people who move on another night.",
            "Add a shared mailbox to Outlook again if it is no longer shown.",
        ),
        "People who share are moved on the same night wherever that can be. Where it cannot, "
        "some rights rest until both have moved.",
    ),
}
"""By the name in the page's address."""


@dataclass(frozen=True)
class PersonPages:
    """Answers everybody, and those who came in by *door* with their own."""

    door: Door
    office: Office
    templates: Templates

    def routes(self) -> list[Route]:
        """What these pages answer to."""
        return [Route("/", self.everybody), Route("/mine", self.mine)]

    async def everybody(self, request: Request) -> Response:
        """What the move means, for one client or for all. It is the same for whoever asks."""
        asked = request.query_params.get("client", "")
        chosen = asked if asked in CLIENTS else ""
        shown = {chosen: CLIENTS[chosen]} if chosen else CLIENTS
        values = {"clients": CLIENTS, "shown": shown, "chosen": chosen}
        return self.templates.kept_page(request, "person.jinja", chosen, **values)

    async def mine(self, request: Request) -> Response:
        """Their own date, and what they share."""
        session = self.door.needed(request)
        own = await asyncio.to_thread(self.office.own, session.visitor)
        return self.templates.page("mine.jinja", session=session, own=own)
