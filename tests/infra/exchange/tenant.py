"""A small tenant in memory that takes only what Exchange Online would take, and can lose an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange_admin import NotFound, OutcomeUnknown, Result, Row, Unreachable
from exchange_admin.cmdlets import Side, complete
from exchange_admin.port import NOTHING

_STATES = {"Enable": "Enabled", "Disable": "Disabled"}


class Tenant:
    """Objects by noun and name. *lose* maps a cmdlet to "after" or "before": its answer is lost then, once.

    *deaf* cmdlets take no effect, and in an *outage* nothing answers. *sent* is every write with its parameters.
    """

    def __init__(self, **nouns: list[Row]) -> None:
        self.objects = {noun: {row["Identity"]: dict(row) for row in rows} for noun, rows in nouns.items()}
        self.lose: dict[str, str] = {}
        self.deaf: set[str] = set()
        self.outage = False
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Run a cmdlet."""
        sent = complete(cmdlet, parameters, Side.ONLINE)
        if self.outage:
            raise Unreachable(cmdlet=cmdlet, why="timed out", attempts=6)
        verb, _, noun = cmdlet.partition("-")
        if cmdlet == "Get-RoleGroupMember":
            members = self.objects["RoleGroup"][str(sent["Identity"])].get("Members", [])
            return Result([{"Name": name} for name in members])
        if cmdlet == "Get-ManagementRoleEntry":
            role = str(sent["Identity"]).removesuffix("\\*")
            carried = self.objects["ManagementRole"][role].get("EnabledCmdlets", [])
            return Result([{"Name": name} for name in carried])
        if verb == "Get":
            return Result(list(self.objects[noun].values()))  # all of them, whatever was asked (fact B24)
        self.sent.append((cmdlet, {name: value for name, value in sent.items() if name != "Confirm"}))
        lost = self.lose.pop(cmdlet, None)
        if lost != "before" and cmdlet not in self.deaf:
            self._change(verb, noun.removesuffix("Member") if verb == "Update" else noun, sent)
        if lost:
            raise OutcomeUnknown(cmdlet=cmdlet, why="cut")
        return Result()

    def _change(self, verb: str, noun: str, sent: Mapping[str, Any]) -> None:
        if noun == "ManagementRoleAssignment" and "RoleAssignmentPolicy" in self.objects:
            self._assign(verb, sent)
            return
        objects = self.objects[noun]
        if verb == "New":
            self._add(objects, sent)
            return
        name = sent.get("Identity") or next(iter(objects), noun)  # a Set- without Identity means the only one
        if name not in objects:
            raise NotFound(
                cmdlet=verb, error_type="ManagementObjectNotFoundException", text="none", status=400
            )
        if verb == "Remove":
            del objects[name]
        elif verb in _STATES:
            objects[name]["State"] = _STATES[verb]
        else:
            row = objects.pop(name) | _shown(sent)
            row.update({key: value for key, value in sent.items() if key not in {"Identity", "Confirm"}})
            objects[sent.get("Name", name)] = row | {"Identity": sent.get("Name", name)}

    def _assign(self, verb: str, sent: Mapping[str, Any]) -> None:
        """Give or take a role of a policy; an assignment is called by its role, a hyphen, and the policy."""
        taken, _, policy = str(sent.get("Identity", "")).partition("-")
        name = sent.get("Policy", policy)
        row = self.objects["RoleAssignmentPolicy"][name]
        roles = [each for each in row["AssignedRoles"] if each != taken]
        roles += [sent["Role"]] if verb == "New" else []
        row |= {"AssignedRoles": roles, "RoleAssignments": [f"{each}-{name}" for each in roles]}

    def _add(self, objects: dict[str, Row], sent: Mapping[str, Any]) -> None:
        name = next(sent[key] for key in ("Name", "DomainName", "ObjectId") if key in sent)
        row = {"Identity": name, "Guid": f"guid-of-{name}"}
        row |= {"State": "Enabled" if sent.get("Enabled", True) else "Disabled"}
        objects[name] = row | {key: value for key, value in sent.items() if key != "Confirm"} | _shown(sent)


_SHOWN = {
    "RecipientRestrictionFilter": "RecipientFilter",
    "SecurityGroup": "RoleAssigneeName",
    "App": "RoleAssigneeName",
    "KeySize": "Selector1KeySize",
}


def _shown(sent: Mapping[str, Any]) -> Row:
    """What Get- calls otherwise than its parameter is called."""
    return {_SHOWN[parameter]: value for parameter, value in sent.items() if parameter in _SHOWN}
