"""Sessions of requests by a connection map, against servers on loopback with names and certificates of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
import trustme
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from exchange_admin.reach import AuthorityUnreadable, NotMapped, Reach
from exchange_admin.reach_requests import mounted
from tests.exchange_admin.names import listening, trusted

NAME, OTHER = "api.notifications.service.gov.uk", "ex01.leeds.nhsmail.example"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_the_name_stays_over_tls(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should greet, check and address the real name at the mapped place, by one kept connection and its own list."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", trustme.__file__)
    with listening([NAME], authority) as server:
        reach = Reach({f"{NAME}:443": server.place}, trusted(tmp_path, authority))
        with mounted(requests.Session(), reach) as session:
            answers = [session.post(f"https://{NAME}/v2", data=b"body") for _ in range(3)]
    assert [(200, f"https://{NAME}/v2")] * 3 == [(answer.status_code, answer.url) for answer in answers]
    assert ([NAME], [NAME] * 3, 1) == (server.greeted, server.hosts, server.taken)


def test_the_name_stays_over_plain_http() -> None:
    """It should say in Host whom the request is for, with its port where that is not the usual one."""
    with listening() as server:
        reach = Reach({f"{OTHER}:80": server.place, f"{OTHER}:5985": server.place})
        with mounted(requests.Session(), reach) as session:
            session.get(f"http://{OTHER}/")
            session.get(f"http://{OTHER}:5985/")
    assert [OTHER, f"{OTHER}:5985"] == server.hosts


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, authority: trustme.CA) -> None:
    """It should check the certificate against the real name."""
    with listening([OTHER], authority) as server:
        reach = Reach({f"{NAME}:443": server.place}, trusted(tmp_path, authority))
        with mounted(requests.Session(), reach) as session, pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://{NAME}/")
    assert [] == server.hosts


def test_whoever_is_not_mapped_gets_nothing() -> None:
    """It should refuse other hosts at once."""
    reach = Reach({f"{NAME}:443": "127.0.0.1:9"})
    with mounted(requests.Session(), reach) as session, pytest.raises(NotMapped):
        session.get(f"http://{OTHER}/")


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should go where the map says, past any proxy that the machine has."""
    with listening() as proxy, listening() as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.place}")
        with mounted(requests.Session(), Reach({f"{OTHER}:80": server.place})) as session:
            session.get(f"http://{OTHER}/")
    assert ([], [OTHER]) == (proxy.hosts, server.hosts)


def test_a_session_keeps_its_retries() -> None:
    """It should leave a session's own way of trying again as it was."""
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(7)))
    adapter = mounted(session, Reach({f"{OTHER}:80": "127.0.0.1:9"})).get_adapter(f"http://{OTHER}/")
    assert isinstance(adapter, HTTPAdapter)
    assert 7 == adapter.max_retries.total


def test_without_a_map_nothing_changes() -> None:
    """It should leave a session alone where there is neither map nor authority."""
    session = requests.Session()
    before = (dict(session.adapters), session.verify)
    mounted(session, Reach())
    assert before == (dict(session.adapters), session.verify)


def test_an_authority_that_is_absent_is_named(tmp_path: Path) -> None:
    """It should say in one sentence which file is not there."""
    with pytest.raises(AuthorityUnreadable, match=r"endpoints: ca: .*/none: no such file"):
        mounted(requests.Session(), Reach({}, tmp_path / "none"))
