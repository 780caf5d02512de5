"""The throw-away credentials of one rehearsal: made once, kept in files that only their owner can read."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

import trustme

from rehearsal.kdc import ACCOUNT

RELAY_USER = "mailwave"
"""The account at the relay for notices by e-mail."""

SITE_USER = "REHEARSAL\\migration"
"""The account of the sites where there is no Kerberos realm."""


@dataclass(frozen=True)
class Credentials:
    """What the simulated services ask for; *folder* holds each secret in a file of its own.

    *web_client_id* is the application of the pages; everybody signs in there with *people_password*, and *signing_key*
    signs who they are. *client_certificate* is the application's other way to sign in: a key and its certificate, PEM.
    *keytab* holds the keys of the sites' servers where there is a Kerberos realm.
    """

    folder: Path
    client_id: str
    client_secret: str
    site_password: str
    notify_key: str
    relay_password: str
    client_certificate: Path
    web_client_id: str
    web_client_secret: str
    people_password: str
    signing_key: Path
    keytab: Path | None = None

    @property
    def site_user(self) -> str:
        """The account of the sites: by its form clients know whether to sign in by Kerberos or by NTLM (fact D3)."""
        return SITE_USER if self.keytab is None else ACCOUNT

    @classmethod
    def in_folder(cls, folder: Path) -> Credentials:
        """Read the credentials in *folder*, making those that are not there yet."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            folder,
            client_id=kept(folder / "client-id", str(uuid.uuid4())),
            client_secret=kept(folder / "client-secret", secrets.token_urlsafe(24)),
            site_password=kept(folder / "site-password", secrets.token_urlsafe(24)),
            # Notify's keys end in two GUIDs, service and secret, which its client cuts out by position
            notify_key=kept(folder / "notify-key", f"rehearsal-{uuid.uuid4()}-{uuid.uuid4()}"),
            relay_password=kept(folder / "relay-password", secrets.token_urlsafe(24)),
            web_client_id=kept(folder / "web-client-id", str(uuid.uuid4())),
            web_client_secret=kept(folder / "web-client-secret", secrets.token_urlsafe(24)),
            people_password=kept(folder / "people-password", secrets.token_urlsafe(12)),
            signing_key=_certified(folder / "signing-key.pem"),
            client_certificate=_certified(folder / "client-certificate.pem"),
        )


def _certified(file: Path) -> Path:
    """A key that only RSA will do for, as azure-identity signs by nothing else, and a certificate of it."""
    if not file.exists():
        own = trustme.CA().issue_cert("application.example", key_type=trustme.KeyType.RSA)
        kept(file, own.private_key_and_cert_chain_pem.bytes().decode("ascii"))
    return file


def kept(file: Path, fresh: str) -> str:
    """What *file* holds, which is made with *fresh* where there is none, for its owner only."""
    if not file.exists():
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(fresh, encoding="ascii")
        part.rename(file)
    return file.read_text(encoding="ascii")
