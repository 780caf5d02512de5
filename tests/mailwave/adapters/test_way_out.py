"""The way to Exchange Online tried over sockets: open, opened by somebody, through a proxy, or shut."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from estate_schema.endpoints import (
    AccountCredential,
    ApplicationCredential,
    Credentials,
    Endpoints,
    SecretFile,
)
from mailwave.adapters.way_out import way_out
from rehearsal.certificates import Authority

HOSTS = ("outlook.office365.com", "login.microsoftonline.com")


@contextmanager
def listening(context: ssl.SSLContext) -> Iterator[str]:
    """The place of a socket that greets everybody with *context*."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with suppress(OSError):
                while True:
                    plain, _ = server.accept()
                    with plain, suppress(OSError), context.wrap_socket(plain, server_side=True):
                        pass

        thread = Thread(target=greet, daemon=True)
        thread.start()
        host, port = server.getsockname()
        yield f"{host}:{port}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def public(tmp_path: Path) -> Authority:
    """The authority that everybody trusts."""
    return _authority(tmp_path / "public")


def _authority(home: Path) -> Authority:
    (home / "credentials").mkdir(parents=True)
    return Authority.kept_in(home)


def endpoints(authority: Authority, **connect: str) -> Endpoints:
    """Endpoints that lead to the places in *connect*, which are the first parts of host names."""
    places = {f"{host}:443": connect[host.partition(".")[0]] for host in HOSTS} if connect else {}
    secret = SecretFile(secret_file=Path("none"))
    return Endpoints(
        token=f"https://{HOSTS[1]}",
        exchange_online=f"https://{HOSTS[0]}",
        tenant="9b424469-06f1-47ec-8522-46de505d3489",
        credentials=Credentials(
            exchange_online=ApplicationCredential(secret_file=secret.secret_file, client_id="a"),
            sites=AccountCredential(secret_file=secret.secret_file, username="a"),
            notify=secret,
        ),
        connect=places,
        ca=authority.certificate,
    )


def test_an_open_way_is_direct(public: Authority) -> None:
    """It should say direct where both hosts show a certificate of a public authority in their own name."""
    with listening(public.context(HOSTS)) as place:
        assert "direct" == way_out(endpoints(public, outlook=place, login=place))


def test_who_opens_the_traffic_is_found(public: Authority, tmp_path: Path) -> None:
    """It should say inspected where a certificate of another authority is shown, be it for one of the hosts only."""
    with (
        listening(public.context(HOSTS)) as place,
        listening(_authority(tmp_path / "box").context(HOSTS)) as opened,
    ):
        assert "inspected" == way_out(endpoints(public, outlook=place, login=opened))


def test_a_shut_way_is_blocked(public: Authority) -> None:
    """It should say blocked where nobody answers."""
    with listening(public.context(HOSTS)) as place:
        pass
    assert "blocked" == way_out(endpoints(public, outlook=place, login=place))


def test_a_proxy_of_the_machine_is_told(public: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should say proxied where the machine's settings lead the hosts through a proxy, and try no connection."""
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:8080")
    monkeypatch.delenv("no_proxy", raising=False)
    assert "proxied" == way_out(endpoints(public))
