"""A constant as bytes that are the same in every process: how the values that code names are compared.

- Numbers, text, dates and all that pickle can take apart count by what they hold; sets and dicts in a sorted order.
- Arrays and frames count in full up to 1 MiB or 20,000 cells; of larger ones a sample of rows, spread evenly, counts
  together with shape and types, and that is reported.
- Functions, classes, modules and assets inside a constant count by reference, as they do in code.
- Objects of libraries that compare by identity (connections, clients, models) count by their type, which is reported.
"""

from __future__ import annotations

import copyreg
import enum
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import PurePath
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import LazyModule, lazy_module

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_module("numpy")
    pd = lazy_module("pandas")

_SCALARS = frozenset({bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type(NotImplemented)})
# Modules of Python whose objects have no == and yet are values: partial, itemgetter, Logger, ZoneInfo, object.
_PLAIN_MODULES = frozenset({"functools", "operator", "logging", "zoneinfo", "typing", "builtins"})
_MOST_NODES = 20_000
_MOST_BYTES = 1 << 20
_MOST_CELLS = 20_000
_SAMPLED_ROWS = 1_000

Reference = Callable[[Any, str], "str | None"]
"""Names a function, class, module or asset that counts elsewhere; None for a value that counts by what it holds."""


class OpaqueValueError(Exception):
    """A value can't be taken apart; the message says why."""


class ValueEncoder:
    """Encodes one constant.

    Args:
        reference: See :data:`Reference`; called with each part of the constant and a name for it.
        is_own: Whether code of the module of that name is the user's own.

    >>> encode = lambda value: ValueEncoder(lambda part, name: None, lambda module: True).encode(value, "LIMIT")
    >>> encode({"a", "b"}) == encode({"b", "a"}), encode(1) == encode(True)
    (True, False)
    """

    def __init__(self, reference: Reference, is_own: Callable[[str], bool]) -> None:
        self._reference = reference
        self._is_own = is_own
        self._open: list[int] = []
        self._nodes = 0
        self._bytes = 0
        self.notes: list[str] = []

    def encode(self, value: Any, name: str) -> bytes:
        """Return the bytes of ``value``, and leave in ``notes`` what of it could not be looked at in full.

        Raises:
            OpaqueValueError: The value can't be taken apart, or is too large to be looked at each time.
        """
        kind = type(value)
        if kind in _SCALARS:
            return self._leaf(f"{kind.__name__} {value!r}")
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise OpaqueValueError(f"it has more than {_MOST_NODES:,} parts")
        referred = self._reference(value, name)
        if referred is not None:
            return self._leaf(f"reference {referred}")
        if id(value) in self._open:
            return self._leaf(f"again {len(self._open) - self._open.index(id(value))}")
        self._open.append(id(value))
        try:
            return self._container(value, name)
        finally:
            self._open.pop()

    def _leaf(self, text: str) -> bytes:
        data = text.encode("utf-8", "surrogatepass")
        self._bytes += len(data)
        if self._bytes > _MOST_BYTES:
            raise OpaqueValueError(f"it is larger than {_MOST_BYTES:,} bytes")
        return b"%d:%b" % (len(data), data)  # the length keeps neighbours apart

    def _container(self, value: Any, name: str) -> bytes:
        kind = type(value)
        if kind in (list, tuple):
            if len(value) > 16 and set(map(type, value)) <= _SCALARS:  # large and flat: at the speed of repr
                return self._leaf(f"{kind.__name__} {value!r}")
            return self._joined(kind.__name__, (self.encode(part, f"{name}[{i}]") for i, part in enumerate(value)))
        if kind in (set, frozenset):
            return self._joined(kind.__name__, sorted(self.encode(part, f"{name}[...]") for part in value))
        if kind is dict:
            return self._joined("dict", sorted(self._item(key, part, name) for key, part in value.items()))
        if kind is OrderedDict:
            return self._joined("OrderedDict", [self.encode(list(value.items()), name)])
        if kind in (MappingProxyType, memoryview):  # views of what counts
            return self._joined(kind.__name__, [self.encode(_seen_by(value), name)])
        if isinstance(value, PurePath):  # its class stands in another module from Python 3.13 on
            return self._joined(kind.__name__, [self._leaf(str(value))])
        if isinstance(value, enum.Enum):
            return self._joined("member", [self.encode(kind, name), self.encode(value.value, name)])
        library = kind.__module__.partition(".")[0]
        if library == "numpy" and hasattr(value, "tobytes"):
            return self._array(value, name)
        if library == "pandas" and any(hasattr(value, method) for method in ("to_frame", "itertuples")):
            return self._frame(value)
        return self._by_parts(value, name)

    def _joined(self, kind: str, parts: Iterable[bytes]) -> bytes:
        data = b"".join(parts)
        return b"%b(%d:%b)" % (kind.encode(), len(data), data)

    def _item(self, key: Any, value: Any, name: str) -> bytes:
        place = repr(key) if type(key) in _SCALARS else "..."
        return self.encode(key, f"{name}[...]") + self.encode(value, f"{name}[{place}]")

    def _by_parts(self, value: Any, name: str) -> bytes:
        """What pickle would be told of an object: how to build it, from which parts."""
        kind = type(value)
        plain = kind.__module__ in _PLAIN_MODULES or self._is_own(kind.__module__)
        if _compares_by_identity(kind) and not plain:
            raise OpaqueValueError(f"a {kind.__module__}.{kind.__qualname__} compares by identity")
        if getattr(value, "nbytes", 0) > _MOST_BYTES:
            raise OpaqueValueError(f"it is larger than {_MOST_BYTES:,} bytes")
        if kind is object:  # a sentinel
            return self._leaf("object")
        try:
            registered = copyreg.dispatch_table.get(kind)
            reduced = registered(value) if registered else value.__reduce_ex__(4)
        except Exception as error:  # whatever an object's own method may raise
            raise OpaqueValueError(f"a {kind.__module__}.{kind.__qualname__} can't be taken apart: {error}") from None
        if isinstance(reduced, str):
            return self._leaf(f"global {kind.__module__}.{reduced}")
        build, arguments, state, items, pairs = [*reduced, *[None] * 3][:5]
        return self._joined(
            "object",
            [
                self._leaf(f"{kind.__module__}.{kind.__qualname__}"),
                self.encode(build, name),
                self.encode(arguments, name),
                self.encode(state, name),
                self.encode(list(islice(items or (), _MOST_NODES + 1)), name),
                self.encode(dict(islice(pairs or (), _MOST_NODES + 1)), name),
            ],
        )

    def _array(self, value: Any, name: str) -> bytes:
        head = self._leaf(f"array {value.dtype.descr if value.dtype.names else value.dtype} {value.shape}")
        if value.dtype.hasobject:
            return head + self.encode(value.tolist(), name)
        if value.nbytes <= _MOST_BYTES:
            return head + self._joined("data", [value.tobytes()])
        self.notes.append(f"an array of {value.nbytes:,} bytes, of which a sample counts")
        places = np.linspace(0, value.size - 1, 16_384).astype(np.int64)
        return head + self._joined("sample", [value.flat[places].tobytes()])

    def _frame(self, value: Any) -> bytes:
        head = self._leaf(f"{type(value).__name__} {value.shape} {_labels(value)}")
        if value.size > _MOST_CELLS and len(value) > _SAMPLED_ROWS:
            self.notes.append(f"a frame of {len(value):,} rows, of which a sample counts")
            places = np.linspace(0, len(value) - 1, _SAMPLED_ROWS).astype(np.int64)
            value = value.take(places) if isinstance(value, pd.Index) else value.iloc[places]
        try:
            hashes = pd.util.hash_pandas_object(value, index=True)
        except TypeError as error:
            raise OpaqueValueError(f"its cells can't be hashed: {error}") from None
        return head + self._joined("rows", [hashes.to_numpy().tobytes()])


