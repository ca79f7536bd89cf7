"""Random graphs of functions that make several assets, written for either library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import dagster
from hypothesis import strategies as st

STORED = ("outputs", "tuple")
"""The forms whose values an IO manager keeps; what needs the others has no input of them."""

CHECKS = (None, "passes", "warns", "errs", "blocks")


@dataclass(frozen=True)
class Node:
    """One function of a random graph.

    Its outputs are numbered; those of ``omitted`` are optional and not given, ``chain`` makes each from the one before.
    """

    inputs: frozenset[tuple[int, int]]
    form: str
    can_subset: bool
    chain: bool
    size: int
    order: tuple[int, ...]
    omitted: frozenset[int]
    fails_after: int | None
    checks: tuple[str | None, ...]
    has_config: bool


@st.composite
def nodes(draw: st.DrawFn) -> Node:
    size = draw(st.integers(1, 3))
    in_order = draw(st.booleans())
    form = draw(st.sampled_from(["outputs", "outputs", "results", "tuple", "nothing"]))
    yields = form in ("outputs", "results")
    chain = in_order and draw(st.booleans())
    omitted = draw(st.frozensets(st.integers(0, size - 1), max_size=1)) if yields and in_order else frozenset()
    fails = st.just(None) if chain and omitted else st.sampled_from([None, None, None, 0, 1, 2])
    return Node(
        inputs=draw(st.frozensets(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=2)),
        form=form,
        can_subset=yields and draw(st.booleans()),
        chain=chain,
        size=size,
        order=tuple(range(size)) if in_order else tuple(draw(st.permutations(range(size)))),
        omitted=omitted,
        fails_after=draw(fails),
        checks=tuple(
            draw(st.sampled_from([None, "passes", "warns", "errs", "blocks"]))
            if yields and part not in omitted
            else None
            for part in range(size)
        ),
        has_config=draw(st.booleans()),
    )


def key(at: int, part: int) -> str:
    return f"n{at}_{part}"


class Pipeline:
    """The graph's assets, written as a user of either library would; everything goes well until ``is_rough``."""

    def __init__(self, dg: ModuleType, graph: list[Node], partition: str | None) -> None:
        self.dg = dg
        self.graph = graph
        self.partition = partition
        self.partitions = dg.StaticPartitionsDefinition(["x", "y"]) if partition else None
        self.is_rough = False
        self.assets = [self._assets(at, node) for at, node in enumerate(graph)]

    def ups(self, at: int) -> list[str]:
        chosen = self.graph[at].inputs
        return sorted({key(up, part % self.graph[up].size) for up, part in chosen if up < at})

    def _assets(self, at: int, node: Node) -> Any:
        dg, ups = self.dg, self.ups(at)
        parts = range(node.size)
        before = {part: [key(at, part - 1)] if node.chain and part else [] for part in parts}
        if node.form in STORED:
            stored = [up for up in ups if self.graph[int(up[1])].form in STORED]
            ins = {f"x_{up}": dg.AssetIn(up) for up in stored}
            outs = {
                key(at, part): dg.AssetOut(is_required=not (node.can_subset or part in node.omitted)) for part in parts
            }
            inside = {key(at, part): {dg.AssetKey(up) for up in [*ups, *before[part]]} for part in parts}
            only_deps = [up for up in ups if up not in stored]
            makes: dict[str, Any] = {"outs": outs, "ins": ins, "deps": only_deps, "internal_asset_deps": inside}
        else:
            specs = [
                dg.AssetSpec(key(at, part), deps=[*ups, *before[part]], skippable=part in node.omitted)
                for part in parts
            ]
            makes = {"specs": specs}
        checks = [
            dg.AssetCheckSpec("looked", asset=key(at, part), blocking=how == "blocks")
            for part, how in enumerate(node.checks)
            if how
        ]

        @dg.multi_asset(
            name=f"f{at}",
            can_subset=node.can_subset,
            check_specs=checks,
            config_schema={"n": int} if node.has_config else None,
            partitions_def=self.partitions,
            **makes,
        )
        def several(context, **inputs):
            wanted = [part for part in node.order if dg.AssetKey(key(at, part)) in context.selected_asset_keys]
            key_there = context.partition_key if context.has_partition_key else None
            config = context.op_execution_context.op_config["n"] if node.has_config else None
            return self._given(at, wanted, [config, key_there, sorted(inputs.items())])

        return several

    def _given(self, at: int, wanted: list[int], value: Any) -> Any:
        node = self.graph[at]
        if node.form in ("outputs", "results"):
            return self._yielded(at, wanted, value)
        if self.is_rough and node.fails_after is not None:
            raise ValueError("no")
        return None if node.form == "nothing" else tuple([part, value] for part in range(node.size))

    def _yielded(self, at: int, wanted: list[int], value: Any) -> Iterator[Any]:
        node, dg = self.graph[at], self.dg
        for place, part in enumerate(wanted):
            if self.is_rough and place == node.fails_after:
                raise ValueError("no")
            if self.is_rough and part in node.omitted:
                continue
            how = node.checks[part]
            checks = [self._check(at, part, how)] if how else []
            if node.form == "outputs":
                name = "result" if node.size == 1 and part % 2 else key(at, part)
                yield dg.Output([part, value], name)
                yield from checks
            else:
                yield dg.MaterializeResult(asset_key=key(at, part), check_results=checks)

    def _check(self, at: int, part: int, how: str) -> Any:
        severity = self.dg.AssetCheckSeverity.WARN if how == "warns" else self.dg.AssetCheckSeverity.ERROR
        passed = how == "passes" or not self.is_rough
        return self.dg.AssetCheckResult(passed=passed, severity=severity, asset_key=key(at, part), check_name="looked")

    def run(self, instance: Any, chosen: list[str] | None) -> Any:
        ran = [at for at, node in enumerate(self.graph) if chosen is None or set(self.keys(at)) & set(chosen)]
        config = {"ops": {f"f{at}": {"config": {"n": at}} for at in ran if self.graph[at].has_config}}
        selection = None if chosen is None else self.dg.AssetSelection.assets(*chosen)
        more = {} if self.dg is dagster else {"progress": False}
        return self.dg.materialize(
            self.assets,
            instance=instance,
            partition_key=self.partition,
            selection=selection,
            run_config=config,
            raise_on_error=False,
            **more,
        )

    def with_neighbours(self, chosen: list[str]) -> list[str]:
        """Return them with all that the functions make which can't make a part."""
        whole = {at for at, node in enumerate(self.graph) if not node.can_subset and set(self.keys(at)) & set(chosen)}
        return [name for at in range(len(self.graph)) for name in self.keys(at) if name in chosen or at in whole]

    def keys(self, at: int) -> list[str]:
        return [key(at, part) for part in range(self.graph[at].size)]


def number_of(name: str) -> int:
    """Return the number of the function that makes an asset."""
    return int(name[1 : name.index("_")])
