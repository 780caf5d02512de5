"""The templates of the rehearsal's service: what its content designers wrote, as environments/notices.yaml has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

_PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
_MARKDOWN = re.compile(r"([`*_()\\{}\[\]<>#+\-.!|])")
_LINK = re.compile(r"(?i)\bhttps?://\S+|\bwww\.\S+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?")
_BY_ACCIDENT = re.compile(r"[a-zA-Z0-9.\-]+")


def sanitised(value: str, *, breaks: bool) -> str:
    """*value* with every character that means something in Markdown escaped, and without addresses of pages.

    With *breaks*, what may be one by accident, such as a missing space after a full stop, is broken up instead. Both as
    in the service's own source (app/v2/notifications/post_notifications.py).
    """
    return _MARKDOWN.sub(r"\\\1", _LINK.sub(_broken if breaks else "", value))


def _broken(link: re.Match[str]) -> str:
    return link[0].replace(".", ". ") if _BY_ACCIDENT.fullmatch(link[0]) else ""


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


FILE = Path(__file__).resolve().parents[2] / "environments" / "notices.yaml"


def _read(file: Path) -> dict[str, Template]:
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["templates"]
    return {
        row["id"]: Template(
            row["id"],
            f"{row['milestone']} {row.get('audience', 'user')} {row.get('language', 'en')}",
            1,
            row["subject"],
            row["body"].strip(),
        )
        for row in rows
    }


TEMPLATES = _read(FILE)
"""By their ids."""
