"""`win_xml`: one place in a configuration file, such as MRSProxy's limits (facts B43 to B45)."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task

_NO_MATCH = (
    "The supplied xpath did not match any nodes.  If this is unexpected, check your xpath is valid for the xml file "
    "at supplied path."
)


def xml(task: Task) -> Outcome:
    """`community.windows.win_xml`, for attributes, texts and elements without namespaces."""
    path, values = task.values["path"], task.values
    if not paths.is_file(task.machine, path):
        raise ModuleFailed(f"Specified path {path} does not exist or is not a file.")
    if values["type"] == "attribute" and not values["attribute"]:
        raise ModuleFailed("Get-AnsibleParam: Missing required argument: attribute")
    tree = _parsed(task.machine.files[paths.full(path)].content, path)
    nodes = _selected(tree, values["xpath"])
    counted = {"count": len(nodes)} if values["count"] else {}
    if values["count"] and not values["fragment"] and not values["content"]:
        return Outcome({"changed": False} | counted)
    if not nodes:
        return Outcome({"changed": False, "msg": _NO_MATCH} | counted)
    if values["content"]:
        return Outcome({"changed": False, "msg": "not changed", "matches": _matches(nodes, values)} | counted)
    changed = _CHANGES[values["type"]](nodes, task)
    return (
        _saved(task, tree, counted)
        if changed
        else Outcome({"changed": False, "msg": "not changed"} | counted)
    )


def _parsed(content: bytes, path: str) -> Any:
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    try:
        return etree.ElementTree(etree.fromstring(content, parser))
    except etree.XMLSyntaxError as problem:
        text = f"Failed to parse file at '{path}' as an XML document: {problem.msg}"
        raise ModuleFailed(text) from None


def _selected(tree: Any, xpath: str) -> list[Any]:
    try:
        found = tree.xpath(xpath)
    except etree.XPathError as problem:
        raise ModuleFailed(
            f"Unhandled exception while executing module: '{xpath}' has an invalid token: {problem}"
        ) from None
    if not isinstance(found, list) or any(isinstance(each, str) for each in found):
        raise not_modelled(f"the XPath {xpath}, which finds no elements")
    return found


def _matches(nodes: list[Any], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    if values["content"] == "attribute":
        return [{node.tag: dict(node.attrib)} for node in nodes]
    return [{node.tag: "".join(node.itertext()) or None} for node in nodes]


def _attributes(nodes: list[Any], task: Task) -> bool:
    """Set or remove an attribute. PowerShell compares without regard to case, so `True` stays where `true` is asked."""
    name, wanted = task.values["attribute"], task.values["fragment"] or ""
    changed = False
    for node in nodes:
        there = node.get(name)
        if task.values["state"] == "absent":
            if there is not None:
                del node.attrib[name]
                changed = True
        elif there is None or there.casefold() != wanted.casefold():
            node.set(name, wanted)
            changed = True
    return changed


def _texts(nodes: list[Any], task: Task) -> bool:
    wanted, changed = task.values["fragment"] or "", False
    for node in nodes:
        if "".join(node.itertext()).casefold() != wanted.casefold():
            for child in list(node):
                node.remove(child)
            node.text = wanted
            changed = True
    return changed


def _elements(nodes: list[Any], task: Task) -> bool:
    """Add or remove an element. The module itself does not say in check mode that it would remove one."""
    if task.values["state"] == "absent":
        for node in nodes:
            if node.getparent() is None:
                raise not_modelled("the removal of a document's root")
            node.getparent().remove(node)
        return not task.check
    try:
        wanted = etree.fromstring(task.values["fragment"] or "", etree.XMLParser(remove_blank_text=True))
    except etree.XMLSyntaxError as problem:
        raise ModuleFailed(f"Failed to parse fragment as XML: {problem.msg}") from None
    changed = False
    for node in nodes:
        others = list(node) or [node]
        if not any(_same(wanted, other) for other in others):
            node.append(etree.fromstring(etree.tostring(wanted)))
            changed = True
    return changed


def _same(one: Any, other: Any) -> bool:
    return (
        one.tag == other.tag
        and dict(one.attrib) == dict(other.attrib)
        and (one.text or "").casefold() == (other.text or "").casefold()
        and len(one) == len(other)
        and all(_same(left, right) for left, right in zip(one, other, strict=True))
    )


_CHANGES = {"attribute": _attributes, "element": _elements, "text": _texts}


def _saved(task: Task, tree: Any, counted: dict[str, Any]) -> Outcome:
    declared = b"<?xml" in task.machine.files[paths.full(task.values["path"])].content[:16]
    what = f"{task.values['type']} {'removed' if task.values['state'] == 'absent' else 'changed'}"
    result = {"changed": True, "msg": "not changed check mode" if task.check else what} | counted
    path, machine = paths.full(task.values["path"]), task.machine
    if task.values["backup"] and not task.check:
        machine, result["backup_file"] = paths.backed_up(machine, path, task.now)
    return Outcome(result, machine.with_file(path, _written(tree, declared=declared), task.now))


def _written(tree: Any, *, declared: bool) -> bytes:
    """A document as .NET saves it: two spaces a level, attributes on one line, a byte order mark for UTF-8."""
    if tree.docinfo.encoding.lower() != "utf-8":
        raise not_modelled(f"XML in {tree.docinfo.encoding}")
    head = f'<?xml version="{tree.docinfo.xml_version}" encoding="{tree.docinfo.encoding.lower()}"?>'
    lines = [head] if declared else []
    for node in (*reversed(list(tree.getroot().itersiblings(preceding=True))), tree.getroot()):
        lines += _lines(node, 0)
    return (codecs.BOM_UTF8 if declared else b"") + "\r\n".join(lines).encode()


def _lines(node: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if not isinstance(node.tag, str):
        return [pad + etree.tostring(node, with_tail=False, encoding="unicode")]
    if node.nsmap:
        raise not_modelled("XML with namespaces")
    start = f"{pad}<{node.tag}" + "".join(f" {name}={_quoted(value)}" for name, value in node.attrib.items())
    if not len(node):
        return [f"{start}>{escape(node.text)}</{node.tag}>" if node.text else f"{start} />"]
    if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
        raise not_modelled("XML that mixes text and elements")
    return [
        f"{start}>",
        *(line for child in node for line in _lines(child, depth + 1)),
        f"{pad}</{node.tag}>",
    ]


def _quoted(value: str) -> str:
    quoted = quoteattr(value)
    return quoted if quoted.startswith('"') else '"' + escape(value, {'"': "&quot;"}) + '"'


MODULES: Mapping[str, Modelled] = {"community.windows.win_xml": xml}
