"""httpx2 by a connection map, against servers on loopback with names and certificates of their own."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
import trustme

from exchange_admin.reach import AuthorityUnreadable, NotMapped, Reach
from exchange_admin.reach_httpx2 import http_client
from tests.exchange_admin.names import listening, trusted

NAME, OTHER = "outlook.office365.com", "eurprd05.outlook.office365.com"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_the_name_stays_and_the_connection_goes_elsewhere(tmp_path: Path, authority: trustme.CA) -> None:
    """It should greet, check and address the real name, at the place that the map names."""
    with listening([NAME], authority) as server:
        reach = Reach({f"{NAME}:443": server.place}, trusted(tmp_path, authority))
        with http_client(reach) as http:
            answer = http.post(f"https://{NAME}/adminapi", content=b"body")
    assert (200, f"https://{NAME}/adminapi") == (answer.status_code, str(answer.url))
    assert ([NAME], [NAME], [b"body"]) == (server.greeted, server.hosts, server.bodies)


def test_a_connection_is_kept(tmp_path: Path, authority: trustme.CA) -> None:
    """It should make one handshake for many calls."""
    with listening([NAME], authority) as server:
        reach = Reach({f"{NAME}:443": server.place}, trusted(tmp_path, authority))
        with http_client(reach) as http:
            for _ in range(5):
                http.get(f"https://{NAME}/")
    assert (1, 5) == (server.taken, len(server.hosts))


def test_each_name_has_its_own_connection(tmp_path: Path, authority: trustme.CA) -> None:
    """It should not send for one name on a connection that was made for another, though both are at one address."""
    with listening([NAME, OTHER], authority) as server:
        names = {f"{name}:443": server.place for name in (NAME, OTHER)}
        with http_client(Reach(names, trusted(tmp_path, authority))) as http:
            for name in (NAME, OTHER, NAME):
                http.get(f"https://{name}/")
    assert ([NAME, OTHER], [NAME, OTHER, NAME]) == (server.greeted, server.hosts)


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, authority: trustme.CA) -> None:
    """It should check the certificate against the real name, so that a wrong map reaches nobody."""
    with listening([OTHER], authority) as server:
        reach = Reach({f"{NAME}:443": server.place}, trusted(tmp_path, authority))
        with (
            http_client(reach) as http,
            pytest.raises(httpx2.ConnectError, match="certificate is not valid for"),
        ):
            http.get(f"https://{NAME}/")
    assert [] == server.hosts


def test_an_authority_that_is_not_ours_is_refused(tmp_path: Path, authority: trustme.CA) -> None:
    """It should trust the given authority only."""
    with listening([NAME], authority) as server:
        reach = Reach({f"{NAME}:443": server.place}, trusted(tmp_path, trustme.CA()))
        with (
            http_client(reach) as http,
            pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            http.get(f"https://{NAME}/")


def test_whoever_is_not_mapped_gets_nothing() -> None:
    """It should refuse other hosts at once."""
    with http_client(Reach({f"{NAME}:443": "127.0.0.1:9"})) as http, pytest.raises(NotMapped):
        http.get(f"http://{OTHER}/")


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should go where the map says, past any proxy that the machine has."""
    with listening() as proxy, listening() as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.place}")
        with http_client(Reach({f"{NAME}:80": server.place})) as http:
            http.get(f"http://{NAME}/")
    assert ([], [NAME]) == (proxy.hosts, server.hosts)


def test_without_a_map_the_ordinary_way_is_taken() -> None:
    """It should connect to what an address says where there is no map."""
    with listening() as server, http_client(Reach()) as http:
        http.get(f"http://{server.place}/")
    assert [server.place] == server.hosts


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    """It should say in one sentence which file holds no certificate."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="ascii")
    with pytest.raises(
        AuthorityUnreadable, match=f"endpoints: ca: {file}: .*; allowed: a file of certificates"
    ):
        http_client(Reach({}, file))
