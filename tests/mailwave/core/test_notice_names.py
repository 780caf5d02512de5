"""Names in notices: whatever was written into one, nothing of it acts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailwave.core.hostile import harm
from mailwave.core.notice_names import LONGEST, NOBODY, harmless


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SMITH, John (LEEDS TEACHING HOSPITALS NHS TRUST)", "SMITH, John"),
        ("Siân O’Neill-Davies", "Siân O’Neill-Davies"),
        ("Dr. J. Smith", "Dr. J. Smith"),
        ("محمد علي", "محمد علي"),
        ("<b onclick=x>Ann</b>", "Ann"),
        ("<script>alert(1)</script>Ann", "alert"),
        ("((password))", "password"),
        ("{{ 7*7 }}", "7 7"),
        ("[Click](https://evil.example/login)", "Click"),
        ("evil.example", "evil example"),
        ("www.evil.example Ann", "Ann"),
        ("=HYPERLINK(1)", "HYPERLINK"),
        ("@SUM+1-2", "SUM 1-2"),
        ("-2+3", "2 3"),
        ("Ann\u202egnp.exe", "Anngnp exe"),
        ("\u200bAnn\u2066", "Ann"),
        ("\x1b[31mAnn\x1b[0m", "Ann"),
        ("\x1b]8;;https://evil.example\x07Ann\x1b]8;;\x07", "Ann"),
        ("Ann\r\nBcc: all@nhs.example", "Ann Bcc"),
        ("Ann\x00\x07", "Ann"),
        ("\uff1cb\uff1eAnn", "Ann"),
        ("# *Ann* `x` ^y ~z |", "Ann x y z"),
        ("   ", NOBODY),
        ("\u202e", NOBODY),
        ("x" * 500, "x" * LONGEST),
    ],
)
def test_a_name_keeps_its_words_and_nothing_else(name: str, expected: str) -> None:
    """It should leave what a person is called, and take out what a page, sheet, terminal or template would obey."""
    assert expected == harmless(name)


@given(st.text(max_size=200))
@example("((" * 3 + "name" + "))" * 3)
@example("\u202e<a href=//x>\x1b[2J")
def test_no_name_acts(name: str) -> None:
    """It should leave nothing but words, and change nothing when it is asked again."""
    shown = harmless(name)

    assert 0 < len(shown) <= LONGEST
    assert all(letter in " '’-,.&" or unicodedata.category(letter)[0] in "LMN" for letter in shown)
    assert not re.search(r"\w\.\w|\s\s|\A[-=+@]", shown)
    assert "" == harm("name", shown)
    assert "((" not in shown
