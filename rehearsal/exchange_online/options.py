"""Where sources disagree about the service, the simulator can behave either way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How this tenant behaves where the facts leave it open.

    *honours_result_size*: the service cuts at ResultSize, 1,000 by default, with a warning; else it returns
    everything (fact A15). *late_item_share*: the part of the mailboxes with skipped items that show another one in
    each incremental sync, which an earlier approval does not cover (fact B32). *cancel_at_failures*: a batch stops
    itself at so many failed users (fact B42). *users_at_once*: the users of a batch can be read as soon as it is made;
    else only some seconds after it was started. No source says which.
    """

    honours_result_size: bool = True
    late_item_share: float = 0.0
    cancel_at_failures: int | None = None
    users_at_once: bool = True
