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


def order_with_siblings(
    parents: Mapping[AssetKey, Sequence[AssetKey]], siblings: Mapping[AssetKey, Sequence[AssetKey]]
) -> tuple[AssetKey, ...]:
    """Return every key after all its parents, and those that are made by one call next to each other.

    Args:
        parents: What each is made from.
        siblings: For each asset that is made by one call together with others, all of these, itself included.

    Raises:
        CyclicDependencyError: A key is its own ancestor, or something that is made by one call needs what is made
            from another part of it; the message shows the path.

    >>> a, b, c = AssetKey("a"), AssetKey("b"), AssetKey("c")
    >>> order_with_siblings({a: [], c: [], b: []}, {a: [a, b], b: [a, b]})
    (AssetKey(['a']), AssetKey(['b']), AssetKey(['c']))
    """
    order = topological_order(parents)
    if not siblings:
        return order
    first = {key: siblings[key][0] if key in siblings else key for key in order}
    members: dict[AssetKey, list[AssetKey]] = {}
    needs: dict[AssetKey, dict[AssetKey, None]] = {first[key]: {} for key in parents}
    for key in order:
        members.setdefault(first[key], []).append(key)
        needs[first[key]].update((first[parent], None) for parent in parents[key] if first[parent] != first[key])
    try:
        units = topological_order({unit: list(found) for unit, found in needs.items()})
    except CyclicDependencyError as error:
        raise _circle_of_calls(error.at_fault, members, parents) from None
    return tuple(key for unit in units for key in members[unit])


def _circle_of_calls(
    units: Sequence[AssetKey],
    members: Mapping[AssetKey, Sequence[AssetKey]],
    parents: Mapping[AssetKey, Sequence[AssetKey]],
) -> CyclicDependencyError:
    """Return the error for assets that need each other in a circle only since some are made by one call."""
    steps = []
    for unit, upstream in zip(units, [*units[1:], units[0]], strict=True):
        needed = set(members[upstream])
        steps.append(next((k, p) for k in members[unit] for p in parents[k] if p in needed))
    words = [f"{key.to_user_string()} is made from {parent.to_user_string()}" for key, parent in reversed(steps)]
    together = [", ".join(key.to_user_string() for key in members[unit]) for unit in units if len(members[unit]) > 1]
    error = CyclicDependencyError(
        f"These assets need each other in a circle: {'; '.join(words)}; and one call makes "
        f"{' and another '.join(together)}. Give the function can_subset=True, so that it is called once for each "
        "part; or make them by two functions."
    )
    error.at_fault = tuple(key for unit in units for key in members[unit])
    return error


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
