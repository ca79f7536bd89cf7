"""What a function's answers hang on beside its argument: its code, and the values that it refers to.

Answers are kept, and a notebook's cells may change what a function reads while the function stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any

_MOST_PARTS = 100_000
"""Larger collections are known by their identity and length, so that they are not read through at each question.

The parts of their parts count, and the letters of texts.
"""

State = tuple[Any, ...]
"""Equal while nothing changed. It holds what it names, so that no identity is used again."""


class _Same:
    """Stands for one object: equal to what stands for the same object."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


def state_of(functions: Iterable[Callable[..., Any]]) -> State:
    """Return the state of functions: their code, and what their globals, closures and own objects hold.

    Collections count by what they hold, functions that are called by theirs; other objects by identity.

    >>> table = {"a": "b"}
    >>> before = state_of([lambda key: table[key]])
    >>> fn = lambda key: table[key]
    >>> one = state_of([fn])
    >>> table["a"] = "c"
    >>> state_of([fn]) == one
    False
    """
    seen: set[int] = set()
    return tuple(part for fn in functions for part in _parts(fn, seen))


def is_same(one: object, other: object) -> bool:
    """Return whether two mappings are the same or equal; a class may compare arrays, which have no single answer.

    >>> is_same("a", "a"), is_same("a", "b")
    (True, False)
    """
    if one is other:
        return True
    try:
        return bool(one == other)
    except Exception:  # a user's class may raise anything
        return False


def _parts(value: Any, seen: set[int]) -> Iterator[Any]:
    if id(value) in seen:
        return
    if isinstance(value, MethodType):
        yield from _parts(value.__func__, seen)
        yield from _object(value.__self__, seen)
    elif isinstance(value, FunctionType):
        seen.add(id(value))
        yield _Same(value)
        yield _Same(value.__code__)
        for part in _read_by(value):
            yield from _parts(part, seen)
    elif isinstance(value, dict | list | tuple | set | frozenset):
        seen.add(id(value))
        yield _contents(value)
    else:
        yield _Same(value)


def _object(value: Any, seen: set[int]) -> Iterator[Any]:
    """What the object of a bound method holds; the object itself may be another of equal contents."""
    if id(value) in seen:
        return
    seen.add(id(value))
    yield type(value)
    for name, part in sorted(getattr(value, "__dict__", {}).items()):
        yield name
        yield from _parts(part, seen)


def _contents(value: Any) -> Any:
    parts = value.values() if isinstance(value, dict) else value
    if len(value) > _MOST_PARTS or len(value) + sum(map(_length, parts)) > _MOST_PARTS:
        return _Same(value), len(value)
    try:
        return type(value).__name__, repr(value)
    except Exception:  # whatever something in it may raise
        return _Same(value), len(value)


def _length(part: Any) -> int:
    return len(part) if isinstance(part, str | bytes | dict | list | tuple | set | frozenset) else 1


def _read_by(fn: FunctionType) -> Iterator[Any]:
    for name in _names(fn.__code__):
        if name in fn.__globals__:
            yield fn.__globals__[name]
    for cell in fn.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
    yield from fn.__defaults__ or ()
    yield from (fn.__kwdefaults__ or {}).values()


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
