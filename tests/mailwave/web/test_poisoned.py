"""Every page of a ledger in which whoever could write a name wrote a hostile one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from mailwave.runbooks.acting import acting
from mailwave.runbooks.wave.holding import HOLD
from tests.mailwave.builders import REASON
from tests.mailwave.web.tenants import ANNE, CLOCK, HOSTILE, OLGA, PETE, Pages, served_pages

COOKIE = "__Host-mailwave"
OTHER = "</td></tr></table><img src=x onerror=alert(1)>'\"\u2066\u200f\x9b31m@SUM(1)${7*7}"
"""Ends what it stands in, has quotes of both kinds, marks of direction and of a terminal in other forms."""

RAW = ("<script>alert", "<img src=x", "</table><img", "\u202e", "\u2066", "\u200f", "\x1b", "\x9b")
"""What no page may hold of them."""

SHOWN_TO = {"/operators": OLGA, "/organisation/RR8": ANNE, "/mine": PETE}
POISON = (
    ("mailboxes", ("display_name",)),
    ("organisations", ("name", "region", "icb", "kind")),
)


@pytest.fixture(params=[HOSTILE, OTHER], ids=["markup", "quotes"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages of a night in which every name is hostile, looked at after it was."""
    with served_pages(tmp_path_factory.mktemp("poisoned")) as made:
        with made.ledger._store.write() as connection:
            for table, columns in POISON:
                for column in columns:
                    connection.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (request.param,))
        with acting(made.ledger, act=HOLD, subject="W15", reason=REASON, detail={"why": request.param}):
            pass
        CLOCK.time += timedelta(minutes=2)
        yield made


def read(pages: Pages, path: str, who: str) -> str:
    """The page at *path* as *who* is shown it."""
    with httpx2.Client(base_url=pages.url, trust_env=False) as asking:
        return asking.get(path, headers={"cookie": f"{COOKIE}={pages.cookie(who)}"}).text


def test_no_name_is_more_than_text(pages: Pages) -> None:
    """It should show a hostile name as text wherever one is shown: no markup, nothing evaluated, no unseen letter."""
    found = {path: read(pages, path, who) for path, who in SHOWN_TO.items()}
    while "7*7}" not in found["/operators"]:  # until the reader has looked again
        found["/operators"] = read(pages, "/operators", OLGA)
    for path, text in found.items():
        assert (path, []) == (path, [raw for raw in RAW if raw in text])
        assert path == "/mine" or "7*7}" in text  # as it was written
