"""Sign-in by Kerberos as the unmodified pypsrp client meets it, against a real KDC."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
import spnego
from pypsrp.exceptions import AuthenticationError

from rehearsal import kdc
from rehearsal.site import Site
from rehearsal.site.kerberos import KerberosAcceptor
from rehearsal.site.ntlm import NtlmAcceptor
from rehearsal.site.sign_in import Accepted, Challenge, Connections
from rehearsal.site.wire_options import WireOptions
from tests.rehearsal.site.conftest import PASSWORD, Served, run, serve

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(bool(kdc.missing()), reason="Kerberos is unproved: no krb5-kdc, gssapi or krb5"),
]

HOST = "ex01.leeds.nhsmail.example"
TICKETS = {
    "auth": "kerberos",
    "username": kdc.ACCOUNT,
    "negotiate_service": "HTTP",
    "negotiate_hostname_override": HOST,
}
Serve = Callable[..., AbstractContextManager[Served]]


@contextmanager
def _with_realm(site: Site, folder: Path, options: WireOptions | None = None) -> Iterator[Served]:
    options = options or WireOptions()
    with (
        kdc.running(folder / "realm", {kdc.ACCOUNT: PASSWORD}, [HOST], options.service_name) as realm,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("KRB5_CONFIG", str(realm.config))
        with serve(site.invoke, keytab=realm.keytab, options=options) as served:
            yield served


@pytest.fixture
def serve_site(site: Site, tmp_path: Path) -> Serve:
    """Serve the site, with a realm of its own."""
    return partial(_with_realm, site, tmp_path)


@pytest.mark.parametrize("auth", ["kerberos", "negotiate"])
def test_a_ticket_lets_in(serve_site: Serve, auth: str) -> None:
    """It should let in whoever has a ticket, bare or inside SPNEGO, and seal the messages by it (facts D1, D3)."""
    with serve_site() as served, served.pool(**TICKETS | {"auth": auth}) as pool:
        assert 2 == len(run(pool, "Get-ExchangeServer").rows)
        assert {kdc.ACCOUNT} == {call.user for call in served.calls}


def test_either_name_of_the_scheme_is_understood(serve_site: Serve) -> None:
    """It should seal by HTTP-Kerberos where a 401 offers Kerberos by its own name."""
    with serve_site(WireOptions(schemes="Kerberos")) as served, served.pool(**TICKETS) as pool:
        assert 2 == len(run(pool, "Get-ExchangeServer").rows)


def test_ntlm_is_refused(serve_site: Serve) -> None:
    """It should not let in by NTLM, whatever the password, and run nothing (fact D3)."""
    with serve_site() as served:
        with pytest.raises(AuthenticationError), served.pool():
            pass
        assert [] == served.calls


def test_ntlm_is_taken_where_the_rule_is_off(serve_site: Serve) -> None:
    """It should take NTLM beside Kerberos when it is told to."""
    with serve_site(WireOptions(kerberos_only=False)) as served, served.pool() as pool:
        assert 2 == len(run(pool, "Get-ExchangeServer").rows)


def test_the_name_of_the_service_decides(serve_site: Serve) -> None:
    """It should be unknown by another service's name than the one that it is registered by (fact D5)."""
    with serve_site(WireOptions(service_name="host")) as served:
        with served.pool(**TICKETS | {"negotiate_service": "host"}) as pool:
            assert 2 == len(run(pool, "Get-ExchangeServer").rows)
        with pytest.raises(spnego.exceptions.SpnegoError), served.pool(**TICKETS):
            pass


def test_a_ticket_is_good_for_one_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse a ticket that is shown again, and whatever is no ticket (RFC 4120, 10)."""
    with kdc.running(tmp_path / "realm", {kdc.ACCOUNT: PASSWORD}, [HOST]) as realm:
        monkeypatch.setenv("KRB5_CONFIG", str(realm.config))
        client = spnego.client(kdc.ACCOUNT, PASSWORD, hostname=HOST, service="HTTP", protocol="kerberos")
        token = base64.b64encode(client.step() or b"").decode()
        acceptor = KerberosAcceptor(realm.keytab, NtlmAcceptor({}), WireOptions())
        connections = Connections(acceptor, lambda: 0.0)
        first = connections.authenticate(("127.0.0.1", 1), f"Kerberos {token}")
        assert isinstance(first, Accepted)
        assert kdc.ACCOUNT == first.user
        assert Challenge("Negotiate") == connections.authenticate(("127.0.0.1", 2), f"Kerberos {token}")
        for nonsense in (b"\x60nonsense", b"nonsense"):
            text = base64.b64encode(nonsense).decode()
            assert Challenge("Negotiate") == connections.authenticate(("127.0.0.1", 3), f"Negotiate {text}")
