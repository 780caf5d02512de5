"""One small experiment for each rule of `WireOptions`; each is named after its rule."""

from __future__ import annotations

import base64
from pathlib import Path

import spnego

from rehearsal import kdc
from rehearsal.matrix import Probes, Subject
from rehearsal.site.shells import Trouble
from rehearsal.site.wire_lab import Faulted, Lab, Shell
from rehearsal.site.wire_options import WireOptions

_KEYS = Path("/nowhere/keytab")
"""No ticket ever comes, so nobody looks for it."""

_MOST = 20
"""Shells that are opened before there is said to be no limit."""

_IDLE = 1_000.0

PROBES = Probes[WireOptions]()


@PROBES.keep
def _kerberos_only(options: WireOptions) -> object:
    ntlm = spnego.client("A\\b", "c", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    token = base64.b64encode(ntlm.step() or b"").decode()
    answer = Lab(options, _KEYS).post(Authorization=f"Negotiate {token}")
    return not answer.headers["www-authenticate"].startswith("Negotiate TlRM")


@PROBES.keep
def _schemes(options: WireOptions) -> object:
    return Lab(options, _KEYS).post().headers["www-authenticate"]


@PROBES.keep
def _service_name(options: WireOptions) -> object:
    return kdc.principals(["ex01"], options.service_name)[0].partition("/")[0]


@PROBES.keep
def _sealed_only(options: WireOptions) -> object:
    lab = Lab(options).sign_in()
    return not lab.post(lab.message("x"), Content_Type="application/soap+xml").body


@PROBES.keep
def _one_folder(options: WireOptions) -> object:
    return Lab(options).post(path="/elsewhere/").status == 404


@PROBES.keep
def _one_configuration(options: WireOptions) -> object:
    try:
        Lab(options).sign_in().open("http://schemas.microsoft.com/powershell/Elsewhere")
    except Faulted as fault:
        return fault.code == 2150858811
    return False


@PROBES.keep
def _loose_boundary(options: WireOptions) -> object:
    lab = Lab(options).sign_in()
    return lab.sealed(lab.message("x")).body.startswith(b"-- ")


@PROBES.keep
def _compressed(options: WireOptions) -> object:
    lab = Lab(options).sign_in()
    return "content-encoding" in lab.sealed(lab.message("x"), Accept_Encoding="gzip").headers


@PROBES.keep
def _no_language(options: WireOptions) -> object:
    shell = Lab(options).sign_in().open()
    return "no-language" in str(shell.finish(shell.start("Get-Mailbox", script=True)))


@PROBES.keep
def _one_pipeline(options: WireOptions) -> object:
    shell = Lab(options).sign_in().open()
    shell.start("Get-Mailbox")
    return "already executing" in str(shell.finish(shell.start("Get-ExchangeServer")))


@PROBES.keep
def _sizes_are_text(options: WireOptions) -> object:
    shell = Lab(options).sign_in().open()
    (row,) = shell.finish(shell.start("Get-MailboxStatistics"))
    return isinstance(row.TotalItemSize, str)


@PROBES.keep
def _max_shells(options: WireOptions) -> object:
    lab = Lab(options).sign_in()
    for opened in range(_MOST):
        try:
            lab.open()
        except Faulted:
            return opened
    return None


@PROBES.keep
def _idle_shells_end(options: WireOptions) -> object:
    lab = Lab(options).sign_in()
    shell = lab.open()
    lab.now += _IDLE
    lab.sign_in()
    return _gone(shell)


@PROBES.keep
def _servers_lose_shells(options: WireOptions) -> object:
    troubles = {"Get": Trouble.SHELLS_LOST}
    return _gone(Lab(options, meddle=troubles.get).sign_in().open())


@PROBES.keep
def _shells_stay(options: WireOptions) -> object:
    lab = Lab(options).sign_in()
    shell = lab.open()
    lab.host = "ex02"
    return _gone(shell)


def _gone(shell: Shell) -> bool:
    try:
        shell.look()
    except Faulted:
        return True
    return False


SUBJECT = Subject("site wire", WireOptions, PROBES, Faulted)
