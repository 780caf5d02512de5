"""The three templates of the rehearsal, with placeholders in Notify's double brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
_MARKDOWN = re.compile(r"([\\`*_\[\]()#>~^])")
_LINK = re.compile(r"(?i)\b(?:https?://|www\.)\S+")


def sanitised(value: str) -> str:
    """*value* without addresses of pages, and with every character that means something in Markdown escaped."""
    return _MARKDOWN.sub(r"\\\1", _LINK.sub("", value))


@dataclass(frozen=True)
class Template:
    """What a content designer wrote."""

    id: str
    name: str
    version: int
    subject: str
    body: str

    @property
    def placeholders(self) -> list[str]:
        """The names in double brackets, each once, in order of first use."""
        return list(dict.fromkeys(_PLACEHOLDER.findall(f"{self.subject} {self.body}")))

    def filled(self, text: str, personalisation: Mapping[str, str]) -> str:
        """*text* with each placeholder replaced."""
        return _PLACEHOLDER.sub(lambda found: personalisation[found[1]], text)


TEMPLATES = {
    template.id: template
    for template in (
        Template(
            id="6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e01",
            name="two weeks before",
            version=1,
            subject="Your NHSmail mailbox moves on ((night))",
            body="((name)), your mailbox moves in the night of ((night)). You need do nothing now.",
        ),
        Template(
            id="6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e02",
            name="the day before",
            version=1,
            subject="Your NHSmail mailbox moves tomorrow",
            body="((name)), your mailbox moves in the night of ((night)). Leave Outlook closed until the morning.",
        ),
        Template(
            id="6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e03",
            name="success",
            version=1,
            subject="Your NHSmail mailbox has moved",
            body="((name)), your mailbox has moved. Outlook may ask you to close it and open it again.",
        ),
    )
}
