"""Ops and graphs made by hand: what errors say, what assets are made of them, and what counts as their code."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    AssetsDefinition,
    CyclicDependencyError,
    DependencyDefinition,
    GraphDefinition,
    In,
    InputMapping,
    InvalidDefinitionError,
    InvalidInvocationError,
    MultiDependencyDefinition,
    NodeInvocation,
    OpDefinition,
    Out,
    Output,
    OutputMapping,
    graph,
    graph_asset,
    materialize_to_memory,
    op,
)


@op
def one():
    return 1


@op
def add(left, right):
    return left + right


def from_one() -> DependencyDefinition:
    return DependencyDefinition("one")


def tenfold(context: Any, inputs: Any) -> Any:
    yield Output(inputs["number"] * 10)


tens = OpDefinition(tenfold, "tens", {"number": In(int)}, {"result": Out(int)})

doubled = GraphDefinition(
    "doubled",
    node_defs=[tens, add],
    dependencies={"add": {"left": DependencyDefinition("tens"), "right": DependencyDefinition("tens")}},
    input_mappings=[InputMapping("number", "tens", "number")],
    output_mappings=[OutputMapping("result", "add", "result", "twice ten times as much")],
)


def test_an_asset_is_made_of_a_graph_made_by_hand() -> None:
    """It needs what the graph's inputs name, and has what the graph gives."""
    definition = AssetsDefinition.from_graph(doubled, keys_by_input_name={"number": "source"})
    source = AssetsDefinition.from_op(one, keys_by_output_name={"result": "source"})
    assert materialize_to_memory([source, definition]).asset_value("doubled") == 20
    assert definition.get_asset_spec().description == "twice ten times as much"
    assert definition(3) == 60


def test_an_asset_is_made_of_an_op_made_by_hand() -> None:
    definition = AssetsDefinition.from_op(tens, keys_by_input_name={"number": "source"})
    source = AssetsDefinition.from_op(one, keys_by_output_name={"result": "source"})
    assert materialize_to_memory([source, definition]).asset_value("tens") == 10
    assert definition.op is tens


def test_a_graph_made_by_hand_is_a_node_of_a_composed_one_and_the_other_way_round() -> None:
    @graph
    def composed():
        return doubled(one())

    outer = GraphDefinition(
        "outer", node_defs=[composed], output_mappings=[OutputMapping("result", "composed", "result")]
    )
    assert (composed.execute_in_process().output_value(), outer.execute_in_process().output_value()) == (20, 20)


