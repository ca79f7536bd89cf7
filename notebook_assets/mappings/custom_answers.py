"""The answers of a custom mapping's functions: asked once for each key, checked, and kept while they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeAlias

from notebook_assets.errors import InvalidMappingError
from notebook_assets.mappings.custom_functions import CustomMapping, KeyFunction, MappingContext
from notebook_assets.partitions import PartitionKeyRange
from notebook_assets.partitions.function_state import State, is_same, state_of

Item: TypeAlias = str | PartitionKeyRange
Answer: TypeAlias = str | tuple[Item, ...]
"""One key that was given as such, or several keys and ranges of keys, or none."""

_MOST_BOOKS = 64
_MOST_ANSWERS = 1_000_000


@dataclass(eq=False)
class AnswerBook:
    """What one direction of a mapping answered for the keys that were asked for."""

    mapping: CustomMapping
    direction: str
    function: KeyFunction
    state: State
    context: MappingContext
    answers: dict[str | None, Answer] = field(default_factory=dict)

    def ask(self, keys: Sequence[str | None]) -> list[Answer]:
        """Return the answers for keys; only those not asked for yet are asked for.

        Raises:
            InvalidMappingError: An answer is neither a key nor keys. What the function itself raises goes through,
                with the key as a note.
        """
        known = self.answers
        for key in keys:
            if key not in known:
                known[key] = self._asked(key)
        return [known[key] for key in keys]

    def _asked(self, key: str | None) -> Answer:
        try:
            answer = self.function.fn(key, self.context) if self.function.takes_context else self.function.fn(key)
            if isinstance(answer, str):
                return answer
            items = _items(answer)
        except Exception as error:
            error.add_note(f"The mapping {self.mapping.label!r} was asked for the {self.direction} keys of {key!r}.")
            raise
        if items is None:
            raise InvalidMappingError(self._why_no_keys(key, answer))
        return items

    def _why_no_keys(self, key: str | None, answer: Any) -> str:
        return (
            f"The mapping {self.mapping.label!r} gave {_short(answer)} as the {self.direction} keys of {key!r}. Give a "
            "key (a string), several (a list), a PartitionKeyRange, or None for none."
        )

    def holds_for(self, mapping: object, direction: str, function: KeyFunction, context: MappingContext) -> bool:
        """Whether these are answers to the same question, but for the state."""
        if self.direction != direction or not is_same(self.mapping, mapping):
            return False
        return not function.takes_context or (
            self.context.now == context.now
            and self.context.upstream_def is context.upstream_def
            and self.context.downstream_def is context.downstream_def
        )


def _items(answer: Any) -> tuple[Item, ...] | None:
    """Return several keys as they are kept; ``None`` for what is none."""
    if answer is None:
        return ()
    if isinstance(answer, PartitionKeyRange):
        items: tuple[Any, ...] = (answer,)
    elif isinstance(answer, Iterable) and not isinstance(answer, bytes | bytearray | dict):
        items = tuple(answer)
    else:
        return None
    return items if all(map(_is_item, items)) else None


def _is_item(item: Any) -> bool:
    if isinstance(item, PartitionKeyRange):
        return isinstance(item.start, str) and isinstance(item.end, str)
    return isinstance(item, str)


def _short(answer: Any) -> str:
    text = repr(answer)
    return text if len(text) <= 120 else f"{text[:120]}…"


_BOOKS: list[AnswerBook] = []
_LOCK = RLock()


def answers_of(
    mapping: CustomMapping,
    direction: str,
    function: KeyFunction,
    context: MappingContext,
    state: State | None = None,
) -> AnswerBook:
    """Return the answers of a direction that are known and still hold, to be asked for more.

    Args:
        mapping: The mapping.
        direction: ``"upstream"`` or ``"downstream"``.
        function: What answers it.
        context: What the function is told beside the key, if it asks for that.
        state: What :func:`state_of` gives for the function, where that is known already.
    """
    now = state_of([function.written]) if state is None else state
    with _LOCK:
        found = next((book for book in _BOOKS if book.holds_for(mapping, direction, function, context)), None)
        if found is not None:
            _BOOKS.remove(found)
        if found is None or found.state != now:
            found = AnswerBook(mapping, direction, function, now, context)
        _BOOKS.append(found)
        while len(_BOOKS) > 1 and (
            len(_BOOKS) > _MOST_BOOKS or sum(len(book.answers) for book in _BOOKS) > _MOST_ANSWERS
        ):
            del _BOOKS[0]
        return found


def why_no_key(mapping: CustomMapping, direction: str, key: str | None, item: str) -> str | None:
    """Return why a text that is not found among the keys can't be meant as one, or ``None`` if it can.

    >>> why_no_key(None, "upstream", "a", "2013-01-01")
    """
    if "..." not in item:
        return None
    first, _, last = item.partition("...")
    return (
        f"The mapping {mapping.label!r} gave {item!r} as the {direction} key of {key!r}, which is no key; for a range "
        f"give PartitionKeyRange({first!r}, {last!r})."
    )
