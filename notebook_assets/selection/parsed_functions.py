"""The functions of a selection's text: ``roots(EXPR)``, ``checks(daily:rows)`` and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.selection import operators
from notebook_assets.selection.check_expressions import AllChecks, ChecksOfAssets, NamedChecks, WithoutChecks
from notebook_assets.selection.check_keys import AssetCheckKey
from notebook_assets.selection.expressions import All, Attribute, Expression
from notebook_assets.selection.tokens import Token, selection_error, tokens_of

_OF_ONE: Mapping[str, Callable[[Expression], Expression]] = {
    "roots": operators.Roots,
    "sinks": operators.Sinks,
    "upstream_sources": operators.UpstreamSources,
    "made_with": operators.MadeWith,
    "materializable": operators.Materializable,
    "without_checks": WithoutChecks,
}
_FUNCTIONS = (*_OF_ONE, "with_sources", "checks", "checks_for_assets", "all_asset_checks")

T = TypeVar("T")


class TokensOfText:
    """The tokens of a text, one after another, and the functions that they may write; the base of the parser.

    Args:
        text: The text.
        include_sources: Whether ``*``, groups, tags and kinds select source assets, too.

    Raises:
        InvalidSelectionError: A quote is not closed, or a sign means nothing here.
    """

    def __init__(self, text: str, include_sources: bool) -> None:
        self._text = text
        self._tokens = tokens_of(text)
        self._place = 0
        self._open = 0
        self._select_sources(include_sources)

    def _select_sources(self, include_sources: bool) -> None:
        self._all = All(include_sources)
        self._attribute = partial(Attribute, include_sources=include_sources)

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._place]

    def ahead(self, distance: int) -> Token:
        """A token further on; the last one is the end."""
        return self._tokens[min(self._place + distance, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, which is then behind."""
        token = self.next
        self._place += 1
        return token

    def either(self) -> Expression:
        """Parts joined by ``or``: a whole expression."""
        raise NotImplementedError

    def function(self, name: Token) -> Expression:
        """What a function selects, whose name is behind and whose parenthesis comes next."""
        if name.text not in _FUNCTIONS:
            known = f"one of the functions {', '.join(_FUNCTIONS)}"
            raise self.error(name, known, did_you_mean(name.text, _FUNCTIONS))
        opened = self.take()
        if name.text == "all_asset_checks":
            found: Expression = AllChecks()
        elif name.text == "checks_for_assets":
            found = ChecksOfAssets(self._listed(self._asset_key))
        elif name.text == "checks":
            found = NamedChecks(self._listed(self._check_key))
        elif name.text == "with_sources":
            found = self._with_sources()
        else:
            found = _OF_ONE[name.text](self.either())
        self.close(opened)
        return found

    def _with_sources(self) -> Expression:
        before = self._all.include_sources
        self._select_sources(True)
        found = self.either()
        self._select_sources(before)
        return found

    def _listed(self, parse: Callable[[], T]) -> tuple[T, ...]:
        """What stands between commas."""
        if self.next.kind == ")":
            return ()
        found = [parse()]
        while self.next.kind == ",":
            self.take()
            found.append(parse())
        return tuple(found)

    def _asset_key(self) -> AssetKey:
        token = self.take()
        if token.kind not in ("word", "quoted"):
            raise self.error(token, "the name of an asset", "")
        return self.key_of(token)

    def _check_key(self) -> AssetCheckKey:
        key = self._asset_key()
        if self.next.kind != ":":
            raise self.error(self.next, f"':' and the name of a check of {key.to_user_string()}", "")
        self.take()
        name = self.take()
        if name.kind not in ("word", "value", "quoted"):
            raise self.error(name, f"the name of a check of {key.to_user_string()}", "")
        return AssetCheckKey(key, name.text)

    def key_of(self, token: Token) -> AssetKey:
        """The key that a token writes, with slashes in a part escaped."""
        try:
            return AssetKey.from_escaped_user_string(token.text)
        except InvalidDefinitionError:
            raise self.error(token, "a name without empty parts between its slashes", "") from None

    def close(self, opened: Token) -> None:
        """Go behind a closing parenthesis."""
        if self.next.kind != ")":
            raise self.leftover(f"')' for the '(' at position {opened.position + 1}")
        self.take()

    def leftover(self, expected: str = "'and', 'or' or the end") -> Exception:
        """The error for a token that can't follow what came before."""
        hints = {
            ",": "For several assets write 'or' between them.",
            "word": "For several assets write 'or' between them.",
            "|": "Write 'or' for '|'.",
            "&": "Write 'and' for '&'.",
        }
        return self.error(self.next, expected, hints.get(self.next.kind, ""))

    def error(self, token: Token, expected: str, hint: str) -> Exception:
        """The error for a token that is not what it has to be."""
        return selection_error(self._text, token, expected, hint.strip())
