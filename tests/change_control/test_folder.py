"""Tests of a change as a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from change_control.errors import BundleBroken
from change_control.folder import APPROVALS, LIST, REPORTS, open_bundle
from tests.change_control.changes import bundle, contents


def listed(folder: Path) -> list[Path]:
    """Every file whose bytes the digest covers."""
    return sorted(path for path in folder.iterdir() if path.name not in REPORTS and path.is_file())


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """It should give the same change back, under the digest of its list."""
    made = bundle(tmp_path)
    again = open_bundle(tmp_path)
    assert made.digest == again.digest
    assert contents().parts == again.contents.parts
    assert b'{"name":"play.json"}' == again.read("play.json")


def named(folder: Path) -> str:
    """The digest of the change in *folder*, or the name of the file for which it is refused."""
    try:
        return open_bundle(folder).digest
    except BundleBroken as error:
        return error.file


def test_every_byte_counts(tmp_path: Path) -> None:
    """It should refuse a change by the file's name, or be another change, when a bit of any byte is flipped."""
    whole = bundle(tmp_path)
    for file in listed(whole.folder):
        data = file.read_bytes()
        for place in range(len(data)):
            file.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
            found = named(whole.folder)
            assert whole.digest != found
            assert file.name in {LIST, found}
        file.write_bytes(data)
    assert whole.digest == named(whole.folder)


@pytest.mark.parametrize("name", ["play.json", "hybrid.plan.json", LIST])
def test_what_is_cut_off_is_refused(tmp_path: Path, name: str) -> None:
    """It should refuse a file that ends early, wherever that is."""
    whole = bundle(tmp_path)
    file = whole.folder / name
    data = file.read_bytes()
    for kept in range(len(data)):
        file.write_bytes(data[:kept])
        assert name == named(tmp_path)


@pytest.mark.parametrize("name", ["stranger.json", "deeper/stranger.json", ".hidden"])
def test_what_nobody_listed_is_refused(tmp_path: Path, name: str) -> None:
    """It should refuse a file that is not in the list, and take approvals and reports, which come after it."""
    made = bundle(tmp_path)
    (tmp_path / APPROVALS).mkdir()
    (tmp_path / APPROVALS / "1.json").write_text("{}", encoding="ascii")
    assert made.digest == open_bundle(tmp_path).digest
    stranger = tmp_path / name
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text("{}", encoding="ascii")
    with pytest.raises(BundleBroken, match="is not in the list"):
        open_bundle(tmp_path)


def test_what_is_missing_or_elsewhere_is_refused(tmp_path: Path) -> None:
    """It should refuse a file that is gone, a link in its place, and a name that leads out of the folder."""
    made = bundle(tmp_path / "change")
    file = made.folder / "play.json"
    elsewhere = tmp_path / "play.json"
    file.rename(elsewhere)
    with pytest.raises(BundleBroken, match=r"play\.json .* is missing"):
        open_bundle(made.folder)
    file.symlink_to(elsewhere)
    with pytest.raises(BundleBroken, match=r"play\.json .* is missing"):
        open_bundle(made.folder)
    data = (made.folder / LIST).read_bytes()
    (made.folder / LIST).write_bytes(data.replace(b'"play.json":"sha256', b'"../play.json":"sha256'))
    with pytest.raises(BundleBroken, match=r"\.\./play\.json .* is outside of it|is not a list"):
        open_bundle(made.folder)


def test_one_meaning_has_one_form(tmp_path: Path) -> None:
    """It should refuse a list that says the same in other bytes."""
    made = bundle(tmp_path)
    file = made.folder / LIST
    file.write_bytes(file.read_bytes().replace(b'{"environment"', b'{ "environment"', 1))
    with pytest.raises(BundleBroken, match="canonical form"):
        open_bundle(tmp_path)


def test_only_what_is_firm_can_be_approved() -> None:
    """It should leave a provisional part out of what can be approved, and keep it among the parts."""
    provisional = contents().stacks[0].__class__(stack="hybrid-pilot", layer="hybrid", provisional="it waits")
    change = contents(stacks=(provisional,))
    assert ["stack hybrid-pilot", "play 22_receive_connector", "wave W20261124"] == [
        part.name for part in change.parts
    ]
    assert ["play 22_receive_connector", "wave W20261124"] == [part.name for part in change.firm]
