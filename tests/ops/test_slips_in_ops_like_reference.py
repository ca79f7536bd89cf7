"""What can't be meant is refused where it is written, as in the reference; here by an error that says what to write."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets.errors import NotebookAssetsError


def one_op(dg: ModuleType) -> Any:
    return dg.op(name="o")(lambda: 1)


def graph_of(dg: ModuleType, use: Callable[[Any], Any]) -> Any:
    """Return a graph of one op, used in some way."""
    made = one_op(dg)

    def compose() -> None:
        use(made)()

    return dg.graph(name="g")(compose)


def mapped(dg: ModuleType, fn: Any) -> Any:
    several = dg.op(name="several", out=dg.DynamicOut())(lambda: [dg.DynamicOutput(1, "a")])

    def compose() -> None:
        several().map(fn)

    return dg.graph(name="g")(compose)


def job_of(dg: ModuleType, **options: Any) -> Any:
    made = one_op(dg)

    def compose() -> None:
        made()

    return dg.job(name="j", **options)(compose)


def nothing(*_: Any) -> dict[str, str]:
    return {}


SLIPS: dict[str, tuple[Callable[[ModuleType], Any], str]] = {
    "number as retry policy of an op": (lambda dg: dg.op(name="o", retry_policy=5)(lambda: 1), "is a RetryPolicy"),
    "text as retry policy of a node": (lambda dg: graph_of(dg, lambda o: o.with_retry_policy("x")), "is a RetryPolicy"),
    "number as retry policy of a job": (lambda dg: job_of(dg, op_retry_policy=5), "is a RetryPolicy"),
    "number as retry policy of a job over assets": (
        lambda dg: dg.define_asset_job("j", op_retry_policy=5),
        "is a RetryPolicy",
    ),
    "number as partitions of a job": (lambda dg: job_of(dg, partitions_def=5), "is a PartitionsDefinition"),
    "number as partitions of a job over assets": (
        lambda dg: dg.define_asset_job("j", partitions_def=5),
        "is a PartitionsDefinition",
    ),
    "number as partitions of a check": (
        lambda dg: dg.asset_check(asset="a", name="c", partitions_def=5)(lambda: 1),
        "is a PartitionsDefinition",
    ),
    "text as output_required": (lambda dg: dg.asset(name="q", output_required="no")(lambda: 1), "is a bool"),
    "number as function of a partitioned config": (
        lambda dg: dg.PartitionedConfig(dg.StaticPartitionsDefinition(["a"]), run_config_for_partition_key_fn=5),
        "is a function",
    ),
    "number as function of tags": (
        lambda dg: dg.PartitionedConfig(
            dg.StaticPartitionsDefinition(["a"]), run_config_for_partition_key_fn=nothing, tags_for_partition_key_fn=5
        ),
        "is a function",
    ),
    "number as key range": (lambda dg: dg.build_asset_context(partition_key_range=5), "is a PartitionKeyRange"),
    "number as instance": (lambda dg: dg.build_op_context(instance=5), "is an Instance"),
    "number as name of a tag of a job": (lambda dg: job_of(dg, tags={1: "x"}), "names of tags are texts; got 1"),
    "number as name of a tag of runs": (lambda dg: job_of(dg, run_tags={1: "x"}), "names of tags are texts"),
    "number as name of a tag of a run": (
        lambda dg: job_of(dg).execute_in_process(tags={1: "x"}),
        "names of tags are texts",
    ),
    "text as tags of a run": (lambda dg: job_of(dg).execute_in_process(tags="x"), "tags is a dict"),
    "number as name of a tag of a node": (lambda dg: graph_of(dg, lambda o: o.tag({1: 2})), "names of tags are texts"),
    "number as name of a tag of a job over assets": (
        lambda dg: dg.define_asset_job("j", tags={1: "x"}),
        "names of tags are texts",
    ),
    "number as hook of a node": (lambda dg: graph_of(dg, lambda o: o.with_hooks({1})), "holds hooks; got 1"),
    "number as hooks of a job": (lambda dg: job_of(dg, hooks=1), "a set of hooks; got 1"),
    "number as hook of a job": (lambda dg: job_of(dg).with_hooks({1}), "holds hooks; got 1"),
    "number as hook of a job over assets": (lambda dg: dg.define_asset_job("j", hooks={1}), "holds hooks; got 1"),
    "text as hooks": (lambda dg: dg.define_asset_job("j", hooks="x"), "a set of hooks; got 'x'"),
    "number as metadata of a failure": (lambda dg: dg.Failure("d", metadata=1), "metadata is a dict"),
    "number as metadata of a type check": (lambda dg: dg.TypeCheck(True, metadata=1), "metadata is a dict"),
    "number as metadata of a type": (
        lambda dg: dg.DagsterType(type_check_fn=nothing, name="T", metadata=1),
        "metadata is a dict",
    ),
    "number as input of a graph": (lambda dg: dg.graph(name="g", ins={1: 2})(lambda x: None), "is a GraphIn"),
    "number as nodes": (lambda dg: dg.GraphDefinition(name="g", node_defs=1), "node_defs is a list; got 1"),
    "number as dependencies": (lambda dg: dg.GraphDefinition(name="g", dependencies=1), "dependencies is a dict"),
    "number as mappings": (lambda dg: dg.GraphDefinition(name="g", input_mappings=1), "input_mappings is a list"),
    "number as tags of a graph": (lambda dg: dg.GraphDefinition(name="g", tags=1), "tags is a dict"),
    "number as tags of an op": (lambda dg: dg.OpDefinition(nothing, name="g", tags=1), "tags is a dict"),
    "number as resources of an op": (
        lambda dg: dg.OpDefinition(nothing, name="g", required_resource_keys=1),
        "holds texts",
    ),
    "number as version of an op": (lambda dg: dg.OpDefinition(nothing, name="g", code_version=1), "is a text"),
    "nothing mapped": (lambda dg: mapped(dg, None), "got None"),
    "mapped to a number": (lambda dg: mapped(dg, lambda each: 5), "returned 5"),
    "no name of a package": (lambda dg: dg.load_assets_from_package_name(None), "got None"),
    "path as name of a package": (lambda dg: dg.load_assets_from_package_name("../x"), "got '../x'"),
    "path as name of a package of checks": (lambda dg: dg.load_asset_checks_from_package_name("../x"), "got '../x'"),
    "asset of a function that says no parameters": (lambda dg: dg.asset(min), "my_min"),
    "op of a function that says no parameters": (lambda dg: dg.op(time.time), "my_time"),
    "graph of a function that says no parameters": (lambda dg: dg.graph(time.time), "my_time"),
    "resource of a function that says no parameters": (lambda dg: dg.resource(time.time), "my_time"),
    "number as chosen op": (lambda dg: job_of(dg).execute_in_process(op_selection=[1]), "got 1 in it"),
    "number as chosen ops": (lambda dg: job_of(dg).execute_in_process(op_selection=5), "got 5"),
}


def is_refused(make: Callable[[], Any]) -> bool:
    try:
        make()
    except Exception:  # which one is the reference's own affair
        return True
    return False


@pytest.mark.parametrize("case", SLIPS)
def test_a_slip_is_refused_in_words(case: str) -> None:
    make, text = SLIPS[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(NotebookAssetsError, match=text):
            make(notebook_assets)
        assert is_refused(lambda: make(dagster))


def ops_called(dg: ModuleType, *names: str) -> list[Any]:
    """Return different ops of these names."""
    return [dg.op(name=name)(lambda: 1) for name in names]


def graph_with(dg: ModuleType, name: str, *nodes: Any) -> Any:
    def compose() -> None:
        for node in nodes:
            node()

    return dg.graph(name=name)(compose)


def used_twice(dg: ModuleType) -> Any:
    (made,) = ops_called(dg, "o")
    return graph_with(dg, "g", made, made, made.alias("other"), made.tag({"team": "sales"}))


def in_two_graphs(dg: ModuleType) -> Any:
    (made,) = ops_called(dg, "o")
    return graph_with(dg, "g", graph_with(dg, "one", made), graph_with(dg, "two", made)).to_job()


def different_in_two_graphs(dg: ModuleType) -> Any:
    one, two = (graph_with(dg, name, *ops_called(dg, "o")) for name in ("one", "two"))
    return graph_with(dg, "g", one, two)


@pytest.mark.parametrize(
    "make",
    [
        lambda dg: graph_with(dg, "g", *ops_called(dg, "o", "o")),
        lambda dg: graph_with(
            dg, "g", *(op.alias(name) for op, name in zip(ops_called(dg, "o", "o"), "ab", strict=True))
        ),
        lambda dg: graph_with(dg, "g", graph_with(dg, "o", *ops_called(dg, "p")), *ops_called(dg, "o")),
        lambda dg: graph_with(dg, "g", *(graph_with(dg, "in", *ops_called(dg, name)) for name in ("o", "p"))),
        lambda dg: different_in_two_graphs(dg).to_job(),
        different_in_two_graphs,
        used_twice,
        in_two_graphs,
    ],
)
def test_different_ops_have_different_names(make: Callable[[ModuleType], Any]) -> None:
    try:
        make(dagster)
    except dagster.DagsterInvalidDefinitionError:
        with pytest.raises(notebook_assets.InvalidDefinitionError, match="two different ops or graphs are called"):
            make(notebook_assets)
    else:
        make(notebook_assets)


def test_an_op_that_a_cell_defines_again_is_the_same_op() -> None:
    """A graph that was wired before holds the one before; run, it takes the new one."""
    cell = "@notebook_assets.op\ndef clean(): return 1\n"
    space: dict[str, Any] = {"notebook_assets": notebook_assets, "__name__": "__main__"}
    exec(cell, space)
    before = graph_with(notebook_assets, "before", space["clean"])
    exec(cell, space)
    made = graph_with(notebook_assets, "g", before, space["clean"]).to_job()
    assert made.execute_in_process().success
