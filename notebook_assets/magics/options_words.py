"""How the line of a magic is cut into words: quotes and brackets, and nothing else that a shell knows.

A word ends at a blank. A backslash, a dollar, a comma, a star are themselves. Where a quote counts depends on what
is read:

- text (a partition key, a name): a quote opens at the beginning of the word and after ``...``, so ``O'Hare`` is a word;
- selection: a quote opens where no letter or digit stands before it (``key:"two words"``) and stays in the text;
- expression: as in Python; brackets hold blanks together too.

Inside quotes a backslash takes the quote, or a backslash, as itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from notebook_assets.diagnosis.typed import QUOTES

Reading = Literal["text", "selection", "expression"]

_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Word:
    """A piece of a line.

    Args:
        start: Index of its first character in the line.
        stop: Index after its last.
        text: What it means, without the quotes around it.
        problem: What is wrong with it, to be shown to a person; empty if nothing is.
        problem_at: Index in the line of what is wrong.
    """

    start: int
    stop: int
    text: str
    problem: str = ""
    problem_at: int = 0


def read_word(line: str, start: int, reading: Reading = "text") -> Word:
    """Return the word of ``line`` that begins at index ``start``, where no blank stands.

    >>> read_word("2013-07-04...2013-07-10 --upstream", 0).text
    '2013-07-04...2013-07-10'
    >>> read_word('Daily("2013-01-01", end_date=None) -p x', 0, "expression").text
    'Daily("2013-01-01", end_date=None)'
    """
    readers = {"text": _read_text, "selection": _read_selection, "expression": _read_expression}
    return readers[reading](line, start)


def skip_blanks(line: str, start: int) -> int:
    """Return the index of the first character from ``start`` on that is no blank, or the line's length.

    >>> skip_blanks("a  b", 1)
    3
    """
    while start < len(line) and line[start].isspace():
        start += 1
    return start


def closing_quote(line: str, start: int) -> int:
    """Return the index of the quote that closes the one at ``start``, or -1.

    >>> closing_quote("'a b' c", 0)
    4
    """
    at = start + 1
    while at < len(line):
        if line[at] == "\\":
            at += 2
            continue
        if line[at] == line[start]:
            return at
        at += 1
    return -1


def _inside(line: str, start: int, stop: int) -> str:
    """What the quotes at ``start`` and ``stop`` hold."""
    mark = line[start]
    return re.sub(r"\\(.)", lambda found: found[1] if found[1] in (mark, "\\") else found[0], line[start + 1 : stop])


def _unclosed(line: str, start: int, text: str, at: int) -> Word:
    problem = f"the quote {line[at]} is never closed"
    return Word(start, len(line), text, problem, at)


def _read_text(line: str, start: int) -> Word:
    at, text = start, ""
    while at < len(line) and not line[at].isspace():
        if line[at] in QUOTES and (at == start or text.endswith("...")):
            end = closing_quote(line, at)
            if end < 0:
                return _unclosed(line, start, text + _inside(line, at, len(line)), at)
            text += _inside(line, at, end)
            at = end + 1
            if at < len(line) and not line[at].isspace() and not line.startswith("...", at):
                return Word(start, _word_end(line, at), text, "a word in quotes ends with its quote", at)
        else:
            text += line[at]
            at += 1
    return Word(start, at, text)


def _word_end(line: str, at: int) -> int:
    while at < len(line) and not line[at].isspace():
        at += 1
    return at


def _read_selection(line: str, start: int) -> Word:
    at = start
    while at < len(line) and not line[at].isspace():
        if line[at] in QUOTES and (at == start or not line[at - 1].isalnum()):
            end = closing_quote(line, at)
            if end < 0:
                return _unclosed(line, start, line[start:], at)
            at = end + 1
        else:
            at += 1
    return Word(start, at, line[start:at])


def _read_expression(line: str, start: int) -> Word:
    """Read up to a blank outside brackets and quotes; quotes around the whole are taken off."""
    if start < len(line) and line[start] in QUOTES:
        end = closing_quote(line, start)
        if end < 0:
            return _unclosed(line, start, _inside(line, start, len(line)), start)
        if end + 1 == len(line) or line[end + 1].isspace():
            return Word(start, end + 1, _inside(line, start, end))
    at = start
    open_at: list[int] = []
    while at < len(line) and (open_at or not line[at].isspace()):
        character = line[at]
        if character in QUOTES:
            at = closing_quote(line, first := at)
            if at < 0:
                return _unclosed(line, start, line[start:], first)
        elif character in _CLOSING:
            open_at.append(at)
        elif open_at and character == _CLOSING[line[open_at[-1]]]:
            open_at.pop()
        at += 1
    text = line[start:at]
    if open_at:
        return Word(start, at, text, f"the bracket {line[open_at[-1]]} is never closed", open_at[-1])
    return Word(start, at, text)
