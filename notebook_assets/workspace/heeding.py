"""What blocking checks found in earlier runs, where a run is to heed it: which pieces it must not be made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from notebook_assets.assets import AssetGraph
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.diagnosis.seen_checks import refused
from notebook_assets.keys import AssetKey
from notebook_assets.run import Only, Plan
from notebook_assets.selection import AssetSelection
from notebook_assets.store import Instance


def is_heeding(listed: Iterable[object], only: str | None, *, upstream: bool, by_state: bool) -> bool:
    """Whether a call of ``materialize`` heeds what blocking checks found before.

    It does where pieces are chosen by their state, or by name. Definitions that are handed over are made from what
    there is, as in the reference, and ``only="all"`` insists.

    Args:
        listed: What is to be made, as it was given.
        only: The word that chose which pieces to make, if any.
        upstream: Whether what is needed is made first.
        by_state: Whether pieces of some asset were chosen by their state, since no partitions were given.

    >>> is_heeding(["total"], None, upstream=False, by_state=False)
    True
    >>> is_heeding(["total"], "all", upstream=False, by_state=False)
    False
    """
    if only == Only.ALL.value:
        return False
    by_name = any(isinstance(each, str | AssetKey | AssetSelection) for each in listed)
    return only is not None or upstream or by_state or by_name


def refused_before(
    graph: AssetGraph, found: Mapping[AssetKey, AssetStatus], plan: Plan, store: Instance
) -> dict[tuple[AssetKey, int], Sequence[str]]:
    """Return the pieces of what a plan reads in which blocking checks found errors, with the names of the checks.

    Only checks of the pieces as they are now count, and only such as are blocking today.

    Args:
        graph: The assets and checks.
        found: The statuses of what is planned and of all upstream of it.
        plan: What is to be made.
        store: Where the results of checks are kept.
    """
    read = {dependency.key: None for each in plan.assets for dependency in found[each.key].node.dependencies}
    names: dict[tuple[AssetKey, int], list[str]] = {}
    for key in read:
        for each in refused(store, found[key], graph.checks.may_block):
            names.setdefault((key, each.position), []).append(each.record.name)
    return {**names}
