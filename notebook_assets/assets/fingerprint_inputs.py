"""Which assets a function's parameters stand for, as a part of what makes a piece stale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from notebook_assets.assets.dependencies import ALLOW_MISSING, Dependency
from notebook_assets.assets.fingerprint import CodeFingerprint
from notebook_assets.assets.fingerprint_source import hex_digest
from notebook_assets.assets.fingerprint_values import OpaqueValueError, ValueEncoder


def input_parts(dependencies: Iterable[Dependency], prefix: Sequence[str] = ()) -> dict[str, str]:
    """Return what the parameters say beside their names, as parts of a fingerprint; nothing of the usual ones.

    A parameter that is called as its asset needs no part: the function's own text has its name.

    Args:
        dependencies: What the function is made from.
        prefix: What the keys of the assets that it makes begin with: by it, too, a parameter is called as its asset.

    >>> from notebook_assets.keys import AssetKey
    >>> input_parts([Dependency(AssetKey("x"), input_name="x"), Dependency(AssetKey("y"), input_name="before")])
    {'input before': 'input:y'}
    """
    found = {}
    for each in dependencies:
        name = each.input_name
        if name is None:
            continue
        if list(each.key.path) not in ([name], [*prefix, name]):
            found[f"input {name}"] = f"input:{each.key.to_user_string()}"
        told = {key: value for key, value in each.metadata.items() if key != ALLOW_MISSING}
        if told:
            found[f"metadata of input {name}"] = f"metadata:{_digest(told, name)}"
    return found


def input_lines(definition: Any) -> list[str]:
    """Return the same of a definition, as lines of a digest.

    >>> from notebook_assets import AssetIn, asset
    >>> @asset(ins={"before": AssetIn("y")})
    ... def x(before): ...
    >>> input_lines(x)
    ['input before input:y']
    """
    return [f"{name} {part}" for name, part in _parts_of(definition).items()]


def with_inputs(definition: Any, code: CodeFingerprint) -> CodeFingerprint:
    """Return the code of a definition with these parts, so that what changed can be told; the digest is as before.

    >>> from notebook_assets import AssetIn, asset
    >>> @asset(ins={"before": AssetIn("y")})
    ... def x(before): ...
    >>> with_inputs(x, CodeFingerprint("40f8", {})).parts
    {'input before': 'input:y'}
    """
    parts = _parts_of(definition)
    return replace(code, parts=dict(sorted({**code.parts, **parts}.items()))) if parts else code


def _parts_of(definition: Any) -> dict[str, str]:
    return input_parts(definition.dependencies, definition.specs[0].asset_key.path[:-1])


def _digest(metadata: Mapping[str, Any], name: str) -> str:
    """Return what stands for metadata; for what can't be taken apart, its names."""
    try:
        encoded = ValueEncoder(lambda part, place: None, lambda module: True).encode(dict(metadata), name)
    except OpaqueValueError:
        encoded = repr(sorted(metadata)).encode()
    return hex_digest(encoded.hex())
