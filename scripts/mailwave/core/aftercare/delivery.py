"""Messages that try the way between the halves after a wave: who is tried, what each proves, and what becomes of them.

Of a sample of a wave's people each is sent one message from the sites: it takes the way of all mail to them, by their
remote mailbox to the tenant. One message goes the other way, between the two mailboxes made for it: the way out is the
tenant's, and the same for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import sha256
from math import ceil

import msgspec

from mailwave.core.aftercare.differences import Difference

_CODE = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_LOOPS = frozenset({"5.4.6", "5.4.14"})
"""The codes of a message that goes round (Microsoft's lists of NDR codes)."""
_LONGEST = 80


class Way(StrEnum):
    """The direction of a message."""

    IN = "from the sites to the cloud"
    OUT = "from the cloud to the sites"


class Standing(StrEnum):
    """What both sides have written down of a message.

    *ASTRAY*: it was put into a mailbox at a site, and never came to the cloud. *UNSEEN*: nobody wrote anything down.
    """

    ARRIVED = "arrived"
    RETURNED = "returned"
    HELD = "held"
    ASTRAY = "astray"
    UNDER_WAY = "under way"
    UNSEEN = "unseen"


SETTLED = frozenset({Standing.ARRIVED, Standing.RETURNED, Standing.HELD, Standing.ASTRAY})


class Fate(msgspec.Struct, frozen=True):
    """What became of a message; *said* is the status in the words of who gave it back or keeps it."""

    standing: Standing
    said: str = ""


class Probe(msgspec.Struct, frozen=True):
    """One message *way* from *sender* to *recipient*, the mailbox *guid*; empty for the mailbox of the sites.

    *name* is the same for as long as the verification is: it is the first part of the Message-ID.
    """

    name: str
    way: Way
    sender: str
    recipient: str
    guid: str = ""

    @property
    def message_id(self) -> str:
        """The Message-ID, by which both sides find it."""
        return f"<{self.name}@{self.sender.rpartition('@')[2]}>"


class Boxes(msgspec.Struct, frozen=True):
    """The two mailboxes that somebody has made for this: *premises* stays at a site, *cloud* is in the tenant."""

    premises: str
    cloud: str


class Sampling(msgspec.Struct, frozen=True):
    """The *share* of a wave's moved people that is tried, and the *most*."""

    share: float
    most: int


def sample(wave: str, guids: Iterable[str], sampling: Sampling) -> list[str]:
    """Those of *guids* that are tried, one at least where there is any: the same of the same *guids* each time.

    Their order is drawn from the wave's id. Whoever moves later may come before others in it, and take the place of
    one that was drawn when fewer had moved.
    """
    drawn = sorted(guids, key=lambda guid: sha256(f"{wave}|{guid}".encode()).digest())
    return drawn[: min(sampling.most, ceil(sampling.share * len(drawn)))]


def probes(wave: str, turn: int, people: Sequence[tuple[str, str]], boxes: Boxes) -> list[Probe]:
    """The messages of the verification *turn* of a wave: one to each of *people*, ExchangeGuid and address; one out."""

    def name(key: str) -> str:
        return f"mailwave.{turn}.{sha256(f'{wave}|{turn}|{key}'.encode()).hexdigest()[:24]}"

    inward = [Probe(name(guid), Way.IN, boxes.premises, address, guid) for guid, address in people]
    return [*inward, Probe(name(Way.OUT), Way.OUT, boxes.cloud, boxes.premises)] if inward else []


def judged(probe: Probe, fate: Fate) -> Difference | None:
    """What is wrong with a message of which *fate* is known, None where it arrived."""
    if fate.standing is Standing.ARRIVED:
        return None
    if fate.standing is Standing.RETURNED:
        code = _CODE.search(fate.said)
        kind = "mail-looped" if code and code[0] in _LOOPS else "mail-returned"
        return _difference(probe, kind, short(fate.said))
    kinds = {
        Standing.HELD: "mail-held",
        Standing.ASTRAY: "mail-astray",
        Standing.UNDER_WAY: "mail-not-arrived",
        Standing.UNSEEN: "mail-untraced",
    }
    return _difference(probe, kinds[fate.standing], short(fate.said))


def not_sent(probe: Probe, why: str) -> Difference:
    """What is wrong where a message could not be handed over."""
    return _difference(probe, "mail-not-sent", short(why))


def short(said: str) -> str:
    """The code and the reason of a status, without the addresses that follow it."""
    return re.split(r"[;\[]", said, maxsplit=1)[0].strip()[:_LONGEST]


def _difference(probe: Probe, kind: str, what: str) -> Difference:
    return Difference(kind, probe.guid, probe.recipient, f"{probe.way}: {what}" if what else str(probe.way))
