"""A selection's text as words and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from notebook_assets.errors import InvalidSelectionError
from notebook_assets.selection.places import Place

# A word ends at a sign; the value after `key:` may hold a star, a colon and more.
_WORD = re.compile(r"""[^\s"'()+*=<>,:|&!]+""")
_VALUE = re.compile(r"""[^\s"'()+=<>,|&!]+""")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SIGNS = "+*():=,|&"


@dataclass(frozen=True)
class Token:
    r"""A piece of the text.

    Args:
        kind: ``word``, ``value`` (a word after an attribute's colon), ``quoted``, ``null``, a sign, or ``end``.
        text: What it says, without quotes and escapes.
        position: Where it begins, in characters from the start.
        pattern: What it says where stars are wildcards and a backslash keeps them from being so.
    """

    kind: str
    text: str
    position: int
    pattern: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it can say a number of layers."""
        return self.kind == "word" and self.text.isascii() and self.text.isdigit()


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, ``end`` the last of them.

    Raises:
        InvalidSelectionError: A quote is not closed, or a sign means nothing here.

    >>> [(token.kind, token.text) for token in tokens_of('+key:"a"')]
    [('+', '+'), ('word', 'key'), (':', ':'), ('quoted', 'a'), ('end', '')]
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token, position = _token_at(text, position, _takes_value(tokens, position))
        tokens.append(token)
    return [*tokens, Token("end", "", len(text.rstrip()))]


def _takes_value(tokens: list[Token], position: int) -> bool:
    """Whether an attribute's value comes next: after ``key:``, and right after the ``=`` of a tag."""
    if not tokens:
        return False
    return tokens[-1].kind == ":" or (tokens[-1].kind == "=" and tokens[-1].position == position - 1)


def _token_at(text: str, position: int, takes_value: bool) -> tuple[Token, int]:
    if text.startswith("<null>", position):
        return Token("null", "<null>", position), position + 6
    if text[position] == '"':
        found = _QUOTED.match(text, position)
        if found is None:
            end = Token("end", "", len(text))
            raise selection_error(text, end, f"'\"' for the one at position {position + 1}", "")
        inner = found[1]
        pattern = inner.replace('\\"', '"')
        return Token("quoted", re.sub(r"\\(.)", r"\1", inner), position, pattern), found.end()
    found = (_VALUE if takes_value else _WORD).match(text, position)
    if found is not None and not (takes_value and found[0].startswith(":")):
        return Token("value" if takes_value else "word", found[0], position, found[0]), found.end()
    sign = text[position]
    token = Token(sign, sign, position)
    if sign not in _SIGNS:
        hints = {"'": 'Names are quoted with ".', "!": "Write 'not' for '!'."}
        raise selection_error(text, token, "a name or a sign of the syntax", hints.get(sign, ""))
    return token, position + 1


def selection_error(text: str, token: Token, expected: str, hint: str) -> InvalidSelectionError:
    """Return the error for a token that is not what was expected there."""
    if not text.strip():
        return InvalidSelectionError("The selection is empty: give an asset's name, or * for all assets.")
    found = "the end" if token.kind == "end" else repr(token.text)
    lines = [f"The selection does not parse: expected {expected}; found {found}.", Place(text, token.position).marked()]
    return InvalidSelectionError("\n".join([*lines, hint] if hint else lines))
