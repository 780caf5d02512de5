"""Which versions of Exchange answer, and that what plays send exists in every version that they send it to."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import releases
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotInVersion
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import ObjectType, object_types
from ansible_collections.mailwave.exchange.plugins.plugin_utils.releases import RELEASES, Offer

from exchange_admin import cmdlets

NOT_IN_2016 = {
    *("Get-AuthenticationPolicy", "New-AuthenticationPolicy", "Set-AuthenticationPolicy"),
    *("Set-User -AuthenticationPolicy", "Set-OrganizationConfig -DefaultAuthenticationPolicy"),
}
"""What a site of Exchange 2016 alone lacks; fact B46 is about servers that have it."""


def a_server(name: str, build: str, site: str = "Leeds") -> dict[str, Any]:
    return {"Fqdn": f"{name}.example", "AdminDisplayVersion": f"Version {build})", "Site": site}


EX01 = a_server("ex01", "15.1 (Build 2507.66")
EX02 = a_server("ex02", "15.2 (Build 1748.43")
EX11 = a_server("ex11", "15.2 (Build 2562.37", "Bristol")


@pytest.mark.parametrize(
    ("shown", "release"),
    [
        ("Version 15.1 (Build 2507.6)", "2016"),
        ("Version 15.2 (Build 1748.10)", "2019"),
        ("Version 15.2 (Build 2562.17)", "SE"),
        ("Version 15.0 (Build 1497.2)", None),
        ("15.2.1748.10", None),
    ],
)
def test_release(shown: str, release: str | None) -> None:
    """It should tell 2016, 2019 and SE by their numbers (fact D16)."""
    assert release == releases.release(shown)


def test_answering() -> None:
    """It should know the version of a server asked for by name, and expect any where the name is no server's."""
    rows = [EX01, EX02, EX11]

    assert {"2016"} == releases.answering(rows, "EX01.example")
    assert {"2016", "2019", "SE"} == releases.answering(rows, "mail.example")


def test_another_server() -> None:
    """It should look for another server in the same site only."""
    rows = [EX01, EX02, EX11]

    assert "ex02.example" == releases.another(rows, "ex01.example", frozenset({"2019", "SE"}))
    assert releases.another([EX01, EX11], "ex01.example", frozenset({"SE"})) is None


def test_refused_by_metadata() -> None:
    """It should refuse what a version lacks, by cmdlet and parameter, and ask for the version only then."""
    asked: list[str] = []

    def here() -> frozenset[str]:
        asked.append("here")
        return frozenset({"2016"})

    offer = Offer(here)
    offer.require("Set-User", {"Identity": "x", "RemotePowerShellEnabled": True})
    assert [] == asked
    with pytest.raises(NotInVersion, match="Set-User -AuthenticationPolicy does not exist in Exchange 2016"):
        offer.require("Set-User", {"AuthenticationPolicy": "x"})
    with pytest.raises(NotInVersion, match="New-AuthenticationPolicy does not"):
        offer.require("New-AuthenticationPolicy", {})


def lacking(kind: ObjectType) -> set[str]:
    """What *kind* uses and some version lacks."""
    found = set()
    get, maker, setter = f"Get-{kind.noun}", kind.maker, f"Set-{kind.noun}"
    for name in (get, *([maker] if kind.place.made else [])):
        found |= {name} if cmdlets.releases(name) != RELEASES else set()
    for item in kind.properties:
        takes = cmdlets.releases(setter, item.parameter) | (
            cmdlets.releases(maker, item.parameter) if kind.place.made else frozenset()
        )
        if takes == RELEASES:
            continue
        name = setter if cmdlets.releases(setter, item.parameter) else maker
        found.add(f"{name} -{item.parameter}" if cmdlets.releases(name) == RELEASES else name)
    return found


def test_every_cmdlet_exists() -> None:
    """It should name only cmdlets and parameters that exist in every version, or that a rule knows not to."""
    assert NOT_IN_2016 == {each for kind in object_types().values() for each in lacking(kind)}


def test_fixed_parameters_exist() -> None:
    """It should send with a maker or a commit only what these take."""
    for kind in object_types().values():
        sent = [(kind.maker, name) for name in kind.fixed]
        sent += [(kind.commit.cmdlet, name) for name in kind.commit.parameters] if kind.commit else []
        assert [] == [each for each in sent if cmdlets.releases(*each) != RELEASES]


def test_choices_are_those_of_the_reference() -> None:
    """It should offer no value that Microsoft's reference does not list."""
    described = cmdlets._cmdlets()
    for kind in object_types().values():
        for item in kind.properties:
            for name in (f"Set-{kind.noun}", kind.maker):
                parameter = described.get(name, {}).get("parameters", {}).get(item.parameter, {})
                if item.choices and parameter.get("values"):
                    assert set(item.choices) <= set(parameter["values"]), (name, item.parameter)
