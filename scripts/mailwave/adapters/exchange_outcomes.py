"""How a change of Exchange ended, in the core's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from exchange_admin import OutcomeUnknown, Refused
from mailwave.core.outcomes import ActRefused, ActUnknown


@contextmanager
def outcome_of(act: str, subject: str) -> Iterator[None]:
    """Around the one cmdlet that is *act* on *subject*; other errors than these two are no outcome, and pass.

    Raises:
        ActRefused: Exchange said that it did not do it.
        ActUnknown: nobody knows whether it was done.
    """
    try:
        yield
    except OutcomeUnknown as error:
        raise ActUnknown(act=act, subject=subject, why=str(error)) from error
    except Refused as error:
        raise ActRefused(act=act, subject=subject, why=str(error)) from error
