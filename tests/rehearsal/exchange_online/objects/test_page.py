"""The page of what the tenant's configuration answers."""

from __future__ import annotations

import re
from pathlib import Path

from rehearsal.exchange_online.objects.kind import kinds

PAGE = Path(__file__).parents[4] / "docs" / "simulated-tenant.md"


def test_the_page_names_every_cmdlet() -> None:
    """It should list exactly the kinds that are modelled, each with its verbs."""
    rows = re.findall(
        r"^\| [^|]+ \| (\w+) \| ([\w, ]+) \| [^|]+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    listed = {noun: tuple(verbs.split(", ")) for noun, verbs in rows if noun != "noun"}

    switched = ("Enable", "Disable")
    assert listed == {noun: kind.verbs + switched * kind.ordered for noun, kind in kinds().items()}
