"""Let a review look at plays that somebody names: what it approves and makes is then those, each as one part."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mailwave.core.play_table import NotThatKind, Play, PlayTable, VariablesWrong


def carrying(table: PlayTable, names: Sequence[str]) -> PlayTable:
    """*table*, of which a review looks at the plays called *names* and at no others; as it is without any.

    A change is made by the play's name alone, so only a play is carried that needs no variable: what it works on stands
    in the environment's files, whose digests the change lists. A play of a batch goes with its wave's approval instead.

    Raises:
        NoSuchPlay: there is no play of that name.
        NotThatKind: it changes nothing, or belongs to a batch.
        VariablesWrong: it needs variables.
    """
    if not names:
        return table
    wanted = {_carried(table.find(name)).name for name in names}
    marked = (msgspec.structs.replace(play, prepares=play.name in wanted) for play in table.plays)
    return PlayTable(tuple(marked))


def _carried(play: Play) -> Play:
    if not play.changes or play.batch is not None:
        instead = "" if play.batch is not None else play.twin
        raise NotThatKind(play=play.name, wanted="carry in a change", instead=instead)
    left = [name for name in play.required if not play.variables[name].output]
    if left:
        says = {name: variable.says for name, variable in play.variables.items()}
        raise VariablesWrong(play=play.name, missing=left, unknown=(), says=says)
    return play
