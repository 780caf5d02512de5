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

from rehearsal import kdc
from rehearsal.environments import DEFAULT, ENVIRONMENTS
from rehearsal.errors import AlreadyUp, EstateTooSmall, NoRehearsal, OtherRehearsal, RecordBroken
from rehearsal.estate import SHAPES, Estate, generate
from rehearsal.faults import FaultPlan

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_SEED = 7
_ATTRIBUTES = "metadata=skip"
"""Keeps the file backend from writing `.attrs` beside each state: a kill in that leaves one that no engine reads."""

LEFTOVER_SECONDS = 60.0
"""How long the services and the command of a killed rehearsal may take to end."""

LEDGER = "REHEARSAL_LEDGER"
"""The variable with the address of another ledger than the file in the folder, to rehearse one on a server."""

RECORD = "rehearsal.json"
"""By this file a folder is known to be a rehearsal's, which may be emptied for the next one."""


def home_of(environment: str) -> Path:
    """Where the rehearsal of *environment* lies unless another folder is named."""
    name = DEFAULT if environment == DEFAULT else f"{DEFAULT}-{environment}"
    return ROOT / "build" / name


class Record(msgspec.Struct):
    """What a rehearsal was started with and how far it is: *seconds* spent by phase, over all its runs.

    *faults*: a fault file, None for the default faults. *size*: one of `rehearsal.estate.SIZES`. *environment*: one of
    `rehearsal.environments.ENVIRONMENTS`.
    """

    seed: int
    faults: str | None = None
    size: str = ENVIRONMENTS[DEFAULT].size
    environment: str = DEFAULT
    finished: bool = False
    seconds: dict[str, float] = {}

    def estate(self) -> Estate:
        """The estate that is rehearsed."""
        return generate(self.seed, self.size, ENVIRONMENTS[self.environment].tenant)


class Asked(msgspec.Struct, frozen=True):
    """What somebody wants a rehearsal to be started with; None: whatever is usual, or what it was started with."""

    seed: int | None = None
    faults: Path | None = None
    size: str | None = None
    environment: str | None = None

    @property
    def fault_file(self) -> str | None:
        """The fault file by its whole path."""
        return str(self.faults.resolve()) if self.faults else None

    def record(self) -> Record:
        """The record of a rehearsal that is started with this."""
        environment = self.environment or DEFAULT
        return Record(
            DEFAULT_SEED if self.seed is None else self.seed,
            self.fault_file,
            self.size or ENVIRONMENTS[environment].size,
            environment,
        )


def _require_sites(record: Record) -> None:
    """Refuse an estate without a site of the environment's usual one: its stacks name those (`EstateTooSmall`)."""
    usual, offered = (
        [site.name for site in SHAPES[size].sites]
        for size in (ENVIRONMENTS[record.environment].size, record.size)
    )
    lacking = [name for name in usual if name not in offered]
    if lacking:
        raise EstateTooSmall(size=record.size, environment=record.environment, sites=lacking)


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

    def begin(self, asked: Asked) -> Record:
        """The unfinished rehearsal that lies here, or a fresh one in an emptied folder.

        Raises:
            NoRehearsal: the folder holds something else, which is not touched.
            OtherRehearsal: the unfinished one was started with something else than *asked*.
            FaultFileBroken: no rehearsal can be started with the fault file of *asked*.
            EstateTooSmall: the stacks of the environment could not be deployed at the size of *asked*.
        """
        record = self.record()
        if record is not None and not record.finished:
            return self.resume(record, asked)
        if asked.faults:
            FaultPlan.from_file(asked.faults)
        fresh = asked.record()
        _require_sites(fresh)
        self._empty(known=record is not None)
        return self.write(fresh)

    def resume(self, record: Record, asked: Asked) -> Record:
        """*record*, unless something else is *asked* for (`OtherRehearsal`)."""
        for option, held, offered in (
            ("--seed", record.seed, asked.seed),
            ("--faults", record.faults, asked.fault_file),
            ("--size", record.size, asked.size),
            ("--environment", record.environment, asked.environment),
        ):
            if offered not in (None, held):
                raise OtherRehearsal(
                    folder=self.path, option=option, held=held or "the usual ones", offered=offered
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

    def settings(self, *, environment: str, cloud: str, tenant: str) -> dict[str, str]:
        """The environment variables by which plain `pulumi` and `mailwave` find this rehearsal.

        *environment* is the one that is rehearsed, *cloud* where the stand-in providers keep their objects, *tenant*
        the one that credentials belong to.
        """
        engine, tools = ROOT / ".cache" / "engine" / "bin", ROOT / ".venv" / "bin"
        passphrase = self.path / "credentials" / "pulumi-passphrase"
        return {
            "PATH": f"{engine}:{tools}:{os.environ['PATH']}",
            "PULUMI_HOME": str(self.path / "pulumi-home"),
            "PULUMI_BACKEND_URL": f"{(self.path / 'state').as_uri()}?{_ATTRIBUTES}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "MAILWAVE_ENVIRONMENT": environment,
            "MAILWAVE_ENDPOINTS": str(self.path / "endpoints.json"),
            "MAILWAVE_LEDGER": os.environ.get(LEDGER) or f"sqlite:///{quote(str(self.path / 'ledger.db'))}",
            "ARM_TENANT_ID": tenant,
            "KRB5_CONFIG": str(self.path / kdc.FOLDER / "krb5.conf"),
            "REHEARSAL_CLOUD": cloud,
        }

    def write_env(self, settings: dict[str, str]) -> Path:
        """Write *settings* as a file that a shell can source."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
        file = self.path / "env"
        file.write_text("\n".join([*lines, "unset PYTHONDONTWRITEBYTECODE", ""]), encoding="utf-8")
        return file
