"""A throw-away realm: made fast, found by its configuration alone, and gone with whoever made it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import spnego

from rehearsal import kdc

pytestmark = pytest.mark.skipif(
    bool(kdc.missing()), reason="Kerberos is unproved: no krb5-kdc, gssapi or krb5"
)

HOST = "ex01.leeds.nhsmail.example"
PASSWORD = "throw-away"

HOLDER = """
import sys, time
from pathlib import Path
from rehearsal import kdc

with kdc.running(Path(sys.argv[1]), {kdc.ACCOUNT: "throw-away"}, ["ex01"]):
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def realm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[kdc.Realm]:
    """A running realm that this process's Kerberos finds."""
    with kdc.running(tmp_path / "realm", {kdc.ACCOUNT: PASSWORD}, [HOST]) as running:
        monkeypatch.setenv("KRB5_CONFIG", str(running.config))
        yield running


def _ticket(password: str = PASSWORD, host: str = HOST, service: str = "HTTP") -> bytes:
    client = spnego.client(kdc.ACCOUNT, password, hostname=host, service=service, protocol="kerberos")
    return client.step() or b""


@pytest.mark.usefixtures("realm")
def test_a_ticket_is_given_for_a_known_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse a wrong password, a server that is none of its own, and another service (fact D5)."""
    import krb5

    assert _ticket()
    with pytest.raises(krb5.Krb5Error, match="Decrypt integrity"):
        _ticket(password="guess")
    for wrong in ({"host": "ex99.leeds.nhsmail.example"}, {"service": "WSMAN"}):
        with pytest.raises(spnego.exceptions.SpnegoError, match="not found in Kerberos database"):
            _ticket(**wrong)


def test_secrets_are_nobody_elses(realm: kdc.Realm) -> None:
    """It should keep its keys where only their owner can read them, and no password in any file of text."""
    assert 0o700 == realm.folder.stat().st_mode & 0o777
    for file in realm.folder.iterdir():
        assert PASSWORD.encode() not in file.read_bytes()
    assert 0o600 == realm.keytab.stat().st_mode & 0o777


def test_it_is_made_anew_over_what_was_left(tmp_path: Path) -> None:
    """It should come up in the folder of a realm that was killed, whatever state that was left in."""
    for _ in range(2):
        with kdc.running(tmp_path, {kdc.ACCOUNT: PASSWORD}, [HOST]):
            (tmp_path / "principals.ok").write_text("torn")


def test_realms_stand_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should have its port to itself: another realm answers at another, and knows another password."""
    with (
        kdc.running(tmp_path / "one", {kdc.ACCOUNT: PASSWORD}, [HOST]),
        kdc.running(tmp_path / "two", {kdc.ACCOUNT: "other"}, [HOST]) as two,
    ):
        monkeypatch.setenv("KRB5_CONFIG", str(two.config))
        assert _ticket("other")
        port = int(two.config.read_text().partition("127.0.0.1:")[2].split()[0])
        with socket.socket() as late, pytest.raises(OSError, match="in use"):
            late.bind(("127.0.0.1", port))


def test_a_program_that_fails_is_named(tmp_path: Path) -> None:
    """It should say which program failed, and what it said."""
    with pytest.raises(kdc.RealmFailed, match=r"kadmin\.local"), kdc.running(tmp_path / "realm", {}, []):
        pass


@pytest.mark.crash
def test_it_ends_with_a_killed_holder(tmp_path: Path) -> None:
    """It should leave no process behind when whoever made the realm is killed."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "realm")]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert b"up\n" == holder.stdout.readline()
        assert 1 == len(_holding(tmp_path))
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while _holding(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [] == _holding(tmp_path)


def _holding(folder: Path) -> list[str]:
    """The KDCs whose configuration lies in *folder*."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"krb5kdc" in (process / "cmdline").read_bytes():
                found += [process.name] if str(folder).encode() in (process / "environ").read_bytes() else []
        except OSError:
            continue
    return found
