"""What of an environment's folder is evidence."""

from __future__ import annotations

from pathlib import Path

from mailwave.wiring.vault import kept_files


def test_what_is_evidence_and_what_is_not(tmp_path: Path) -> None:
    """It should take what was left and consented to; no engine's plan, no list of people, nothing half-written."""
    names = {
        "artifacts/00000012-hybrid-pilot.json": True,
        "changes/5a5a/contents.json": True,
        "changes/5a5a/approvals/1.json": True,
        "proofs/1.json": True,
        "changes/5a5a/hybrid.plan.json": False,
        "changes/.draft-1/contents.json": False,
        "artifacts/.part": False,
        "manifests/leeds-1.json": False,
        "ledger.db": False,
    }
    for name in names:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="ascii")
    (tmp_path / "artifacts" / "elsewhere").symlink_to(tmp_path / "ledger.db")
    assert {name: name.encode() for name, kept in names.items() if kept} == kept_files(tmp_path)
