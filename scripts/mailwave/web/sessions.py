"""Who is signed in, kept here: a browser holds a name that cannot be guessed, and nothing else.

A session ends after half an hour without a page, after eight hours whatever happens, at signing out, and with this
process. What the browser holds is kept as its digest, so that who reads memory's dump has no session by it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mailwave.core.visitors import Visitor

IDLE, LONGEST, ON_THE_WAY = timedelta(minutes=30), timedelta(hours=8), timedelta(minutes=10)
MOST = 50_000
"""Sessions, and ways to sign in that nobody has come back from, kept at most: the oldest goes."""


@dataclass
class Session:
    """Somebody who is signed in; a form of theirs carries *form*, which no other site can know."""

    visitor: Visitor
    since: datetime
    seen: datetime
    form: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def sent(self, form: str) -> bool:
        """Whether *form* came with a form of this session's."""
        return hmac.compare_digest(self.form.encode(), form.encode())


class Sessions:
    """Sessions by the digest of their name; *now* tells the time of this machine."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._kept: OrderedDict[str, Session] = OrderedDict()
        self._ways: OrderedDict[str, tuple[datetime, dict[str, Any]]] = OrderedDict()

    def open(self, visitor: Visitor) -> str:
        """Begin a session, and return its name."""
        name, now = secrets.token_urlsafe(32), self._now()
        self._kept[_digest(name)] = Session(visitor, now, now)
        _shorten(self._kept)
        return name

    def find(self, name: str) -> Session | None:
        """The session *name*, which counts as seen now; None where there is none, or it has ended."""
        key, now = _digest(name), self._now()
        session = self._kept.get(key)
        if session is None:
            return None
        if now - session.seen > IDLE or now - session.since > LONGEST:
            del self._kept[key]
            return None
        session.seen = now
        return session

    def close(self, name: str) -> None:
        """End the session *name*."""
        self._kept.pop(_digest(name), None)

    def leave(self, way: dict[str, Any]) -> str:
        """Keep the *way* of somebody who goes to sign in, and return the name by which they come back."""
        name = secrets.token_urlsafe(32)
        self._ways[_digest(name)] = (self._now(), way)
        _shorten(self._ways)
        return name

    def come_back(self, name: str) -> dict[str, Any] | None:
        """The way kept under *name*, once; None where there is none, or it took too long."""
        since, way = self._ways.pop(_digest(name), (None, None))
        return way if since is not None and self._now() - since <= ON_THE_WAY else None


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _shorten(kept: OrderedDict[str, Any]) -> None:
    while len(kept) > MOST:
        kept.popitem(last=False)
