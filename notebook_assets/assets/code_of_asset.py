"""What decides whether the code of an asset changed: its fingerprint, and what counts beside it."""

from __future__ import annotations

from typing import Any

from notebook_assets.assets.fingerprint_inputs import input_lines
from notebook_assets.assets.fingerprint_source import hex_digest
from notebook_assets.keys import AssetKey


def code_of_asset(definition: Any, key: AssetKey) -> str:
    """Return the code of one of the assets that a definition makes, as :meth:`AssetsDefinition.code_of` says.

    Args:
        definition: The definition.
        key: One of its assets.

    >>> from notebook_assets import asset
    >>> @asset(code_version="v2")
    ... def rows(): ...
    >>> code_of_asset(rows, rows.key)
    'v2'
    """
    spec = definition.specs_by_key[key]
    partitions = spec.partitions_def
    beside = [partitions.key_meaning] if partitions and partitions.key_meaning else []
    if spec.code_version is None:
        beside += sorted(f"{each.input_name} as a frame" for each in definition.dependencies if each.wants_frame)
        beside += ["no value"] if definition.signature.returns_nothing else []
        beside += input_lines(definition)
    code = str(spec.code_version if spec.code_version is not None else definition.fingerprint().digest)
    return f"{code}+{hex_digest(chr(10).join(beside))}" if beside else code
