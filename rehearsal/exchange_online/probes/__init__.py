"""One small experiment for each rule of `Options`: what a client sees of it over the wire, and nothing else.

A probe is named after its rule and returns the value that it believes the rule to have. It must not notice any other
rule.
"""

from rehearsal.exchange_online.lab import Unexpected
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.probes import (
    access,
    batches,
    delegation,
    licences,
    limits,
    moves,
    offboarding,
    settings,
    wire,
)
from rehearsal.exchange_online.probes.registry import PROBES, Bench
from rehearsal.matrix import Subject

SUBJECT = Subject("exchange_online", Options, PROBES, Unexpected)

__all__ = [
    "SUBJECT",
    "Bench",
    "access",
    "batches",
    "delegation",
    "licences",
    "limits",
    "moves",
    "offboarding",
    "settings",
    "wire",
]
