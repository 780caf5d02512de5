"""How a command ends. 0 to 9 are Pulumi's own codes; from 10 on, each is a refusal of this command's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, as `docs/exit-codes.md` explains them."""

    OK = 0
    ERROR = 1
    CONFIGURATION = 2
    AUTHENTICATION = 3
    RESOURCE = 4
    POLICY = 5
    STACK_NOT_FOUND = 6
    CANCELLED = 8
    TIMEOUT = 9
    INPUT_REJECTED = 10
    SCOPE_DIFFERS = 11
    NOT_APPROVED = 12
    NO_PLAN = 13
    DRIFT = 14
    STACK_BUSY = 15
    PENDING_OPERATIONS = 16
    ENGINE_MISSING = 17
    OUTCOME_UNKNOWN = 18
    TWO_PRIMARIES = 19
    COUNTS_DISAGREE = 20
    PLAY_FAILED = 21
    JOURNAL_BROKEN = 22
    LEDGER_BUSY = 23
    DRY_RUN = 24
    MISPLACED = 25
    TOO_LATE = 26
    DOES_NOT_END = 27
    UNSEEN = 28
    FINDINGS = 29
    NOT_LICENSED = 30
    CONTRADICTION = 31
    PLAN_REFUSED = 32
    LEDGER_OUTDATED = 33
    AMENDMENT_REFUSED = 34
    NOT_DISCOVERED = 35
    DISCOVERY_BROKEN = 36
    OUT_OF_SCOPE = 37
    EVIDENCE_BROKEN = 38
    NOT_KEPT = 39
    NO_SUCH_SERVER = 40
    CHANGE_BROKEN = 41
    CHANGE_MOVED = 42
    NOT_PROVED = 43
    PREDECESSOR_DRIFTED = 44
    TAKEN_OVER = 45
    NOT_CARRIED = 46
    CHANGE_HELD = 47
    GATE_SHUT = 48
    NO_WAY_BACK = 49
    NOT_AS_PROMISED = 50


@dataclass(frozen=True)
class Failure:
    """How a command ends: its exit *code*, and the *advice* that is printed under the error's sentence."""

    code: Exit
    advice: str
