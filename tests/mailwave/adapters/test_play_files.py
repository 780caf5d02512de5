"""The table of plays: what it reads, and what every play of the project has."""

from __future__ import annotations

from pathlib import Path

import pytest

from estate_schema import ConfigurationError
from mailwave.adapters.play_files import load_plays, source
from mailwave.core.play_table import Hosts
from tests.infra.doubles import IDENTITY_OUTPUTS
from tests.mailwave.adapters.small_plays import ROOT, write_play

PLAYBOOKS = ROOT / "playbooks"
PAGES = ROOT / "docs" / "runbooks"


def test_every_playbook_is_in_the_table() -> None:
    """It should know each numbered playbook, once, in the order of the numbers."""
    known = [play.name for play in load_plays(PLAYBOOKS).plays]

    assert sorted(path.stem for path in PLAYBOOKS.glob("[0-9]*.yml")) == known


def test_every_play_that_changes_has_a_twin() -> None:
    """It should name a play that reads back for each one that changes something, and the other way round."""
    table = load_plays(PLAYBOOKS)

    for play in table.plays:
        if play.changes:
            assert table.find(play.twin).twin == play.name


def test_what_is_not_to_last_is_read_by_name_only() -> None:
    """It should leave out, among all that can be read, whether servers are in maintenance, which most are not."""
    table = load_plays(PLAYBOOKS)
    assert "13_verify_entered_maintenance" not in [play.name for play in table.reading]
    assert "15_verify_maintenance" in [play.name for play in table.reading]
    assert "13_verify_entered_maintenance" == table.find("13").name


def test_every_play_has_a_page() -> None:
    """It should have a page that says when and how to run each play; a twin stands on its partner's."""
    for play in load_plays(PLAYBOOKS).plays:
        page = PAGES / f"{play.name if play.changes or not play.twin else play.twin}.md"
        assert page.exists(), play.name
        text = page.read_text(encoding="utf-8")
        assert play.name in text, f"{page.name} does not name {play.name}"
        assert "mailwave site " in text, f"{page.name} does not say the command"
        for variable in play.variables:
            assert variable in text, f"{page.name} does not explain {variable}"


def test_every_page_is_a_play_s() -> None:
    """It should have no page of a play that is gone."""
    names = {play.name for play in load_plays(PLAYBOOKS).plays}

    assert {path.stem for path in PAGES.glob("[0-9]*.md")} <= names


def test_reads_what_the_playbook_says(tmp_path: Path) -> None:
    """It should take title and hosts from the playbook itself, and variables and twin from the table."""
    for name in ("50_small", "51_verify_small"):
        write_play(tmp_path, hosts="exchange_servers", name=name)
    (tmp_path / "plays.yaml").write_text(
        "- play: 50_small\n  verify: 51_verify_small\n  prepare: true\n"
        "  variables: {colour: {says: a colour, required: false}}\n",
        encoding="utf-8",
    )

    play, twin = load_plays(tmp_path).plays

    assert (play.title, play.hosts, play.twin, play.prepares) == (
        "Small",
        Hosts.SERVERS,
        "51_verify_small",
        True,
    )
    assert (twin.changes, twin.twin, twin.prepares, twin.variables) == (
        False,
        "50_small",
        False,
        play.variables,
    )
    assert play.required == []


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("- play: 50_small\n  veryfy: x\n", "veryfy"),
        ("- play: 49_absent\n", "49_absent"),
        ("- play: 50_small\n", "hosts"),
        (None, "cannot be read"),
    ],
)
def test_malformed_table(tmp_path: Path, table: str | None, problem: str) -> None:
    """It should name the file and what is wrong with it."""
    write_play(tmp_path, hosts="elsewhere")
    if table is not None:
        (tmp_path / "plays.yaml").write_text(table, encoding="utf-8")

    with pytest.raises(ConfigurationError, match=problem):
        load_plays(tmp_path)


def test_source_changes_with_a_play(tmp_path: Path) -> None:
    """It should have another digest once a playbook says something else, and only then."""
    write_play(tmp_path)
    first, again = source(tmp_path), source(tmp_path)
    write_play(tmp_path, hosts="EX02")

    assert first == again != source(tmp_path)


def test_what_stacks_export() -> None:
    """It should name, of variables that a stack gives, only what the layer exports; the hybrid application is one."""
    found = [
        (name, variable.output)
        for play in load_plays(PLAYBOOKS).plays
        for name, variable in play.variables.items()
        if variable.output
    ]

    assert [("hybrid_trust_application", "identity/client_ids/hybrid")] * 2 == found
    for _, output in found:
        layer, first, *rest = output.split("/")
        assert layer == "identity"
        exported = IDENTITY_OUTPUTS[first]
        assert all(key in exported for key in rest)
