"""One place in a configuration file (facts B43 to B45)."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.site.machine_setup import REPLICATION_CONFIG
from tests.rehearsal.windows.conftest import Server

PROXY = "/configuration/MRSProxyConfiguration"
SMALL = "C:\\small.xml"


def edit(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("community.windows.win_xml", **{"path": SMALL, "xpath": "/r", **arguments})


def limit(server: Server, value: str, **arguments: Any) -> dict[str, Any]:
    wanted = {
        "path": REPLICATION_CONFIG,
        "xpath": PROXY,
        "type": "attribute",
        "attribute": "MaxMRSConnections",
    }
    return edit(server, **wanted, fragment=value, **arguments)


def test_a_limit(server: Server) -> None:
    """It should set a limit as the service reads it, predict that, and do nothing the second time."""
    before = server.machine.files[REPLICATION_CONFIG].content
    assert limit(server, "200", check=True) == {"changed": True, "msg": "not changed check mode"}
    assert server.machine.files[REPLICATION_CONFIG].content == before
    result = limit(server, "200", backup=True)
    assert (result["changed"], result["msg"]) == (True, "attribute changed")
    assert server.machine.files[result["backup_file"]].content == before
    text = server.machine.files[REPLICATION_CONFIG].text
    assert '  <MRSProxyConfiguration MaxMRSConnections="200" DataImportTimeout="00:01:00" />\r\n' in text
    assert text.startswith(
        '<?xml version="1.0" encoding="utf-8"?>\r\n<configuration>\r\n  <configSections>\r\n'
    )
    assert limit(server, "200") == {"changed": False, "msg": "not changed"}


@pytest.mark.parametrize(
    ("arguments", "before", "after"),
    [
        ({"type": "attribute", "attribute": "a", "fragment": "2"}, '<r a="1"/>', '<r a="2" />'),
        ({"type": "attribute", "attribute": "b", "fragment": '<"&'}, "<r/>", '<r b="&lt;&quot;&amp;" />'),
        ({"type": "attribute", "attribute": "a", "state": "absent"}, '<r a="1" c="2"/>', '<r c="2" />'),
        ({"type": "text", "fragment": "x<y"}, "<r>old</r>", "<r>x&lt;y</r>"),
        ({"fragment": '<i n="2"/>'}, '<r><i n="1"/></r>', '<r>\r\n  <i n="1" />\r\n  <i n="2" />\r\n</r>'),
        ({"xpath": "/r/i", "state": "absent"}, "<r><!-- kept --><i/></r>", "<r>\r\n  <!-- kept -->\r\n</r>"),
    ],
)
def test_changes(server: Server, arguments: dict[str, Any], before: str, after: str) -> None:
    """It should change what is asked for and write the rest as .NET writes it, comments too."""
    server.put(SMALL, before.encode())
    assert edit(server, **arguments)["changed"] is True
    assert server.machine.files[SMALL].content.decode() == after
    assert edit(server, **arguments)["changed"] is False


def test_case_is_no_difference(server: Server) -> None:
    """It should leave `True` where `true` is asked for, as PowerShell's comparison does."""
    server.put(SMALL, b'<r a="True"/>')
    assert edit(server, type="attribute", attribute="a", fragment="true")["changed"] is False


def test_check_mode_keeps_the_removal_of_an_element_quiet(server: Server) -> None:
    """It should say in check mode that nothing changes where an element would go: the module itself says so."""
    server.put(SMALL, b"<r><i/></r>")
    assert edit(server, check=True, xpath="/r/i", state="absent")["changed"] is False


def test_reading(server: Server) -> None:
    """It should count what an expression finds, and return attributes or texts."""
    server.put(SMALL, b'<r><i n="1">x</i><i n="2"/></r>')
    assert edit(server, xpath="/r/i", count=True) == {"changed": False, "count": 2}
    found = edit(server, xpath="/r/i", content="attribute")["matches"]
    assert found == [{"i": {"n": "1"}}, {"i": {"n": "2"}}]
    assert edit(server, xpath="/r/i", content="text")["matches"] == [{"i": "x"}, {"i": None}]
    assert edit(server, xpath="/r/z")["msg"].startswith("The supplied xpath did not match any nodes.")


@pytest.mark.parametrize(
    ("content", "arguments", "text"),
    [
        (b"<r", {}, "Failed to parse file at 'C:\\small.xml' as an XML document:"),
        (b"<r/>", {"type": "attribute"}, "Get-AnsibleParam: Missing required argument: attribute"),
        (b"<r/>", {"fragment": "<i"}, "Failed to parse fragment as XML:"),
        (b"<r/>", {"xpath": "/r["}, "Unhandled exception while executing module: '/r[' has an invalid token"),
        (b"<r/>", {"xpath": "/r/@a"}, "The supplied xpath did not match any nodes."),
        (b'<r a="1"/>', {"xpath": "/r/@a"}, "Not modelled: the XPath /r/@a, which finds no elements."),
        (
            b"<r>t<i/></r>",
            {"type": "attribute", "attribute": "a", "fragment": "1"},
            "Not modelled: XML that mixes",
        ),
        (
            b'<r xmlns="urn:x"/>',
            {"xpath": "/*", "type": "text", "fragment": "t"},
            "Not modelled: XML with namespaces.",
        ),
        (
            b'<?xml version="1.0" encoding="utf-16"?><r/>'.decode().encode("utf-16"),
            {"type": "text", "fragment": "t"},
            "Not modelled: XML in",
        ),
    ],
)
def test_refusals(server: Server, content: bytes, arguments: dict[str, Any], text: str) -> None:
    """It should say what cannot be read or is not modelled."""
    server.put(SMALL, content)
    assert edit(server, **arguments)["msg"].startswith(text)
