"""The file of templates: one for everybody, and no placeholder that nobody fills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from estate_schema.errors import ConfigurationError
from estate_schema.notices import load_notices

FILE = Path(__file__).parents[2] / "environments" / "notices.yaml"


def test_the_file_is_right() -> None:
    """It should be taken as it is in the tree, and say nothing that follows a reader: no link with a query."""
    for row in load_notices(FILE).templates:
        assert "?" not in row.body
        assert {"https://support.nhs.net"} >= {word for word in row.body.split() if "://" in word}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"subject": "((surname))"}, "placeholder 'surname'"),
        ({"subject": "one\ntwo"}, "several lines"),
        ({"milestone": "someday"}, "two_weeks"),
        ({"audience": "delegate", "body": "((number))"}, "placeholder 'number'"),
        ({"language": "fr"}, "no template in English for every user at two_weeks"),
        ({"milestone": "success"}, "twice"),
        ({"id": "6b9f2d0e-2f5f-4a3e-9d0c-1f6a7c4b8e02"}, "twice"),
    ],
)
def test_a_template_that_cannot_be_sent_is_refused(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    """It should say what is wrong before anybody is written to."""
    written = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    written["templates"][0] |= change
    file = tmp_path / "notices.yaml"
    file.write_text(yaml.safe_dump(written), encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load_notices(file)

    assert problem in str(caught.value)
