"""Ops that are called as functions, beside the reference: what they give back, and which calls are refused."""

# No postponed annotations: the reference looks up those of the ops below by name, outside of this function.

import asyncio
from collections.abc import Callable
from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets

pytestmark = pytest.mark.usefixtures("quiet_reference")


def returning(dg: ModuleType, value: Any, **options: Any) -> Any:
    @dg.op(**options)
    def made():
        return value

    return made


def yielding(dg: ModuleType, *things: Any, **options: Any) -> Any:
    @dg.op(**options)
    def made():
        yield from things

    return made


def two(dg: ModuleType, is_required: bool = True) -> dict[str, Any]:
    return {"out": {"a": dg.Out(), "b": dg.Out(is_required=is_required)}}


def a_coroutine(dg: ModuleType, value: Any, **options: Any) -> Any:
    @dg.op(**options)
    async def made():
        return value

    return asyncio.run(made())


def an_async_generator(dg: ModuleType, *things: Any, **options: Any) -> Any:
    @dg.op(**options)
    async def made():
        for thing in things:
            yield thing

    async def gathered():
        return [each async for each in made()]

    return asyncio.run(gathered())


def dynamic(dg: ModuleType, *keys: str) -> list[Any]:
    return [dg.DynamicOutput(number, mapping_key=key) for number, key in enumerate(keys)]


RESULTS: dict[str, Callable[[ModuleType], Any]] = {
    "a value": lambda dg: returning(dg, 3)(),
    "None": lambda dg: returning(dg, None)(),
    "an Output": lambda dg: returning(dg, dg.Output(3))(),
    "an Output of another name": lambda dg: returning(dg, dg.Output(3, "zz"))(),
    "a tuple": lambda dg: returning(dg, (1, 2), **two(dg))(),
    "a tuple of Outputs": lambda dg: returning(dg, (dg.Output(1, "a"), dg.Output(2, "b")), **two(dg))(),
    "Outputs in another order": lambda dg: returning(dg, (dg.Output(1, "b"), dg.Output(2, "a")), **two(dg))(),
    "one for two": lambda dg: returning(dg, 1, **two(dg))(),
    "three for two": lambda dg: returning(dg, (1, 2, 3), **two(dg))(),
    "None for two": lambda dg: returning(dg, None, **two(dg))(),
    "a list for two": lambda dg: returning(dg, [1, 2], **two(dg))(),
    "another type": lambda dg: returning(dg, "x", out=dg.Out(int))(),
    "another type in an Output": lambda dg: returning(dg, dg.Output("x"), out=dg.Out(int))(),
    "nothing where it is optional": lambda dg: returning(dg, None, out=dg.Out(is_required=False))(),
    "None where an optional int is declared": lambda dg: returning(dg, None, out=dg.Out(int, is_required=False))(),
    "nothing for Nothing": lambda dg: returning(dg, None, out=dg.Out(dg.Nothing))(),
    "a value for Nothing": lambda dg: returning(dg, 3, out=dg.Out(dg.Nothing))(),
    "a value of no outputs": lambda dg: returning(dg, 3, out={})(),
    "no value of no outputs": lambda dg: returning(dg, None, out={})(),
    "dynamic outputs": lambda dg: returning(dg, dynamic(dg, "k", "l"), out=dg.DynamicOut())(),
    "no dynamic outputs": lambda dg: returning(dg, [], out=dg.DynamicOut())(),
    "a list of others as dynamic": lambda dg: returning(dg, [1], out=dg.DynamicOut())(),
    "a value as dynamic": lambda dg: returning(dg, 1, out=dg.DynamicOut())(),
    "yielded": lambda dg: list(yielding(dg, dg.Output(1))()),
    "yielded by another name": lambda dg: list(yielding(dg, dg.Output(1, "zz"))()),
    "yielded twice": lambda dg: list(yielding(dg, dg.Output(1), dg.Output(1))()),
    "one of two yielded": lambda dg: list(yielding(dg, dg.Output(1, "a"), **two(dg))()),
    "one of two, the other optional": lambda dg: list(yielding(dg, dg.Output(1, "a"), **two(dg, False))()),
    "nothing yielded": lambda dg: list(yielding(dg)()),
    "nothing yielded for Nothing": lambda dg: list(yielding(dg, out=dg.Out(dg.Nothing))()),
    "no Output yielded": lambda dg: list(yielding(dg, 3)()),
    "an event yielded": lambda dg: list(yielding(dg, dg.AssetMaterialization("x"), dg.Output(3))()),
    "another type yielded": lambda dg: list(yielding(dg, dg.Output("x"), out=dg.Out(int))()),
    "dynamic outputs yielded": lambda dg: list(yielding(dg, *dynamic(dg, "k", "l"), out=dg.DynamicOut())()),
    "a coroutine": lambda dg: a_coroutine(dg, 4),
    "a coroutine of another type": lambda dg: a_coroutine(dg, "x", out=dg.Out(int)),
    "an asynchronous generator": lambda dg: an_async_generator(dg, dg.Output(4)),
    "one of another type": lambda dg: an_async_generator(dg, dg.Output("x"), out=dg.Out(int)),
    "one that yields nothing": lambda dg: an_async_generator(dg),
}


