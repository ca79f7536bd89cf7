"""The digest of a set of inputs: equal digests mean that equal contents were read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def inputs_digest(data_versions: Iterable[str | None]) -> str:
    """Return a short digest of the data versions of the upstream pieces that were read, in order.

    A piece that is not there (``None``) counts: when it appears later, the digest differs.

    >>> inputs_digest(["a", "b"]) == inputs_digest(["a", None, "b"])
    False
    """
    text = "\n".join("" if version is None else version for version in data_versions)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
