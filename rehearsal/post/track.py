"""What each side writes down of the messages that pass it: the tracking logs of the sites, and the cloud's trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

PREMISES, CLOUD = "premises", "cloud"
RECEIVE, REDIRECT, SEND, DELIVER = "RECEIVE", "REDIRECT", "SEND", "DELIVER"
DEFER, HOLD, FAIL = "DEFER", "HOLD", "FAIL"


class Letter(msgspec.Struct, frozen=True):
    """A message, as far as it is known on its way: nobody here keeps what stands in it."""

    message_id: str
    sender: str
    subject: str


class Event(msgspec.Struct, frozen=True):
    """What became of *letter* to *recipient* on *side* *at* a moment, at *place*: a server, or the service itself.

    *leg* counts, over all messages, how often one came to a side: what belongs to one passage has the same. *said* is
    the status in SMTP's words.
    """

    at: datetime
    side: str
    place: str
    name: str
    letter: Letter
    recipient: str
    leg: int
    said: str = ""


@dataclass
class Track:
    """Every event of every message, in the order of the messages."""

    events: list[Event] = field(default_factory=list)
    legs: int = 0

    def seen(self, side: str, until: datetime) -> Iterator[Event]:
        """What *side* has written down *until* a moment."""
        return (each for each in self.events if each.side == side and each.at <= until)
