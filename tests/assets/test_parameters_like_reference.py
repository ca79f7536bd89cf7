"""What parameters and outputs of an asset stand for, beside the reference: contexts, inputs, outputs without values."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any

import dagster
import pytest

import notebook_assets

PACKAGES = (dagster, notebook_assets)


def kind_of_parameter(package: Any, name: str, annotation: str = "") -> str:
    """What one parameter is taken for: the context, an input, or refused."""
    space: dict[str, Any] = {"package": package, "typing": typing}
    exec(compile(f"def made({name}{annotation}): return 1", "<cell>", "exec", dont_inherit=True), space)
    try:
        made = package.asset(space["made"])
    except Exception:
        return "refused"
    return "input" if made.dependency_keys else "context"


@pytest.mark.parametrize(
    "name", ["context", "_context", "context_", "_", "__", "__context", "context__", "ctx", "Context", "contexts"]
)
def test_names_of_the_context(name: str) -> None:
    theirs, ours = (kind_of_parameter(package, name) for package in PACKAGES)
    assert ours == theirs


@pytest.mark.parametrize(
    "annotation",
    [
        ": package.AssetExecutionContext",
        ": package.OpExecutionContext",
        ": package.AssetCheckExecutionContext",
        ": int",
        ": str",
        ": dict",
        "=None",
    ],
)
@pytest.mark.parametrize("name", ["context", "_"])
def test_annotations_of_the_context(name: str, annotation: str) -> None:
    """A plain type there is a slip: the name is the context's."""
    theirs, ours = (kind_of_parameter(package, name, annotation) for package in PACKAGES)
    assert ours == theirs


def doubling(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator as people write them."""

    @functools.wraps(fn)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs) * 2

    return inner


class Maker:
    def made(self, one):  # type: ignore[no-untyped-def]  # the reference resolves no annotations of these
        return one

    def __call__(self, one):  # type: ignore[no-untyped-def]
        return one


def add(number, one):  # type: ignore[no-untyped-def]
    return number + one


def by_keywords(**inputs: Any) -> int:
    return sum(inputs.values())


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "wrapped": doubling(lambda context, one: one),
    "partial": functools.partial(add, 2),
    "bound method": Maker().made,
    "callable object": Maker(),
    "lambda": lambda one: one,
    "a default, though there is an asset": lambda one=7: one,
    "more by keywords": by_keywords,
}


@pytest.mark.parametrize("what", FUNCTIONS)
def test_whatever_can_be_called_is_a_function(what: str) -> None:
    """Its parameters are read through what is around it; the values are the same."""
    values = []
    for package in PACKAGES:
        one = package.asset(name="one")(lambda: 1)
        ins = {"one": package.AssetIn("one")} if what == "more by keywords" else None
        made = package.asset(name="made", ins=ins)(FUNCTIONS[what])
        manager = package.InMemoryIOManager()
        package.materialize([one, made], resources={"io_manager": manager})
        values.append(list(manager.values.values()))
    assert values[0] == values[1]


def yields(*names: str) -> Callable[[Any], Callable[[], Any]]:
    """Make a function that yields nothing for these outputs."""

    def of(package: Any) -> Callable[[], Any]:
        def made() -> Any:
            for name in names:
                yield package.Output(None, name)

        return made

    return of


def returns(value: Any) -> Callable[[Any], Callable[[], Any]]:
    return lambda package: lambda: value


@pytest.mark.parametrize("nothing", ["x", "xy"])
@pytest.mark.parametrize(
    "make",
    [returns(None), returns((None, 2)), returns((1, 2)), yields(), yields("x"), yields("y"), yields("x", "y")],
    ids=["none", "none-2", "1-2", "yields", "yields-x", "yields-y", "yields-x-y"],
)
def test_an_output_of_type_nothing_need_not_be_given(nothing: str, make: Callable[[Any], Callable[[], Any]]) -> None:
    """It is made by every call that does not fail; what has a value is still to be given."""
    made = []
    for package in PACKAGES:
        outs = {
            name: package.AssetOut(dagster_type=package.Nothing) if name in nothing else package.AssetOut()
            for name in "xy"
        }
        both = package.multi_asset(outs=outs, name="both")(make(package))
        result = package.materialize_to_memory([both], raise_on_error=False)
        events = result.get_asset_materialization_events()
        made.append((result.success, {event.asset_key.to_user_string() for event in events} if result.success else ()))
    assert made[0] == made[1]
