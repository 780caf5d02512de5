"""The throw-away credentials of one rehearsal: made once, kept in files that only their owner can read."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

SITE_USER = "REHEARSAL\\migration"


@dataclass(frozen=True)
class Credentials:
    """What the simulated services ask for; *folder* holds each secret in a file of its own."""

    folder: Path
    client_id: str
    client_secret: str
    site_password: str
    notify_key: str

    @classmethod
    def in_folder(cls, folder: Path) -> Credentials:
        """Read the credentials in *folder*, making those that are not there yet."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            folder,
            client_id=_kept(folder / "client-id", str(uuid.uuid4())),
            client_secret=_kept(folder / "client-secret", secrets.token_urlsafe(24)),
            site_password=_kept(folder / "site-password", secrets.token_urlsafe(24)),
            # Notify's keys end in two GUIDs, service and secret, which its client cuts out by position
            notify_key=_kept(folder / "notify-key", f"rehearsal-{uuid.uuid4()}-{uuid.uuid4()}"),
        )


def _kept(file: Path, fresh: str) -> str:
    if not file.exists():
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(fresh, encoding="ascii")
        part.rename(file)
    return file.read_text(encoding="ascii")
