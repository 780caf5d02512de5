"""Proofs for a third party: that an entry is in the journal, and that a journal was only added to.

The first is a C2SP tlog-proof: a head, the entry itself in base64 as `extra`, its index from 0, the hashes from the
leaf up, an empty line and the signed checkpoint. The second is what a C2SP witness is sent: `old` with the earlier
size, the hashes of the consistency proof, an empty line and the signed checkpoint.
"""

from __future__ import annotations

import base64
import re

import msgspec

from mailwave.core.evidence import merkle, note
from mailwave.core.evidence.checking import Trust
from mailwave.core.evidence.entries import Sealed
from mailwave.core.evidence.note import Checkpoint, NoteBroken, unbase64
from mailwave.core.manifest import digest

HEAD = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,17})")


def of_entry(entry: Sealed, tree: merkle.Tree, size: int, checkpoint: bytes) -> bytes:
    """The proof that *entry* is in the journal of *size*, which *checkpoint* (a signed note) anchors."""
    extra = base64.b64encode(entry.line).decode()
    index = entry.n - 1
    lines = [HEAD, f"extra {extra}", f"index {index}", *_hashes(tree.inclusion(index, size)), "", ""]
    return "\n".join(lines).encode() + checkpoint


def of_growth(old: int, tree: merkle.Tree, size: int, checkpoint: bytes) -> bytes:
    """The proof that the journal of *old* entries is the beginning of the one of *size*."""
    lines = [f"old {old}", *_hashes(tree.consistency(old, size)), "", ""]
    return "\n".join(lines).encode() + checkpoint


def opened(proof: bytes, trust: Trust) -> tuple[Sealed, Checkpoint]:
    """The entry that *proof* proves, and the checkpoint that anchors it.

    Raises:
        NoteBroken: it proves nothing to whoever trusts these keys.
    """
    head, _, checkpoint = proof.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise NoteBroken("it is no proof") from None
    index = _INDEX.fullmatch(lines[2]) if len(lines) > 2 else None
    if lines[0] != HEAD or not index or not lines[1].startswith("extra "):
        raise NoteBroken("it is no proof")
    origin = checkpoint.partition(b"\n")[0].decode(errors="replace")
    anchor = note.opened(checkpoint, trust.note_keys(origin), trust.is_good)
    entry = _entry(unbase64(lines[1].removeprefix("extra ")))
    hashes = [unbase64(line) for line in lines[3:]]
    if int(index[1]) != entry.n - 1:
        raise NoteBroken("it is the proof of another entry")
    if merkle.root_from_inclusion(entry.leaf, entry.n - 1, anchor.size, hashes) != anchor.root:
        raise NoteBroken("the entry is not in the journal that the checkpoint anchors")
    return entry, anchor


def _entry(line: bytes) -> Sealed:
    try:
        entry = msgspec.json.decode(line, type=Sealed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NoteBroken("its entry cannot be read") from None
    members = msgspec.to_builtins(entry)
    stated = members.pop("digest")
    if entry.line != line or digest(members) != stated:
        raise NoteBroken("its entry was changed")
    return entry


def _hashes(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in hashes]
