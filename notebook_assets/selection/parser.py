"""The text form of selections.

=====================  ====================================================================================
``name``, ``a/b``      that asset; it must exist
``key:"a*"``           keys that look like this; ``*`` is any text; none need exist
``key_prefix:a/b``     keys that begin with these parts; ``key_substring:b`` keys that hold this text
``group:g``            also ``tag:k=v``, ``kind:k``, ``owner:o``, ``is:external``; ``<null>`` for "has none"
``*``                  all assets
``+name``, ``++name``  and what it needs, one layer for each plus; ``*name`` all layers
``name+``, ``name*``   and what needs it, in the same way
``+key:a``             before and after anything but a bare name a single plus is all layers
``2+key:a+1``          numbers of layers, for bare names too
``roots(EXPR)``        also ``sinks``, ``upstream_sources``, ``materializable``, ``made_with`` (by the same call)
``checks(a:rows)``     checks; also ``checks_for_assets(a, b)``, ``all_asset_checks()``, ``without_checks(EXPR)``
``with_sources(EXPR)`` with source assets wherever ``*``, a group, a tag or a kind would leave them out
``a except b``         what ``a`` selects and ``b`` does not, source assets kept, which ``a and not b`` leaves out
``not``, ``and`` and   from the tightest to the loosest; parentheses group
``except``, ``or``
=====================  ====================================================================================
"""

from __future__ import annotations

from notebook_assets.errors import did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.selection import operators
from notebook_assets.selection.expressions import Attribute, Expression, KeyPattern, KeyPrefixes, Keys, KeySubstring
from notebook_assets.selection.nesting import check_nesting
from notebook_assets.selection.parsed_functions import TokensOfText
from notebook_assets.selection.places import Place
from notebook_assets.selection.tokens import Token

_ATTRIBUTES = ("key", "group", "tag", "kind", "owner", "is", "key_prefix", "key_substring")
_ELSEWHERE = frozenset({"status", "column", "column_tag", "table_name", "code_location", "changed_in_branch"})
_ELSEWHERE |= {"partitions", "automation_type", "sensor", "schedule", "job"}
_OPERAND_KINDS = ("word", "quoted", "(")
_OPERAND = "an asset's name, an attribute such as group:NAME, or '('"


def parse_selection(text: str, include_sources: bool = False) -> Expression:
    """Return the expression that a text describes.

    Args:
        text: See the table above.
        include_sources: Whether ``*``, groups, tags and kinds select source assets, too.

    Raises:
        InvalidSelectionError: The text does not parse.

    >>> parse_selection("daily+ and not key:raw*").text()
    'key:"daily"+1 and not key:"raw*"'
    """
    parser = _Parser(text, include_sources)
    expression = parser.either()
    if parser.next.kind != "end":
        raise parser.leftover()
    return expression


def split_tag(text: str) -> tuple[str, str]:
    """Return key and value of ``key=value``; the value is empty where there is none.

    >>> split_tag("team=weather"), split_tag("draft")
    (('team', 'weather'), ('draft', ''))
    """
    key, _, value = text.partition("=")
    return key, value


