"""The folder of playbooks: which plays there are, read from the table plays.yaml and from the playbooks themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from estate_schema import ConfigurationError
from mailwave.core.play_table import BatchAct, Hosts, Play, PlayTable, Variable

TABLE = "plays.yaml"
_SOURCES = {".yml", ".yaml", ".py", ".cfg", ".j2"}


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    play: str = ""
    verify: str = ""
    prepare: bool = False
    passing: bool = False
    variables: dict[str, Variable] = {}
    batch: BatchAct | None = None
    reviewed: bool = False


def load_plays(folder: Path) -> PlayTable:
    """The plays of *folder*, in the order of its table.

    Raises:
        ConfigurationError: the table, or a playbook that it names, is absent or malformed.
    """
    return PlayTable(tuple(play for row in _rows(folder / TABLE) for play in _of(row, folder)))


def source(folder: Path) -> str:
    """A digest of every playbook, role, plugin and variable under *folder*: it changes when a play would."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _SOURCES):
        found.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return found.hexdigest()


def last_play(playbook: Path) -> Mapping[str, Any]:
    """The last play of *playbook*, by which it is known: its other plays only prepare it.

    Raises:
        ConfigurationError: it cannot be read, or holds no play.
    """
    try:
        plays = yaml.safe_load(playbook.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(file=playbook, key="", problem=f"cannot be read ({error})") from error
    if not isinstance(plays, list) or not plays or not isinstance(plays[-1], dict):
        raise ConfigurationError(file=playbook, key="", problem="holds no play")
    return plays[-1]


def _rows(file: Path) -> list[_Row]:
    try:
        return msgspec.yaml.decode(file.read_bytes(), type=list[_Row])
    except OSError as error:
        raise ConfigurationError(file=file, key="", problem=f"cannot be read ({error.strerror})") from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(file=file, key="", problem=str(error)) from error


def _of(row: _Row, folder: Path) -> Iterator[Play]:
    """The play that changes something, where the row has one, and the one that only reads."""
    if row.play:
        yield _play(row, folder, row.play, changes=True)
    if row.verify:
        yield _play(row, folder, row.verify, changes=False)


def _play(row: _Row, folder: Path, name: str, *, changes: bool) -> Play:
    file = folder / f"{name}.yml"
    last = last_play(file)
    try:
        hosts = Hosts(str(last.get("hosts")))
    except ValueError:
        raise ConfigurationError(
            file=file, key="hosts", problem=f"is {last.get('hosts')!r}", allowed=", ".join(Hosts)
        ) from None
    return Play(
        name=name,
        title=str(last.get("name", name)),
        hosts=hosts,
        changes=changes,
        twin=row.verify if changes else row.play,
        variables=row.variables,
        prepares=changes and row.prepare,
        passing=row.passing,
        batched="serial" in last,
        batch=row.batch if changes else None,
        reviewed=changes and row.reviewed,
    )
