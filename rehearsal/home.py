"""The folder of one rehearsal: who holds it, what it was started with, and how to reach what it runs."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import msgspec

from rehearsal.errors import AlreadyUp

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HOME = ROOT / "build" / "rehearsal"


class Record(msgspec.Struct):
    """What a rehearsal was started with and how far it is: *seconds* spent by phase, over all its runs.

    *faults*: a fault file, None for the default faults.
    """

    seed: int
    faults: str | None = None
    finished: bool = False
    seconds: dict[str, float] = {}


@dataclass(frozen=True)
class Home:
    """The folder *path*, held by this process until it ends (`lock`)."""

    path: Path
    lock: TextIO

    @classmethod
    def held(cls, path: Path) -> Home:
        """Take the folder; raise `AlreadyUp` when another process has it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("a+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyUp(holder=lock.read().strip() or "unknown process") from None
        return cls(path, lock)

    def sign(self, holder: str) -> None:
        """Write into the lock who holds it, for the one who is refused."""
        self.lock.truncate(0)
        self.lock.write(holder)
        self.lock.flush()

    def begin(self, seed: int, faults: Path | None) -> Record:
        """The unfinished rehearsal that lies here, or a fresh one in an empty folder."""
        record = self.record()
        if record is None or record.finished:
            shutil.rmtree(self.path, ignore_errors=True)
            record = Record(seed, str(faults.resolve()) if faults else None)
        return self.write(record)

    def record(self) -> Record | None:
        """The rehearsal that lies here, finished or not."""
        file = self.path / "rehearsal.json"
        return msgspec.json.decode(file.read_bytes(), type=Record) if file.exists() else None

    def write(self, record: Record) -> Record:
        """Keep *record*, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / "rehearsal.json.part"
        part.write_bytes(msgspec.json.format(msgspec.json.encode(record)))
        part.rename(self.path / "rehearsal.json")
        return record

    def settings(self, *, cloud: str, tenant: str) -> dict[str, str]:
        """The environment variables by which plain `pulumi` and `mailwave` find this rehearsal.

        *cloud* is where the stand-in providers keep their objects, *tenant* the one that credentials belong to.
        """
        engine, tools = ROOT / ".cache" / "engine" / "bin", ROOT / ".venv" / "bin"
        passphrase = self.path / "credentials" / "pulumi-passphrase"
        return {
            "PATH": f"{engine}:{tools}:{os.environ['PATH']}",
            "PULUMI_HOME": str(self.path / "pulumi-home"),
            "PULUMI_BACKEND_URL": f"file://{self.path / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "MAILWAVE_ENVIRONMENT": "rehearsal",
            "MAILWAVE_ENDPOINTS": str(self.path / "endpoints.json"),
            "MAILWAVE_LEDGER": f"sqlite:///{self.path / 'ledger.db'}",
            "ARM_TENANT_ID": tenant,
            "REHEARSAL_CLOUD": cloud,
        }

    def write_env(self, settings: dict[str, str]) -> Path:
        """Write *settings* as a file that a shell can source."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
        file = self.path / "env"
        file.write_text("\n".join([*lines, "unset PYTHONDONTWRITEBYTECODE", ""]), encoding="utf-8")
        return file
