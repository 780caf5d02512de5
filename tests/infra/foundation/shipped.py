"""A whole foundation's settings: those of production, which leave no part out."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from infra.configuration import parse
from infra.settings.foundation import FoundationSettings
from infra.stack import StackName
from tests.infra.doubles import SUBSCRIPTION, TENANT

FOLDER = Path(__file__).parents[3] / "environments"


def production(**changed: object) -> FoundationSettings:
    """The shipped settings of production in the tenant of the doubles, with *changed* keys; None leaves one out."""
    document = yaml.safe_load((FOLDER / "Pulumi.foundation-production.yaml").read_text(encoding="utf-8"))
    values = {key.removeprefix("mailwave:"): value for key, value in document["config"].items()}
    values |= {"tenant_id": TENANT, "subscription_id": SUBSCRIPTION, **changed}
    texts = {
        f"mailwave:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in values.items()
        if value is not None
    }
    return parse(StackName("foundation", "production"), FoundationSettings, texts)
