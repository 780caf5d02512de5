"""Get-User and Get-Group: the accounts of the tenant with their security identifiers, which access lists hold."""

from __future__ import annotations

from rehearsal.estate import accounts
from rehearsal.exchange_online.cmdlet import Bound, Handler, Output, filtered, handler, limited
from rehearsal.exchange_online.errors import NotModelled
from rehearsal.exchange_online.tenant import Tenant
from rehearsal.exchange_online.values import Row


class Security:
    """The accounts of people and of security groups, as far as their identifiers go."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-User": handler(lambda bound: self._get(bound, groups=False), "Filter ResultSize"),
            "Get-Group": handler(lambda bound: self._get(bound, groups=True), "Filter ResultSize"),
        }

    def _get(self, bound: Bound, *, groups: bool) -> Output:
        if bound.text("Filter") is None and bound.get("ResultSize") != 1:
            raise NotModelled("a list of every account")
        trustees = self._tenant.trustees
        rows = [self._row(each) for each in trustees.living() if trustees.is_group(each) is groups]
        chosen = filtered(rows, bound.text("Filter"))
        return limited(chosen, bound, honoured=self._tenant.options.honours_result_size)

    def _row(self, alias: str) -> Row:
        trustees = self._tenant.trustees
        return {
            "Identity": alias,
            "Name": alias,
            "DisplayName": trustees.display_name(alias),
            "Sid": accounts.sid(self._tenant.seed, accounts.FOREST, alias),
            "SidHistory": [],
            "RecipientType": "MailUniversalSecurityGroup" if trustees.is_group(alias) else "User",
            "IsDirSynced": True,
        }
