"""What is the same for everybody is made once, and sent again only to who has not got it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from datetime import date

import httpx2
import pytest

from mailwave.core.overview import Burn
from mailwave.web.charts import Charts, Picture
from tests.mailwave.web.tenants import Pages, served_pages


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served."""
    with served_pages(tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.mark.parametrize("held", ["{}", "W/{}", '"other", {}'])
def test_a_page_that_is_held_is_not_sent_again(pages: Pages, held: str) -> None:
    """It should answer 304 and nothing more to who names the page as it is, with what keeps it."""
    with httpx2.Client(base_url=pages.url, trust_env=False) as asking:
        first = asking.get("/?client=phone")
        again = asking.get("/?client=phone", headers={"if-none-match": held.format(first.headers["etag"])})
    assert (200, 304, b"") == (first.status_code, again.status_code, again.content)
    for name in ("etag", "cache-control", "content-security-policy"):
        assert first.headers[name] == again.headers[name]


def test_another_page_is_sent(pages: Pages) -> None:
    """It should send a page whole to who holds another, or none."""
    with httpx2.Client(base_url=pages.url, trust_env=False) as asking:
        other = asking.get("/").headers["etag"]
        found = [
            asking.get("/?client=phone", headers={"if-none-match": tag}) for tag in (other, "", '""', "x,,")
        ]
    assert [200] * 4 == [each.status_code for each in found]
    assert 1 == len({each.content for each in found})


def test_a_chart_is_drawn_once_for_all() -> None:
    """It should draw a chart for the first who asks, and give the same to everybody who asks meanwhile or later."""

    async def scene() -> list[Picture | None]:
        charts = Charts()
        name = charts.burn_up([Burn(date(2026, 9, 15), 5, 3), Burn(date(2026, 9, 16), 9)])
        found = await asyncio.gather(*(charts.svg(name) for _ in range(20)))
        return [*found, await charts.svg(name), await charts.svg("burn-up-0.svg")]

    *drawn, unknown = asyncio.run(scene())
    assert drawn[0] is not None
    assert drawn[0].plain.startswith(b"<svg")
    assert drawn[0].plain == gzip.decompress(drawn[0].packed)
    assert {id(drawn[0])} == set(map(id, drawn))
    assert unknown is None
