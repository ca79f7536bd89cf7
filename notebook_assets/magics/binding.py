"""Under which variable of the notebook a ``%%asset`` cell binds its asset, so that no other definition is lost."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.magics.cell_code import python_name
from notebook_assets.workspace.catalogue import Catalogue, keys_held_by

_SHELLS = re.compile(r"_+|_\d+|_i+|_i\d+|_dh|_oh|_ih|In|Out|get_ipython")
_MOST = 1_000


@dataclass(frozen=True)
class Binding:
    """A variable for an asset, and what a person should know about it (empty if it is the one that they expect)."""

    name: str
    remark: str = ""


def binding_of(key: AssetKey, namespace: Mapping[str, Any], catalogue: Catalogue) -> Binding:
    """Return the variable that a cell's asset is bound to: one that is free, or that is this asset's already.

    A variable that holds another asset's definition is never taken, nor a name that is Python's own. One that holds
    anything else is, but only for a key of one part, of which it is the very name.

    Args:
        key: The asset.
        namespace: The notebook's variables.
        catalogue: The notebook's assets.

    Raises:
        InvalidDefinitionError: The name is one that the shell needs for itself, such as ``Out``.

    >>> binding_of(AssetKey("daily"), {}, Catalogue()).name
    'daily'
    >>> binding_of(AssetKey(["q", "bvar"]), {"bvar": 12}, Catalogue())
    Binding(name='q__bvar', remark='bound to the variable q__bvar, since bvar is taken')
    >>> binding_of(AssetKey("print"), {}, Catalogue()).name
    'print_'
    """
    if len(key.parts) == 1 and _SHELLS.fullmatch(key.name):
        raise InvalidDefinitionError(
            f"An asset of a cell can't be called {key.name!r}: the notebook's shell keeps its own things under that "
            f"name.{did_you_mean(key.name, [f'{key.name}_data'])}"
        )
    called = python_name(key.name)
    plain = f"{called}_" if hasattr(builtins, called) else called  # or else `print` would be lost to the notebook
    names = [name for name in islice(_names(key, plain), _MOST) if not _SHELLS.fullmatch(name)]
    chosen = next((name for name in names if _is_own(name, key, namespace, catalogue)), None)
    if chosen is None:
        chosen = next(
            name
            for name in names
            if not _is_anothers(name, key, namespace, catalogue)
            and (name not in namespace or (name == plain and len(key.parts) == 1))
        )
        if chosen in namespace:
            return Binding(chosen, f"the name {chosen} meant something else before")
    if chosen == key.name:
        return Binding(chosen)
    why = f", since {plain} is taken" if chosen != plain and plain in namespace else ""
    why = f", since {called} is Python's own" if chosen == plain != called else why
    return Binding(chosen, f"bound to the variable {chosen}{why}")


def _names(key: AssetKey, plain: str) -> Iterator[str]:
    """Names for the asset, the plainest first; without end."""
    yield plain
    if len(key.parts) > 1:
        yield "__".join(python_name(part) for part in key.parts)
    yield from (f"{plain}_{number}" for number in count(2))


def _is_own(name: str, key: AssetKey, namespace: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether a variable holds this asset's definition, or (as ``daily = load_asset_value("daily")``) did before."""
    if name not in namespace:
        return False
    entry = catalogue.get(key)
    return keys_held_by(namespace, name) == {key} or (
        entry is not None and entry.name == name and not _is_anothers(name, key, namespace, catalogue)
    )


def _is_anothers(name: str, key: AssetKey, namespace: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether a variable holds another asset's definition, or held one that the catalogue finds under it."""
    held = keys_held_by(namespace, name) if name in namespace else set()
    return bool(held - {key}) or any(entry.name == name and entry.key != key for entry in catalogue.entries())
