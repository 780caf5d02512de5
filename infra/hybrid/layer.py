"""The layer `hybrid`: mail flow between the two sides, and the endpoints that moves come from."""

from __future__ import annotations

import pulumi

from infra.exchange.resources import Bounds as Between
from infra.exchange.resources import Provider
from infra.hybrid.mail_flow import MailFlow, MailFlowArgs
from infra.hybrid.move_sources import MoveSource, MoveSources, MoveSourcesArgs
from infra.lower import Lower
from infra.settings import Bounds, Endpoint, HybridSettings
from infra.stack import StackName


async def lay_hybrid(stack: StackName, settings: HybridSettings) -> pulumi.Inputs:
    """Declare the layer's resources and return its outputs.

    The Exchange provider compares its tenant with that of the endpoints file before it plans anything.

    Raises:
        NotDeployed: the identity layer is not there.
        WrongOwner: the identity layer belongs to another tenant.
    """
    identity = await Lower.of(stack, "identity")
    identity.require_owner(tenant=settings.tenant_id)
    exchange = Provider("exchange", tenant_id=settings.tenant_id)
    opts = pulumi.ResourceOptions(providers=[exchange], protect=settings.protect)
    mail = MailFlow("mail-flow", _mail_flow(stack, settings), opts)
    sources = MoveSources("move-sources", _sources(settings), opts)
    return {
        "tenant_id": settings.tenant_id,
        "client_id": identity.require("client_id"),
        "mail_domain": mail.mail_domain,
        "routing_domain": settings.routing_domain,
        "connector_name": mail.connector_name,
        "endpoints": sources.facts,
    }


def _mail_flow(stack: StackName, settings: HybridSettings) -> MailFlowArgs:
    return MailFlowArgs(
        mail_domain=settings.mail_domain,
        domain_type=settings.domain_type,
        connector_name=stack.display_name("to on-premises"),
        smart_hosts=settings.smart_hosts,
        tls_domain=settings.tls_domain,
        retain=settings.retain,
    )


def _sources(settings: HybridSettings) -> MoveSourcesArgs:
    return MoveSourcesArgs([_source(endpoint) for endpoint in settings.endpoints], settings.retain)


def _source(endpoint: Endpoint) -> MoveSource:
    return MoveSource(
        name=endpoint.name,
        remote_server=endpoint.remote_server,
        migrations=_between(endpoint.migrations),
        incremental_syncs=_between(endpoint.incremental_syncs),
    )


def _between(bounds: Bounds) -> Between:
    return Between(minimum=bounds.minimum, maximum=bounds.maximum)
