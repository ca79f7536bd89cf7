"""Annotations as checks: what of them can be looked at when a value is there; the rest lets everything pass."""

from __future__ import annotations

import collections.abc
import reprlib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from notebook_assets.assets.results import MaterializeResult, Output
from notebook_assets.assets.types import Type, TypeCheck, TypeCheckContext
from notebook_assets.display import terminal
from notebook_assets.errors import InvalidDefinitionError

Fault: TypeAlias = tuple[str, str]
"""Where in a value something is wrong, as Python would write it (``[0]['a']``), and what is there instead."""
Check: TypeAlias = Callable[[TypeCheckContext, Any], Fault | None]

_AROUND = (Output, MaterializeResult, typing.Annotated)
"""What an annotation may put around the type of a value."""
_USABLE: dict[type, Type] = {}
"""The types that users gave to their own classes."""


def type_from(annotation: Any) -> Type | None:
    """Return the type that an annotation or a ``dagster_type`` stands for; None where it lets everything pass.

    Args:
        annotation: A class, a generic such as ``list[int]``, a union, ``None``, a :class:`Type`, a string that could
            not be resolved; anything.

    >>> type_from(list[int]).type_check(None, [1, "a"]).description
    "at [1] it is of type str: 'a'"
    >>> type_from("NotImported") is None
    True
    """
    if isinstance(annotation, Type):
        return annotation
    if typing.get_origin(annotation) in _AROUND:
        return type_from(typing.get_args(annotation)[0])
    check = check_from(annotation)
    if check is None:
        return None
    given = _USABLE.get(annotation) if isinstance(annotation, type) else None
    return given or Type(_answer(check), name=annotation_name(annotation), typing_type=annotation)


def declared_type(given: Any, where: str) -> Type | None:
    """Return the type for what was given as ``dagster_type``; None where it lets everything pass.

    Raises:
        InvalidDefinitionError: It is none.

    >>> declared_type(int, "@asset")
    Type('int')
    """
    if given is not None and not isinstance(given, Type | type | str) and not _is_special(given):
        raise InvalidDefinitionError(
            f"{where}: dagster_type is a class, a generic such as list[int], or a Type; got {given!r}."
        )
    return type_from(given)


def is_nothing(given: Any) -> bool:
    """Whether a declared type says that there is no value: ``Nothing``, which is the class of ``None``.

    >>> is_nothing(type(None)), is_nothing(None)
    (True, False)
    """
    return given is type(None)


def use_as_type(python_type: type, type_: Type) -> None:
    """Let a class that is written as an annotation stand for a type of its own."""
    _USABLE[python_type] = type_


def annotation_name(annotation: Any) -> str:
    """Return an annotation as a person writes it.

    >>> import typing
    >>> annotation_name(int), annotation_name(typing.Optional[int]), annotation_name(None)
    ('int', 'int | None', 'None')
    """
    if annotation is None or annotation is type(None):
        return "None"
    if isinstance(annotation, Type):
        return annotation.display_name
    if _is_union(annotation):
        return " | ".join(annotation_name(each) for each in typing.get_args(annotation))
    if typing.get_origin(annotation) is None and isinstance(annotation, type):
        return annotation.__name__
    return repr(annotation).replace("typing.", "").replace("collections.abc.", "")


def value_words(value: Any) -> str:
    """Return what a value is, short.

    >>> value_words("x"), value_words(None)
    ("of type str: 'x'", 'None')
    """
    if value is None:
        return "None"
    try:
        text = terminal(_SHORT.repr(value), 80)
    except Exception:  # what a repr raises is no concern here
        return f"of type {type(value).__name__}"
    return f"of type {type(value).__name__}: {text}"


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


_PASSED = TypeCheck(True)


def _answer(check: Check) -> Callable[[TypeCheckContext, Any], TypeCheck]:
    def answer(context: TypeCheckContext, value: Any) -> TypeCheck:
        fault = check(context, value)
        if fault is None:
            return _PASSED
        path, words = fault
        return TypeCheck(False, f"{f'at {terminal(path, 60)} ' if path else ''}it is {words}")

    return answer


def check_from(annotation: Any) -> Check | None:
    """Return the check of an annotation, None where there is nothing to be checked."""
    if annotation is None or annotation is type(None):
        return _none
    if isinstance(annotation, Type):
        return _of_type(annotation)
    if isinstance(annotation, type) and annotation in _USABLE:
        return _of_type(_USABLE[annotation])
    if _is_union(annotation):
        return _union(typing.get_args(annotation))
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation is Output or annotation is MaterializeResult:
        return None
    if origin in _AROUND:
        return check_from(arguments[0])
    if origin is typing.Literal:
        return _literal(arguments)
    if isinstance(annotation, typing.NewType):
        return check_from(annotation.__supertype__)
    if typing.is_typeddict(annotation):
        return _instance(dict)
    if annotation is typing.Tuple:  # noqa: UP006  # which can't be told from tuple[()] by its arguments
        return _instance(tuple)
    if origin is not None:
        return _generic(origin, arguments)
    is_class = isinstance(annotation, type) and annotation is not object and annotation is not Any
    return _instance(annotation) if is_class else None


def _is_union(annotation: Any) -> bool:
    return isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union


