r"""`win_certificate_info` and `win_certificate_store`, for `Cert:\LocalMachine\My` (fact D18)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from rehearsal.site.machine import Certificate, Machine
from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task, answer

_PEM = b"-----BEGIN CERTIFICATE-----"


def info(task: Task) -> Outcome:
    """`ansible.windows.win_certificate_info`. Extensions are not told apart: what no certificate here has is empty."""
    _only_my_store(task.values)
    wanted = task.values["thumbprint"]
    found = [
        each
        for each in task.machine.certificates.values()
        if wanted is None or each.thumbprint.casefold() == wanted.casefold()
    ]
    shown = [_shown(each) for each in sorted(found, key=lambda each: each.thumbprint)]
    return Outcome({"changed": False, "exists": bool(shown), "certificates": shown})


def _only_my_store(values: Mapping[str, Any]) -> None:
    if (values["store_name"].casefold(), values["store_location"].casefold()) != ("my", "localmachine"):
        raise not_modelled("certificate stores other than LocalMachine\\My")


def _shown(certificate: Certificate) -> dict[str, Any]:
    issued_to = _common_name(certificate.subject)
    return {
        "archived": False,
        "dns_names": [issued_to, *certificate.dns_names],
        "extensions": [],
        "friendly_name": certificate.friendly_name,
        "has_private_key": certificate.has_private_key,
        "issued_by": _common_name(certificate.issuer),
        "issued_to": issued_to,
        "issuer": certificate.issuer,
        "raw": base64.b64encode(certificate.der).decode("ascii") if certificate.der else None,
        "serial_number": certificate.serial_number,
        "signature_algorithm": "sha256RSA",
        "subject": certificate.subject,
        "thumbprint": certificate.thumbprint,
        "valid_from": certificate.not_before.timestamp(),
        "valid_from_iso8601": _iso(certificate.not_before),
        "valid_to": certificate.not_after.timestamp(),
        "valid_to_iso8601": _iso(certificate.not_after),
        "version": 3,
    }


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _common_name(name: str) -> str:
    found = re.search(r"(?:^|, )CN=([^,]+)", name)
    return found[1] if found else name


def store(task: Task) -> Outcome:
    """`ansible.windows.win_certificate_store`; the file at `path` was opened before the call was written down."""
    _only_my_store(task.values)
    match task.values["state"]:
        case "present":
            return _present(task)
        case "absent":
            return _absent(task)
    return _exported(task)


def _present(task: Task) -> Outcome:
    machine, opened = task.machine, task.values["_opened"]
    for entry in opened:
        certificate = _certificate(entry)
        there = machine.certificates.get(certificate.thumbprint)
        if there is None:
            machine = machine.with_certificate(certificate)
        elif certificate.has_private_key and not there.has_private_key:
            machine = machine.with_certificate(replace(there, has_private_key=True))
    thumbprints = [_certificate(entry).thumbprint for entry in opened]
    return answer(machine, task.machine, thumbprints=thumbprints)


def _absent(task: Task) -> Outcome:
    opened = task.values["_opened"]
    thumbprints = [_certificate(each).thumbprint for each in opened] or [task.values["thumbprint"]]
    certificates = task.machine.certificates
    for each in thumbprints:
        certificates = certificates.without(each)
    changed = len(certificates) != len(task.machine.certificates)
    machine = replace(task.machine, certificates=certificates) if changed else task.machine
    return answer(machine, task.machine, thumbprints=thumbprints)


def _exported(task: Task) -> Outcome:
    thumbprint, path = task.values["thumbprint"], task.values["path"]
    if task.values["file_type"] == "pkcs12":
        raise not_modelled("exports with a private key")
    if paths.is_folder(task.machine, path):
        raise ModuleFailed(f"Cannot export cert to path '{path}' as it is a directory")
    found = task.machine.certificates.get(thumbprint)
    if found is None:
        raise ModuleFailed("Found 0 certs when only expecting 1", thumbprints=[thumbprint])
    if found.der is None:
        raise not_modelled("the export of a certificate that the estate was born with")
    content = found.der if task.values["file_type"] == "der" else _pem(found.der)
    there = task.machine.files.get(paths.full(path))
    same = there is not None and there.content == content
    machine = task.machine if same else task.machine.with_file(paths.full(path), content, task.now)
    return answer(machine, task.machine, thumbprints=[thumbprint])


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 76] for start in range(0, len(text), 76)]
    return "\r\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----"]).encode("ascii")


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    """A certificate that was opened from a file."""
    der = base64.b64decode(entry["der"])
    read = x509.load_der_x509_certificate(der)
    return Certificate(
        thumbprint=read.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - Windows names certificates so
        subject=_name(read.subject),
        issuer=_name(read.issuer),
        not_before=read.not_valid_before_utc,
        not_after=read.not_valid_after_utc,
        dns_names=_dns_names(read),
        serial_number=f"{read.serial_number:X}".zfill(2),
        friendly_name=entry["friendly_name"] or "",
        has_private_key=entry["has_private_key"],
        exportable=entry["exportable"],
        der=der,
    )


def _name(name: x509.Name) -> str:
    """A name as .NET shows it: the most exact part first."""
    return ", ".join(part.rfc4514_string() for part in reversed(name.rdns))


def _dns_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(found.value.get_values_for_type(x509.DNSName))


def opened(machine: Machine, values: dict[str, Any]) -> dict[str, Any]:
    """*values* with the certificates of the file at `path` in place of its password; raise `ModuleFailed`.

    The command log must not hold the password, and a replay cannot open a file without it.
    """
    entries: list[dict[str, Any]] = []
    if values["path"] is not None and values["state"] != "exported":
        entries = _opened_file(machine, values)
    return values | {"password": None, "_opened": entries}


def _opened_file(machine: Machine, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    path = values["path"]
    if not paths.is_file(machine, path):
        raise ModuleFailed(f"File at '{path}' either does not exist or is not a file")
    content = machine.files[paths.full(path)].content
    try:
        if content.startswith(_PEM):
            return [_entry(each) for each in x509.load_pem_x509_certificates(content)]
        if path.lower().endswith((".pfx", ".p12")):
            return _opened_bundle(content, values)
        return [_entry(x509.load_der_x509_certificate(content))]
    except ValueError as problem:
        wrong = "password" in str(problem)
        text = (
            "The specified network password is not correct." if wrong else "Cannot find the requested object."
        )
        raise ModuleFailed(f"Failed to load cert from file: {text}") from None


def _opened_bundle(content: bytes, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    password = values["password"].encode() if values["password"] is not None else None
    bundle = pkcs12.load_pkcs12(content, password)
    own = [(bundle.cert, bundle.key is not None)] if bundle.cert else []
    others = [(each, False) for each in bundle.additional_certs]
    return [
        _entry(each.certificate, each.friendly_name, key=key, exportable=values["key_exportable"])
        for each, key in [*own, *others]
    ]


def _entry(
    certificate: x509.Certificate, name: bytes | None = None, *, key: bool = False, exportable: bool = False
) -> dict[str, Any]:
    der = certificate.public_bytes(Encoding.DER)
    return {
        "der": base64.b64encode(der).decode("ascii"),
        "friendly_name": name.decode() if name else None,
        "has_private_key": key,
        "exportable": key and exportable,
    }


MODULES: Mapping[str, Modelled] = {
    "ansible.windows.win_certificate_info": info,
    "ansible.windows.win_certificate_store": store,
}
OPENED: Mapping[str, Callable[[Machine, dict[str, Any]], dict[str, Any]]] = {
    "ansible.windows.win_certificate_store": opened,
}
