"""Codes that pieces were made by before assets that they are made from were renamed: they count as today's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

from notebook_assets.assets import AssetNode
from notebook_assets.assets.renaming import renamed
from notebook_assets.keys import AssetKey
from notebook_assets.lazy import lazy_module
from notebook_assets.store.code_versions import CodeTables

if TYPE_CHECKING:
    import numpy as np
else:
    np = lazy_module("numpy")

Renames = Mapping[AssetKey, Sequence[AssetKey]]
"""By the key of today, the keys that an asset had before."""

_MOST = 16


def renames_of(source: object) -> Renames:
    """Return which assets of a store had other keys before; none of what keeps no codes.

    >>> renames_of("no store")
    {}
    """
    tables = getattr(source, "codes", None)
    return tables.former_keys() if isinstance(tables, CodeTables) else {}


def as_renamed(node: AssetNode, codes: np.ndarray, renames: Renames) -> np.ndarray:
    """Return the codes of pieces, with today's in place of those that differ from it by such keys only.

    Args:
        node: The asset.
        codes: By position, the code that made it.
        renames: Which assets had other keys before.
    """
    definition = node.definition
    if definition is None or not renames or node.spec.code_version is not None:
        return codes
    keys = [each.key for each in definition.dependencies if each.key in renames]
    today = node.code
    if not keys or bool((codes == today).all()):
        return codes
    before = product(*((key, *renames[key]) for key in keys))
    others = {
        renamed(definition, dict(zip(keys, each, strict=True))).code_of(node.key) for each in islice(before, 1, _MOST)
    }
    return np.array([today if code in others else code for code in codes.tolist()], dtype=object)
