"""What administrators say of a problem: of their own alone, by a form of their own, and kept with who they are."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from mailwave.runbooks.mind_problem import MINDED
from tests.mailwave.builders import guid
from tests.mailwave.web.tenants import ANNE, BERT, Pages, served_pages
from tests.mailwave.web.test_guarded import client, token

OWN, ANOTHERS = guid(2), guid(4)
"""A mailbox of Anne's that failed, and one of Bert's that is put off."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages, served."""
    with served_pages(tmp_path_factory.mktemp("pages")) as made:
        yield made


def say(pages: Pages, who: str, code: str = "RR8", **fields: str) -> httpx2.Response:
    """What *who* is answered who says *fields* of a problem of the organisation *code*."""
    session = pages.cookie(who)
    sent = {"form": token(pages, session), "problem": OWN, "mending": "being mended"} | fields
    with client(pages, session) as asking:
        return asking.post(f"/organisation/{code}/problems", data=sent)


def test_what_is_said_is_kept_and_shown(pages: Pages) -> None:
    """It should record by its immutable id who said it, and show by whom the problem is being mended."""
    assert 303 == say(pages, ANNE).status_code
    with client(pages, pages.cookie(ANNE)) as asking:
        page = asking.get("/organisation/RR8").text

    assert "being mended by anne@nhsmail.example since 15 September 2026, 22:30 BST" in page
    assert ANNE == pages.ledger.journal()[-1].reason.who
    assert (MINDED, "RR8", OWN) == (
        (said := pages.ledger.intents(MINDED)[-1]).act,
        said.subject,
        said.detail["key"],
    )


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        pytest.param(BERT, {}, 404, id="another organisation's page"),
        pytest.param(ANNE, {"problem": ANOTHERS}, 400, id="another organisation's problem"),
        pytest.param(ANNE, {"problem": guid(0)}, 400, id="a mailbox that has moved"),
        pytest.param(ANNE, {"mending": "won't do"}, 400, id="nothing that can be said"),
        pytest.param(ANNE, {"form": "forged"}, 403, id="a form of another site"),
    ],
)
def test_what_is_not_theirs_is_not_recorded(
    pages: Pages, who: str, fields: dict[str, str], status: int
) -> None:
    """It should refuse it, and record nothing."""
    before = len(pages.ledger.intents(MINDED))

    assert status == say(pages, who, **fields).status_code
    assert before == len(pages.ledger.intents(MINDED))
