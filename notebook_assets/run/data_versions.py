"""The data version of a value: a digest that is the same in every process for values that are the same."""

from __future__ import annotations

import hashlib
import io
import pickle
from typing import Any

from notebook_assets.store import EncodedValue

_SET_OPCODES = (b"\x8f", b"\x91")
"""What pickle writes for a set and a frozenset: where there is neither, there is none in the value."""

_MOST_BYTES = 16 * 2**20


def data_version_of_value(value: Any, encoded: EncodedValue) -> str:
    """Return the digest of what is stored, or one that does not depend on the order of sets in the value.

    The order in which Python goes through a set of texts differs from process to process, so its pickle does, too.
    Large values are not looked at a second time.

    >>> from notebook_assets.store.formats import encode
    >>> value = {"a", "b"}
    >>> data_version_of_value(value, encode(value, "names")) == encode(value, "names").digest
    False
    """
    data = encoded.data
    if encoded.format != "pickle" or len(data) > _MOST_BYTES or not any(opcode in data for opcode in _SET_OPCODES):
        return encoded.digest
    try:
        return hashlib.blake2b(_canonical(value), digest_size=16, person=b"sets").hexdigest()
    except Exception:  # what can be pickled as a whole need not be in parts: a set that holds itself in an object
        return encoded.digest


class _CanonicalPickler(pickle.Pickler):
    """Writes sets by their elements in the order of these elements' own bytes."""

    def persistent_id(self, obj: Any) -> Any:
        if type(obj) not in (set, frozenset):
            return None
        return type(obj).__name__, sorted(map(_canonical, obj))


def _canonical(value: Any) -> bytes:
    buffer = io.BytesIO()
    _CanonicalPickler(buffer, protocol=5).dump(value)
    return buffer.getvalue()
