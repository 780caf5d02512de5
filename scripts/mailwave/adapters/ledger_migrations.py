"""Bringing a ledger from one version to the next, by Alembic; whole or nothing in SQLite and PostgreSQL alike.

There is no way back: what a newer version has written, an older one cannot keep. A backup is the way back.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

FOLDER = Path(__file__).with_name("migrations")


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run every migration that the database lacks, in the transaction of *connection*; *to*: the last of them."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def steps() -> list[tuple[str, str]]:
    """Every migration, oldest first: its number, and what it says it does."""
    scripts = ScriptDirectory.from_config(_config())
    return [(script.revision, script.doc) for script in reversed(list(scripts.walk_revisions()))]


def _config() -> Config:
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
