"""The resources of the Exchange provider, as the program declares them.

An adopted object was made by the Hybrid Configuration Wizard or by a person: the stack sets what it says about it, and
when the resource leaves the stack the object stays as it is. A property that is left out is not owned and never drifts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
from pulumi import Input, Output, ResourceOptions


class Bounds(TypedDict):
    """What a live value may move between without being drift."""

    minimum: Input[int]
    maximum: Input[int]


class Provider(pulumi.ProviderResource):
    """Exchange Online of the tenant with the GUID *tenant_id*.

    Its address and credential come from the file that MAILWAVE_ENDPOINTS names; a file of another tenant is refused.
    """

    def __init__(
        self, resource_name: str, *, tenant_id: Input[str], opts: ResourceOptions | None = None
    ) -> None:
        super().__init__("exchange", resource_name, {"tenantId": tenant_id}, opts)


class _Exchange(pulumi.CustomResource):
    """A resource whose properties are in snake case here and in camel case in the engine."""

    guid: Output[str]
    """Exchange's own id of the object."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None, inputs: Mapping[str, object]
    ) -> None:
        super().__init__(
            f"exchange:index:{type(self).__name__}", resource_name, {**inputs, "guid": None}, opts
        )

    def translate_input_property(self, prop: str) -> str:
        """Return the engine's name of a property."""
        return re.sub(r"_(\w)", lambda found: found[1].upper(), prop)

    def translate_output_property(self, prop: str) -> str:
        """Return this class's name of a property."""
        return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", prop)


class AcceptedDomain(_Exchange):
    """An accepted domain, adopted.

    *domain_type* is Authoritative, InternalRelay or ExternalRelay; *match_sub_domains* needs one of the relays.
    """

    domain_name: Output[str]
    domain_type: Output[str]
    match_sub_domains: Output[bool]

    def __init__(
        self,
        resource_name: str,
        *,
        domain_name: Input[str],
        domain_type: Input[str] | None = None,
        match_sub_domains: Input[bool] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "domain_name": domain_name,
            "domain_type": domain_type,
            "match_sub_domains": match_sub_domains,
        }
        super().__init__(resource_name, opts, inputs)


class OutboundConnector(_Exchange):
    """An outbound connector, made and removed by the stack; one that has the name already is adopted.

    *connector_type* is OnPremises or Partner; *tls_settings* is EncryptionOnly, CertificateValidation or
    DomainValidation, the last with a *tls_domain*; with *smart_hosts*, *use_mx_record* must be False.
    """

    name: Output[str]
    connector_type: Output[str]
    recipient_domains: Output[Sequence[str]]
    smart_hosts: Output[Sequence[str]]
    use_mx_record: Output[bool]
    tls_settings: Output[str]
    tls_domain: Output[str]
    cloud_services_mail_enabled: Output[bool]
    route_all_messages_via_on_premises: Output[bool]
    all_accepted_domains: Output[bool]
    enabled: Output[bool]
    comment: Output[str]

    def __init__(  # noqa: PLR0913 - one argument a property, all by keyword
        self,
        resource_name: str,
        *,
        name: Input[str],
        connector_type: Input[str],
        recipient_domains: Input[Sequence[Input[str]]] | None = None,
        smart_hosts: Input[Sequence[Input[str]]] | None = None,
        use_mx_record: Input[bool] | None = None,
        tls_settings: Input[str] | None = None,
        tls_domain: Input[str] | None = None,
        cloud_services_mail_enabled: Input[bool] | None = None,
        route_all_messages_via_on_premises: Input[bool] | None = None,
        all_accepted_domains: Input[bool] | None = None,
        enabled: Input[bool] | None = None,
        comment: Input[str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "name": name,
            "connector_type": connector_type,
            "recipient_domains": recipient_domains,
            "smart_hosts": smart_hosts,
            "use_mx_record": use_mx_record,
            "tls_settings": tls_settings,
            "tls_domain": tls_domain,
            "cloud_services_mail_enabled": cloud_services_mail_enabled,
            "route_all_messages_via_on_premises": route_all_messages_via_on_premises,
            "all_accepted_domains": all_accepted_domains,
            "enabled": enabled,
            "comment": comment,
        }
        super().__init__(resource_name, opts, inputs)


class MigrationEndpoint(_Exchange):
    """A migration endpoint, adopted; its credential cannot be set through this channel (fact A19).

    *migrations* and *incremental_syncs* bound the endpoint's two pools of slots (fact B3): the governor moves the live
    values between them, and only a value outside is drift, which an update brings to the nearer bound. *remote_server*
    is what the endpoint must already point to.
    """

    name: Output[str]
    remote_server: Output[str]
    migrations: Output[dict[str, int]]
    incremental_syncs: Output[dict[str, int]]

    def __init__(
        self,
        resource_name: str,
        *,
        name: Input[str],
        remote_server: Input[str] | None = None,
        migrations: Input[Bounds] | None = None,
        incremental_syncs: Input[Bounds] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "name": name,
            "remote_server": remote_server,
            "migrations": migrations,
            "incremental_syncs": incremental_syncs,
        }
        super().__init__(resource_name, opts, inputs)
