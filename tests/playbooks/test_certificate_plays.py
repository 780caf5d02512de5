"""Certificates turned over and retired, through Ansible: predict and touch nothing, apply, read back, apply again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailwave.core.plays import Answer, BeatStatus, PlayOutcome
from tests.playbooks import organisation, servers
from tests.playbooks.oauth import NEW, oauth, with_new
from tests.playbooks.seeds.healthy import healthy
from tests.playbooks.several import NAME, Play, answers_of, applying, in_parts, judging
from tests.playbooks.test_many_servers import A_SERVER, SHELLS

OAUTH, OAUTH_TWIN = "16_auth_certificate", "17_verify_auth_certificate"
RETIRE, RETIRE_TWIN = "10_retire_certificate", "11_verify_retired_certificate"


def beats(play: str, twin: str, **variables: str) -> list[list[Play]]:
    """The four beats of *play*, each a part of a run."""

    def told(name: str, *, check: bool = False) -> list[Play]:
        return [{**each, "vars": variables, "check_mode": check} for each in applying(name)]

    return [told(play, check=True), told(play), told(twin), told(play)]


def changed(answers: Sequence[Answer]) -> set[str]:
    """The servers on which something changed, or would."""
    return {each.server for each in answers if each.status is BeatStatus.CHANGED}


@pytest.mark.timeout(900)
def test_publish_and_clear(tmp_path: Path) -> None:
    """It should publish the next certificate and let the previous one go, each predicted, read back and done once."""
    with organisation.serving(tmp_path) as served:
        premises = served.premises
        for name in premises.servers:
            premises.organisation.machines.change(name, with_new)
        old = oauth(premises.organisation.machines["EX01"]).thumbprint
        staged = {"NewCertificateThumbprint": NEW, "NewCertificateEffectiveDate": "2099-01-01T00:00:00+00:00"}
        premises.run("Set-AuthConfig", **staged, Confirm=False)
        premises.calls.clear()

        steps = [
            beats(OAUTH, OAUTH_TWIN, auth_certificate_step=step, auth_certificate_thumbprint=NEW)
            for step in ("publish", "clear")
        ]
        result = in_parts(served, *steps[0], *steps[1]).run_play(NAME)

    assert result.outcome is PlayOutcome.OK, result.why
    assert [0, 1, 1, 1, 1, 2, 2, 2] == served.parts.writes
    assert ["Set-AuthConfig"] * 2 == premises.writes
    one = {"exchange-organisation"}
    assert [one, one, set(), set()] * 2 == [changed(each) for each in answers_of(result)]
    (found,) = premises.run("Get-AuthConfig")
    assert (NEW, None) == (found["CurrentCertificateThumbprint"], found["PreviousCertificateThumbprint"])
    assert old != NEW
    assert max(served.parts.opened) <= A_SERVER


@pytest.mark.timeout(900)
def test_retire(tmp_path: Path) -> None:
    """It should remove a certificate that was replaced from every server, once, and find it where it still is."""
    premises = healthy()
    for name in premises.names:
        own = next(
            each for each in premises.machines[name].certificates.values() if each.issuer != each.subject
        )
        old = replace(own, thumbprint="AB" * 20, serial_number="2")
        premises.change(name, lambda each, old=old: each.with_certificate(old))
    premises.calls.clear()

    with servers.serving(tmp_path, premises) as served:
        parts = beats(RETIRE, RETIRE_TWIN, server_certificates_retired="ab" * 20)
        first = [
            {**each, "vars": {"server_certificates_retired": "ab" * 20}} for each in judging(RETIRE_TWIN)
        ]
        result = in_parts(served, first, *parts).run_play(NAME)

    before, predicted, applied, verified, again = answers_of(result)
    everywhere = set(premises.names)
    assert everywhere == {each.server for each in before if each.values.get("differing") == ["state"]}
    assert (everywhere, everywhere) == (changed(predicted), changed(applied))
    assert not any(each.failed for each in (*predicted, *applied, *verified, *again)), result.why
    assert set() == changed(again)
    assert [0, 0, 3, 3, 3] == served.parts.writes
    assert {"Remove-ExchangeCertificate"} == {cmdlet for _, cmdlet in premises.writes}
    assert not any("AB" * 20 in premises.machines[name].certificates for name in premises.names)
    assert max(served.parts.opened) <= A_SERVER * len(premises.names)
    assert served.shells.most <= SHELLS