def _is_special(given: Any) -> bool:
    """Whether something belongs to what the ``typing`` module makes, or is a generic alias."""
    return typing.get_origin(given) is not None or type(given).__module__ == "typing" or given is typing.Any


def _none(_: TypeCheckContext, value: Any) -> Fault | None:
    return None if value is None else ("", value_words(value))


def _instance(cls: type) -> Check:
    def check(_: TypeCheckContext, value: Any) -> Fault | None:
        try:
            return None if isinstance(value, cls) else ("", value_words(value) + _hint(cls, value))
        except TypeError:  # a protocol that can't be checked when it runs, or another class of that sort
            return None

    return check


def _hint(cls: type, value: Any) -> str:
    """What makes the value right, where that is a common slip."""
    is_scalar = hasattr(value, "item") and getattr(value, "shape", None) == ()
    if cls in (int, float, bool, str) and is_scalar and isinstance(value.item(), cls):
        return f"; {cls.__name__}(value) makes it one"
    return "; float(value) makes it one" if cls is float and type(value) is int else ""


def _of_type(type_: Type) -> Check:
    def check(context: TypeCheckContext, value: Any) -> Fault | None:
        found = type_.type_check(context, value)
        if found.success:
            return None
        why = f" ({found.description})" if found.description else ""
        return "", f"no {type_.display_name}{why}, but {value_words(value)}"

    return check


def _union(members: Iterable[Any]) -> Check | None:
    checks = [check_from(member) for member in members]
    if None in checks:
        return None

    def check(context: TypeCheckContext, value: Any) -> Fault | None:
        faults = [fault for each in checks if each is not None if (fault := each(context, value)) is not None]
        if len(faults) < len(checks):
            return None
        deep = [fault for fault in faults if fault[0]]  # of the right outside, so most likely what was meant
        return deep[0] if len(deep) == 1 else ("", value_words(value))

    return check


def _literal(allowed: tuple[Any, ...]) -> Check:
    def check(_: TypeCheckContext, value: Any) -> Fault | None:
        is_one = any(type(value) is type(each) and value == each for each in allowed)
        return None if is_one else ("", value_words(value))

    return check


_ONE_BY_ONE = (list, set, frozenset, collections.deque, collections.abc.Sequence, collections.abc.Collection,
               collections.abc.Set, collections.abc.MutableSequence, collections.abc.MutableSet)  # fmt: skip
_MAPPINGS = (dict, collections.OrderedDict, collections.defaultdict, collections.abc.Mapping,
             collections.abc.MutableMapping)  # fmt: skip
_OUTSIDE_ONLY = ("builtins", "typing", "collections", "numpy")
"""Generics of these can be looked at from outside; of others, nobody knows what their values are."""


def _generic(origin: Any, arguments: tuple[Any, ...]) -> Check | None:
    if not isinstance(origin, type):
        return None
    if origin is tuple:
        return _tuple(arguments)
    if origin is type:
        return _instance(type)
    if origin in _MAPPINGS and len(arguments) == 2:
        return _mapping(_instance(origin), *map(check_from, arguments))
    if origin in _ONE_BY_ONE and len(arguments) == 1:
        return _items(_instance(origin), check_from(arguments[0]), arguments[0])
    return _instance(origin) if origin.__module__.partition(".")[0] in _OUTSIDE_ONLY else None


def _items(outside: Check, inside: Check | None, item_type: Any) -> Check:
    is_plain = isinstance(item_type, type) and item_type not in _USABLE

    def check(context: TypeCheckContext, value: Any) -> Fault | None:
        fault = outside(context, value)
        if fault is not None or inside is None or isinstance(value, str | bytes):
            return fault
        if is_plain and set(map(type, value)) <= {item_type}:  # most often so, and fast for millions
            return None
        for place, item in enumerate(value):
            fault = inside(context, item)
            if fault is not None:
                return f"[{place}]{fault[0]}", fault[1]
        return None

    return check


def _mapping(outside: Check, key_check: Check | None, value_check: Check | None) -> Check:
    def check(context: TypeCheckContext, value: Any) -> Fault | None:
        fault = outside(context, value)
        if fault is not None:
            return fault
        for key, item in typing.cast(Mapping[Any, Any], value).items():
            if key_check is not None and (fault := key_check(context, key)) is not None:
                return f"key {key!r}", fault[1]
            if value_check is not None and (fault := value_check(context, item)) is not None:
                return f"[{key!r}]{fault[0]}", fault[1]
        return None

    return check


def _tuple(arguments: tuple[Any, ...]) -> Check:
    outside = _instance(tuple)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _items(outside, check_from(arguments[0]), arguments[0])
    inside = [check_from(each) for each in arguments]

    def check(context: TypeCheckContext, value: Any) -> Fault | None:
        fault = outside(context, value)
        if fault is not None:
            return fault
        if len(value) != len(inside):
            return "", f"a tuple of {len(value)}: {terminal(_SHORT.repr(value), 80)}"
        for place, (each, item) in enumerate(zip(inside, value, strict=True)):
            if each is not None and (fault := each(context, item)) is not None:
                return f"[{place}]{fault[0]}", fault[1]
        return None

    return check
