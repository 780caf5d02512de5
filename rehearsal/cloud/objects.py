"""What the simulated cloud keeps: an object, where it lies, and how the service says no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any
from urllib.parse import unquote

from rehearsal.cloud.catalogue import ResourceType, filled_in
from rehearsal.cloud.documents import overlaid, without

type Body = dict[str, Any]
type Key = tuple[str, str]

_ROOT = "/cloud"


class Refusal(Exception):
    """The service says no, with a status, a code and a sentence, as Azure's error body has them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class CloudObject:
    """One object. *written* is what somebody wrote; the rest of the view is computed from it and from *tenant*.

    *version* makes the ETag.
    """

    plane: str
    path: str
    kind: ResourceType
    written: Body
    tenant: str = ""
    version: int = 0

    @cached_property
    def key(self) -> Key:
        """What it is found by; Resource Manager takes paths in any case."""
        return self.plane, self.path.lower()

    @property
    def etag(self) -> str:
        """The version as the service tells it."""
        return f'"{self.version:08x}"'

    @cached_property
    def parts(self) -> dict[str, str]:
        """The placeholders' values in the path."""
        return self.kind.match(self.path) or {}

    @cached_property
    def computed(self) -> Body:
        """What only the service sets."""
        values: Body = filled_in(self.kind.computed, {**self.parts, "tenant": self.tenant}, path=self.path)
        return values | self._identity

    @property
    def _identity(self) -> Body:
        identity = self.written.get("identity")
        if not isinstance(identity, dict) or "SystemAssigned" not in str(identity.get("type")):
            return {}
        drawn: Body = filled_in({"principalId": "{guid:identity}"}, {}, path=self.path)
        return {"identity": {**drawn, "tenantId": self.tenant}}

    @cached_property
    def view(self) -> Body:
        """Everything there is to see, for the answer that made it."""
        defaults: Body = filled_in(self.kind.defaults, self.parts, path=self.path)
        return overlaid(overlaid(defaults, self.written), self.computed)

    @cached_property
    def public(self) -> Body:
        """The view without what is told only once."""
        shown: Body = reduce(without, self.kind.secrets, self.view)
        return shown

    def named(self, name: str) -> str:
        """A part of the path or a top property, in lower case, to compare names by."""
        return str(self.parts.get(name, self.view.get(name))).lower()

    def lies_beneath(self, plane: str, path: str) -> bool:
        """Whether its path begins with *path*."""
        return self.plane == plane and self.key[1].startswith(f"{path.lower()}/")


def place(url_path: str) -> tuple[str, str]:
    """The plane and the path within it that a request is about; both empty for the root."""
    bare = unquote(url_path).removeprefix(_ROOT).rstrip("/")
    _, _, rest = bare.partition("/")
    plane, slash, path = rest.partition("/")
    return plane, slash + path


def prefixes(path: str) -> Iterator[str]:
    """The paths of the objects above *path*, nearest last part first: a path is pairs of a type and a name."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 2, 0, -2):
        yield "/" + "/".join(parts[:length])
