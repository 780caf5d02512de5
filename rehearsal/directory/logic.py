"""Conditions joined by and, or, not and brackets: what the languages of filters and of membership rules share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.directory.errors import Refusal

Test = Callable[[Any], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^']|'')*'|"[^"]*")"""
    r"""|(?P<mark>[()\[\],]|:(?!\d))"""  # a colon before a digit is part of a time of day
    r"""|(?P<word>(?:[^\s()\[\],:'"]|:(?=\d))+))"""
)


class Unreadable(Refusal):
    """A condition that cannot be read."""

    def __init__(self, *, text: str, at: str) -> None:
        self.text = text
        super().__init__(400, "BadRequest", f"Invalid filter clause: Syntax error at '{at}' in '{text}'.")


@dataclass(frozen=True)
class Token:
    """A piece of a condition; *quoted* tells a text from a word of the same letters."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Words:
    """How a language calls the three joints."""

    both: str = "and"
    either: str = "or"
    negation: str = "not"


class Reader:
    """Reads a condition from left to right; *term* reads one comparison."""

    def __init__(self, text: str, words: Words, term: Callable[[Reader], Test]) -> None:
        self.text = text
        self._words = words
        self._term = term
        self._tokens = list(self._split(text))
        self._at = 0

    def whole(self) -> Test:
        """The whole condition.

        :raises Unreadable: if it is none.
        """
        found = self.either()
        if self.peek() is not None:
            raise self.wrong()
        return found

    def either(self) -> Test:
        """Conditions of which one must hold."""
        parts = [self._both()]
        while self.accept(self._words.either):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda each: any(part(each) for part in parts)

    def _both(self) -> Test:
        parts = [self._single()]
        while self.accept(self._words.both):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else lambda each: all(part(each) for part in parts)

    def _single(self) -> Test:
        if self.accept(self._words.negation):
            inner = self._single()
            return lambda each: not inner(each)
        if self.accept("("):
            inner = self.either()
            self.expect(")")
            return inner
        return self._term(self)

    def peek(self) -> Token | None:
        """The next piece, None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def next(self) -> Token:
        """Take the next piece.

        :raises Unreadable: at the end.
        """
        found = self.peek()
        if found is None:
            raise self.wrong()
        self._at += 1
        return found

    def accept(self, word: str) -> bool:
        """Take the next piece if it is this word."""
        found = self.peek()
        if found is None or found.quoted or found.text.casefold() != word:
            return False
        self._at += 1
        return True

    def expect(self, word: str) -> None:
        """Take the next piece, which has to be this word.

        :raises Unreadable: if it is another.
        """
        if not self.accept(word):
            raise self.wrong()

    def wrong(self) -> Unreadable:
        """The error of a condition that cannot be read from here on."""
        found = self.peek()
        return Unreadable(text=self.text, at=found.text if found else "end")

    @staticmethod
    def _split(text: str) -> list[Token]:
        found: list[Token] = []
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None:
                raise Unreadable(text=text, at=text[at:])
            quoted = match["text"]
            if quoted is not None:
                found.append(Token(quoted[1:-1].replace("''", "'"), quoted=True))
            else:
                found.append(Token(match["mark"] or match["word"]))
            at = match.end()
        return found
