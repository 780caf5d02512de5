"""The pipelines, read as their services read them: they call what exists, where they may, and hold no secret."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from estate_schema.approvers import ROAD
from infra.identity.applications import APPLICATIONS
from mailwave.cli.app import app

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
AZURE = sorted((ROOT / "azure-pipelines").glob("*.yml"))
PIPELINES = [*WORKFLOWS, *AZURE]
ALLOWED = {"make", "tools/mailwave", ".ci/run", "jq", "cat", "echo", "gh", "git", "set"}
"""What a line may begin with: the project's commands, and what passes their output on."""

PLACEHOLDER = re.compile(r"\$\{\{[^}]*\}\}")
SCRIPTS = {"run", "script", "inlineScript"}
SECRET = re.compile(
    r"secrets\.|password|passphrase|client.?secret|connection.?string|sas.?token", re.IGNORECASE
)
PINNED = re.compile(r"^[A-Za-z0-9-]+/[A-Za-z0-9-]+@[0-9a-f]{40}$")
TARGETS = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def read(file: Path) -> dict[Any, Any]:
    """A pipeline as data; YAML 1.1 takes the key `on` for true."""
    found: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key), value
            yield from walk(value)
    elif isinstance(node, list):
        for each in node:
            yield from walk(each)


def commands(file: Path) -> Iterator[list[str]]:
    """The words of every command line, placeholders standing for one word."""
    for key, value in walk(read(file)):
        if key in SCRIPTS and isinstance(value, str):
            for line in PLACEHOLDER.sub("X", value).replace("\\\n", " ").splitlines():
                if words := shlex.split(line, comments=True):
                    yield words


def options_of(words: list[str]) -> set[str]:
    """The options of the command that *words* name; an error where there is no such command."""
    command: Any = get_command(app)
    while hasattr(command, "get_command"):
        context = command.make_context("mailwave", [], resilient_parsing=True)
        name, *words = words
        command = command.get_command(context, name)
        assert command is not None, name
    return {option for parameter in command.params for option in parameter.opts}


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.name)
def test_pipelines_call_only_what_exists(file: Path) -> None:
    """It should begin each line with a command of the project, or of those that pass output on, with options it has."""
    for words in commands(file):
        if words == ["X"]:
            continue  # the parameter of a template: its callers are looked at
        assert words[0] in ALLOWED or words[0].startswith(("change=", "folder=")), words
        if words[0] == "make":
            assert words[1] in TARGETS, words
        if words[0] == "tools/mailwave" and words[2] != "X":
            named = {word for word in words if word.startswith("--")}
            assert named <= options_of(words[1:]), words


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.name)
def test_pipelines_hold_no_secret(file: Path) -> None:
    """It should name no secret anywhere, and put nothing of the caller's into a command line but by a variable."""
    text = file.read_text(encoding="utf-8")
    assert [] == [line for line in text.splitlines() if SECRET.search(line)]
    scripts = [value for key, value in walk(read(file)) if key == "run"]
    assert [] == [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflows_ask_for_little_and_are_never_cut_off(file: Path) -> None:
    """It should pin each action by its commit, give no right to all jobs, and cancel nothing that is under way."""
    workflow = read(file)
    used = [value for key, value in walk(workflow) if key == "uses"]
    assert [] == [each for each in used if not each.startswith("./") and not PINNED.match(each)]
    assert {} == workflow["permissions"]
    assert True not in [value for key, value in walk(workflow) if key == "cancel-in-progress"]
    for job in workflow["jobs"].values():
        if "steps" in job:
            assert (
                {"contents"}
                <= set(job["permissions"])
                <= {"actions", "contents", "id-token", "pull-requests"}
            )
            written = {right for right, access in job["permissions"].items() if access != "read"}
            assert written <= {"id-token", "pull-requests"}, job


def test_who_changes_an_environment_waits_for_its_reviewers() -> None:
    """It should apply only in the job of the environment itself, one at a time, after the road of all environments."""
    jobs = read(ROOT / ".github" / "workflows" / "environment.yml")["jobs"]
    assert "${{ inputs.environment }}" == jobs["make"]["environment"]
    assert {"group": "mailwave-${{ inputs.environment }}", "cancel-in-progress": False} == jobs["make"][
        "concurrency"
    ]
    applying = [
        (file.name, name)
        for file in WORKFLOWS
        for name, job in read(file)["jobs"].items()
        if "change apply" in str(job)
    ]
    assert [("environment.yml", "make")] == applying

    release = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    assert ROAD == tuple(release)
    for before, environment in pairwise(ROAD):
        job = release[environment]
        assert (before, before, environment) == (
            job["needs"],
            job["with"]["before"],
            job["with"]["environment"],
        )
    stages = read(ROOT / "azure-pipelines" / "release.yml")["stages"]
    assert [*zip(ROAD[1:], ROAD, strict=False)] == [
        (each["parameters"]["environment"], each["parameters"]["before"]) for each in stages[1:]
    ]


def test_jobs_sign_in_where_the_identity_stack_trusts_them() -> None:
    """It should run jobs in the environments of ours, or in those of an application that pipelines may sign in as."""
    applications = {name for name, duty in APPLICATIONS.items() if duty.piped}
    found = {
        str(job["environment"])
        for file in WORKFLOWS
        for job in read(file)["jobs"].values()
        if "environment" in job
    }
    for environment in (PLACEHOLDER.sub("pilot", each) for each in found):
        name, _, application = environment.partition("-")
        assert name in ROAD, environment
        assert not application or application in applications, environment


def test_every_environment_is_looked_at_each_night() -> None:
    """It should look for drift in each real environment, by both services, and sign it where another one follows."""
    jobs = read(ROOT / ".github" / "workflows" / "nightly.yml")["jobs"]
    assert [*ROAD[1:-1]] == jobs["prove"]["strategy"]["matrix"]["environment"]
    assert ROAD[-1] == jobs["drift"]["env"]["MAILWAVE_ENVIRONMENT"]
    stages = read(ROOT / "azure-pipelines" / "nightly.yml")["stages"]
    told = {each["parameters"]["environment"]: each["parameters"]["command"] for each in stages}
    assert list(ROAD[1:]) == list(told)
    assert ["prove", "prove", "drift"] == [command.split()[0] for command in told.values()]
    for command in told.values():
        assert {word for word in command.split() if word.startswith("--")} <= options_of(
            ["change", command.split()[0]]
        )
