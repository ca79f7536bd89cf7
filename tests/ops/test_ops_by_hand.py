"""Ops as functions: what their signatures and outputs say, and calling them in tests."""

from __future__ import annotations

from typing import Any

import pytest

from notebook_assets import (
    In,
    InvalidDefinitionError,
    InvalidInvocationError,
    Nothing,
    Out,
    Output,
    OutputTypeError,
    StepOutputNotFoundError,
    job,
    op,
)


@op
def double(number: int) -> int:
    """Twice the number."""
    return number * 2


@op(ins={"start": In(Nothing)})
def waits():
    return "waited"


@op(ins={"step": In(default_value=2)})
def stepped(number, step, offset=10):
    return number + step + offset


@op
def told(context, number):
    return context, number


def test_an_op_knows_its_names_and_description() -> None:
    assert (double.name, list(double.ins), list(double.outs), double.description) == (
        "double",
        ["number"],
        ["result"],
        "Twice the number.",
    )


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (lambda: double(3), 6),
        (lambda: double(number=3), 6),
        (lambda: waits(), "waited"),
        (lambda: waits(start=1), "waited"),
        (lambda: stepped(1), 13),
        (lambda: stepped(1, 5), 16),
        (lambda: stepped(1, offset=0), 3),
        (lambda: told("context", 4), ("context", 4)),
        (lambda: told(None, number=4)[0].op_config, None),
        (lambda: double.alias("other")(3), 6),
    ],
)
def test_an_op_is_called_like_its_function(call: Any, value: Any) -> None:
    """By place or by name, with defaults of ``ins``, and without what it only waits for."""
    assert call() == value


@pytest.mark.parametrize("call", [lambda: double(), lambda: double(1, 2), lambda: double(nr=1), lambda: told(4)])
def test_wrong_arguments_name_the_op_and_its_inputs(call: Any) -> None:
    with pytest.raises(InvalidInvocationError, match=r"The op '\w+' is called with .*\['number'\]"):
        call()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ins": {"nmber": In()}}, "no parameter.*number"),
        ({"ins": {"number": In(Nothing)}}, "only waits"),
        ({"ins": {"number": 3}}, "is an In"),
        ({"out": 3}, "out is an Out"),
        ({"out": {"a b": Out()}}, "letters, digits"),
        ({"name": "a-b"}, "letters, digits"),
        ({"tags": "x"}, "tags is a dict"),
        ({"required_resource_keys": "database"}, "holds texts"),
    ],
)
def test_wrong_definitions_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):

        @op(**options)
        def made(number): ...


def values_of(definition: Any) -> Any:
    """Run the op by itself; return its outputs, or what it raised."""

    @job
    def alone():
        definition()

    try:
        result = alone.execute_in_process()
    except Exception as error:
        return type(error)
    return {name: value for (_, name, _), value in result.graph_run.values.items()}


def returning(value: Any, **options: Any) -> Any:
    @op(**options)
    def made():
        return value

    return made


def yielding(*things: Any, **options: Any) -> Any:
    @op(**options)
    def made():
        yield from things

    return made


TWO = {"out": {"a": Out(), "b": Out()}}
OPTIONAL = {"out": {"a": Out(), "b": Out(is_required=False)}}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (returning(3), {"result": 3}),
        (returning(None), {"result": None}),
        (returning(Output(3, metadata={"rows": 1})), {"result": 3}),
        (returning((1, 2), **TWO), {"a": 1, "b": 2}),
        (returning((Output(1), Output(2, "b")), **TWO), {"a": 1, "b": 2}),
        (returning(1, **TWO), OutputTypeError),
        (returning((1, 2, 3), **TWO), OutputTypeError),
        (returning((Output(1, "b"), Output(2, "a")), **TWO), OutputTypeError),
        (yielding(Output(2, "b"), Output(1, "a"), **TWO), {"b": 2, "a": 1}),
        (yielding(Output(1, "a"), **TWO), StepOutputNotFoundError),
        (yielding(Output(1, "a"), **OPTIONAL), {"a": 1}),
        (yielding(Output(1, "a"), Output(1, "a"), **OPTIONAL), OutputTypeError),
        (yielding(Output(1, "c"), **OPTIONAL), OutputTypeError),
        (yielding(3), OutputTypeError),
        (yielding(), StepOutputNotFoundError),
        (yielding(out=Out(Nothing)), {"result": None}),
    ],
)
def test_what_an_op_gives_becomes_its_outputs(definition: Any, expected: Any) -> None:
    """Values, tuples and Outputs, returned or yielded; what does not fit is an error."""
    assert values_of(definition) == expected


def test_declared_types_are_checked() -> None:
    @op
    def text() -> str:
        return "three"

    @job
    def typed():
        double(text())

    with pytest.raises(Exception, match=r"the op 'double'.*number.*int.*str"):
        typed.execute_in_process()


def test_coroutines_and_asynchronous_generators_run() -> None:
    @op
    async def one():
        return 1

    @op
    async def two():
        yield Output(2)

    assert (values_of(one), values_of(two)) == ({"result": 1}, {"result": 2})
