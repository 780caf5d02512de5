"""The folder of one rehearsal: who holds it, what it was started with, and how to reach what it runs."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO
from urllib.parse import quote

import msgspec

from rehearsal.errors import AlreadyUp, NoRehearsal, OtherRehearsal, RecordBroken
from rehearsal.faults import FaultPlan

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HOME = ROOT / "build" / "rehearsal"
DEFAULT_SEED = 7
LEFTOVER_SECONDS = 60.0
"""How long the services and the command of a killed rehearsal may take to end."""

RECORD = "rehearsal.json"
"""By this file a folder is known to be a rehearsal's, which may be emptied for the next one."""


class Record(msgspec.Struct):
    """What a rehearsal was started with and how far it is: *seconds* spent by phase, over all its runs.

    *faults*: a fault file, None for the default faults.
    """

    seed: int
    faults: str | None = None
    finished: bool = False
    seconds: dict[str, float] = {}


def _holder(lock: TextIO) -> str | None:
    """Who holds *lock*; None: it is held from now on by this process."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        return lock.read().strip() or "unknown process"
    return None


def _is_alive(holder: str) -> bool:
    """Whether the process called *holder* still runs; one that has not signed yet does."""
    pid = holder.removeprefix("process ")
    if not pid.isdigit():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True)
class Home:
    """The folder *path*, held by this process until it ends (`lock`)."""

    path: Path
    lock: TextIO

    @classmethod
    def held(cls, path: Path) -> Home:
        """Take the folder; raise `AlreadyUp` when another process has it.

        What a killed process started holds it a moment longer, and comes to its end: that is waited for.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("a+", encoding="ascii")
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while (holder := _holder(lock)) is not None:
            if _is_alive(holder) or time.monotonic() > deadline:
                lock.close()
                raise AlreadyUp(holder=holder)
            time.sleep(0.1)
        return cls(path, lock)

    def __enter__(self) -> Self:
        """Hold it for the time of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it, unless a server that this process started holds it too."""
        self.lock.close()

    def sign(self, holder: str) -> None:
        """Write into the lock who holds it, for the one who is refused."""
        self.lock.truncate(0)
        self.lock.write(holder)
        self.lock.flush()

    def begin(self, seed: int | None, faults: Path | None) -> Record:
        """The unfinished rehearsal that lies here, or a fresh one in an emptied folder; None: whatever is usual.

        Raises:
            NoRehearsal: the folder holds something else, which is not touched.
            OtherRehearsal: the unfinished one was started with another seed or fault file.
            FaultFileBroken: no rehearsal can be started with *faults*.
        """
        record = self.record()
        if record is not None and not record.finished:
            return self.resume(record, seed, faults)
        if faults:
            FaultPlan.from_file(faults)
        self._empty(known=record is not None)
        return self.write(
            Record(DEFAULT_SEED if seed is None else seed, str(faults.resolve()) if faults else None)
        )

    def resume(self, record: Record, seed: int | None, faults: Path | None) -> Record:
        """*record*, unless something else is asked for (`OtherRehearsal`); None asks for nothing."""
        offered = str(faults.resolve()) if faults else None
        for option, held, asked in (("--seed", record.seed, seed), ("--faults", record.faults, offered)):
            if asked not in (None, held):
                raise OtherRehearsal(
                    folder=self.path, option=option, held=held or "the usual ones", offered=asked
                )
        return record

    def _empty(self, *, known: bool) -> None:
        """Remove what is here, if it is *known* to be a rehearsal; the record goes last, when it is replaced."""
        self.path.mkdir(parents=True, exist_ok=True)
        left = [entry for entry in self.path.iterdir() if not entry.name.startswith(RECORD)]
        if left and not known:
            raise NoRehearsal(folder=self.path)
        for entry in left:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def record(self) -> Record | None:
        """The rehearsal that lies here, finished or not."""
        file = self.path / RECORD
        try:
            return msgspec.json.decode(file.read_bytes(), type=Record)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as problem:
            raise RecordBroken(file=file, problem=str(problem)) from None

    def write(self, record: Record) -> Record:
        """Keep *record*, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / f"{RECORD}.part"
        part.write_bytes(msgspec.json.format(msgspec.json.encode(record)))
        part.rename(self.path / RECORD)
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
            "PULUMI_BACKEND_URL": (self.path / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "MAILWAVE_ENVIRONMENT": "rehearsal",
            "MAILWAVE_ENDPOINTS": str(self.path / "endpoints.json"),
            "MAILWAVE_LEDGER": f"sqlite:///{quote(str(self.path / 'ledger.db'))}",
            "ARM_TENANT_ID": tenant,
            "REHEARSAL_CLOUD": cloud,
        }

    def write_env(self, settings: dict[str, str]) -> Path:
        """Write *settings* as a file that a shell can source."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
        file = self.path / "env"
        file.write_text("\n".join([*lines, "unset PYTHONDONTWRITEBYTECODE", ""]), encoding="utf-8")
        return file
