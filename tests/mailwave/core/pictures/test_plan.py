"""The picture of a plan: well-formed, complete, safe with any name, and asking nothing of any other place."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from mailwave.core.forecast.chances import PUBLISHED, drawn
from mailwave.core.forecast.summary import Forecast, forecast
from mailwave.core.pictures import drawing
from mailwave.core.pictures.drawing import NAMESPACE
from mailwave.core.pictures.plan import picture
from mailwave.core.pictures.view import Done, View
from tests.mailwave.core.forecast import loads

NAME = 'Leeds & <script>alert("x")</script> \x07 plané'


@pytest.fixture(scope="module")
def seen() -> Forecast:
    return forecast(loads.drawn_plan(9).load(), drawn(PUBLISHED, runs=100, seed=1))


@pytest.fixture(scope="module")
def view(seen: Forecast) -> View:
    done = [Done(night.night, night.due) for night in seen.nights[:4]]
    return View(NAME, seen.mailboxes, seen.nights, seen.ends, done)


@pytest.fixture(scope="module")
def text(view: View) -> str:
    return picture(view)


def parts(text: str, tag: str, look: str = "") -> list[ET.Element]:
    found = ET.fromstring(text).iter(f"{{{NAMESPACE}}}{tag}")
    return [element for element in found if not look or look in element.get("class", "").split()]


def test_names_are_escaped(text: str) -> None:
    """It should show a name with signs of markup as it is, without the control characters that XML cannot hold."""
    assert 'Leeds & <script>alert("x")</script>  plané' == parts(text, "title")[0].text
    assert [] == parts(text, "script")


def test_it_asks_nothing_of_any_other_place(text: str) -> None:
    """It should hold no script, no style sheet, image or font of elsewhere, and no link."""
    assert "script" not in {element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()}
    outside = re.findall(
        r'(?:href|src|url\(|@import|on\w+=)[^"]*', re.sub(r"<title.*?</title>|<text.*?</text>", "", text)
    )
    assert [] == outside
    assert {NAMESPACE} == set(re.findall(r"https?://[^\"]+", text))


def test_who_cannot_see_it_is_told(text: str, seen: Forecast) -> None:
    """It should have a title and a description with the mailboxes and the ends, which the picture refers to."""
    root = ET.fromstring(text)
    named = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert ["title", "description"] == (root.get("aria-labelledby") or "").split()
    description = named["description"].text or ""
    assert f"{seen.mailboxes:,} mailboxes" in description
    assert f"{seen.ends.p90:%d %b %Y}" in description


def test_each_night_has_its_cell(text: str, view: View) -> None:
    """It should have a cell for each planned night, which says how many move, darkest where the most do."""
    hints = [
        (cell, title.text or "")
        for cell in parts(text, "rect")
        for title in cell.iter(f"{{{NAMESPACE}}}title")
    ]
    assert [f"{night.night:%a %d %b %Y}: {night.planned:,} mailboxes" for night in view.planned] == [
        hint.partition(" mailboxes")[0] + " mailboxes" for _, hint in hints
    ]
    most = max(night.planned for night in view.planned)
    darkest = [hint for cell, hint in hints if cell.get("class") == "s5"]
    assert any(f"{most:,} mailboxes" in hint for hint in darkest)


def test_nights_at_risk_are_marked_by_more_than_a_colour(text: str, seen: Forecast) -> None:
    """It should put a dot into each night at risk, and one into the legend."""
    assert len(seen.at_risk) + 1 == len(parts(text, "circle", "risk"))


def test_the_lines_are_told_apart_without_colour(text: str) -> None:
    """It should draw planned, P50, P90 and done by strokes that differ in dashes or width."""
    style = parts(text, "style")[0].text or ""
    looks = [re.search(rf"\.{name} {{([^}}]*)}}", style) for name in ("planned", "half", "nine", "done")]
    strokes = {
        tuple(re.findall(r"stroke-(?:width|dasharray): [^;]+", look[1])) for look in looks if look is not None
    }
    assert 4 == len(strokes)
    assert all(len(parts(text, "polyline", name)) == 1 for name in ("planned", "half", "nine", "done"))


def test_it_follows_light_and_dark(text: str) -> None:
    """It should have each colour twice, for light and for dark."""
    style = parts(text, "style")[0].text or ""
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    names = set(re.findall(r"(--\w+):", light))
    assert names == set(re.findall(r"(--\w+):", dark))
    assert set(re.findall(r"var\((--\w+)\)", style)) <= names


def test_the_steps_of_lightness_can_be_told_apart() -> None:
    """It should give the scale one hue whose lightness rises or falls by much at each step, in both schemes."""
    for scheme in (drawing._LIGHT, drawing._DARK):
        shades = [luminance(scheme[name]) for name in ("s1", "s2", "s3", "s4", "s5")]
        ratios = [(max(a, b) + 0.05) / (min(a, b) + 0.05) for a, b in pairwise(shades)]
        assert min(ratios) > 1.35
        assert shades in (sorted(shades), sorted(shades, reverse=True))
        assert contrast(scheme["ink"], scheme["paper"]) > 7
        assert contrast(scheme["faint"], scheme["paper"]) > 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_plan_of_years_goes_into_rows(seen: Forecast) -> None:
    """It should put weeks beyond a year into another row, and not beyond the picture's edge."""
    load = loads.even_load([10] * 800, room=20, nights=800)
    long = forecast(load, drawn(PUBLISHED, runs=10, seed=1))
    text = picture(View("long", long.mailboxes, long.nights, long.ends))
    assert max(float(cell.get("x", 0)) for cell in parts(text, "rect")) < 900
    assert 800 <= len([cell for cell in parts(text, "rect") if len(cell)])