class _Parser(TokensOfText):
    """Recursive descent over the tokens: either > both > negated > with_layers > operand."""

    def takes_word(self, word: str) -> bool:
        """Whether a word such as ``and`` comes next, in either case; if so it is then behind."""
        if self.next.kind == "word" and self.next.text in (word, word.upper()) and self.ahead(1).kind != ":":
            self._place += 1
            return True
        return False

    def either(self) -> Expression:
        """Parts joined by ``or``."""
        self._open += 1
        check_nesting(self._open)
        parts = [self.both()]
        while self.takes_word("or"):
            parts.append(self.both())
        self._open -= 1
        return operators.either(*parts)

    def both(self) -> Expression:
        """Parts joined by ``and`` and ``except``, from the left."""
        parts = [self.negated()]
        while True:
            if self.takes_word("and"):
                parts.append(self.negated())
            elif self.takes_word("except"):
                parts = [operators.Without(operators.both(*parts), self.negated())]
            else:
                return operators.both(*parts)

    def negated(self) -> Expression:
        """``not`` before a part."""
        many = 0
        while self.takes_word("not"):
            many += 1
        found = self.with_layers()
        for _ in range(many):
            found = operators.Without(self._all, found)
        return found

    def with_layers(self) -> Expression:
        """An operand with the plus signs, stars and numbers around it."""
        before = self._signs_before()
        start = self._place
        operand = self.operand()
        bare = isinstance(operand, Keys) and self._place == start + 1  # a plus beside parentheses is all layers
        after: list[Token] = []
        while self.next.kind in "+*":
            after.append(self.take())
            if after[-1].kind == "+" and self.next.is_number:
                after.append(self.take())
        parts: list[Expression] = []
        if before:
            parts.append(operators.Upstream(operand, self._layers(before, bare)))
        if after:
            parts.append(operators.Downstream(operand, self._layers(after, bare)))
        return operators.either(*parts) if parts else operand

    def _signs_before(self) -> list[Token]:
        signs: list[Token] = []
        while True:
            if self.next.kind == "+":
                signs.append(self.take())
            elif self.next.kind == "*":
                if not self._begins_operand(1):  # this star is itself the operand: all assets
                    return signs
                signs.append(self.take())
            elif self.next.is_number and self.ahead(1).kind == "+" and self._begins_operand(2):
                signs.append(self.take())
            else:
                return signs

    def _begins_operand(self, distance: int) -> bool:
        token, has_star = self.ahead(distance), False
        while token.kind in "+*":
            has_star = has_star or token.kind == "*"
            distance += 1
            token = self.ahead(distance)
        if has_star:
            return True
        joins = token.text in ("and", "or", "AND", "OR")
        return token.kind in _OPERAND_KINDS and not (
            token.kind == "word" and joins and self.ahead(distance + 1).kind != ":"
        )

    def _layers(self, signs: list[Token], bare: bool) -> int | None:
        """How many layers the signs on one side ask for; None is all."""
        if any(sign.kind == "*" for sign in signs):
            if sum(sign.kind == "*" for sign in signs) > 1 or not all(sign.kind in "+*" for sign in signs):
                raise self.error(signs[-1], "one '*' for all layers, or '+' signs or a number for some", "")
            return None
        numbers = [sign for sign in signs if sign.is_number]
        if numbers:
            if len(signs) > 2:
                raise self.error(signs[-1], "one number of layers and one '+'", "")
            return int(numbers[0].text) if len(numbers[0].text) < 20 else None  # more layers than any graph has
        if bare:
            return len(signs)
        if len(signs) > 1:
            hint = f"For {len(signs)} layers write {len(signs)}+ before it, or +{len(signs)} after it."
            raise self.error(signs[1], "one '+', which here is all layers", hint)
        return None

    def operand(self) -> Expression:
        """A name, an attribute, a function, all, or an expression in parentheses."""
        token = self.take()
        if token.kind == "*":
            return self._all
        if token.kind == "(":
            inner = self.either()
            self.close(token)
            return inner
        if token.kind == "word" and self.next.kind == ":":
            return self._by_attribute(token)
        if token.kind == "word" and self.next.kind == "(":
            return self.function(token)
        if token.kind not in ("word", "quoted") or token.text in ("and", "or", "AND", "OR"):
            raise self.error(token, _OPERAND, "")
        parts = token.text.split("/")
        if not all(parts):
            raise self.error(token, "a name without empty parts between its slashes", "")
        return Keys((AssetKey(parts),), Place(self._text, token.position))

    def _by_attribute(self, name: Token) -> Expression:
        if name.text in _ELSEWHERE:
            known = ", ".join(f"{each}:" for each in _ATTRIBUTES)
            raise self.error(name, f"one of {known}", "The reference knows it only outside of user code.")
        if name.text not in _ATTRIBUTES:
            known = ", ".join(f"{each}:" for each in _ATTRIBUTES)
            raise self.error(name, f"one of {known}", did_you_mean(name.text, _ATTRIBUTES))
        self.take()
        value = self.take()
        if value.kind == "null" and name.text in ("group", "kind", "owner"):
            return self._attribute(name.text, None)
        if value.kind not in ("word", "value", "quoted") and not (value.kind == "null" and name.text == "tag"):
            raise self.error(value, f"what {name.text}: is to be", "")
        if name.text == "key":
            return KeyPattern(value.pattern)
        if name.text == "group":
            return self._attribute("group", value.pattern)
        if name.text == "key_prefix":
            return KeyPrefixes((self.key_of(value).parts,), self._all.include_sources)
        if name.text == "key_substring":
            return KeySubstring(value.text, self._all.include_sources)
        if name.text == "is":
            if value.text != "external":
                raise self.error(value, "external", did_you_mean(value.text, ["external"]))
            return Attribute("is", "external")
        if name.text == "tag":
            return self._attribute("tag", value.text, self._tag_value())
        return self._attribute(name.text, value.text)

    def _tag_value(self) -> str:
        if self.next.kind != "=":
            return ""
        equals = self.take()
        # `tag:k=` is the tag without a value; what follows belongs to it only where it touches the sign
        if self.next.kind in ("value", "quoted") and self.next.position == equals.position + 1:
            return self.take().text
        return ""
