"""How an act on an outside system can end other than well.

ActError
├── ActRefused     it did not happen, and the system said so
│   ├── PlayFailed a play ended with a failed task
│   └── CannotLookUp
│                  whether it happened before cannot be asked there
├── ActPostponed   it did not happen, and will be taken later: try again
└── ActUnknown     nobody knows: read back before anything else
"""

from __future__ import annotations


class ActError(Exception):
    """An *act* on *subject* did not end well; *why* is the outside system's own sentence."""

    def __init__(self, *, act: str, subject: str, why: str) -> None:
        self.act = act
        self.subject = subject
        self.why = why
        super().__init__(f"{act} of {subject}: {why}")


class ActRefused(ActError):
    """It did not happen."""


class PlayFailed(ActRefused):
    """A play ended with a failed task, which says why; nothing is in doubt."""


class CannotLookUp(ActRefused):
    """The other side keeps nothing by which it could say whether it was done before."""


class ActPostponed(ActError):
    """It did not happen: the system has taken all it takes for now."""


class ActUnknown(ActError):
    """It may or may not have happened."""