def _compares_by_identity(kind: type) -> bool:
    return next((each for each in kind.__mro__ if "__eq__" in vars(each)), object) is object


def _seen_by(view: Any) -> Any:
    return view.tobytes() if isinstance(view, memoryview) else dict(view)


def _labels(value: Any) -> str:
    if hasattr(value, "columns"):
        return f"{[repr(label) for label in value.columns]} {[str(kind) for kind in value.dtypes]}"
    return f"{getattr(value, 'name', None)!r} {value.dtype}"


def is_referred(value: Any) -> bool:
    """Whether a value counts by reference: code, a module or an asset rather than something that it holds.

    >>> is_referred(len), is_referred(3)
    (True, False)
    """
    kinds = (FunctionType, BuiltinFunctionType, MethodType, type, ModuleType, LazyModule)
    if isinstance(value, (*kinds, GetSetDescriptorType, MemberDescriptorType)) or is_asset(value):
        return True
    if not callable(value):
        return False
    module = sys.modules.get(str(getattr(value, "__module__", "")))  # a NumPy ufunc is found where it says it is
    return module is not None and vars(module).get(getattr(value, "__name__", ""), module) is value


def is_asset(value: Any) -> bool:
    """Whether an object is an asset's definition; only its key counts for the code that names it."""
    return hasattr(type(value), "__notebook_asset__") or "__notebook_asset__" in getattr(value, "__dict__", ())
