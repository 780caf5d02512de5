"""The simulated name server's answers, read by the library that clients use."""

from __future__ import annotations

import dns.message
import dns.rcode
import pytest

from rehearsal.name_service import Records, answered

ZONES: dict[str, Records | None] = {
    "d.example": {"MX": ["10 one.example.", "20 two.example."]},
    "alias.example": {"CNAME": ["host.example."]},
    "host.example": {"A": ["192.0.2.1"]},
    "round.example": {"CNAME": ["round.example."]},
    "down.example": None,
}


def ask(name: str, kind: str) -> dns.message.Message:
    """The answer to one question."""
    query = dns.message.make_query(name, kind)
    answer = answered(query.to_wire(), lambda asked: ZONES.get(asked, {}))
    assert answer is not None
    return dns.message.from_wire(answer)


@pytest.mark.parametrize(
    ("name", "kind", "code", "expected"),
    [
        ("D.example.", "MX", "NOERROR", ["10 one.example.", "20 two.example."]),
        ("d.example.", "A", "NOERROR", []),
        ("alias.example.", "A", "NOERROR", ["host.example.", "192.0.2.1"]),
        ("alias.example.", "CNAME", "NOERROR", ["host.example."]),
        ("none.example.", "MX", "NXDOMAIN", []),
        ("down.example.", "MX", "SERVFAIL", []),
    ],
)
def test_it_answers_what_is_published(name: str, kind: str, code: str, expected: list[str]) -> None:
    """It should tell records in any case, follow an alias, and tell no name from no record and from no answer."""
    reply = ask(name, kind)

    assert code == dns.rcode.to_text(reply.rcode())
    found = [each.to_text() for records in reply.answer for each in records]
    assert sorted(expected) == sorted(found)  # in no promised order


def test_a_circle_ends() -> None:
    """It should leave a chain of aliases that leads to itself."""
    assert ["round.example."] == [each.to_text() for each in ask("round.example.", "A").answer[0]]


def test_what_is_no_question_has_no_answer() -> None:
    """It should answer nothing to bytes that are no message, and to a message without a question."""
    assert answered(b"GET / HTTP/1.1", ZONES.get) is None
    assert answered(dns.message.Message().to_wire(), ZONES.get) is None
