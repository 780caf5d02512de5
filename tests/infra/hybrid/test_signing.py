"""DKIM for the shared domain."""

from __future__ import annotations

import pytest

from infra.hybrid.signing import Signing, SigningArgs
from tests.infra.doubles import Clouds, run


@pytest.mark.parametrize("published", [True, False])
def test_signs_once_the_records_are_public(*, published: bool) -> None:
    """It should make keys of 2048 bits at once, and sign only when their names are published (control 3)."""
    clouds = Clouds().install("hybrid-rehearsal")
    run(lambda: {"urn": Signing("signing", SigningArgs("nhsmail.example", published)).urn})
    expected = {"domainName": "nhsmail.example", "enabled": published, "keySize": 2048}
    assert expected == clouds.only("exchange:index:DkimSigningConfig").inputs
