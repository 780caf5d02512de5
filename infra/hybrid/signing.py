"""Signatures under the mail that leaves the tenant."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.exchange.resources import DkimSigningConfig
from infra.hybrid.part import Part

KEY_BITS = 2048
"""Control 3."""


@dataclass(frozen=True)
class SigningArgs:
    """*published*: the records of both selectors are public. Exchange refuses to sign before."""

    domain: str
    published: bool


class Signing(Part):
    """DKIM for the shared domain: its keys are made at once, so that their names can be published, then it signs."""

    def __init__(self, name: str, args: SigningArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("Signing", name, opts)

        self.config = DkimSigningConfig(
            "mail", domain_name=args.domain, enabled=args.published, key_size=KEY_BITS, opts=self.child
        )

        self.register_outputs({})
