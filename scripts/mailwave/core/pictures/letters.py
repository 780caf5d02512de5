"""The pictures of a plan in letters, for a terminal: bars and a line of sparks, which a screen reader can skip."""

from __future__ import annotations

from collections.abc import Sequence

_SPARKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def sparkline(values: Sequence[float], width: int) -> str:
    """*values* from left to right as at most *width* bars, the highest of each few that share one; 0 is a blank."""
    most = max(values, default=0)
    if most <= 0:
        return ""
    columns = min(width, len(values))
    highest = [
        max(values[n * len(values) // columns : (n + 1) * len(values) // columns]) for n in range(columns)
    ]
    return "".join(
        _SPARKS[min(int(value / most * len(_SPARKS)), len(_SPARKS) - 1)] if value else " "
        for value in highest
    )


def bar(value: float, most: float, width: int) -> str:
    """*value* as a bar, *width* letters long for *most*; anything above 0 is seen."""
    if value <= 0 or most <= 0:
        return ""
    eighths = max(round(min(value / most, 1) * width * 8), 1)
    whole, rest = divmod(eighths, 8)
    return _EIGHTHS[8] * whole + (_EIGHTHS[rest] if rest else "")
