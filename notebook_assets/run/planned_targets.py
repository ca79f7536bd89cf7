"""What a run is kept to have planned, so that another can go on with it after a crash."""

from __future__ import annotations

from collections.abc import Mapping

from notebook_assets.diagnosis import AssetStatus
from notebook_assets.keys import AssetKey
from notebook_assets.run.plan import Plan


def planned_targets(plan: Plan, statuses: Mapping[AssetKey, AssetStatus]) -> list[tuple[AssetKey, str]]:
    """Return what a plan makes, as the store keeps it: each asset with the serialized subset of its partitions.

    Args:
        plan: What is to be made.
        statuses: The status of each asset, whose definition has the partitions.

    >>> planned_targets(Plan(()), {})
    []
    """
    targets = []
    for planned in plan.assets:
        definition = statuses[planned.key].node.partitions_def
        subset = "" if definition is None else definition.subset_of_positions(planned.positions).serialize()
        targets.append((planned.key, subset))
    return targets
