"""Changes of code, and their acceptance, of all assets that a selection chooses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import AssetStatus, statuses
from notebook_assets.display import Shown, note, plain, stack
from notebook_assets.display.rich import Rich
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance
from notebook_assets.workspace.targets import chosen_keys

_ONE = re.compile(r"[^\s:*+()\"']+")
"""A text that names one asset, if any."""

T = TypeVar("T", bound=Shown)


@dataclass(frozen=True, repr=False)
class CodeOfSeveral(Shown, Generic[T]):
    """What :func:`code_changes`, :func:`accept_code` or :func:`take_back_code` says of each asset of a selection.

    ``assets`` has those of which there is something to say, upstream first; ``said`` sums it up.

    >>> CodeOfSeveral({}, "All that is stored was made by today's code.")
    All that is stored was made by today's code.
    """

    assets: dict[AssetKey, T]
    said: str

    @property
    def _forms(self) -> tuple[str, str]:
        each = [Rich(*found._forms) for found in self.assets.values()]
        whole = stack([*each, note(plain(self.said))])
        return whole.html, whole.text


def selected_keys(graph: AssetGraph, asset: object) -> list[AssetKey] | None:
    """Return the assets that a selection chooses, upstream first; None where one asset is named.

    Args:
        graph: All assets.
        asset: A selection string, an AssetSelection or a list; None for all. Anything else names one asset.

    Raises:
        UnknownAssetError: One that is named does not exist.
        InvalidSelectionError: A selection string does not parse.
        InvalidInvocationError: Nothing is chosen, or nothing that is made here.

    >>> selected_keys(AssetGraph([]), "daily") is None
    True
    """
    if asset is None:
        return [key for key in graph.order if not graph.is_source(key)]
    if isinstance(asset, str):
        is_one = _ONE.fullmatch(asset) or any(key.to_user_string() == asset for key in graph.nodes)
        return None if is_one else chosen_keys(graph, asset)
    return chosen_keys(graph, asset) if isinstance(asset, AssetSelection | list | tuple) else None


def of_each(
    graph: AssetGraph, store: Instance, keys: list[AssetKey], partition: Any, ask: Callable[[AssetStatus], T]
) -> dict[AssetKey, T]:
    """Return what is said of each asset.

    Args:
        graph: All assets.
        store: Where they are kept.
        keys: The assets.
        partition: A partition that was named, which only one asset may be asked for.
        ask: What gives that for one of them.

    Raises:
        InvalidInvocationError: A partition was named.
    """
    if partition is not None:
        raise InvalidInvocationError(f"Name one asset with the partitions {partition!r}; several have others each.")
    found = statuses(graph, store, keys)
    return {key: ask(found[key]) for key in keys}
