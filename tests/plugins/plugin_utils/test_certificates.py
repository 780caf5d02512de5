"""What Exchange uses a certificate for, changed side by side, on simulated servers in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.certificates import (
    CertificateMissing,
    StillNeeded,
    bind,
    held,
    retire,
)

from exchange_admin.cmdlets import Side, complete
from tests.playbooks.seeds.web import SPARE, public
from tests.playbooks.servers import Premises
from tests.plugins.simulated import SimulatedAdmin

SERVICES = ["IIS", "SMTP"]


def an_admin(premises: Premises) -> SimulatedAdmin:
    return SimulatedAdmin(premises.site.invoke, prepare=lambda *call: complete(*call, Side.ON_PREMISES))


@pytest.fixture
def premises() -> Premises:
    made = Premises()
    for name in made.names:
        made.change(
            name,
            lambda each: each.with_certificate(
                replace(public(each), thumbprint=SPARE, friendly_name="New", services=frozenset())
            ),
        )
    return made


def test_side_by_side(premises: Premises) -> None:
    """It should bind the new one beside the old one, and let the old one go only then."""
    admin, old = an_admin(premises), public(premises.machines["EX01"]).thumbprint
    with pytest.raises(StillNeeded, match="only one for IIS, SMTP"):
        retire(admin, "EX01", old, check=False)

    assert bind(admin, "EX01", SPARE, SERVICES, check=False) == SERVICES
    assert {"SMTP"} <= held(admin, "EX01")[old].services
    assert bind(admin, "EX01", SPARE, SERVICES, check=False) == []

    assert retire(admin, "EX01", old, check=False)
    assert old not in held(admin, "EX01")
    assert not retire(admin, "EX01", old, check=False)
    assert old in held(admin, "EX02")


def test_prediction(premises: Premises) -> None:
    """It should predict and send nothing, also of a certificate that a task before would bring."""
    admin = an_admin(premises)

    assert bind(admin, "EX01", SPARE, SERVICES, check=True) == SERVICES
    assert bind(admin, "EX01", "BB" * 20, SERVICES, check=True) == SERVICES
    assert admin.writes == []


def test_no_such_certificate(premises: Premises) -> None:
    """It should refuse a certificate that is not on the server, or has no key there."""
    premises.change(
        "EX01", lambda each: each.with_certificate(replace(each.certificates[SPARE], has_private_key=False))
    )
    for thumbprint in ("BB" * 20, SPARE):
        with pytest.raises(CertificateMissing, match=thumbprint):
            bind(an_admin(premises), "EX01", thumbprint, SERVICES, check=False)
