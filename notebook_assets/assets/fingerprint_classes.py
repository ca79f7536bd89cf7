"""What of a class counts: its bases, its own members, and the names and types of its annotated fields.

Read from the class itself rather than from its source, which Python can't find for a class of a notebook cell.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Iterator
from functools import cached_property
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType
from typing import Annotated, Any, ForwardRef, get_args, get_origin

# Kept by Python, abc, dataclasses, enum and pydantic for themselves: made from the rest, or of no effect.
_KEPT_FOR_ITSELF = frozenset(
    {
        "__module__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__qualname__",
        "__firstlineno__",
        "__static_attributes__",
        "__annotations__",
        "__annotate__",
        "__annotate_func__",
        "__annotations_cache__",
        "__conditional_annotations__",
        "__abstractmethods__",
        "_abc_impl",
        "__parameters__",
        "__orig_bases__",
        "__match_args__",
        "__dataclass_params__",
        "__dataclass_fields__",
        "__signature__",
        "__slotnames__",
        "__class_vars__",
        "__private_attributes__",
        "__attrs_attrs__",
        "__attrs_own_setattr__",
        "__attrs_props__",
    }
)


_OF_DATACLASSES = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")
_OF_ATTRS = ("default", "validator", "converter", "init", "kw_only", "eq")


def class_members(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of all that counts of a class, in a stable order.

    >>> class Limits:
    ...     most: int = 3
    ...     def low(self): return 0
    >>> [name for name, _ in class_members(Limits)]
    ['(bases)', '(fields)', 'low', 'most']
    """
    yield "(bases)", [cls.__bases__, type(cls)]
    members = dict(vars(cls))
    # Annotations as they are kept: types, or text where the module postpones them.
    yield "(fields)", [(name, _written(kind)) for name, kind in _own_annotations(cls)]
    if isinstance(cls, enum.EnumMeta):
        yield "(members)", [(name, cls[name].value) for name in cls.__members__]
        members = {name: value for name, value in members.items() if isinstance(value, FunctionType)}
    fields = members.get("__dataclass_fields__")
    if fields is not None:
        settings = [(name, *map(_given, (f.default, f.default_factory)), f.init) for name, f in fields.items()]
        yield "(dataclass)", [_dataclass_words(members.get("__dataclass_params__")), settings]
    if "__attrs_attrs__" in members:
        yield (
            "(attrs)",
            [[each.name, *(getattr(each, part) for part in _OF_ATTRS)] for each in members["__attrs_attrs__"]],
        )
    for name in sorted(members):
        value = members[name]
        if name not in _KEPT_FOR_ITSELF and not name.startswith("__pydantic_") and not _is_generated(value):
            yield name, _unwrapped(value)
    if "__pydantic_fields__" in members:
        yield "(model)", [[name, *_pydantic_field(each)] for name, each in members["__pydantic_fields__"].items()]


def _dataclass_words(params: Any) -> str:
    """The settings that dataclasses of all versions of Python have; later ones have more to say of the same class."""
    settings = ", ".join(f"{name}={getattr(params, name, None)!r}" for name in _OF_DATACLASSES)
    return f"_DataclassParams({settings})"


def _pydantic_field(field: Any) -> list[Any]:
    """What was written of a field, and its limits; a field itself has no ``==``."""
    written = dict(getattr(field, "_attributes_set", {}))
    written.pop("annotation", None)  # it counts among the fields of the class
    for silent in ("title", "description", "examples"):
        written.pop(silent, None)
    return [written, list(getattr(field, "metadata", ()))]


def _own_annotations(cls: type) -> Iterable[tuple[str, Any]]:
    has_own = any(name in vars(cls) for name in ("__annotations__", "__annotate__", "__annotate_func__"))
    return getattr(cls, "__annotations__", {}).items() if has_own else ()


def _written(annotation: Any) -> Any:
    """An annotation as far as it can be compared: a forward reference holds code, a field of pydantic has no ``==``."""
    if isinstance(annotation, ForwardRef):
        return annotation.__forward_arg__
    if get_origin(annotation) is Annotated:
        kind, *beside = get_args(annotation)
        return [_written(kind), *(_pydantic_field(each) if _is_field(each) else each for each in beside)]
    return annotation


def _is_field(value: Any) -> bool:
    return type(value).__module__ == "pydantic.fields"


def _given(default: Any) -> Any:
    return "(none)" if default is dataclasses.MISSING else default


def _unwrapped(value: Any) -> Any:
    if isinstance(value, staticmethod | classmethod):
        return [type(value).__name__, value.__func__]
    if isinstance(value, property):
        return ["property", value.fget, value.fset, value.fdel]
    if isinstance(value, cached_property):
        return ["cached_property", value.func]
    return value


def _is_generated(value: Any) -> bool:
    if isinstance(value, MemberDescriptorType | GetSetDescriptorType) or type(value).__name__ == "_tuplegetter":
        return True
    if isinstance(value, classmethod | staticmethod):
        value = value.__func__
    if not isinstance(value, FunctionType):
        return False
    file = value.__code__.co_filename
    generated = file == "<string>" or file.startswith(("<attrs generated", "<namedtuple_", "<frozen "))
    return generated or value.__globals__.get("__name__") in ("dataclasses", "collections", "enum", "reprlib", "typing")