def callables(dg: ModuleType) -> dict[str, Any]:
    """Return ops that take inputs, the context, configuration and resources, by name."""

    class Settings(dg.Config):
        rows: int = 4

    class Connection(dg.ConfigurableResource):
        url: str = "default"

    @dg.op
    def double(number: int):
        return number * 2

    @dg.op(ins={"step": dg.In(default_value=7)})
    def stepped(number, step, offset=5):
        return number, step, offset

    @dg.op
    def told(context, number):
        return context.op_config, number

    @dg.op(config_schema={"rows": int})
    def schemed(context):
        return context.op_config

    @dg.op(config_schema={"rows": int})
    def schemed_alone():
        return 1

    @dg.op
    def classed(config: Settings, number=1):
        return config.rows, number

    @dg.op
    def connected(connection: Connection):
        return connection.url

    @dg.op(required_resource_keys={"db"})
    def required(context):
        return context.resources.db

    @dg.op(required_resource_keys={"db"})
    def required_alone():
        return 3

    @dg.op(ins={"start": dg.In(dg.Nothing)})
    def waits():
        return "waited"

    @dg.op
    def describes(context):
        context.add_output_metadata({"rows": 3})
        return 1

    @dg.op
    def describes_another(context):
        context.add_output_metadata({"rows": 3}, output_name="zz")
        return 1

    found = (double, stepped, told, schemed, schemed_alone, classed, connected, required, required_alone, waits)
    return {
        **{each.name: each for each in (*found, describes, describes_another)},
        "fixed": schemed.configured({"rows": 5}, name="fixed"),
        "badly_fixed": schemed.configured({"rows": "x"}, name="badly_fixed"),
        "by_days": schemed.configured(lambda config: {"rows": config["days"] * 24}, "by_days", {"days": int}),
        "Settings": Settings,
        "Connection": Connection,
        "context": dg.build_op_context,
    }


