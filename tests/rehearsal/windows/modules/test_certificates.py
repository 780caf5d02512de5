"""Certificates, read, installed and removed (fact D18)."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from tests.rehearsal.windows.conftest import Server

KEY = ec.generate_private_key(ec.SECP256R1())
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def made() -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "NHS"),
            x509.NameAttribute(NameOID.COMMON_NAME, "mail.leeds.nhsmail.example"),
        ]
    )
    names = x509.SubjectAlternativeName(
        [x509.DNSName("mail.leeds.nhsmail.example"), x509.DNSName("autodiscover")]
    )
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    builder = builder.serial_number(77).not_valid_before(START).not_valid_after(START + dt.timedelta(days=90))
    return builder.add_extension(names, critical=False).sign(KEY, hashes.SHA256())


CERTIFICATE = made()
THUMBPRINT = CERTIFICATE.fingerprint(hashes.SHA1()).hex().upper()
BUNDLE = pkcs12.serialize_key_and_certificates(
    b"Public", KEY, CERTIFICATE, None, BestAvailableEncryption(b"open")
)
FILES = {
    "C:\\c.pem": CERTIFICATE.public_bytes(Encoding.PEM),
    "C:\\c.cer": CERTIFICATE.public_bytes(Encoding.DER),
    "C:\\c.pfx": BUNDLE,
}


def store(server: Server, **arguments: Any) -> dict[str, Any]:
    for path, content in FILES.items():
        server.put(path, content)
    return server.run("ansible.windows.win_certificate_store", **arguments)


def info(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("ansible.windows.win_certificate_info", **arguments)


@pytest.mark.parametrize(("path", "key"), [("C:\\c.pem", False), ("C:\\c.cer", False), ("C:\\c.pfx", True)])
def test_a_certificate_is_installed_once(server: Server, path: str, *, key: bool) -> None:
    """It should install a certificate of each form, with its key only from a bundle, and predict it."""
    arguments = {"path": path, "password": "open" if key else None}
    predicted = store(server, check=True, **arguments)
    assert THUMBPRINT not in server.machine.certificates
    assert predicted == store(server, **arguments) == {"changed": True, "thumbprints": [THUMBPRINT]}
    assert store(server, **arguments)["changed"] is False
    found = info(server, thumbprint=THUMBPRINT.lower())["certificates"][0]
    assert (found["has_private_key"], found["friendly_name"]) == (key, "Public" if key else "")
    assert found["subject"] == found["issuer"] == "CN=mail.leeds.nhsmail.example, O=NHS"
    assert found["dns_names"] == ["mail.leeds.nhsmail.example", "mail.leeds.nhsmail.example", "autodiscover"]
    assert (found["serial_number"], found["valid_to_iso8601"]) == ("4D", "2026-04-01T00:00:00Z")


def test_a_key_that_comes_later_is_added(server: Server) -> None:
    """It should give a certificate its key where only the certificate was there."""
    store(server, path="C:\\c.cer")
    assert store(server, path="C:\\c.pfx", password="open")["changed"] is True
    assert server.machine.certificates[THUMBPRINT].has_private_key is True


def test_the_password_is_not_written_down(server: Server) -> None:
    """It should write down what a bundle held, and neither its password nor its key."""
    store(server, path="C:\\c.pfx", password="open")
    written = msgspec.json.encode(server.calls[-1]).decode()
    assert json.loads(written)["parameters"]["arguments"]["password"] is None
    assert '"open"' not in written
    assert server.calls[-1].parameters["arguments"]["_opened"]  # type: ignore[index]


def test_removal_and_export(server: Server) -> None:
    """It should export a certificate that it has in full, and remove it once, by thumbprint or by file."""
    store(server, path="C:\\c.cer")
    exported = {"state": "exported", "thumbprint": THUMBPRINT, "path": "C:\\out.cer"}
    assert store(server, **exported)["changed"] is True
    assert server.machine.files["C:\\out.cer"].content == FILES["C:\\c.cer"]
    assert store(server, **exported)["changed"] is False
    assert store(server, state="absent", thumbprint=THUMBPRINT)["changed"] is True
    assert store(server, state="absent", path="C:\\c.pem") == {"changed": False, "thumbprints": [THUMBPRINT]}
    assert store(server, **exported)["msg"] == "Found 0 certs when only expecting 1"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "state is present but all of the following are missing: path"),
        ({"state": "absent"}, "state is absent but any of the following are missing: path, thumbprint"),
        ({"path": "C:\\no.cer"}, "File at 'C:\\no.cer' either does not exist or is not a file"),
        (
            {"path": "C:\\c.pfx", "password": "wrong"},
            "Failed to load cert from file: The specified network password is not correct.",
        ),
        ({"path": "C:\\bad.cer"}, "Failed to load cert from file: Cannot find the requested object."),
        (
            {"path": "C:\\c.cer", "store_name": "Root"},
            "Not modelled: certificate stores other than LocalMachine\\My.",
        ),
        (
            {"path": "C:\\c.cer", "key_storage": "user"},
            "Not modelled: the option key_storage of ansible.windows.win_",
        ),
    ],
)
def test_refusals(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should refuse what cannot be opened, and say what is not modelled."""
    server.put("C:\\bad.cer", b"not a certificate")
    assert store(server, **arguments)["msg"].startswith(text)


def test_reading(server: Server) -> None:
    """It should list every certificate by thumbprint, and none where there is none of that name."""
    found = info(server)["certificates"]
    assert [each["thumbprint"] for each in found] == sorted(server.machine.certificates)
    assert info(server, thumbprint="00") == {"changed": False, "exists": False, "certificates": []}
    assert info(server, store_name="Root")["msg"].startswith("Not modelled: certificate stores")
