"""The names from outside of itself that compiled code uses."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import CodeType

_NAME_OPCODES = {"LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_CLASSDEREF"}
_NAME_OPCODES |= {"LOAD_FROM_DICT_OR_GLOBALS", "LOAD_FROM_DICT_OR_DEREF"}
_ATTRIBUTE_OPCODES = {"LOAD_ATTR", "LOAD_METHOD"}
_PADDING = {"EXTENDED_ARG", "CACHE", "NOP"}
"""What may stand between a name and its attributes, in a function of many names say."""


def nested_codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and, to any depth, those of the functions and classes inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from nested_codes(constant)


def outside_names(code: CodeType) -> tuple[tuple[str, ...], ...]:
    """Return the global and closure names that the code reads, each with the attributes asked of it, sorted.

    >>> outside_names(compile("lambda x: math.pi * limit + x", "<cell>", "eval").co_consts[0])
    (('limit',), ('math', 'pi'))
    """
    free = set(code.co_freevars)
    # super() loads __class__ since Python 3.12 and hides that before: so it counts wherever it can be reached.
    own = {("__class__",)} & {(name,) for name in free}
    return tuple(sorted({name for part in nested_codes(code) for name in _names(part, free)} | own))


def _names(code: CodeType, free: set[str]) -> Iterator[tuple[str, ...]]:
    instructions = list(dis.get_instructions(code))
    own = {each.argval for each in instructions if each.opname == "STORE_NAME"}  # of a class inside the function
    path: list[str] = []
    for each in instructions:
        if each.opname in _PADDING:
            continue
        if each.opname in _ATTRIBUTE_OPCODES and path:
            path.append(each.argval)
            continue
        if path:
            yield tuple(path)
            path = []
        if each.opname in _NAME_OPCODES and _is_outside(each.opname, each.argval, own, free):
            path = [each.argval]
    if path:
        yield tuple(path)


def _is_outside(opname: str, name: str, own: set[str], free: set[str]) -> bool:
    if name.startswith("__") and name.endswith("__"):  # __name__ and the like say where the code is, not what it does
        return name == "__class__" and name in free
    if opname in ("LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"):
        return name in free
    return name not in own


def assigned_globals(code: CodeType) -> frozenset[str]:
    """Return the names from outside that the code sets itself, as it declares them global or nonlocal."""
    setters, of_closure = ("STORE_GLOBAL", "DELETE_GLOBAL"), ("STORE_DEREF", "DELETE_DEREF")
    return frozenset(
        each.argval
        for part in nested_codes(code)
        for each in dis.get_instructions(part)
        if each.opname in setters or (each.opname in of_closure and each.argval in code.co_freevars)
    )


def compiled_text(code: CodeType, doc: str | None) -> str:
    """Return compiled code as text, without names of files and positions: the stand-in for a source that is gone."""
    constants = [each for each in code.co_consts if doc is None or each != doc]
    parts = [compiled_text(c, None) if isinstance(c, CodeType) else _constant(c) for c in constants]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {code.co_flags} ({'; '.join(parts)})"


def _constant(value: object) -> str:
    if isinstance(value, frozenset):
        return f"frozenset({sorted(map(repr, value))})"
    return repr(value)
