"""The rehearsal's throw-away authority."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from rehearsal.certificates import Authority

NAMES = ("outlook.office365.com", "eurprd05.outlook.office365.com")


def greeted(server: ssl.SSLContext, ca: Path, name: str | None) -> dict[str, object]:
    """The certificate that a client gets which trusts *ca* and greets *name*, without a socket."""
    trusting = ssl.create_default_context(cafile=str(ca))
    trusting.check_hostname = name is not None
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(down, up, server_hostname=name)
    service = server.wrap_bio(up, down, server_side=True)
    for _ in range(4):
        for end in (client, service):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return dict(client.getpeercert() or {})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "credentials").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_a_service_proves_each_of_its_names(home: Path, name: str) -> None:
    """It should give a certificate for every name of the service, which whoever trusts the authority believes."""
    authority = Authority.kept_in(home)

    found = greeted(authority.context(NAMES), authority.certificate, name)

    assert tuple(("DNS", each) for each in NAMES) == found["subjectAltName"]


@pytest.mark.parametrize("name", ["graph.microsoft.com", None])
def test_other_names_are_turned_away(home: Path, name: str | None) -> None:
    """It should end the handshake of whoever greets another name, or none."""
    authority = Authority.kept_in(home)

    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name|callback"):
        greeted(authority.context(NAMES), authority.certificate, name)


def test_the_authority_outlives_its_process(home: Path) -> None:
    """It should stay the same at the next start, with its key closed to others, so that who trusts it goes on."""
    trusted = home / "trusted.pem"
    trusted.write_bytes(Authority.kept_in(home).certificate.read_bytes())

    assert greeted(Authority.kept_in(home).context(NAMES), trusted, NAMES[0])
    assert 0o600 == (home / "credentials" / "authority.pem").stat().st_mode & 0o777
