"""What the layer `identity` can be told, and what it refuses."""

from __future__ import annotations

import json

import pytest

from infra.configuration import parse
from infra.errors import BadSetting
from infra.settings.identity import IdentitySettings
from infra.stack import StackName
from tests.infra.doubles import OTHER, SUBSCRIPTION, TENANT
from tests.infra.identity.certificates import a_pem

STACK = StackName("identity", "pilot")
CERTIFICATE = {
    "holder": "reader",
    "name": "one",
    "pem": a_pem(),
    "starts": "2026-11-01",
    "expires": "2027-04-30",
}
LICENCE = {"name": "office", "sku": OTHER, "disabled_plans": []}
BOARD = {"code": "QWO", "name": "West Yorkshire"}
GOOD: dict[str, object] = {
    "tenant_id": TENANT,
    "subscription_id": SUBSCRIPTION,
    "protect": "true",
    "retain": "true",
    "pipeline": {"issuer": "https://pipeline.example", "repository": "nhs/mailwave"},
    "certificates": [CERTIFICATE],
    "licences": [LICENCE],
    "care_boards": [BOARD],
    "enforced_policies": ["require-mfa"],
}


def read(**changed: object) -> IdentitySettings:
    entries = {
        f"mailwave:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in {**GOOD, **changed}.items()
    }
    return parse(STACK, IdentitySettings, entries)


def test_reads_a_certificate_of_180_days() -> None:
    """It should take a certificate that is valid for 180 days, the most that is allowed (control 43)."""
    (certificate,) = read().certificates

    assert 180 == (certificate.expires - certificate.starts).days


@pytest.mark.parametrize(
    ("changed", "key", "problem", "allowed"),
    [
        (
            {"certificates": [{**CERTIFICATE, "expires": "2027-05-01"}]},
            "certificates[0].expires",
            'is "2027-05-01", which is 181 days after the first day, 2026-11-01',
            "at most 180 days after the first",
        ),
        (
            {"certificates": [{**CERTIFICATE, "expires": "2026-11-01"}]},
            "certificates[0].expires",
            "is 0 days after the first day",
            "at most 180 days after the first",
        ),
        (
            {"certificates": [{**CERTIFICATE, "pem": a_pem() + "-----BEGIN PRIVATE KEY-----"}]},
            "certificates[0].pem",
            "holds a private key",
            "without its private key",
        ),
        ({"certificates": [CERTIFICATE, CERTIFICATE]}, "certificates", "names one of them twice", "holder"),
        (
            {"certificates": [{**CERTIFICATE, "holder": "operator"}]},
            "certificates[0].holder",
            "operator",
            "completer",
        ),
        ({"enforced_policies": ["require-mfaa"]}, "enforced_policies[0]", "require-mfaa", "require-mfa"),
        ({"enforced_policies": ["require-mfa"] * 2}, "enforced_policies", "names one of them twice", "empty"),
        ({"care_boards": [BOARD, BOARD]}, "care_boards", "names one of them twice", "each code once"),
        ({"care_boards": [{**BOARD, "code": "15F"}]}, "care_boards[0].code", "15F", "QWO"),
        ({"licences": [LICENCE, LICENCE]}, "licences", "names one of them twice", "sku"),
        (
            {"pipeline": {"issuer": "http://pipeline.example", "repository": "nhs/mailwave"}},
            "pipeline.issuer",
            "http://pipeline.example",
            "https",
        ),
        (
            {"pipeline": {"issuer": "https://pipeline.example", "repository": "nhs/*"}},
            "pipeline.repository",
            "nhs/*",
            "without wildcards",
        ),
    ],
)
def test_refuses_what_is_wrong(changed: dict[str, object], key: str, problem: str, allowed: str) -> None:
    """It should name the key and the value, and say what is allowed."""
    with pytest.raises(BadSetting) as refused:
        read(**changed)

    assert f"mailwave:{key}" == refused.value.key
    assert problem in refused.value.problem
    assert allowed in refused.value.allowed
