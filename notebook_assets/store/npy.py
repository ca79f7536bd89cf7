"""NumPy arrays and scalars as ``.npy``, which never executes anything."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

from notebook_assets.lazy import lazy_module

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")


class NpyFormat:
    """An array of anything but Python objects."""

    name = "npy"
    suffix = "npy"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the ``.npy`` form of a plain array, or ``None`` where it would not give back the same dtype.

        >>> NpyFormat().encode(np.arange(3))[:6], NpyFormat().encode(np.array([object()])), NpyFormat().encode("x")
        (b'\\x93NUMPY', None, None)
        """
        if "numpy" not in sys.modules or type(value) is not np.ndarray:
            return None
        if value.dtype.hasobject or not _dtype_survives(value.dtype):
            return None
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, value, allow_pickle=False)
        return buffer.getvalue()

    def decode(self, data: bytes) -> Any:
        """Return the array."""
        return np.lib.format.read_array(io.BytesIO(data), allow_pickle=False)


class NpyScalarFormat:
    """A number, a boolean, a moment or a span of time of NumPy's own types, as an array of no dimension."""

    name = "npy-scalar"
    suffix = "npy"
    executes = False

    def encode(self, value: Any) -> bytes | None:
        """Return the ``.npy`` form, or ``None`` where it would give back another type.

        >>> form = NpyScalarFormat()
        >>> form.decode(form.encode(np.float32(1.5))), form.encode(1.5), form.encode(np.str_("a"))
        (np.float32(1.5), None, None)
        """
        if "numpy" not in sys.modules or not isinstance(value, np.generic) or value.dtype.kind not in "biufcmM":
            return None
        array = np.asarray(value)
        form = np.dtype(array.dtype.str)
        if form != array.dtype or form.type is not type(value):  # a subclass, or one of two names of a size
            return None
        return NpyFormat().encode(array)

    def decode(self, data: bytes) -> Any:
        """Return the value."""
        return NpyFormat().decode(data)[()]


def _dtype_survives(dtype: np.dtype[Any]) -> bool:
    if dtype.isbuiltin == 1 and dtype.metadata is None:
        return True
    if dtype.metadata is not None or dtype.isalignedstruct:
        return False
    try:
        return np.lib.format.descr_to_dtype(np.lib.format.dtype_to_descr(dtype)) == dtype
    except (TypeError, ValueError):
        return False
