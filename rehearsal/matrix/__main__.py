"""`python -m rehearsal.matrix [subject ...]`: print the matrix, and end with 1 if any rule is at fault."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rehearsal.matrix import Subject
from rehearsal.matrix.subjects import SUBJECTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the matrix of each subject named, or of all."""
    names = [subject.name for subject in SUBJECTS]
    parser = argparse.ArgumentParser(prog="python -m rehearsal.matrix", description=__doc__)
    parser.add_argument("subject", nargs="*", help=f"of {', '.join(names)}; default: all of them")
    wanted = parser.parse_args(arguments).subject or names
    unknown = [name for name in wanted if name not in names]
    if unknown:
        parser.error(f"no subject {', '.join(unknown)}; there are: {', '.join(names)}")
    faulty = sum(show(subject) for subject in SUBJECTS if subject.name in wanted)
    return 1 if faulty else 0


def show(subject: Subject) -> int:
    """Print a line for each switch of *subject* and return how many are at fault."""
    faulty = switches = 0
    print(subject.name)
    for rule, value in subject.cases():
        found = subject.switch(rule, value)
        others = ", ".join(found.others) or "-"
        verdict = "only its own" if found.sound else f"SAW {found.seen!r}; others: {others}"
        print(f"{rule.name:28} {value!s:18} {rule.fact:16} {rule.confidence:12} {verdict}")
        switches += 1
        faulty += not found.sound
    print(f"{len(subject.rules)} rules, {switches} switches, {len(subject.probes)} probes, {faulty} at fault")
    return faulty


if __name__ == "__main__":
    sys.exit(main())
