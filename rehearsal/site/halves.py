"""Free/busy between an on-premises organisation and its tenant, as the site sees it: what it shows, and its two tests.

Test-OAuthConnectivity asks the tenant's web services for an inbox as a mailbox of the site: it proves the token, and
nothing of the relationship. Test-OrganizationRelationship compares relationships, and sees no calendar; it looks at
neither whether one is on nor OAuth, and writes texts before its results (opd; the rest is decompiled code of Exchange).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol
from urllib.parse import urlsplit

from rehearsal.post import hidden
from rehearsal.post.hidden import Hidden
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.hybrid import EXCHANGE_ONLINE
from rehearsal.site.mrs_proxy import protection_broken
from rehearsal.site.offer import Offer, offered
from rehearsal.site.organisation import Organisation
from rehearsal.site.relationship_test import steps
from rehearsal.site.surroundings import Row
from rehearsal.wire import CmdletResult

ONLINE_HOSTS = frozenset({"outlook.office365.com", "outlook.office.com"})
"""Where the tenant's web services answer (fact D18)."""
_THIRD_PARTY = "ExchangeOnpremAsThirdPartyAppId"
_REFUSED = "System.Net.WebException: The remote server returned an error: (401) Unauthorized."


class Far(Protocol):
    """The tenant, as a site reaches it."""

    @property
    def serves_ews(self) -> bool:
        """Whether its web services are open."""
        ...

    def owns(self, address: str) -> bool:
        """Whether the site has a mailbox of this address beside those of the estate."""
        ...

    def knows(self, address: str) -> bool:
        """Whether the tenant knows whose address this is."""
        ...

    def relationships(self, domain: str) -> list[Row]:
        """The relationships of the tenant with the organisation of *domain*."""
        ...


