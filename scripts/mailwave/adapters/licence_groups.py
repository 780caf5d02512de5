"""The groups of the tenant whose members are licensed, over Microsoft Graph: the port `Licences`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mailwave.adapters.graph import Answer, Graph
from mailwave.core.licence_seats import Stock
from mailwave.core.licences import Held, Standing
from mailwave.core.outcomes import ActRefused
from mailwave.core.services.judge import Entitled
from mailwave.ports.licences import Person
from mailwave.ports.roll_out import Processing

EXCHANGE_PLANS = ("EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_DESKLESS")
"""The service plans that keep a mailbox, as Microsoft's licensing reference names them."""

THERE_ALREADY = "already exist"
"""What Graph says, with status 400, of somebody who is a member already."""

_Plans = Mapping[str, Mapping[str, str]]
"""The names of the service plans of each licence, by the ids of both."""

_SHOWN = "id,assignedLicenses,licenseAssignmentStates"
_OK, _NO_CONTENT, _NOT_FOUND = 200, 204, 404


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
        return self.stock().free

    def stock(self) -> Stock:
        """See `mailwave.ports.Licences`."""
        given = set(self.given().values())
        if len(given) != 1:
            raise ActRefused(
                act="count the seats",
                subject=", ".join(self._groups),
                why=f"the groups must give one licence, and they give {len(given)}",
            )
        (sku,) = given
        if (found := self.stocks().get(sku)) is None:
            raise ActRefused(act="count the seats", subject=sku, why="the tenant has not bought that licence")
        return found

    def entitled(self, people: Sequence[str]) -> dict[str, Entitled]:
        """See `mailwave.ports.services.Entitlements`."""
        asked = [("GET", f"users/{key}?$select={_SHOWN}", None) for key in people]
        asked += [("GET", f"users/{key}/memberOf?$select=id", None) for key in people]
        answers = self._graph.batch(asked)
        plans = self._plans()
        found = {}
        for key, user, groups in zip(people, answers[: len(people)], answers[len(people) :], strict=True):
            if user.status != _NOT_FOUND:
                _check("read the licences", key, user)
                _check("read the groups", key, groups)
                found[key] = self._entitled(user.body, groups.body["value"], plans)
        return found

    def stocks(self) -> dict[str, Stock]:
        """See `mailwave.ports.licences.Seats`."""
        return {
            (sku := str(row["skuId"]).lower()): Stock(
                sku,
                str(row["skuPartNumber"]),
                int(row["prepaidUnits"]["enabled"]) + int(row["prepaidUnits"]["warning"]),
                int(row["consumedUnits"]),
            )
            for row in self._graph.every("subscribedSkus")
        }

    def given(self) -> dict[str, str]:
        """See `mailwave.ports.licences.Seats`."""
        found = {}
        for name, group in self._groups.items():
            skus = self._given(group)
            if len(skus) != 1:
                why = f"a licence group must give one licence, and it gives {len(skus)}"
                raise ActRefused(act="read the licence", subject=f"group {name}", why=why)
            (found[name],) = skus
        return found

    def sizes(self) -> dict[str, int]:
        """See `mailwave.ports.Licences`."""
        return {name: self._size(key) for name, key in self._groups.items()}

    def people(self) -> dict[str, Person]:
        """See `mailwave.ports.licences.Seats`."""
        plans = self._exchange_plans()
        rows = self._graph.every("users?$select=id,mail,assignedLicenses&$top=999")
        return {
            str(row["mail"]).lower(): Person(
                str(row["id"]).lower(), _with_exchange(row["assignedLicenses"], plans)
            )
            for row in rows
            if row["mail"]
        }

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
                raise answer.refusal(f"join {group}", key)

    def leave(self, people: Sequence[str]) -> None:
        """See `mailwave.ports.Licences`."""
        pairs = [(group, key) for group in self._groups for key in people]
        paths = [f"groups/{self._groups[group]}/members/{key}/$ref" for group, key in pairs]
        answers = self._graph.batch([("DELETE", path, None) for path in paths])
        for (group, key), answer in zip(pairs, answers, strict=True):
            if answer.status not in (_NO_CONTENT, _NOT_FOUND):
                raise answer.refusal(f"leave {group}", key)

    def licensed(self) -> set[str]:
        """See `mailwave.ports.Licences`."""
        plans = self._exchange_plans()
        rows = self._graph.every("users?$select=id,assignedLicenses&$top=999")
        return {str(row["id"]).lower() for row in rows if _with_exchange(row["assignedLicenses"], plans)}

    def members(self, group: str) -> set[str]:
        """See `mailwave.ports.roll_out.RollOutGroups`."""
        rows = self._graph.every(f"groups/{self._groups[group]}/members?$select=id&$top=999")
        return {str(row["id"]).lower() for row in rows}

    def processing(self) -> dict[str, Processing]:
        """See `mailwave.ports.roll_out.RollOutGroups`."""
        found = {}
        for name, group in self._groups.items():
            row = self._graph.known(f"groups/{group}?$select=id,licenseProcessingState")
            errors = self._graph.every(f"groups/{group}/membersWithLicenseErrors")
            state = (row["licenseProcessingState"] or {}).get("state")
            found[name] = Processing(state == "ProcessingComplete", sum(1 for _ in errors))
        return found

    def _size(self, group: str) -> int:
        counted = self._graph.count(f"groups/{group}/members/$count")
        if counted is not None:
            return counted
        return sum(1 for _ in self._graph.every(f"groups/{group}/members?$select=id&$top=999"))  # just made

    def _given(self, group: str) -> list[str]:
        row = self._graph.known(f"groups/{group}?$select=id,assignedLicenses")
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

    def _entitled(
        self, user: Mapping[str, Any], member_of: Iterable[Mapping[str, Any]], plans: _Plans
    ) -> Entitled:
        inside = {str(group["id"]).lower() for group in member_of}
        mine = frozenset(name for name, key in self._groups.items() if key.lower() in inside)
        has: set[str] = set()
        for licence in user["assignedLicenses"]:
            off = {str(plan).lower() for plan in licence["disabledPlans"]}
            its = plans.get(str(licence["skuId"]).lower(), {})
            has.update(name for key, name in its.items() if key not in off)
        errors = (str(each["error"]) for each in user["licenseAssignmentStates"] if each["state"] == "Error")
        return Entitled(mine, frozenset(has), next(errors, ""))

    def _plans(self) -> _Plans:
        return {
            str(row["skuId"]).lower(): {
                str(plan["servicePlanId"]).lower(): str(plan["servicePlanName"])
                for plan in row["servicePlans"]
            }
            for row in self._graph.every("subscribedSkus")
        }

    def _exchange_plans(self) -> dict[str, set[str]]:
        """The ids of the service plans with Exchange in each licence that the tenant has, by the licence's id."""
        return {
            sku: {key for key, name in its.items() if name in EXCHANGE_PLANS}
            for sku, its in self._plans().items()
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
        raise answer.refusal(act, key)
