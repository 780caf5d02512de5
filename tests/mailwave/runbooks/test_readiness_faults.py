"""Faults that somebody else made in the services: each comes to its own code through every command, no near-miss does.

All faults of mailboxes and organisations stand in one estate, an organisation each with its near-miss in another, and
are judged once; what is the whole tenant's has an estate of its own.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.mailwave.rehearsed import readiness_faults, readiness_scene
from tests.mailwave.rehearsed.name_server import NameServer, name_server
from tests.mailwave.rehearsed.readiness import judged
from tests.mailwave.rehearsed.readiness_faults import FAULTS, Fault
from tests.mailwave.rehearsed.readiness_scene import Scene, sound

TOGETHER = [fault for fault in FAULTS if not fault.alone]
ALONE = [fault for fault in FAULTS if fault.alone]

BROKEN, NEARLY = "broken", "nearly"


@pytest.fixture(scope="module")
def names() -> Iterator[NameServer]:
    """A name server."""
    with name_server() as server:
        yield server


def organisation(fault: Fault, side: str) -> int:
    """The place of the organisation that has *fault*, or what is nearly it."""
    return 2 * TOGETHER.index(fault) + (side == NEARLY)


@pytest.fixture(scope="module")
def found(names: NameServer) -> dict[int, dict[int, str]]:
    """The codes of the mailboxes of each organisation of the common estate, by place."""
    scene = sound(2 * len(TOGETHER) + 1)
    codes = [each.code for each in scene.estate.organisations]
    for fault in TOGETHER:
        fault.breaks(scene, codes[organisation(fault, BROKEN)])
        fault.nearly(scene, codes[organisation(fault, NEARLY)])
    with TemporaryDirectory() as folder:
        return by_organisation(scene, judged(scene, Path(folder), names))


def by_organisation(scene: Scene, codes: dict[str, str]) -> dict[int, dict[int, str]]:
    """*codes* by the places of organisations and of their mailboxes."""
    return {
        number: {
            place: codes[box.exchange_guid]
            for place, box in enumerate(scene.people(each.code))
            if box.exchange_guid in codes
        }
        for number, each in enumerate(scene.estate.organisations)
    }


def alone(fault: Fault, side: str, folder: Path, names: NameServer) -> dict[int, str]:
    """The codes in a tenant that has *fault*, or what is nearly it."""
    scene = sound(1)
    change = fault.breaks if side == BROKEN else fault.nearly
    change(scene, scene.estate.organisations[0].code)
    return by_organisation(scene, judged(scene, folder, names))[0]


def test_there_are_forty_and_each_has_its_name() -> None:
    """It should hold forty faults or more, none of them twice."""
    assert 40 <= len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_whoever_seeds_does_not_know_the_checker() -> None:
    """It should import nothing but the simulated services and what Python and its registries have."""
    found = {
        name
        for module in (readiness_faults, readiness_scene)
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
        )
    }
    others = {name for name in found if name.partition(".")[0] not in (*sys.stdlib_module_names, "rehearsal")}
    assert {"msgspec", readiness_scene.__name__} == others


def test_nothing_is_wrong_with_a_sound_organisation(found: dict[int, dict[int, str]]) -> None:
    """It should block nobody where every service and every person shows what is wanted."""
    assert {} == found[2 * len(TOGETHER)]


@pytest.mark.parametrize("fault", TOGETHER, ids=lambda fault: fault.name)
def test_a_fault_yields_its_own_code(fault: Fault, found: dict[int, dict[int, str]]) -> None:
    """It should name the fault's code on its mailbox, or on all of its organisation, and nothing else there."""
    assert fault.struck() == found[organisation(fault, BROKEN)]


@pytest.mark.parametrize("fault", TOGETHER, ids=lambda fault: fault.name)
def test_what_is_nearly_a_fault_is_none(fault: Fault, found: dict[int, dict[int, str]]) -> None:
    """It should say nothing of what is just within the rule."""
    assert fault.nearly_beside == found[organisation(fault, NEARLY)]


@pytest.mark.parametrize("fault", ALONE, ids=lambda fault: fault.name)
def test_a_fault_of_the_whole_tenant_yields_its_own_code(
    fault: Fault, tmp_path: Path, names: NameServer
) -> None:
    """It should name the fault's code on everybody whom it strikes."""
    assert fault.struck() == alone(fault, BROKEN, tmp_path, names)


@pytest.mark.parametrize("fault", ALONE, ids=lambda fault: fault.name)
def test_what_is_nearly_a_fault_of_the_tenant_is_none(
    fault: Fault, tmp_path: Path, names: NameServer
) -> None:
    """It should say nothing of what is just within the rule."""
    assert fault.nearly_beside == alone(fault, NEARLY, tmp_path, names)
