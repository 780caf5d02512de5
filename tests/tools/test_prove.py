"""The records of long proofs, and when they no longer count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.prove import PROOFS, RECORDS, Proof, record_of


@pytest.fixture
def proof() -> Proof:
    return Proof("name", "claim", covers=("tools/prove.py",), parts=("tests/tools/test_prove.py",))


def test_no_kept_proof_is_stale() -> None:
    """It should hold, for each proof that is kept, that its sources are the present ones."""
    kept = {path.stem: json.loads(path.read_text()) for path in RECORDS.glob("*.json")}
    known = {proof.name: proof for proof in PROOFS}
    stale = [
        name for name, record in kept.items() if name not in known or record["digest"] != known[name].digest()
    ]
    assert stale == [], f"run `make prove` again: {', '.join(stale)}"


def test_every_proof_covers_something() -> None:
    """It should find sources and parts for each proof, or it would prove nothing."""
    empty = [proof.name for proof in PROOFS if not proof.files() or len(proof.covers) == 0]
    assert empty == []


def test_a_record_counts_while_its_sources_stand(proof: Proof, tmp_path: Path) -> None:
    """It should go on from a record of the same digest."""
    record = {"digest": proof.digest(), "parts": {"a": {}}}
    (tmp_path / "name.json").write_text(json.dumps(record))
    assert record_of(proof, tmp_path) == record


def test_a_stale_record_is_begun_again(proof: Proof, tmp_path: Path) -> None:
    """It should begin with nothing when a covered file has changed since."""
    (tmp_path / "name.json").write_text(json.dumps({"digest": "other", "parts": {"a": {}}}))
    assert record_of(proof, tmp_path)["parts"] == {}


def test_a_digest_sees_names_and_contents(proof: Proof, tmp_path: Path) -> None:
    """It should differ when a covered file changes its text or its name."""
    (tmp_path / "tools").mkdir()
    file = tmp_path / "tools" / "prove.py"
    file.write_text("a")
    first = proof.digest(tmp_path)
    file.write_text("b")
    assert len({first, proof.digest(tmp_path), Proof("n", "c", (), ()).digest(tmp_path)}) == 3


def test_a_sliced_proof_is_resumed_slice_by_slice() -> None:
    """It should have one part for each slice of a file, each told which it is."""
    proof = Proof("n", "c", ("tools/prove.py",), ("tests/tools/test_prove.py",), {"A": "1"}, slices=2)
    file = "tests/tools/test_prove.py"
    assert [
        (f"{file} 0/2", file, {"A": "1", "CRASH_SLICE": "0/2"}),
        (f"{file} 1/2", file, {"A": "1", "CRASH_SLICE": "1/2"}),
    ] == proof.steps()