def test_a_composed_graph_tells_its_wiring_as_one_made_by_hand() -> None:
    """Made again of what it tells, it gives the same."""

    @op
    def total(items):
        return sum(items)

    @graph
    def composed(number):
        first = one()
        return total.with_retry_policy(None).alias("all")([first, one.alias("uno")(), tens(number)])

    again = GraphDefinition(
        "again",
        node_defs=composed.node_defs,
        dependencies=composed.dependencies,
        input_mappings=composed.input_mappings,
        output_mappings=composed.output_mappings,
    )
    given = {"number": 4}
    assert again.execute_in_process(input_values=given).output_value() == 42
    assert composed.execute_in_process(input_values=given).output_value() == 42
    assert set(again.nodes) == set(composed.nodes) == {"one", "uno", "tens", "all"}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"dependencies": {"ad": {}}}, r"names 'ad', which is none of its node_defs.*Did you mean 'add'"),
        ({"dependencies": {"add": {"lft": from_one()}}}, r"'add' has no input 'lft'.*Did you mean 'left'"),
        ({"dependencies": {"add": {"left": DependencyDefinition("on")}}}, r"no node 'on'.*Did you mean 'one'"),
        ({"dependencies": {"add": {"left": DependencyDefinition("one", "rslt")}}}, r"no output 'rslt'.*'result'"),
        ({"dependencies": {"add": {"left": "one"}}}, r"comes from a DependencyDefinition.*got 'one'"),
        ({"dependencies": {"add": [from_one()]}}, r"are a dict by input"),
        ({"dependencies": {3: {}}}, r"names or NodeInvocations"),
        ({"dependencies": {"add": {}, NodeInvocation("one", "add"): {}}}, r"two nodes called 'add'"),
        ({"node_defs": [one, 3]}, r"node_defs are ops and graphs; got 3"),
        ({"node_defs": [one, op(name="one")(lambda: 2)]}, r"two different node_defs are called 'one'"),
        ({"input_mappings": ["p"]}, r"input_mappings are InputMappings"),
        ({"input_mappings": [InputMapping("p", "add", "lft")]}, r"no input 'lft'"),
        ({"output_mappings": [OutputMapping("p", "add", "x")]}, r"no output 'x'"),
        ({"output_mappings": ["p"]}, r"output_mappings are OutputMappings"),
        ({"config": 3}, r"config is a dict by node.*or a ConfigMapping; got 3"),
    ],
)
def test_what_can_not_be_wired_is_named(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        GraphDefinition("drawn", **{"node_defs": [one, add], **parts})


def test_a_circle_is_told_with_its_path() -> None:
    circle = {
        NodeInvocation("add", "a"): {"left": DependencyDefinition("b")},
        NodeInvocation("add", "b"): {"left": DependencyDefinition("a")},
    }
    with pytest.raises(CyclicDependencyError, match=r"a node that needs itself: (a → b → a|b → a → b)"):
        GraphDefinition("drawn", node_defs=[add], dependencies=circle)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OpDefinition(3, "made"), r"computed by a function"),
        (lambda: OpDefinition(tenfold, "a-b"), r"letters, digits"),
        (lambda: OpDefinition(tenfold, "made", {"a": Out()}), r"ins\['a'\] is an In"),
        (lambda: OpDefinition(tenfold, "made", outs={"a": In()}), r"outs\['a'\] is an Out"),
        (lambda: OpDefinition(tenfold, "made", outs={"a b": Out()}), r"letters, digits"),
        (lambda: DependencyDefinition(one), r"node is a name"),
        (lambda: MultiDependencyDefinition([from_one(), from_one()]), r"is there twice"),
        (lambda: MultiDependencyDefinition(["one"]), r"holds DependencyDefinitions"),
        (lambda: InputMapping("p", "add", "left", fan_in_index=0), r"by a composition function"),
    ],
)
def test_parts_that_can_not_be_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        make()


def test_an_op_made_by_hand_is_not_called() -> None:
    with pytest.raises(InvalidInvocationError, match=r"made by hand.*tens\.compute_fn"):
        tens(3)


CODE = """
from notebook_assets import AssetsDefinition, DependencyDefinition, GraphDefinition, OutputMapping
from notebook_assets import graph, graph_asset, op

@op
def one():
    return 1

@op
def double(number):
    return number * 2

by_hand = GraphDefinition(
    "by_hand",
    node_defs=[one, double],
    dependencies={"double": {"number": DependencyDefinition("one")}},
    output_mappings=[OutputMapping("result", "double", "result")],
)

@graph
def inner():
    return double(one())

@graph_asset
def outer():
    return inner()

table = AssetsDefinition.from_graph(by_hand)
"""


@pytest.mark.parametrize("name", ["table", "outer"])
@pytest.mark.parametrize(
    ("old", "new", "differs"),
    [
        ("return 1", "return 2", {"table", "outer"}),
        ("return number * 2", "return number * 3", {"table", "outer"}),
        ('node_defs=[one, double],\n    dependencies={"double": {"number": DependencyDefinition("one")}}',
         'node_defs=[one, double],\n    dependencies={}', {"table"}),
        ("return double(one())", "return double(double(one()))", {"outer"}),
        ("return 1", "return 1  # a comment", set()),
    ],
)  # fmt: skip
def test_the_code_of_graphs_in_graphs_and_made_by_hand_counts(
    old: str, new: str, differs: set[str], name: str, tmp_path: Any, monkeypatch: Any
) -> None:
    import importlib
    import sys

    monkeypatch.syspath_prepend(str(tmp_path))
    codes = []
    for number, text in enumerate((CODE, CODE.replace(old, new))):
        (tmp_path / f"by_hand_{number}.py").write_text(text)
        importlib.invalidate_caches()
        module = importlib.import_module(f"by_hand_{number}")
        definition = getattr(module, name)
        assert definition.unknown_code == ()
        codes.append(definition.code)
        del sys.modules[f"by_hand_{number}"]
    assert (codes[0] != codes[1]) is (name in differs)


def test_what_a_composed_asset_makes_of_a_graph_made_by_hand() -> None:
    @graph_asset
    def table():
        return doubled(one())

    assert table() == 20
