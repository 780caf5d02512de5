"""The groups of the tenant whose members are licensed, over Microsoft Graph: the port `Licences`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mailwave.adapters.graph import Answer, Graph
from mailwave.core.licences import Held, Standing
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown

EXCHANGE_PLANS = ("EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS")
"""The service plans that keep a mailbox, as Microsoft's licensing reference names them."""

THERE_ALREADY = "already exist"
"""What Graph says, with status 400, of somebody who is a member already."""

_SHOWN = "id,assignedLicenses,licenseAssignmentStates"
_OK, _NO_CONTENT, _NOT_FOUND, _PUT_OFF = 200, 204, 404, (429, 503)
_BROKEN = 500


class LicenceGroups:
    """*groups* are the object ids of the groups by name; all of them give the same licence."""

    def __init__(self, graph: Graph, groups: Mapping[str, str]) -> None:
        self._graph = graph
        self._groups = groups

    @property
    def names(self) -> tuple[str, ...]:
        """See `mailwave.ports.Licences`."""
        return tuple(self._groups)

    def free_seats(self) -> int:
        """See `mailwave.ports.Licences`."""
        given = {sku for group in self._groups.values() for sku in self._given(group)}
        if len(given) != 1:
            raise ActRefused(
                act="count the seats",
                subject=", ".join(self._groups),
                why=f"the groups must give one licence, and they give {len(given)}",
            )
        (sku,) = given
        for row in self._graph.every("subscribedSkus"):
            if str(row["skuId"]).lower() == sku:
                units = row["prepaidUnits"]
                return int(units["enabled"]) + int(units["warning"]) - int(row["consumedUnits"])
        raise ActRefused(act="count the seats", subject=sku, why="the tenant has not bought that licence")

    def standing(self, people: Iterable[str]) -> dict[str, Held]:
        """See `mailwave.ports.Licences`."""
        keys = list(people)
        asked = [("GET", f"users/{key}?$select={_SHOWN}", None) for key in keys]
        asked += [("GET", f"users/{key}/memberOf?$select=id", None) for key in keys]
        answers = self._graph.batch(asked)
        plans = self._exchange_plans()
        held = {}
        for key, user, groups in zip(keys, answers[: len(keys)], answers[len(keys) :], strict=True):
            if user.status == _NOT_FOUND:
                held[key] = Held(Standing.OUTSIDE, "the directory does not have this user")
                continue
            _check("read the licences", key, user)
            _check("read the groups", key, groups)
            held[key] = self._held(user.body, groups.body["value"], plans)
        return held

    def join(self, group: str, people: Sequence[str]) -> None:
        """See `mailwave.ports.Licences`."""
        address = f"groups/{self._groups[group]}/members/$ref"
        answers = self._graph.batch(
            [("POST", address, {"@odata.id": self._graph.address(key)}) for key in people]
        )
        for key, answer in zip(people, answers, strict=True):
            if answer.status != _NO_CONTENT and THERE_ALREADY not in answer.said:
                _refuse(f"join {group}", key, answer)

    def leave(self, people: Sequence[str]) -> None:
        """See `mailwave.ports.Licences`."""
        pairs = [(group, key) for group in self._groups for key in people]
        paths = [f"groups/{self._groups[group]}/members/{key}/$ref" for group, key in pairs]
        answers = self._graph.batch([("DELETE", path, None) for path in paths])
        for (group, key), answer in zip(pairs, answers, strict=True):
            if answer.status not in (_NO_CONTENT, _NOT_FOUND):
                _refuse(f"leave {group}", key, answer)

    def licensed(self) -> set[str]:
        """See `mailwave.ports.Licences`."""
        plans = self._exchange_plans()
        rows = self._graph.every("users?$select=id,assignedLicenses&$top=999")
        return {str(row["id"]).lower() for row in rows if _with_exchange(row["assignedLicenses"], plans)}

    def _given(self, group: str) -> list[str]:
        row = self._graph.one(f"groups/{group}?$select=id,assignedLicenses")
        if row is None:
            raise ActRefused(act="read", subject=f"group {group}", why="there is no such group")
        return [str(each["skuId"]).lower() for each in row["assignedLicenses"]]

    def _held(
        self, user: Mapping[str, Any], member_of: Iterable[Mapping[str, Any]], plans: Mapping[str, set[str]]
    ) -> Held:
        if _with_exchange(user["assignedLicenses"], plans):
            return Held(Standing.LICENSED)
        ids = {group.lower() for group in self._groups.values()}
        for state in user["licenseAssignmentStates"]:
            if str(state["assignedByGroup"] or "").lower() in ids and state["state"] == "Error":
                return Held(Standing.REFUSED, str(state["error"]))
        inside = any(str(group["id"]).lower() in ids for group in member_of)
        return Held(Standing.JOINED if inside else Standing.OUTSIDE)

    def _exchange_plans(self) -> dict[str, set[str]]:
        """The ids of the service plans with Exchange in each licence that the tenant has, by the licence's id."""
        return {
            str(row["skuId"]).lower(): {
                str(plan["servicePlanId"]).lower()
                for plan in row["servicePlans"]
                if plan["servicePlanName"] in EXCHANGE_PLANS
            }
            for row in self._graph.every("subscribedSkus")
        }


def _with_exchange(licences: Iterable[Mapping[str, Any]], plans: Mapping[str, set[str]]) -> bool:
    """Whether one of *licences* has a plan with Exchange that is not switched off in it."""
    return any(
        plans.get(str(licence["skuId"]).lower(), set())
        - {str(plan).lower() for plan in licence["disabledPlans"]}
        for licence in licences
    )


def _check(act: str, key: str, answer: Answer) -> None:
    if answer.status != _OK:
        _refuse(act, key, answer)


def _refuse(act: str, key: str, answer: Answer) -> None:
    kind = ActPostponed if answer.status in _PUT_OFF else ActRefused
    raise (ActUnknown if answer.status >= _BROKEN and kind is ActRefused else kind)(
        act=act, subject=key, why=answer.said
    )
