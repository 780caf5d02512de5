"""The page of what a site answers."""

from __future__ import annotations

import re
from pathlib import Path

from rehearsal.site.lab import Lab
from rehearsal.site.options import Options

PAGE = Path(__file__).parents[3] / "docs" / "simulated-site.md"


def test_the_page_names_every_cmdlet() -> None:
    """It should list exactly the cmdlets that a site answers."""
    rows = re.findall(r"^\| [^|]+ \| (\w+) \| ([\w, ]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {f"{verb}-{noun}" for noun, verbs in rows if noun != "noun" for verb in verbs.split(", ")}
    assert listed == set(Lab(Options()).sites["leeds"].cmdlets)
