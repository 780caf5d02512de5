"""A new certificate for OAuth beside the one that a simulated server has."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.site.machine import Certificate, Machine
from rehearsal.site.machine_setup import OAUTH

NEW = "CD" * 20
"""Its thumbprint."""


def oauth(machine: Machine) -> Certificate:
    """The certificate of *machine* that the organisation proves itself by."""
    return next(
        each for each in machine.certificates.values() if each.subject == OAUTH and each.thumbprint != NEW
    )


def with_new(machine: Machine) -> Machine:
    """*machine* with the new certificate beside the old one."""
    return machine.with_certificate(replace(oauth(machine), thumbprint=NEW, serial_number="1"))
