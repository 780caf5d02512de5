"""Canary secrets in configuration, state, plays and errors are in no file that a change leaves, however written.

The engine is the real one, in a project of the test's own; what looks for the canaries shares nothing with what it
looks at.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from mailwave.adapters.change_folder import SecretInChange
from mailwave.core.plays import PlayOutcome
from tests.mailwave.adapters.canned import an_answer
from tests.mailwave.adapters.change_project import STACK, Project, a_project
from tests.mailwave.runbooks.change_board import open_board

CONFIGURED, STATED, TOLD = "canary/config+4be2", "canary/state+91c7", "canary/told+c03d"
PROGRAM = """\
import pulumi
from pulumi_azure_native import resources

configured = pulumi.Config("test").require_secret("word")
resources.ResourceGroup("group", tags={"a": configured, "b": pulumi.Output.secret("%s"), "c": "plain-%s"})
pulumi.export("word", pulumi.Output.concat("https://", configured))
pulumi.export("shown", "%s")
"""
FAILING = """
def fail(word):
    raise ValueError(f"no access with {word}")

pulumi.export("failed", configured.apply(fail))
"""


def forms(word: str) -> set[bytes]:
    """Each way to write *word* that somebody might read again."""
    raw = word.encode()
    shifted = [base64.b64encode(b"\0" * n + raw).rstrip(b"=")[4 if n else 0 : -1] for n in range(3)]
    safe = [each.replace(b"+", b"-").replace(b"/", b"_") for each in shifted]
    utf16 = word.encode("utf-16-le")
    quoted = [quote(word, safe="").encode(), quote(word).encode()]
    return {raw, utf16, raw.hex().encode(), raw.hex().upper().encode(), *shifted, *safe, *quoted}


def found_in(data: bytes, *words: str) -> list[str]:
    """Which of *words* are in *data*, or in what its base64 holds."""
    inner = b"".join(_decoded(each) for each in re.findall(rb"[A-Za-z0-9+/=]{24,}", data))
    return [word for word in words if any(form in data or form in inner for form in forms(word))]


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"==")
    except ValueError:
        return b""


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project whose configuration holds a canary, encrypted."""
    with a_project(tmp_path, monkeypatch) as found:
        file = found.root / "environments" / f"Pulumi.{STACK}.yaml"
        found.pulumi("config", "set", "--secret", "test:word", CONFIGURED)
        assert "secure" in yaml.safe_load(file.read_text(encoding="utf-8"))["config"]["test:word"]
        yield found


@pytest.mark.engine
@pytest.mark.timeout(600)
def test_what_the_engine_keeps_secret_stays_so(project: Project) -> None:
    """It should leave no canary of configuration or state anywhere, also where the program fails with it in its words.

    The same search finds a word that nobody called a secret.
    """
    program = PROGRAM % (STATED, TOLD, TOLD)
    project.write(program)
    with project.operator() as operate:
        said = "".join(map(operate, ("review", "approve", "apply")))
        project.write(program + FAILING)
        said += operate("review")
    left = {**files_below(project.root / "board"), "said": said.encode()}
    assert any(name.endswith("report.html") for name in left)
    assert "no access with [secret]" in said
    assert {} == {name: found for name, data in left.items() if (found := found_in(data, CONFIGURED, STATED))}
    assert [TOLD] == found_in(b"".join(left.values()), CONFIGURED, STATED, TOLD)


@pytest.mark.parametrize(
    "write",
    [
        str,
        lambda word: base64.b64encode(b"p:" + word.encode()).decode(),
        lambda word: word.encode().hex(),
        quote,
    ],
    ids=["raw", "base64", "hex", "URL"],
)
def test_what_a_play_or_an_error_tells_is_not_kept(tmp_path: Path, write: Any) -> None:
    """It should keep no change that holds a secret of the environment, name the file, and leave nothing behind."""
    with open_board(tmp_path) as board:
        board.secrets = {"the secret of sites": TOLD}
        answer = an_answer("bindings", server=f"EX01 {write(TOLD)}")
        board.canned.says["12_roll"] = (PlayOutcome.OK, (answer,))
        with pytest.raises(SecretInChange, match=r"play-12_roll\.json .* the secret of sites"):
            board.review()
        board.canned.says.clear()
        board.cloud.refused = f"no access with {write(TOLD)}"
        with pytest.raises(SecretInChange, match=r"contents\.json|hybrid\.preview\.json"):
            board.review()
        assert [] == [*(tmp_path / "changes").iterdir()]
        board.cloud.refused = f"no access with {write('canary/tale+c03d')}"
        assert board.review().digest
