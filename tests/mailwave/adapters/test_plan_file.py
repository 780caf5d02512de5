"""The plan file: read back as it was written, the same bytes each time, and refused when one byte differs."""

import hashlib
import json
import os
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailwave.adapters.plan_file import PlanFileBroken, read_plan, write_plan
from mailwave.core.plan_columns import Placement
from mailwave.core.planning import planned
from tests.mailwave.core.estates import ORIGIN, RIGHTS, a_case, a_season, boxes

CASE = a_case(boxes(), RIGHTS, a_season(20), most=2)
HELD = CASE.held


def a_plan() -> Placement:
    return planned(CASE).placement


def test_a_plan_comes_back(tmp_path: Path) -> None:
    """It should read what it wrote: every column, the windows, all rights, the severed, and what it was made from."""
    plan, file = a_plan(), tmp_path / "plan.parquet"

    digest = write_plan(file, plan, HELD, ORIGIN)
    found = read_plan(file)

    assert (digest, ORIGIN) == (found.digest, found.origin)
    assert len(plan.severed.kind) > 0
    for one, other in zip(plan, found.placement, strict=True):
        if isinstance(one, np.ndarray):
            assert one.tolist() == other.tolist()  # type: ignore[union-attr]
    assert plan.windows == found.placement.windows
    assert [column.tolist() for column in plan.severed] == [
        column.tolist() for column in found.placement.severed
    ]
    assert [column.tolist() for column in HELD] == [column.tolist() for column in found.held]
    assert len(HELD.kind) > len(plan.severed.kind)
    assert [file] == list(tmp_path.iterdir())


def test_the_same_plan_is_the_same_file(tmp_path: Path) -> None:
    """It should write the same bytes for the same plan."""
    for name in ("one", "other"):
        write_plan(tmp_path / name, a_plan(), HELD, ORIGIN)

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@given(st.integers(0, 10**9), st.integers(1, 255))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_flipped_byte_is_refused(tmp_path: Path, place: int, flipped: int) -> None:
    """It should refuse a file of which any byte is not as it was written, by the file's name."""
    file, broken = tmp_path / "plan.parquet", tmp_path / "broken.parquet"
    if not file.exists():
        write_plan(file, a_plan(), HELD, ORIGIN)
    data = bytearray(file.read_bytes())
    data[place % len(data)] ^= flipped
    broken.write_bytes(data)

    with pytest.raises(PlanFileBroken, match=r"broken\.parquet"):
        read_plan(broken)


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    """It should refuse text, half a plan, one that is sealed as another form, and an empty file."""
    whole = tmp_path / "whole"
    write_plan(whole, a_plan(), HELD, ORIGIN)
    contents = {
        "text": b"plan",
        "other": sealed(whole.read_bytes().replace(b"mailwave plan 2", b"mailwave plan 9")),
        "half": whole.read_bytes()[: whole.stat().st_size // 2],
        "empty": b"",
    }
    for name, content in contents.items():
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(PlanFileBroken, match=name):
            read_plan(file)


def test_a_plan_of_an_earlier_form_is_named(tmp_path: Path) -> None:
    """It should say of a plan in Parquet, which plans once were, what to do; other Parquet is no plan."""
    earlier, other = tmp_path / "earlier.parquet", tmp_path / "other.parquet"
    table = pl.DataFrame({"night": [1]})
    table.write_parquet(earlier, metadata={"mailwave plan 1": "{}"})
    table.write_parquet(other)

    with pytest.raises(
        PlanFileBroken, match=r"earlier\.parquet is a plan of an earlier version.* another file"
    ):
        read_plan(earlier)
    with pytest.raises(PlanFileBroken, match=r"other\.parquet is no plan file"):
        read_plan(other)


def test_anybody_can_read_the_columns(tmp_path: Path) -> None:
    """It should say in a header of JSON where each column stands, without a gap, each where its numbers may begin."""
    plan, file = a_plan(), tmp_path / "plan"
    write_plan(file, plan, HELD, ORIGIN)
    data = file.read_bytes()
    begins = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begins])
    about = header.pop("__metadata__")

    first, last = header["night"]["data_offsets"]
    ends = [0, *(column["data_offsets"][1] for column in header.values())]
    assert plan.night.tolist() == np.frombuffer(data[begins + first : begins + last], "<i2").tolist()
    assert [column["data_offsets"][0] for column in header.values()] == ends[:-1]
    assert (len(data), 0) == (begins + ends[-1], begins % 8)
    assert {str} == {type(text) for text in about.values()}


def sealed(data: bytes) -> bytes:
    """*data* with the seal that fits it."""
    place = data.index(b'"seal":"') + 8
    zeros = data[:place] + b"0" * 64 + data[place + 64 :]
    return data[:place] + hashlib.sha256(zeros).hexdigest().encode() + data[place + 64 :]


def test_a_plan_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should leave the plan before as it is, and nothing beside it, when writing ends half way."""
    file = tmp_path / "plan.parquet"
    digest = write_plan(file, a_plan(), HELD, ORIGIN)
    half = file.stat().st_size // 2

    def full(_: int) -> None:
        """The disk is full when what was written is to be kept."""
        (part,) = (each for each in tmp_path.iterdir() if each != file)
        os.truncate(part, half)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_plan(file, planned(a_case(boxes(), [], a_season())).placement, HELD, ORIGIN)

    assert digest == read_plan(file).digest
    assert [file] == list(tmp_path.iterdir())


def test_a_seal_alone_is_not_believed(tmp_path: Path) -> None:
    """It should refuse a well-sealed file whose columns are not those of the digest that it names."""
    plan, file = a_plan(), tmp_path / "plan.parquet"
    write_plan(file, plan, HELD, ORIGIN)
    others = plan._replace(night=plan.night[::-1].copy())
    lying = tmp_path / "lying.parquet"

    class Lying(Placement):
        def digest(self, environment: str) -> str:
            return plan.digest(environment)

    write_plan(lying, Lying(*others), HELD, ORIGIN)

    with pytest.raises(PlanFileBroken, match="does not hold"):
        read_plan(lying)


def test_what_a_plan_was_made_from_does_not_change_its_digest(tmp_path: Path) -> None:
    """It should give a plan one digest, with whatever version of this program it was made."""
    one = write_plan(tmp_path / "one", a_plan(), HELD, ORIGIN)
    other = write_plan(tmp_path / "other", a_plan(), HELD, msgspec.structs.replace(ORIGIN, tool="1"))

    assert one == other
