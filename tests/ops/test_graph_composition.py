"""Graphs: what may be wired, what graphs in graphs give, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    DynamicOut,
    DynamicOutput,
    GraphIn,
    GraphOut,
    In,
    InvalidDefinitionError,
    InvalidInvocationError,
    Nothing,
    Out,
    graph,
    op,
)


@op
def one():
    return 1


@op
def add(left, right):
    return left + right


@op(out={"small": Out(), "large": Out()})
def both(number):
    return number, number * 100


@op(out=DynamicOut())
def numbers(count):
    return [DynamicOutput(number, mapping_key=f"n{number}") for number in range(count)]


@op
def total(items):
    return sum(items)


@graph
def twice(number):
    return add(number, number)


@graph(out={"sum": GraphOut(), "large": GraphOut()}, ins={"number": GraphIn("what to begin with")})
def nested(number):
    parts = both(twice(number))
    return {"sum": add(parts.small, parts.large), "large": parts.large}


@graph
def dynamic(count):
    return total(numbers(count).map(lambda each: twice(add(each, each))).collect())


@graph
def fans_in():
    return total([one(), one(), twice(one())])


@pytest.mark.parametrize(
    ("definition", "inputs", "output", "value"),
    [
        (twice, {"number": 4}, "result", 8),
        (nested, {"number": 2}, "sum", 404),
        (nested, {"number": 2}, "large", 400),
        (dynamic, {"count": 4}, "result", 24),
        (dynamic, {"count": 0}, "result", 0),
        (fans_in, {}, "result", 4),
    ],
)
def test_graphs_compute_what_they_wire(definition: Any, inputs: dict[str, Any], output: str, value: Any) -> None:
    assert definition.execute_in_process(input_values=inputs).output_value(output) == value


def test_nodes_of_one_op_are_numbered_and_aliases_name_them() -> None:
    @graph
    def named():
        add.alias("sums")(one(), one.alias("first")())
        one()

    assert list(named.nodes) == ["one", "first", "sums", "one_2"]


def test_ops_in_graphs_are_found_by_their_path() -> None:
    result = nested.execute_in_process(input_values={"number": 1})
    assert result.output_for_node("twice.add") == 2
    assert result.output_for_node("both", "large") == 200
    with pytest.raises(InvalidInvocationError, match=r"'twice.ad'.*Did you mean 'twice.add'"):
        result.output_for_node("twice.ad")


def test_what_only_waits_comes_after() -> None:
    seen = []

    @op
    def first():
        seen.append("first")

    @op(ins={"start": In(Nothing)})
    def second():
        seen.append("second")

    @graph
    def well():
        second(start=[first(), first()])

    assert well.execute_in_process().success
    assert seen == ["first", "first", "second"]


def too_many_positional():
    one(one())


def unused(number):
    one()


def constant():
    add(1, one())


def returns_value():
    return 5


def too_few_names():
    return {"a": one()}


def two_of_one_alias():
    one.alias("z")()
    one.alias("z")()


def unknown_input():
    add(lft=one())


def twice_given():
    add(one(), left=one())


def all_outputs():
    add(both(one()), one())


def dynamic_as_it_is():
    total(numbers(one()))


def two_dynamics():
    numbers(one()).map(lambda a: numbers(one()).map(lambda b: add(a, b)))


def goes_through():
    for _ in one():
        pass


def returns_collected():
    return numbers(one()).collect()


def several_positional(*numbers):
    one()


@pytest.mark.parametrize(
    ("fn", "message"),
    [
        (too_many_positional, "takes 0 inputs by position"),
        (unused, "input 'number', which goes nowhere"),
        (constant, r"input 'left' of add is given 1 \(int\)"),
        (returns_value, r"returns 5 \(int\)"),
        (too_few_names, "name them: out="),
        (two_of_one_alias, "two nodes with the alias 'z'"),
        (unknown_input, "no input 'lft'.*Did you mean 'left'"),
        (twice_given, "'left' twice"),
        (all_outputs, "all outputs .*name one: .small"),
        (dynamic_as_it_is, r"dynamic output .*\.map\(op\).*\.collect\(\)"),
        (two_dynamics, "two dynamic outputs"),
        (goes_through, "can't be gone through"),
        (returns_collected, "collected list"),
        (several_positional, "names no input"),
        (3, "decorates a function"),
    ],
)
def test_what_can_not_be_wired_is_refused(fn: Any, message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        graph(fn)


def test_outputs_that_do_not_fit_the_names_are_refused() -> None:
    with pytest.raises(InvalidDefinitionError, match="'b' does not fit"):
        graph(out={"b": GraphOut()})(too_few_names)


def test_a_graph_is_not_called_outside_of_a_composition() -> None:
    with pytest.raises(InvalidInvocationError, match=r"twice.execute_in_process"):
        twice(3)
