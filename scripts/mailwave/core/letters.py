"""One notice as it is handed to whoever sends it, and what comes back of one."""

from __future__ import annotations

import msgspec

from mailwave.core.notice_templates import Template


class Letter(msgspec.Struct, frozen=True):
    """*template* to *address*, filled with *values*; *reference* is how it is found again."""

    template: Template
    address: str
    reference: str
    values: dict[str, str]


class Returned(msgspec.Struct, frozen=True):
    """The notice of *reference* did not arrive: *why* in the service's words."""

    reference: str
    why: str
