"""Kerberos: Debian's KDC for the rehearsal's realm, and Python's bindings, which have to be compiled.

Nothing here is a must: without it the rehearsal's sites take NTLM and say that Kerberos is unproved, so whatever is
missing is said in one line, and setting up goes on. See docs/decisions/0022-kerberos.md.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping

from tools.bootstrap import debian, packages
from tools.bootstrap.places import Places
from tools.bootstrap.progress import Step, ToolFailed, run

DEBIAN = ("krb5-kdc", "krb5-admin-server", "libkrb5-dev", "gcc")
_PROGRAMS = ("krb5kdc", "kadmin.local", "setpriv")
_HEADERS = ("krb5-config", "gcc")
_SECONDS = 600


def lacking(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The programs that are not there, of those that the realm needs and those that the bindings are built with."""
    path = f"{environment.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
    return tuple(name for name in (*_PROGRAMS, *_HEADERS) if shutil.which(name, path=path) is None)


def wanted(places: Places, environment: Mapping[str, str]) -> str:
    """A digest of all that decides what can be had: the packages, and the programs that are there."""
    return hashlib.sha256(f"{packages.wanted(places)} {lacking(environment)}".encode()).hexdigest()


def ready(places: Places, environment: Mapping[str, str]) -> bool:
    """Whether everything that can be had was tried; it may have come to nothing."""
    stamp = places.venv / ".kerberos"
    return stamp.exists() and stamp.read_text() == wanted(places, environment)


def forget(places: Places) -> None:
    """Have it tried again: the packages were installed anew, without the bindings."""
    (places.venv / ".kerberos").unlink(missing_ok=True)


def install(places: Places, environment: Mapping[str, str], *, root: bool = os.geteuid() == 0) -> None:
    """Get what can be had, and say what cannot; *root*: whether Debian's packages may be installed."""
    if lacking(environment) and debian.may_install(environment, root=root):
        debian.install(DEBIAN, places, environment)
    missing = lacking(environment)
    built = not set(_HEADERS) & set(missing) and _build(places, environment)
    if missing or not built:
        what = f"{', '.join(missing)} not found" if missing else "its Python packages could not be built"
        print(
            f"setup: Kerberos stays unproved in the rehearsal: {what}; on Debian: apt-get install {' '.join(DEBIAN)}, "
            "then make setup",
            file=sys.stderr,
        )
    (places.venv / ".kerberos").write_text(wanted(places, environment))


def _build(places: Places, environment: Mapping[str, str]) -> bool:
    command = [
        "sync",
        "--frozen",
        "--inexact",
        "--extra",
        "kerberos",
        "--no-progress",
        "--python",
        sys.executable,
    ]
    # what takes the time is the compiler's optimiser, and the ciphers are not in this code
    unoptimised = {**packages.for_uv(environment), "CFLAGS": "-O0 -g0"}
    try:
        with Step("building gssapi and krb5 (a minute or two, once)") as step:
            run(
                [places.uv_venv / "bin" / "uv", *command],
                folder=places.root,
                environment=unoptimised,
                on_line=lambda line: step.tell(line.strip()[:90]),
                seconds=_SECONDS,
            )
    except (ToolFailed, OSError):
        return False
    return True
