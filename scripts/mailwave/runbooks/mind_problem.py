"""Record that somebody of an organisation is at a problem there, or has mended it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from mailwave.core.mending import Care, NoSuchProblem, Problem
from mailwave.core.reason import Reason
from mailwave.ports import Ledger
from mailwave.runbooks.acting import acting

MINDED = "organisation.problem"
"""Somebody said how far a problem is mended; what was said last of it counts."""


@dataclass(frozen=True)
class MindProblem:
    """Takes what somebody says of a problem of their organisation."""

    ledger: Ledger

    def run(self, organisation: str, problems: tuple[Problem, ...], care: Care, reason: Reason) -> None:
        """Record *care* for one of the *problems* of *organisation*; raises `NoSuchProblem` for any other."""
        problem = next((each for each in problems if each.key == care.key), None)
        if problem is None:
            raise NoSuchProblem(care.key)
        detail = msgspec.to_builtins(msgspec.structs.replace(care, address=problem.address))
        with acting(self.ledger, act=MINDED, subject=organisation, reason=reason, detail=detail):
            pass  # the record is the act
