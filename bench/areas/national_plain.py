"""A generator of the same kind of estate in plain Python, a row at a time: the national estate's baseline.

Same columns, laws and origins of rights as rehearsal/national, to within a few per cent, from one sequential random
generator, written with `csv`, and digested as sorted JSON. `python -m bench.areas.national_plain MAILBOXES DIR` prints
what it made, and its seconds without the interpreter's start, as JSON.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import random
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

type Row = dict[str, object]

_PEOPLE = ("UserMailbox", "LinkedMailbox")
_CLIENTS = ("16.0.17932.20286", "16.0.14332.20771", "16.0.10415.20025", "16.0.5456.1000", "14.0.7268.5000")
_SIGMA = 1.5
_MEDIAN = 2.3e15 / 2.1e6 / math.exp(_SIGMA**2 / 2)
# kind of organisation: part of all mailboxes, exponent, least and most mailboxes
_LAWS = ((0.80, 1.0, 3_000, 30_000), (0.152, 1.5, 9, 2_000), (0.048, 1.8, 4, 400))
_BOARD = 45_000
"""Mailboxes in an integrated care board."""


def generate(count: int, folder: Path) -> Row:
    """Make *count* mailboxes and their rights, write both into *folder*, and tell how many and how large they are."""
    draw = random.Random(7)  # noqa: S311 - a workload
    boxes = list(_mailboxes(draw, count))
    rights = sorted(set(_rights(draw, boxes)))
    named = [dict(zip(("mailbox", "trustee", "kind", "origin"), right, strict=True)) for right in rights]
    digest = [
        _write(folder / f"{name}.csv", rows) for name, rows in (("mailboxes", boxes), ("permissions", named))
    ]
    mean = sum(float(str(box["size_bytes"])) for box in boxes) / count
    return {"mailboxes": count, "permissions": len(rights), "mean_bytes": mean, "digest": digest}


def _organisations(draw: random.Random, count: int) -> Iterator[int]:
    for share, alpha, least, most in _LAWS:
        left = round(share * count)
        while left > 0:
            size = least * (1 - draw.random() * (1 - (least / most) ** alpha)) ** (-1 / alpha)
            yield min(left, int(size))
            left -= int(size)


def _mailboxes(draw: random.Random, count: int) -> Iterator[Row]:
    number = 0
    for organisation, size in enumerate(_organisations(draw, count)):
        start, team, first, shared = number, -1, 0, False
        while number < min(start + size, count):
            if number == start or number >= first + team:
                first, team = number, int(4 * (1 - draw.random() * (1 - (4 / 60) ** 1.6)) ** (-1 / 1.6))
                shared = draw.random() < 0.5
            yield _mailbox(draw, number, (organisation, start, size), (first, number == first and shared))
            number += 1


def _mailbox(draw: random.Random, number: int, owner: tuple[int, int, int], team: tuple[int, bool]) -> Row:
    (organisation, start, size), (first, shared) = owner, team
    part = draw.random()
    kind = "SharedMailbox" if shared or part < 0.02 else "RoomMailbox" if part < 0.053 else "UserMailbox"
    kind = "LinkedMailbox" if 0.053 <= part < 0.057 and not shared else kind
    site = draw.randrange(1_400)
    held = int(draw.lognormvariate(math.log(_MEDIAN), _SIGMA)) // 1024 * 1024
    seen = kind in _PEOPLE and draw.random() > 0.18
    alias = f"given{draw.randrange(60)}.family{draw.randrange(80)}.{organisation}.{number - start}"
    return {
        "number": number,
        "guid": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        "address": f"{alias}@nhsmail.example",
        "alias": alias,
        "display_name": f"Given{draw.randrange(60)} Family{draw.randrange(80)}",
        "organisation": (organisation, start, size, first),
        "site": f"site{site // 200}",
        "server": f"EX{site // 12}",
        "database": f"DB{site}",
        "recipient_type": kind,
        "legacy_dn": f"/o=NHSmail/ou=Exchange Administrative Group/cn=Recipients/cn={alias}",
        "size_bytes": held,
        "items": int(held / (draw.lognormvariate(0, 0.5) * 75_000)) + 1,
        "client": draw.choice(_CLIENTS) if seen else None,
        "hold": "LitigationHold" if draw.random() < 0.02 else None,
        "archive_bytes": int(draw.lognormvariate(21.6, 1.2)) if draw.random() < 0.05 else None,
    }


def _rights(draw: random.Random, boxes: list[Row]) -> Iterator[tuple[int, int, str, str]]:
    people = [box["recipient_type"] in _PEOPLE for box in boxes]
    for number, box in enumerate(boxes):
        organisation = box["organisation"]
        assert isinstance(organisation, tuple)
        _, start, size, first = organisation
        if people[number]:
            yield from _of_person(
                draw, (number, first, start, size), boxes[first]["recipient_type"] == "SharedMailbox"
            )
            if draw.random() < 0.0166:
                other = int(number + (draw.random() - 0.5) * _BOARD) % len(boxes)
                yield number, other, "FullAccess", "abroad"
        elif number != first:
            yield number, first, "FullAccess", "generic"
        if size >= 500 and draw.random() < 0.00104:
            for _ in range(int(15 * draw.paretovariate(1.3))):
                yield number, start + draw.randrange(size), "FullAccess", "corporate"
    for _ in range(max(1, len(boxes) // 10_000)):
        trustee = draw.randrange(int(len(boxes) * 0.8))
        reach = min(int(draw.lognormvariate(8.29, 0.6)), trustee)
        yield from ((trustee - step, trustee, "FullAccess", "service") for step in range(1, reach))


def _of_person(
    draw: random.Random,
    where: tuple[int, int, int, int],
    shared: bool,  # noqa: FBT001 - inside one loop
) -> Iterator[tuple[int, int, str, str]]:
    number, first, start, size = where
    if shared and draw.random() < 0.92:
        yield first, number, "FullAccess", "team"
        if draw.random() < 0.65:
            yield first, number, "SendAs", "team"
    if draw.random() < 0.04:
        yield number, first, "SendOnBehalf", "assistant"
    if draw.random() < 0.02:
        yield number, number - 1, "FullAccess", "cover"
    if draw.random() < 0.015:
        yield start + draw.randrange(size), number, "FullAccess", "neighbour"


def _write(file: Path, rows: Iterable[Row]) -> str:
    found = hashlib.sha256()
    with file.open("w", encoding="utf-8", newline="") as text:
        out = csv.writer(text)
        for row in rows:
            out.writerow(row.values())
            found.update(json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n")
    return found.hexdigest()


if __name__ == "__main__":
    began = time.perf_counter()
    made = generate(int(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps({**made, "seconds": time.perf_counter() - began}))
