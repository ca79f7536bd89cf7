"""The order of assets: each after all that it is made from; circles are found and shown as a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notebook_assets.errors import CyclicDependencyError
from notebook_assets.keys import AssetKey


def topological_order(parents: Mapping[AssetKey, Sequence[AssetKey]]) -> tuple[AssetKey, ...]:
    """Return every key after all its parents; otherwise in the order given. Iterative: chains may be long.

    Raises:
        CyclicDependencyError: A key is its own ancestor; the message shows the path.

    >>> topological_order({AssetKey("b"): [AssetKey("a")], AssetKey("a"): []})
    (AssetKey(['a']), AssetKey(['b']))
    """
    done: dict[AssetKey, bool] = {}  # False while its upstream is being visited
    order: list[AssetKey] = []
    for root in parents:
        stack: list[tuple[AssetKey, list[AssetKey]]] = []
        if root not in done:
            done[root] = False
            stack.append((root, [*reversed(parents[root])]))
        while stack:
            key, waiting = stack[-1]
            if not waiting:
                stack.pop()
                done[key] = True
                order.append(key)
                continue
            parent = waiting.pop()
            if parent not in done:
                done[parent] = False
                stack.append((parent, [*reversed(parents[parent])]))
            elif not done[parent]:
                raise _circle([entry for entry, _ in stack], parent)
    return tuple(order)


def _circle(path: list[AssetKey], again: AssetKey) -> CyclicDependencyError:
    circle = path[path.index(again) :]
    names = [key.to_user_string() for key in reversed([*circle, again])]
    error = CyclicDependencyError(
        f"These assets need each other in a circle: {' → '.join(names)}. "
        "Remove one of the inputs; or, where an asset needs its own earlier partitions, give that input a "
        "TimeWindowPartitionMapping(start_offset=-1, end_offset=-1)."
    )
    error.at_fault = tuple(circle)
    return error
