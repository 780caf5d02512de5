"""The certificate for OAuth, turned over on the simulated servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rehearsal.site.lab import Lab
from rehearsal.site.machine_setup import OAUTH, SERVICE_HOST
from rehearsal.site.options import Options

NEW = "CD" * 20


@pytest.fixture
def lab() -> Lab:
    """The organisation, with a new certificate on EX01 alone."""
    made = Lab(Options())
    made.organisation.machines.change(
        "EX01",
        lambda there: there.with_certificate(
            replace(
                next(each for each in there.certificates.values() if each.subject == OAUTH), thumbprint=NEW
            )
        ),
    )
    return made


def shown(lab: Lab) -> tuple[Any, Any, Any]:
    (row,) = lab.rows("Get-AuthConfig")
    return tuple(row[f"{which}CertificateThumbprint"] for which in ("Current", "Previous", "Next"))  # type: ignore[return-value]


def stage(lab: Lab, hours: int = 72) -> None:
    date = lab.clock.now + timedelta(hours=hours)
    lab.rows("Set-AuthConfig", NewCertificateThumbprint=NEW, NewCertificateEffectiveDate=date.isoformat())


def test_turned_over(lab: Lab) -> None:
    """It should have the new one beside the old one, then before it, and let the old one go."""
    old, _, _ = shown(lab)
    assert old in lab.organisation.machines["EX11"].certificates

    stage(lab)
    assert (old, None, NEW) == shown(lab)
    lab.rows("Set-AuthConfig", PublishCertificate=True)
    assert (NEW, old, None) == shown(lab)
    lab.rows("Set-AuthConfig", ClearPreviousCertificate=True)
    assert (NEW, None, None) == shown(lab)
    assert "no next certificate" in lab.refused("Set-AuthConfig", PublishCertificate=True)


def test_brought_to_every_server(lab: Lab) -> None:
    """It should come to every server whose service host runs, after a while, and become current on its date."""
    lab.organisation.machines.change("EX02", lambda there: there.service_stopped(SERVICE_HOST))
    stage(lab)
    assert NEW not in lab.organisation.machines["EX11"].certificates

    lab.wait(hours=1)
    assert NEW in lab.organisation.machines["EX11"].certificates
    assert NEW not in lab.organisation.machines["EX02"].certificates
    lab.wait(hours=72)
    assert shown(lab)[0] == NEW


def test_refused(lab: Lab) -> None:
    """It should refuse a certificate that is not there or has no key, and ask before a date that is near."""
    date = (lab.clock.now + timedelta(days=4)).isoformat()
    unknown = {"NewCertificateThumbprint": "EF" * 20, "NewCertificateEffectiveDate": date}
    assert "isn't on EX01" in lab.refused("Set-AuthConfig", **unknown)
    near = {"NewCertificateThumbprint": NEW, "NewCertificateEffectiveDate": lab.clock.now.isoformat()}
    assert '"48" hours' in lab.refused("Set-AuthConfig", **near)
    assert lab.refused("Set-AuthConfig", **near, Force=True) == ""


def test_its_other_settings(lab: Lab) -> None:
    """It should take a realm as any other object takes a setting."""
    lab.rows("Set-AuthConfig", Realm="nhsmail.example")

    assert lab.rows("Get-AuthConfig")[0]["Realm"] == "nhsmail.example"
