"""What discovery refuses; in a module of its own, which loads nothing else."""

from __future__ import annotations

from mailwave.core.refusals import Refusal


class NotDiscovered(Refusal):
    """Something was asked for that only a discovery that ended can say."""

    def __init__(self) -> None:
        super().__init__("no discovery of this environment has ended yet")


class StoreBroken(Refusal):
    """A *folder* that is no store of discovery, or not one of this environment or version: *problem* says why."""

    def __init__(self, *, folder: object, problem: str) -> None:
        self.folder = str(folder)
        self.problem = problem
        super().__init__(f"{folder} cannot be used as what discovery has read: {problem}")
