"""A state that somebody edited behind an approved change: refused by the stack's name, before any provider is called.

The engine and its backend are the real ones; the cloud counts whoever asks it for anything.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.mailwave.adapters.change_project import Project, a_project

PROGRAM = """\
from pulumi_azure_native import resources

resources.ResourceGroup("group", tags={"owner": "%s"})
"""
REFUSED = "the state of platform-test has moved since the review: somebody has updated or edited it"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project without a program yet."""
    with a_project(tmp_path, monkeypatch) as found:
        yield found


def in_the_backend(project: Project) -> None:
    """Write another word into the file itself."""
    text = project.checkpoint.read_text(encoding="utf-8")
    assert '"first"' in text
    project.checkpoint.write_text(text.replace('"first"', '"fourth"'), encoding="utf-8")


def by_import(project: Project) -> None:
    """Export it, and import it with another word, as `pulumi state` commands do."""
    state = json.loads(project.pulumi("stack", "export"))
    edited = project.root / "edited.json"
    edited.write_text(json.dumps(state).replace('"first"', '"fourth"'), encoding="utf-8")
    project.pulumi("stack", "import", "--file", str(edited))


EDITS: tuple[Callable[[Project], None], ...] = (in_the_backend, by_import)


@pytest.mark.engine
@pytest.mark.timeout(600)
def test_an_edited_state_is_refused(project: Project) -> None:
    """It should name the stack whose state is another, whoever edited it and how, and ask the cloud for nothing."""
    whole = project.state.with_name("whole")
    with project.operator() as operate:
        project.write(PROGRAM % "first")
        for act in ("review", "approve", "apply"):
            operate(act)
        project.write(PROGRAM % "second")
        assert "1 to update" in operate("review")
        operate("approve")
        shutil.copytree(project.state, whole)
        for edit in EDITS:
            edit(project)
            asked = len(project.cloud.seen)
            assert REFUSED in operate("apply"), edit.__name__
            assert asked == len(project.cloud.seen), edit.__name__
            shutil.rmtree(project.state)
            shutil.copytree(whole, project.state)
        assert "1 updated" in operate("apply")

    (group,) = project.cloud.objects().values()
    assert {"owner": "second"} == group["tags"]
