"""The evidence that the rehearsed estate's teams hand in."""

from __future__ import annotations

import csv
from pathlib import Path

from rehearsal import evidence
from rehearsal.environments import ENVIRONMENTS
from rehearsal.estate import START, generate


def test_everybody_is_in_it(tmp_path: Path) -> None:
    """It should write a row a mailbox and seven facts an organisation, dated on the first day."""
    estate = generate(7)

    evidence.write(tmp_path, estate, START)

    tables = {}
    for name in ("mailboxes", "organisations"):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as text:
            tables[name] = list(csv.DictReader(text))
    assert [m.exchange_guid for m in estate.mailboxes] == [row["guid"] for row in tables["mailboxes"]]
    assert 7 * len(estate.organisations) == len(tables["organisations"])
    assert {"2026-09-01"} == {row["on"] for row in tables["organisations"]}
    assert {"2026-09-01"} == {row["directory_on"] for row in tables["mailboxes"]}


def test_it_is_of_its_own_tenant() -> None:
    """It should name the domains of the environment that is served."""
    pilot = ENVIRONMENTS["pilot"].tenant

    (first, *_), (fact, *_) = (
        part(generate(7, "small", pilot), START.date())
        for part in (evidence.mailboxes, evidence.organisations)
    )

    assert f"{pilot.mail_domain};{pilot.routing_domain}" == first["domains"]
    assert "observed" == fact["source"]