CALLS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an input by place": lambda of: of["double"](3),
    "an input by name": lambda of: of["double"](number=3),
    "an input of another type": lambda of: of["double"]("3"),
    "an input of another type by name": lambda of: of["double"](number="3"),
    "no input": lambda of: of["double"](),
    "too many inputs": lambda of: of["double"](1, 2),
    "an unknown input": lambda of: of["double"](nr=1),
    "an input twice": lambda of: of["double"](1, number=1),
    "an alias": lambda of: of["double"].alias("other")(3),
    "tags": lambda of: of["double"].tag({"a": "b"})(3),
    "defaults": lambda of: of["stepped"](1),
    "defaults by place": lambda of: of["stepped"](1, 2, 3),
    "a default by name": lambda of: of["stepped"](1, offset=0),
    "a context": lambda of: of["told"](of["context"](), 1),
    "a context by name": lambda of: of["told"](context=of["context"](), number=1),
    "None as the context": lambda of: of["told"](None, 1),
    "no context": lambda of: of["told"](1),
    "a context that is not taken": lambda of: of["double"](of["context"](), 3),
    "configuration": lambda of: of["schemed"](of["context"](op_config={"rows": 3})),
    "wrong configuration": lambda of: of["schemed"](of["context"](op_config={"rows": "x"})),
    "unknown configuration": lambda of: of["schemed"](of["context"](op_config={"rows": 1, "zz": 1})),
    "no configuration": lambda of: of["schemed"](of["context"]()),
    "no configuration, no context": lambda of: of["schemed_alone"](),
    "a Config by place": lambda of: of["classed"](of["Settings"](rows=2)),
    "a Config by name": lambda of: of["classed"](config=of["Settings"](rows=2), number=5),
    "a dict as Config": lambda of: of["classed"](config={"rows": 3}),
    "a wrong dict as Config": lambda of: of["classed"](config={"rows": "x"}),
    "a default Config": lambda of: of["classed"](),
    "a Config of the context": lambda of: of["classed"](of["context"](op_config={"rows": 9})),
    "a Config of an empty context": lambda of: of["classed"](of["context"]()),
    "a Config twice": lambda of: of["classed"](of["context"](op_config={"rows": 9}), config=of["Settings"]()),
    "a resource by name": lambda of: of["connected"](connection=of["Connection"](url="a")),
    "a resource by place": lambda of: of["connected"](of["Connection"](url="a")),
    "a resource of the context": lambda of: of["connected"](
        of["context"](resources={"connection": of["Connection"](url="b")})
    ),
    "no resource": lambda of: of["connected"](),
    "no resource in the context": lambda of: of["connected"](of["context"]()),
    "a required resource": lambda of: of["required"](of["context"](resources={"db": 3})),
    "a missing one": lambda of: of["required"](of["context"]()),
    "required, without a context": lambda of: of["required"](),
    "required, but the context is not taken": lambda of: of["required_alone"](of["context"]()),
    "nothing to wait for": lambda of: of["waits"](),
    "metadata": lambda of: of["describes"](of["context"]()),
    "metadata of another output": lambda of: of["describes_another"](of["context"]()),
    "a fixed configuration": lambda of: of["fixed"](of["context"]()),
    "a fixed configuration that does not fit": lambda of: of["badly_fixed"](of["context"]()),
    "a mapped configuration": lambda of: of["by_days"](of["context"](op_config={"days": 2})),
    "a mapped configuration that does not fit": lambda of: of["by_days"](of["context"](op_config={"days": "x"})),
}


def plain(value: Any) -> Any:
    """Return what came back in words that both libraries share."""
    if type(value) in (list, tuple):
        return type(value)(plain(each) for each in value)
    if hasattr(value, "mapping_key"):
        return ("dynamic", value.value, value.mapping_key, value.output_name)
    if hasattr(value, "output_name"):
        return ("output", value.value, value.output_name)
    return value if isinstance(value, int | str | dict | None) else type(value).__name__


def outcome(call: Callable[[Any], Any], given: Any) -> Any:
    try:
        return plain(call(given))
    except Exception:
        return "refused"


@pytest.mark.parametrize("case", RESULTS)
def test_what_comes_back_is_checked_like_in_the_reference(case: str) -> None:
    assert outcome(RESULTS[case], notebook_assets) == outcome(RESULTS[case], dagster)


@pytest.mark.parametrize("case", CALLS)
def test_arguments_are_taken_like_in_the_reference(case: str) -> None:
    assert outcome(CALLS[case], callables(notebook_assets)) == outcome(CALLS[case], callables(dagster))
