"""The model of environments/administrators.<environment>.csv: who may attest or waive what, with which key, how long.

It is a table, as sixteen thousand local administrators are too many for a person to read as YAML.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from estate_schema.errors import ConfigurationError, validated
from estate_schema.values import Guid, Model

EVERY = "*"
"""Of those who waive: any organisation."""


class Administrator(Model):
    """One person's key: *who* is their immutable id in Entra, *name* what people call them.

    Who *attests* does so for the one *organisation* they are of. Who *waives* does so for one, or for any (``*``). The
    key counts from the first day to the end of the last one in UTC; from the day on that it is *revoked*, nothing that
    was ever signed with it counts. A person has a row for each key, of one organisation and one part. Who attests
    and has an *address* is sent the notices for local administrators.
    """

    who: Guid
    name: Annotated[str, Field(min_length=1, max_length=128)]
    organisation: Annotated[str, Field(pattern=r"^([A-Z0-9]{3,8}|\*)$", description="An ODS code, or *")]
    part: Literal["attests", "waives"]
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Ed25519, in hexadecimal")]
    first: date
    last: date
    revoked: date | None = None
    address: Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{3,253}$")] | None = None

    @field_validator("revoked", "address", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.last < self.first:
            raise ValueError("ends before it begins")
        if self.organisation == EVERY and self.part == "attests":
            raise ValueError("attests for every organisation; a local administrator is of one")
        return self


class Administrators(Model):
    """Everybody of one environment."""

    administrators: tuple[Administrator, ...] = ()

    @model_validator(mode="after")
    def _keys_and_people_are_clear(self) -> Self:
        keys: set[str] = set()
        people: dict[str, tuple[str, str]] = {}
        for each in self.administrators:
            if each.public_key in keys:
                raise ValueError(
                    f"has the key {each.public_key[:12]} twice; everybody has a key of their own"
                )
            keys.add(each.public_key)
            part = (each.organisation, each.part)
            if people.setdefault(each.who, part) != part:
                raise ValueError(f"has {each.who} in two parts; a person is of one organisation")
        return self


COLUMNS = tuple(name for name in Administrator.model_fields if name != "address")
"""The columns; a last one, *address*, may follow."""


def load_administrators(path: Path) -> Administrators:
    """Read the table at *path*; there is nobody where there is no file.

    Raises:
        ConfigurationError: it is no such table, or a row is wrong; nobody of it is taken then.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = list(reader)
    except FileNotFoundError:
        return Administrators()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(file=path, key="", problem="is no table in UTF-8") from error
    if tuple(reader.fieldnames or ()) not in (COLUMNS, (*COLUMNS, "address")):
        raise ConfigurationError(
            file=path, key="line 1", problem="has other columns", allowed=", ".join(COLUMNS)
        )
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ConfigurationError(file=path, key=f"row {number}", problem="has too many or too few cells")
    return validated(Administrators, {"administrators": rows}, path)
