"""The mailbox that mail is tried with, which the estate file and the stack hybrid both name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from estate_schema import ConfigurationError
from mailwave.wiring.delivery import _require_the_stack_s

ENVIRONMENTS = Path(__file__).parents[3] / "environments"


@pytest.mark.parametrize("name", ["rehearsal", "dev", "pilot", "production"])
def test_every_environment_names_one_mailbox(name: str) -> None:
    """It should find in each environment the mailbox of the estate file in the stack's."""
    estate = yaml.safe_load((ENVIRONMENTS / f"estate.{name}.yaml").read_text(encoding="utf-8"))

    _require_the_stack_s(estate["delivery"]["cloud"], ENVIRONMENTS / f"Pulumi.hybrid-{name}.yaml")


@pytest.mark.parametrize(
    ("config", "said"), [({"mailwave:delivery_mailbox": "a@x.example"}, "a@"), ({}, "missing")]
)
def test_another_mailbox_is_refused(tmp_path: Path, config: dict[str, str], said: str) -> None:
    """It should name both mailboxes in one sentence, and pass where the stack's file is not here."""
    file = tmp_path / "Pulumi.hybrid-x.yaml"
    _require_the_stack_s("b@x.example", file)
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")

    with pytest.raises(ConfigurationError, match=f"{said}.*estate file is b@x.example"):
        _require_the_stack_s("b@x.example", file)
