"""Who is licensed for what."""

from __future__ import annotations

import pulumi

from infra.identity.licences import Licences, LicencesArgs
from infra.settings.identity import Licence
from tests.infra.doubles import OTHER, TENANT, Clouds


@pulumi.runtime.test
def test_a_group_gives_its_members_a_product() -> pulumi.Output[None]:
    """It should make a group without members for each licence, and license it without the plans that are disabled."""
    clouds = Clouds().install("identity-rehearsal")
    licence = Licence(name="office", sku=OTHER, disabled_plans=(TENANT,))

    licences = Licences("licences", LicencesArgs([licence], {"office": "mailwave licence office"}))

    def check(_: object) -> None:
        group = clouds.only("azuread:index/groupWithoutMembers:GroupWithoutMembers").inputs
        assert ("mailwave licence office", True) == (group["displayName"], group["preventDuplicateNames"])
        assert {
            "groupObjectId": "object-id-of-licence-office",
            "skuId": OTHER,
            "disabledPlans": [TENANT],
        } == clouds.only("azuread:index/groupLicense:GroupLicense").inputs

    return pulumi.Output.all(*(each.id for each in licences.licences)).apply(check)
