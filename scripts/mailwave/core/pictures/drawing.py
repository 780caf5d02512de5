"""Writes SVG: escaped text, colours that the colour-blind can tell apart, light or dark as the reader has it.

A picture has a title and a description for who cannot see it, no script, and asks nothing of any other place.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

NAMESPACE = "http://www.w3.org/2000/svg"

STEPS = 5
"""Shades of the scale, from few to many."""

_LIGHT = {
    "paper": "#ffffff", "ink": "#1b1f24", "faint": "#59636e", "line": "#d0d7de", "none": "#f0f2f5",
    "s1": "#cfe3f4", "s2": "#94c4e4", "s3": "#559fcf", "s4": "#2274b0", "s5": "#0a3f73",
    "planned": "#0072b2", "band": "#e69f00", "done": "#007a5a", "risk": "#b03a00",
}  # fmt: skip
_DARK = {
    "paper": "#0d1117", "ink": "#e6edf3", "faint": "#9aa4af", "line": "#30363d", "none": "#1a2029",
    "s1": "#12324f", "s2": "#1c5687", "s3": "#3583bd", "s4": "#74b3de", "s5": "#cfe8fa",
    "planned": "#56b4e9", "band": "#e69f00", "done": "#2fc79a", "risk": "#ff9a5c",
}  # fmt: skip
# Blue, orange and bluish green are of the set of Okabe and Ito; the scale is one hue, told apart by lightness alone.

_RULES = """
svg { background: var(--paper); font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
text { fill: var(--ink); } .faint { fill: var(--faint); } .head { font-size: 15px; font-weight: 600; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.paper { fill: var(--paper); } .grid { stroke: var(--line); } .axis { stroke: var(--faint); }
.none { fill: var(--none); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }
.s4 { fill: var(--s4); } .s5 { fill: var(--s5); }
.risk { fill: var(--risk); stroke: var(--paper); stroke-width: 1.2; }
.planned { fill: none; stroke: var(--planned); stroke-width: 2; stroke-dasharray: 7 4; }
.band { fill: var(--band); fill-opacity: .35; stroke: none; }
.half { fill: none; stroke: var(--band); stroke-width: 2; }
.nine { fill: none; stroke: var(--band); stroke-width: 1.6; stroke-dasharray: 2 3; }
.done { fill: none; stroke: var(--done); stroke-width: 4; }
"""


class Drawing:
    """An SVG picture of *width* by *height* pixels, called *title*, which *description* tells to who cannot see it."""

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.root = ET.Element(
            "svg",
            {
                "xmlns": NAMESPACE,
                "viewBox": f"0 0 {width} {height}",
                "width": str(width),
                "height": str(height),
                "role": "img",
                "aria-labelledby": "title description",
            },
        )
        _add(self.root, "title", title, id="title")
        _add(self.root, "desc", description, id="description")
        _add(self.root, "style", _style())
        self.add("rect", width=width, height=height, look="paper")

    def add(self, tag: str, text: str | None = None, look: str = "", **places: float | str) -> ET.Element:
        """One more element with the class *look*; *text* is what is inside it, *places* are its attributes."""
        attributes = {name.replace("_", "-"): _number(value) for name, value in places.items()}
        if look:
            attributes["class"] = look
        return _add(self.root, tag, text, **attributes)

    def line(self, points: Sequence[tuple[float, float]], look: str) -> None:
        """A line through *points*."""
        self.add("polyline", look=look, points=_points(points))

    def area(self, points: Sequence[tuple[float, float]], look: str) -> None:
        """The area within *points*."""
        self.add("polygon", look=look, points=_points(points))

    def text(self) -> str:
        """The picture as the text of a file."""
        ET.indent(self.root, " ")
        return ET.tostring(self.root, encoding="unicode", xml_declaration=False) + "\n"


def hint(element: ET.Element, text: str) -> None:
    """Say *text* of *element* to who points at it or has it read aloud."""
    _add(element, "title", text)


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, attributes)
    element.text = None if text is None else _allowed(text)
    return element


def _allowed(text: str) -> str:
    """*text* without the control characters that XML has no way to write."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


def _style() -> str:
    light, dark = (
        " ".join(f"--{name}: {colour};" for name, colour in each.items()) for each in (_LIGHT, _DARK)
    )
    usual = f":root {{ color-scheme: light dark; {light} }}"
    return f"{usual}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}{_RULES}"