class Halves:
    """What joins the site of *organisation* to *far*; *exists* tells whether a mailbox of the site is called so."""

    def __init__(self, organisation: Organisation, exists: Callable[[str], bool]) -> None:
        self.far: Far | None = None
        self._organisation = organisation
        self._exists = exists
        self.cmdlets: Offer = {
            "Test-OAuthConnectivity": offered("Service TargetUri Mailbox", self._oauth),
            "Test-OrganizationRelationship": offered("Identity UserIdentity", self._relationship),
        }

    def hides(self, address: str) -> Hidden | None:
        """Why a question of the tenant for the calendar of *address* is not answered; None where it is."""
        if self._shut() or not self._takes_tokens():
            return hidden.unauthorised()
        if not self._here(address):
            return hidden.unknown(address)
        return None if self._shows() else hidden.no_access()

    def _here(self, address: str) -> bool:
        return self._exists(address) or (self.far is not None and self.far.owns(address))

    def _rows(self, noun: str) -> list[Row]:
        return self._organisation.objects(noun).rows()

    def _shut(self) -> bool:
        """Whether any server's web services refuse who comes from outside: publishing goes to each in turn."""
        servers = [each.name for each in self._organisation.around.servers]
        directories = self._rows("WebServicesVirtualDirectory")
        return any(protection_broken(self._organisation.door(name)) for name in servers) or not all(
            row["OAuthAuthentication"] for row in directories
        )

    def _takes_tokens(self) -> bool:
        """Whether tokens of Entra are trusted, and Exchange Online may come with them (fact D12)."""
        return any(row["Enabled"] for row in self._tokens()) and any(
            row["Enabled"]
            for row in self._rows("PartnerApplication")
            if str(row["ApplicationIdentifier"]) == EXCHANGE_ONLINE
        )

    def _tokens(self) -> list[Row]:
        return [row for row in self._rows("AuthServer") if row["Type"] in ("AzureAD", "MicrosoftACS")]

    def _shows(self) -> bool:
        """Whether a relationship with the tenant lets it see something."""
        return any(
            row["Enabled"] and row["FreeBusyAccessEnabled"] and row["FreeBusyAccessLevel"] != "None"
            for row in self._with_tenant()
        )

    def _with_tenant(self) -> list[Row]:
        routing = self._organisation.around.tenant.routing_domain
        return [
            row for row in self._rows("OrganizationRelationship") if routing in _texts(row, "DomainNames")
        ]

    # --- Test-OAuthConnectivity

    def _oauth(self, bound: Bound) -> CmdletResult:
        mailbox = bound.get("Mailbox")
        if mailbox is None:
            raise failures.invalid_operation("The Mailbox parameter is missing.")
        if str(bound.get("Service")).casefold() != "ews":
            raise failures.not_modelled(f"Test-OAuthConnectivity of the service {bound.get('Service')}")
        if not self._here(str(mailbox)):
            raise failures.not_found(str(mailbox), self._organisation.around.controller(bound))
        why = next(self._no_token(bound), "") or self._refused(str(mailbox), str(bound.get("TargetUri")))
        detail = 'The token cache is being cleared because "use cached token" was set to false.\r\n'
        row: Row = {
            "Task": "Checking EWS API Call Under Oauth",
            "Detail": detail + (f"Exception:\r\n{why}" if why else "HTTP response message: OK"),
            "ResultType": "Error" if why else "Success",
            "Identity": "Microsoft.Exchange.Security.OAuth.ValidationResultNodeId",
            "IsValid": True,
            "ObjectState": "New",
        }
        return CmdletResult(rows=[row])

    def _no_token(self, bound: Bound) -> Iterator[str]:
        """What keeps the server that was called from a token of its own."""
        options, around = self._organisation.around.options, self._organisation.around
        if not any(row["Enabled"] for row in self._tokens()):
            yield "OAuthTokenRequestFailedException: there is no authorization server for the realm."
        server = around.server(bound.server, around.controller(bound))
        (config,) = self._rows("AuthConfig")
        held = self._organisation.machines[server.name].certificates.get(
            str(config["CurrentCertificateThumbprint"])
        )
        stale = held is None or not held.has_private_key or held.not_after <= around.clock.now
        if options.oauth_certificate_counts and stale:
            yield "OAuthTokenRequestFailedException: AADSTS700027: the certificate is missing or has expired."
        if options.shared_application_refused and not self._own_application():
            yield f"{_REFUSED} The application '{EXCHANGE_ONLINE}' is not allowed."

    def _own_application(self) -> bool:
        """Whether Exchange calls as an application of the organisation's own (fact D21)."""
        named = any(
            row["Enabled"]
            and row["Type"] == "AzureAD"
            and row["ApplicationIdentifier"] not in (None, EXCHANGE_ONLINE)
            for row in self._rows("AuthServer")
        )
        return named and any(
            row["SectionName"] == _THIRD_PARTY
            and "enabled=true" in [each.lower() for each in _texts(row, "Parameters")]
            for row in self._rows("SettingOverride")
        )

    def _refused(self, mailbox: str, target: str) -> str:
        """How the tenant refuses the call; of the address only the host counts."""
        host = urlsplit(target).hostname or target
        if self.far is None or host not in ONLINE_HOSTS:
            return f"System.Net.WebException: The remote name could not be resolved: '{host}'"
        if not self.far.serves_ews:
            return "System.Net.WebException: The remote server returned an error: (403) Forbidden."
        if not self.far.knows(mailbox):
            return f"{_REFUSED} The user specified by the user-context in the token does not exist."
        return ""

    # --- Test-OrganizationRelationship

    def _relationship(self, bound: Bound) -> CmdletResult:
        around = self._organisation.around
        controller = around.controller(bound)
        user = str(bound.get("UserIdentity"))
        if not self._here(user):
            raise failures.not_found(user, controller)
        row = self._organisation.objects("OrganizationRelationship").find(
            str(bound.get("Identity")), controller
        )
        trusts, (federated,) = self._rows("FederationTrust"), self._rows("FederatedOrganizationIdentifier")
        if around.options.relationship_test_is_federated and not (trusts and federated["Enabled"]):
            raise failures.invalid_operation(
                "Federation isn't correctly configured for the organization: ExternalAuthentication is not enabled."
            )
        far = [] if self.far is None else self.far.relationships(around.tenant.mail_domain)
        own = str(federated["AccountNamespace"])
        return CmdletResult(
            rows=list(steps(row, far, own, ignores_state=around.options.relationship_test_ignores_state))
        )


def _texts(row: Mapping[str, object], name: str) -> list[str]:
    value = row.get(name)
    return [str(each) for each in value] if isinstance(value, list) else []
