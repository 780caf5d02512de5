"""Preview and first deployment of each stack by plain `pulumi`, against a bare program of the same resources.

Both run against the same simulated tenant, one after the other, in one run; the bare program is written from what ours
has deployed. Goal: at most 1.2 times its seconds of CPU. The CPU is that of the engine, the program and the providers.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

import msgspec
import yaml

from bench.rows import ResultsDiffer, Row
from bench.stacks.bare import Bare
from rehearsal import server
from rehearsal.home import Asked, Home

AREA = "stacks"
ENVIRONMENT = "rehearsal"
LAYERS = ("foundation", "identity", "hybrid")
ROUNDS = 3
ROOT = Path(__file__).resolve().parents[2]
CPU, MEMORY = "s of CPU", "MB"
BARE = """\
name: bare
runtime: python
plugins:
  providers:
    - name: exchange
      path: {path}
"""
IMPORTS = {
    "foundation": "infra.program infra.foundation.layer infra.foundation.hub infra.foundation.private_access "
    "infra.foundation.runners infra.foundation.runner_identity infra.foundation.ledger_database "
    "infra.foundation.mail_zones",
    "identity": "infra.program infra.identity.layer",
    "hybrid": "infra.program infra.hybrid.layer",
}
"""What the program of each layer imports in the rehearsal."""


class Cost(msgspec.Struct, frozen=True):
    """What a command came to: its *code* and *words*, seconds of CPU, and the peak memory of one process in MB."""

    code: int
    words: str
    cpu: float
    memory: float


class Failed(Exception):
    """*command* did not work, and said *words*."""

    def __init__(self, *, command: str, words: str) -> None:
        self.command = command
        self.words = words
        super().__init__(f"{command}: {words[-2000:]}")


@dataclass(frozen=True)
class Side:
    """One of two programs: *name*, in the project in *folder*, deployed to *stack*."""

    name: str
    folder: Path
    stack: str
    environment: dict[str, str]

    def pulumi(self, *arguments: str) -> Cost:
        """Run one command on the stack. Raises Failed."""
        command = ["pulumi", *arguments, "--non-interactive", "--color=never", f"--stack={self.stack}"]
        return measured(command, self.folder, self.environment)

    def deployment(self) -> dict[str, object]:
        """What the stack holds."""
        found: dict[str, object] = json.loads(self.pulumi("stack", "export").words)["deployment"]
        return found

    def kinds(self) -> Counter[str]:
        """How many resources there are of each type, but for components and providers."""
        resources: list[dict[str, object]] = self.deployment().get("resources") or []  # type: ignore[assignment]
        kinds = (str(each["type"]) for each in resources if each["custom"])
        return Counter(kind for kind in kinds if not kind.startswith("pulumi:"))


def measured(
    command: list[str], folder: Path, environment: dict[str, str], ends: Collection[int] = (0,)
) -> Cost:
    """Run *command* in *folder*. Raises Failed where it ends with none of the codes *ends*."""
    wrapper = [sys.executable, "-m", "bench.stacks.measured", *command]
    told = run(
        wrapper,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    cost = msgspec.json.decode(told, type=Cost)
    if cost.code not in ends:
        raise Failed(command=" ".join(command), words=cost.words)
    return cost


def rows(rounds: int = ROUNDS) -> Iterator[Row]:
    """Rows of each layer: preview and up, CPU and memory, ours and bare; and the share of imports."""
    with TemporaryDirectory() as folder, ExitStack() as until:
        home = until.enter_context(Home.held(Path(folder) / "home"))
        faults = Path(folder) / "faults.json"
        faults.write_text("[]", encoding="ascii")
        record = home.begin(Asked(faults=faults, environment=ENVIRONMENT, size="pair"))
        running = until.enter_context(server.serving(home, record, None))
        environment = dict(running.environment)
        ours = {layer: Side("ours", ROOT, f"{layer}-{ENVIRONMENT}", environment) for layer in LAYERS}
        for side in ours.values():
            side.pulumi("stack", "init")
            side.pulumi("up", "--yes", "--skip-preview")
        bare = {layer: _bare(ours[layer], Path(folder) / layer) for layer in LAYERS}
        for layer in reversed(
            LAYERS
        ):  # each on the ones below, as they were when its bare program was written
            ours[layer].pulumi("destroy", "--yes", "--skip-preview")
            yield from _layer(layer, ours[layer], bare[layer], rounds)


def _bare(ours: Side, folder: Path) -> Side:
    """A project of its own with the resources that *ours* has deployed."""
    folder.mkdir()
    settings = yaml.safe_load(
        (ROOT / "environments" / f"Pulumi.{ours.stack}.yaml").read_text(encoding="utf-8")
    )
    tenant = settings["config"]["mailwave:tenant_id"]
    subscription = settings["config"].get("mailwave:subscription_id", "")
    (folder / "Pulumi.yaml").write_text(BARE.format(path=ROOT / "infra" / "exchange"), encoding="utf-8")
    source = Bare(ours.deployment()).source(tenant, subscription)
    (folder / "__main__.py").write_text(source, encoding="utf-8")
    side = Side("bare", folder, f"bare-{ours.stack}", ours.environment)
    side.pulumi("stack", "init")
    return side


def _layer(layer: str, ours: Side, bare: Side, rounds: int) -> Iterator[Row]:
    costs: dict[tuple[str, str], list[Cost]] = {}
    kinds = []
    for _ in range(rounds):
        for side in (ours, bare):
            costs.setdefault((side.name, "preview"), []).append(side.pulumi("preview"))
            costs.setdefault((side.name, "up"), []).append(side.pulumi("up", "--yes", "--skip-preview"))
            kinds.append(side.kinds())
            side.pulumi("destroy", "--yes", "--skip-preview")
    if any(each != kinds[0] for each in kinds):
        raise ResultsDiffer(area=AREA, name=layer)
    resources = f"{sum(kinds[0].values())} resources"
    for act in ("preview", "up"):
        mine, other = costs["ours", act], costs["bare", act]
        yield _row(
            f"{layer} {act}", resources, [each.cpu for each in mine], [each.cpu for each in other], CPU
        )
        yield _row(
            f"{layer} {act}",
            resources,
            [each.memory for each in mine],
            [each.memory for each in other],
            MEMORY,
        )
    yield _imports(layer, statistics.median(each.cpu for each in costs["ours", "preview"]))


def _row(name: str, workload: str, mine: list[float], other: list[float], unit: str) -> Row:
    return Row(
        area=AREA,
        name=name,
        workload=workload,
        ours=statistics.median(mine),
        baseline=statistics.median(other),
        baseline_name="bare program",
        ratio=statistics.median(theirs / ours for ours, theirs in zip(mine, other, strict=True)),
        unit=unit,
    )


def _imports(layer: str, preview: float) -> Row:
    """The seconds of CPU that the program's imports take, and as the baseline the whole preview."""
    code = "; ".join(f"import {module}" for module in IMPORTS[layer].split())
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spent = statistics.median(
        measured([sys.executable, "-c", code], ROOT, environment).cpu for _ in range(ROUNDS)
    )
    return Row(
        area=AREA,
        name=f"{layer} imports",
        workload=f"{spent / preview:.0%} of a preview",
        ours=spent,
        baseline=preview,
        baseline_name="the whole preview",
        ratio=preview / spent,
        unit=CPU,
    )
