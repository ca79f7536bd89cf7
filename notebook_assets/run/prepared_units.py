"""Make the plan of a run ready: the steps of each asset, and which calls make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from notebook_assets.assets import AssetGraph
from notebook_assets.assets.assets_definition import RESULT
from notebook_assets.diagnosis import AssetStatus
from notebook_assets.diagnosis.no_garbage import no_garbage
from notebook_assets.errors import InvalidInvocationError
from notebook_assets.keys import AssetKey
from notebook_assets.run.multi_steps import MultiSteps, MultiWork
from notebook_assets.run.plan import Plan, PlannedAsset
from notebook_assets.run.range_groups import most_at_once, ranges_of
from notebook_assets.run.range_inputs import uses_by_call
from notebook_assets.run.range_steps import RangeSteps
from notebook_assets.run.run_scope import RunScope
from notebook_assets.run.shared_values import uses_by_position
from notebook_assets.run.steps import AssetSteps, StepWork
from notebook_assets.run.work_units import WorkUnit


def prepared_units(
    graph: AssetGraph, plan: Plan, statuses: Mapping[AssetKey, AssetStatus], scope: RunScope
) -> list[WorkUnit]:
    """Return the calls of a run, upstream first.

    Args:
        graph: The assets.
        plan: What is to be made.
        statuses: The live statuses.
        scope: What all steps of the run share.

    Raises:
        InvalidInvocationError: A resource or an IO manager is missing, or an asset is made elsewhere.
    """
    with no_garbage():
        return [_prepared(unit, graph, statuses, scope) for unit in plan.units]


def _prepared(
    unit: Sequence[PlannedAsset], graph: AssetGraph, statuses: Mapping[AssetKey, AssetStatus], scope: RunScope
) -> WorkUnit:
    members: list[AssetSteps] = []
    expected: set[str] = set()
    ranges = _ranges(unit, graph, scope)
    for planned in unit:
        definition = graph.nodes[planned.key].definition
        if definition is None:
            raise InvalidInvocationError(f"{planned.key} is made elsewhere, so there is nothing to materialize here.")
        steps = AssetSteps(definition, statuses[planned.key], scope)
        _expect(steps, planned, expected, ranges)
        if len(planned.positions) == 1:
            scope.result.lone_partitions[planned.key] = steps.status.keys[int(planned.positions[0])]
        members.append(steps)
    positions = [planned.positions.tolist() for planned in unit]
    partitions_def = members[0].status.node.spec.partitions_def
    if ranges is not None and partitions_def is not None:
        return WorkUnit(members, positions, ranges, RangeSteps(members, positions, partitions_def).work)
    if set(members[0].definition.outputs) == {RESULT}:
        only = members[0]
        return WorkUnit(members, positions, [[at] for at in positions[0]], lambda group: StepWork(only, group[0]))
    together = MultiSteps(members, {each.key: frozenset(at) for each, at in zip(members, positions, strict=True)})
    groups = [[at] for at in together.positions]
    return WorkUnit(members, positions, groups, lambda group: MultiWork(together, group[0]))


def _ranges(unit: Sequence[PlannedAsset], graph: AssetGraph, scope: RunScope) -> list[list[int]] | None:
    """Return the positions of each call of a function that is called for ranges; None where each has its own call."""
    node = graph.nodes[unit[0].key]
    most = None if node.definition is None else most_at_once(node.definition, scope.tags)
    if most is None or node.spec.partitions_def is None:
        return None
    found = ranges_of([planned.positions for planned in unit], node.spec.partitions_def, most)
    return [positions for positions, _ in found]


def _expect(
    steps: AssetSteps, planned: PlannedAsset, expected: set[str], ranges: Sequence[Sequence[int]] | None
) -> None:
    """Tell how often the values of each input will be asked for; several that one call makes read it once."""
    for reader in steps.readers:
        name = reader.dependency.input_name
        if name is not None and name not in expected:
            expected.add(name)
            count = len(reader.upstream.keys)
            if ranges is None:
                uses = uses_by_position(reader.links, planned.positions, count)
            else:
                uses = uses_by_call(reader.links, ranges, count)
            steps.scope.shared.expect(reader.source, uses)
