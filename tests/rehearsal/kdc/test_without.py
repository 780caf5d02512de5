"""A machine on which no realm can be run: the rehearsal goes on, by NTLM, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal import kdc, serve
from rehearsal.credentials import SITE_USER, Credentials
from rehearsal.estate import generate
from rehearsal.kdc import realm


@pytest.fixture(autouse=True)
def _no_kdc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realm, "PROGRAMS", ("no-such-kdc",))


def test_it_is_said_in_one_line() -> None:
    """It should name what is not found, and what to run."""
    said = kdc.unproved()
    assert said is not None
    assert "Kerberos is unproved" in said
    assert "no-such-kdc" in said
    assert "\n" not in said


def test_the_sites_take_ntlm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should give the account the form that has clients sign in by NTLM, and make no realm."""
    credentials = Credentials.in_folder(tmp_path / "credentials")
    with serve._sign_in(tmp_path, credentials, generate(7)) as found:
        assert found.keytab is None
        assert SITE_USER == found.site_user
    assert not (tmp_path / kdc.FOLDER).exists()
    assert "unproved" in capsys.readouterr().out
