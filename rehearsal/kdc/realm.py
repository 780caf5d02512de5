"""Make a realm in a folder, and run its KDC for as long as somebody needs it."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

from rehearsal.errors import RehearsalError

REALM = "REHEARSAL.EXAMPLE"
ACCOUNT = f"migration@{REALM}"
"""The account that reads and changes the sites, where there is a realm."""

FOLDER = "kerberos"
"""Where in a rehearsal's folder its realm lies."""

PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "setpriv")
PACKAGES = ("gssapi", "krb5")
"""What both sides of a sign-in need of Python; pyspnego names them too."""

_PATH = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin{os.pathsep}/usr/local/sbin"
_LIFELINE = ("setpriv", "--pdeathsig", "INT")
"""Has Linux interrupt what follows when this process ends, even when it is killed."""
_STARTED = b"starting..."

_CLIENT = Template("""\
[libdefaults]
  default_realm = $realm
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1

[realms]
  $realm = {
    kdc = 127.0.0.1:$port
  }

[domain_realm]
$domains
""")
"""The names of the sites' servers are known to the connection map only, so nothing may ask a name server for them."""

_KDC = Template("""\
[kdcdefaults]
  kdc_listen = ""
  kdc_tcp_listen = 127.0.0.1:$port

[realms]
  $realm = {
    database_name = $folder/principals
    key_stash_file = $folder/stash
    max_life = 10h
    supported_enctypes = aes256-cts-hmac-sha1-96:normal
  }

[logging]
  kdc = FILE:$folder/kdc.log
""")


class RealmFailed(RehearsalError):
    """A program of the realm, *program*, could not do its work; *problem* is what it said."""

    advice = (
        "look into kdc.log in the folder kerberos of the rehearsal; without krb5-kdc the rehearsal uses NTLM"
    )

    def __init__(self, *, program: str, problem: str) -> None:
        self.program = program
        self.problem = problem
        super().__init__(f"the Kerberos realm cannot be run: {program} said: {problem}")


@dataclass(frozen=True)
class Realm:
    """A realm kept in *folder*: clients find it by KRB5_CONFIG = *config*, servers open tickets by *keytab*."""

    folder: Path

    @property
    def config(self) -> Path:
        """Where clients read how to find the KDC; it stays in place when the KDC is started again on another port."""
        return self.folder / "krb5.conf"

    @property
    def keytab(self) -> Path:
        """The keys of all its services."""
        return self.folder / "services.keytab"


def missing() -> tuple[str, ...]:
    """The programs and Python packages that a realm needs and that are not here."""
    programs = (name for name in PROGRAMS if shutil.which(name, path=_PATH) is None)
    packages = (f"Python's {name}" for name in PACKAGES if importlib.util.find_spec(name) is None)
    return (*programs, *packages)


def unproved() -> str | None:
    """The line that says why nothing is proved of Kerberos here; None where a realm can be run."""
    lacking = missing()
    if not lacking:
        return None
    return (
        f"Kerberos is unproved here, the sites take NTLM: {', '.join(lacking)} not found (see `make setup`)"
    )


@contextmanager
def running(
    folder: Path, accounts: Mapping[str, str], hosts: Iterable[str], service: str = "HTTP"
) -> Iterator[Realm]:
    """Make a realm in *folder*, in place of what is there, and run its KDC for the time of the block.

    *accounts* are `name@REALM` to password; *service* on each of *hosts* gets a key of its own (fact D5). The KDC ends
    with this process, however that ends. Raises `RealmFailed`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    realm, hosts = Realm(folder), tuple(dict.fromkeys(hosts))
    with _reserved_port() as port:
        _configure(realm, port, hosts)
        _fill(realm, accounts, principals(hosts, service))
        with _started(realm) as process:
            try:
                yield realm
            finally:
                process.terminate()


def principals(hosts: Iterable[str], service: str) -> list[str]:
    """The names by which clients ask for tickets to *service* on *hosts*."""
    return [f"{service}/{host}" for host in hosts]


def _configure(realm: Realm, port: int, hosts: Iterable[str]) -> None:
    domains = "\n".join(f"  {host} = {REALM}" for host in hosts)
    named = {"realm": REALM, "port": port, "folder": realm.folder, "domains": domains}
    for file, text in ((realm.config, _CLIENT), (realm.folder / "kdc.conf", _KDC)):
        part = file.with_suffix(".part")
        part.write_text(text.substitute(named), encoding="utf-8")
        part.rename(file)


def _fill(realm: Realm, accounts: Mapping[str, str], services: Iterable[str]) -> None:
    """Make the database; what is secret goes in by standard input, which nobody else can see."""
    master = secrets.token_urlsafe(24)
    _run(realm, ["kdb5_util", "create", "-s", "-r", REALM], [master, master])
    commands = [f"addprinc -pw {password} {name}" for name, password in accounts.items()]
    for name in services:
        commands += [f"addprinc -randkey {name}", f"ktadd -k {realm.keytab} {name}"]
    _run(realm, ["kadmin.local", "-r", REALM], commands)
    if not realm.keytab.exists():
        raise RealmFailed(program="kadmin.local", problem="no key was written")


def _run(realm: Realm, command: list[str], lines: Iterable[str]) -> None:
    done = subprocess.run(
        command,
        input="".join(f"{line}\n" for line in lines).encode(),
        capture_output=True,
        env=_environment(realm),
        start_new_session=True,  # without a terminal, passwords are read from standard input
        check=False,
    )
    if done.returncode != 0:
        raise RealmFailed(program=command[0], problem=done.stderr.decode(errors="replace").strip())


def _started(realm: Realm) -> subprocess.Popen[bytes]:
    """Start the KDC, and wait until it listens."""
    process = subprocess.Popen(
        [*_LIFELINE, "krb5kdc", "-n", "-r", REALM],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(realm),
    )
    assert process.stdout is not None  # noqa: S101  the pipe was asked for above
    words = process.stdout.readline()
    if _STARTED not in words:
        with process:
            process.kill()
        raise RealmFailed(program="krb5kdc", problem=words.decode(errors="replace").strip())
    return process


def _environment(realm: Realm) -> dict[str, str]:
    return {
        "PATH": _PATH,
        "KRB5_CONFIG": str(realm.config),
        "KRB5_KDC_PROFILE": str(realm.folder / "kdc.conf"),
    }


@contextmanager
def _reserved_port() -> Iterator[int]:
    """A port that nobody else is given for the time of the block; the KDC may share it, as it asks for that."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        yield port
