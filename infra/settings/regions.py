"""The regions of Azure's public cloud, by their short names, without those that are announced only.

Source: articles/reliability/regions-list.md of MicrosoftDocs/reliability-docs, 23 September 2025, column "Programmatic
name". A region that opens later is added here.
"""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import AfterValidator, Field

REGIONS = (
    "australiacentral", "australiacentral2", "australiaeast", "australiasoutheast", "austriaeast", "belgiumcentral",
    "brazilsouth", "brazilsoutheast", "canadacentral", "canadaeast", "centralindia", "centralus", "chilecentral",
    "eastasia", "eastus", "eastus2", "francecentral", "francesouth", "germanynorth", "germanywestcentral",
    "indonesiacentral", "israelcentral", "italynorth", "japaneast", "japanwest", "koreacentral", "koreasouth",
    "malaysiawest", "mexicocentral", "newzealandnorth", "northcentralus", "northeurope", "norwayeast", "norwaywest",
    "polandcentral", "qatarcentral", "southafricanorth", "southafricawest", "southcentralus", "southeastasia",
    "southindia", "spaincentral", "swedencentral", "switzerlandnorth", "switzerlandwest", "uaecentral", "uaenorth",
    "uksouth", "ukwest", "westcentralus", "westeurope", "westindia", "westus", "westus2", "westus3",
)  # fmt: skip


def _known(name: str) -> str:
    if name not in REGIONS:
        near = difflib.get_close_matches(name.lower().replace(" ", ""), REGIONS, n=1)
        raise ValueError("is no region of Azure" + (f"; the nearest name is {near[0]}" if near else ""))
    return name


Region = Annotated[
    str,
    AfterValidator(_known),
    Field(
        description="An Azure region by its short name, such as uksouth",
        json_schema_extra={"enum": [*REGIONS]},
    ),
]
