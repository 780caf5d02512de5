"""What the simulated cloud refuses, rule by rule: functions of all objects and the one in question.

Each raises `Refusal` with the code that the real service gives, where one is known. Which rules are on is said by
`Options`; which types they concern, by the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rehearsal.cloud.addresses import networks, outside, overlap
from rehearsal.cloud.built_in import BUILT_IN_PATHS
from rehearsal.cloud.catalogue import type_at
from rehearsal.cloud.documents import conflicts, values_at
from rehearsal.cloud.objects import CloudObject, Key, Refusal, prefixes
from rehearsal.cloud.options import Options

type Objects = Mapping[Key, CloudObject]

_LOCK = "/providers/microsoft.authorization/locks/"


def parents(objects: Objects, plane: str, path: str) -> None:
    """What lies above must be there, but for what is there with its own parent."""
    for above in prefixes(path):
        kind = type_at(plane, above)
        there = (plane, above.lower()) in objects or (plane == "entra" and above.lower() in BUILT_IN_PATHS)
        if kind and not kind.singleton and not there:
            raise Refusal(404, "ParentResourceNotFound", f"{path} cannot be made: {above} was not found")


def taken_names(objects: Objects, thing: CloudObject) -> None:
    """No two objects of a type may share what the type has unique."""
    for other in objects.values():
        if shares_a_name(other, thing):
            names = ", ".join(thing.kind.unique)
            raise Refusal(409, "AlreadyExists", f"{names} is taken by {other.path}")


def kept_names(kept: Objects, thing: CloudObject) -> None:
    """What was deleted softly keeps its name, unless it is this one that comes back."""
    recovering = values_at(thing.written, "properties.createMode") == ["recover"]
    for gone in kept.values():
        if shares_a_name(gone, thing) and not recovering:
            text = f"{gone.path} was deleted and keeps its name; recover or purge it first"
            raise Refusal(409, "ConflictError", text)


def shares_a_name(other: CloudObject, thing: CloudObject) -> bool:
    """Whether both are of one type and the same in everything that the type has unique."""
    if other.kind.token != thing.kind.token or other.key == thing.key or not thing.kind.unique:
        return False
    return all(other.named(name) == thing.named(name) for name in thing.kind.unique)


def references(objects: Objects, thing: CloudObject) -> None:
    """Whatever it names must exist."""
    for name, target in thing.kind.refers.items():
        if not any(referred(objects, thing, name, target)):
            value = thing.written.get(name)
            raise Refusal(400, "InvalidReference", f"{name} {value!r} of {thing.path} names no object")
    for path in (*thing.kind.needs, *thing.kind.mentions):
        for value in values_at(thing.written, path):
            if not _exists(objects, str(value)):
                text = f"{path} of {thing.path} names {value}, which was not found"
                raise Refusal(400, "InvalidResourceReference", text)


def _exists(objects: Objects, path: str) -> bool:
    """A subscription is not an object of the rehearsal, and is taken to exist."""
    return ("arm", path.lower()) in objects or path.lower().strip("/").count("/") == 1


def referred(objects: Objects, thing: CloudObject, name: str, target: str) -> Iterator[CloudObject]:
    """The objects whose property *target*, as token.property, is what *thing* says of *name*."""
    token, _, wanted = target.rpartition(".")
    for other in objects.values():
        if other.kind.token == token and other.view.get(wanted) == thing.written.get(name):
            yield other


def leaning(objects: Objects, thing: CloudObject) -> list[CloudObject]:
    """What lies beneath *thing*, and what refers to it and goes with it; a singleton is only reset."""
    if thing.kind.singleton:
        return []
    return [
        other
        for other in objects.values()
        if other is not thing
        and (
            other.lies_beneath(thing.plane, thing.path)
            or any(
                thing in referred(objects, other, name, target) for name, target in other.kind.refers.items()
            )
        )
    ]


def needed(objects: Objects, going: list[CloudObject]) -> None:
    """What another object needs cannot go, unless that one goes too."""
    leaving = {thing.key for thing in going}
    for other in objects.values():
        if other.key in leaving:
            continue
        for path in other.kind.needs:
            for value in values_at(other.written, path):
                if ("arm", str(value).lower()) in leaving:
                    raise Refusal(409, "InUse", f"{value} cannot be deleted: {other.path} uses it ({path})")


def nested(objects: Objects, thing: CloudObject) -> None:
    """Some objects cannot go before what lies beneath them."""
    inner = (other for other in objects.values() if other.lies_beneath(thing.plane, thing.path))
    first = next(inner, None)
    if thing.kind.holds and first is not None:
        text = f"{thing.path} cannot be deleted before its nested resources: {first.path}"
        raise Refusal(409, "CannotDeleteResource", text)


def locks(objects: Objects, path: str, levels: tuple[str, ...]) -> None:
    """A lock holds for its scope and for everything beneath; deleting a scope deletes what locks hold beneath."""
    low = path.lower()
    if _LOCK in low:
        return
    deleting = "cannotdelete" in levels
    for lock in objects.values():
        scope, marker, _ = lock.key[1].partition(_LOCK)
        if (
            marker
            and str(lock.view.get("level", "")).lower() in levels
            and _touches(low, scope, deleting=deleting)
        ):
            raise Refusal(409, "ScopeLocked", f"{path} cannot be changed: {lock.path} locks it")


def _touches(path: str, scope: str, *, deleting: bool) -> bool:
    inside = path == scope or path.startswith(f"{scope}/")
    return inside or (deleting and scope.startswith(f"{path}/"))


def ranges(objects: Objects, thing: CloudObject, options: Options) -> None:
    """Address ranges fit into one another and stay apart."""
    rules = thing.kind.ranges
    if "own" in rules:
        _subnet(objects, thing, options)
    if "space" in rules and options.spaces_keep_subnets:
        _space(objects, thing)
    if "apart" in rules and options.peers_are_apart:
        _peers(objects, thing)


def _subnet(objects: Objects, thing: CloudObject, options: Options) -> None:
    own = networks(thing.written, thing.kind.ranges["own"])
    above = objects.get((thing.plane, next(prefixes(thing.path)).lower()))
    if above is not None and options.subnets_fit:
        space = networks(above.written, [thing.kind.ranges["within"]])
        stray = outside(own, space)
        if stray is not None:
            raise Refusal(
                400, "NetcfgSubnetRangeOutsideVnet", f"{stray} of {thing.path} is outside {above.path}"
            )
    if above is not None and options.subnets_are_apart:
        for other in _subnets(objects, above):
            met = overlap(own, networks(other.written, other.kind.ranges["own"]))
            if other.key != thing.key and met is not None:
                text = f"{met[0]} of {thing.path} overlaps {met[1]} of {other.path}"
                raise Refusal(400, "NetcfgSubnetRangesOverlap", text)


def _subnets(objects: Objects, network: CloudObject) -> Iterable[CloudObject]:
    beneath = (other for other in objects.values() if other.lies_beneath(network.plane, network.path))
    return [other for other in beneath if "own" in other.kind.ranges]


def _space(objects: Objects, thing: CloudObject) -> None:
    space = networks(thing.written, [thing.kind.ranges["space"]])
    for subnet in _subnets(objects, thing):
        stray = outside(networks(subnet.written, subnet.kind.ranges["own"]), space)
        if stray is not None:
            text = f"{thing.path} cannot leave out {stray} of {subnet.path}"
            raise Refusal(409, "InUsePrefixCannotBeDeleted", text)


def _peers(objects: Objects, thing: CloudObject) -> None:
    here = objects.get((thing.plane, next(prefixes(thing.path)).lower()))
    for value in values_at(thing.written, thing.kind.ranges["apart"]):
        there = objects.get((thing.plane, str(value).lower()))
        if here is None or there is None:
            continue
        spaces = [networks(end.written, [end.kind.ranges["space"]]) for end in (here, there)]
        met = overlap(*spaces)
        if met is not None:
            text = f"{met[0]} of {here.path} overlaps {met[1]} of {there.path}"
            raise Refusal(400, "VnetAddressSpacesOverlap", text)


def location(thing: CloudObject, options: Options) -> None:
    """A regional object says where it is, and a global one names no region."""
    said = str(thing.written.get("location") or "")
    if options.locations_are_needed and not said and _has_location(thing):
        raise Refusal(400, "LocationRequired", f"{thing.path} needs a location")
    listed = thing.kind.locations
    if options.locations_are_listed and listed and said.lower().replace(" ", "") not in listed:
        text = f"location {said!r} is not available for {thing.path}; available: {', '.join(listed)}"
        raise Refusal(400, "LocationNotAvailableForResourceType", text)


def _has_location(thing: CloudObject) -> bool:
    """What is attached to a scope lies where the scope lies."""
    said_somewhere = "location" in {**thing.kind.replaces, **thing.kind.immutable}
    return said_somewhere and thing.kind.path.startswith("/subscriptions/")


def read_only(thing: CloudObject) -> None:
    """What the service sets cannot be written otherwise."""
    for path in conflicts(thing.written, thing.computed):
        raise Refusal(400, "ReadOnlyProperty", f"{path} of {thing.path} is set by the service")


def refused_properties(thing: CloudObject) -> None:
    """What the rehearsal does not model must not be lost without a word."""
    for name in thing.kind.refused:
        if thing.written.get(name) is not None:
            text = f"the rehearsal does not take {name} of {thing.kind.token}; make it a resource of its own"
            raise Refusal(400, "NotRehearsed", text)


def fixed(before: CloudObject, after: CloudObject) -> None:
    """What cannot be changed in place stays as it is."""
    for path in (*before.kind.replaces, *before.kind.immutable):
        was, wanted = values_at(before.view, path), values_at(after.view, path)
        if was != wanted:
            text = f"{path} of {before.path} cannot be changed from {_shown(was)} to {_shown(wanted)}"
            raise Refusal(409, "PropertyChangeNotAllowed", text)


def one_way(before: CloudObject, after: CloudObject) -> None:
    """What is switched on for good stays on."""
    for path in before.kind.irreversible:
        if values_at(before.view, path) == [True] != values_at(after.view, path):
            raise Refusal(400, "BadRequest", f"{path} of {before.path} cannot be switched off again")


def _shown(values: list[object]) -> str:
    return repr(values[0]) if len(values) == 1 else "nothing" if not values else repr(values)
