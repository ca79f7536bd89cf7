"""What annotations and declared types say of values: which pass, what is told of the others, in runs too."""

from __future__ import annotations

# ruff: noqa: UP007, UP045 - older ways of writing annotations are what is tested
import collections.abc
import typing
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NewType, Optional, TypedDict, TypeVar, Union

import numpy as np
import pandas as pd
import pytest

from notebook_assets import (
    AssetIn,
    AssetKey,
    AssetOut,
    In,
    Instance,
    InvalidDefinitionError,
    MaterializeResult,
    Nothing,
    Out,
    Output,
    PythonObjectType,
    StaticPartitionsDefinition,
    Type,
    TypeCheck,
    TypeCheckDidNotPass,
    asset,
    check_type,
    make_python_type_usable_as_type,
    materialize,
    multi_asset,
    usable_as_type,
)
from notebook_assets.assets import declared_types, type_from

LETTERS = StaticPartitionsDefinition(["a", "b"])
Even = Type(lambda _, value: value % 2 == 0, name="Even", description="can be halved")
Number = NewType("Number", int)
Some = TypeVar("Some")


class Row(TypedDict):
    a: int


@dataclass
class Point:
    x: int


class Box(typing.Generic[Some]):
    pass


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Union[int, str], "a"),
        (int | None, None),
        (Literal["a", 1], "a"),
        (Annotated[int, "metres"], 1),
        (Number, 1),
        (tuple[int, ...], (1, 2, 3)),
        (tuple[()], ()),
        (frozenset[int], frozenset([1])),
        (collections.abc.Sequence[int], (1, 2)),
        (collections.abc.Mapping[str, int], {"a": 1}),
        (collections.abc.Iterable[int], iter([1])),
        (collections.abc.Callable[[int], int], abs),
        (type[int], bool),
        (Row, {"a": 1}),
        (Box[int], "no one can tell"),
        (Some, 1),
        ("NotImported", 1),
        ("in metres", 1),
        (np.zeros(2), 1),
        (3, 1),
        ({"unit": "m"}, 1),
        (list[Annotated[int, []]], [1]),
        (Any, 1),
        (object, 1),
        (Even, 2),
        (list[Even], [2, 4]),
        (Output[list[int]], [1]),
        (np.ndarray[Any, np.dtype[np.float64]], np.zeros(2)),
        (typing.SupportsIndex, 1),
    ],
)
def test_values_that_fit_their_annotation_pass(annotation: Any, value: Any) -> None:
    assert check_type(annotation, value).success


@pytest.mark.parametrize(
    ("annotation", "value", "words"),
    [
        (int, "a", "it is of type str: 'a'"),
        (int, np.int64(3), "it is of type int64: np.int64(3); int(value) makes it one"),
        (float, 3, "it is of type int: 3; float(value) makes it one"),
        (int | str, 1.5, "it is of type float: 1.5"),
        (None, 3, "it is of type int: 3"),
        (str, None, "it is None"),
        (list[int], [1, "a"], "at [1] it is of type str: 'a'"),
        (list[dict[str, int]], [{}, {"k": 1.5}], "at [1]['k'] it is of type float: 1.5"),
        (dict[str, int], {3: 1}, "at key 3 it is of type int: 3"),
        (dict[str, int] | None, {"a": "b"}, "at ['a'] it is of type str: 'b'"),
        (tuple[int, str], (1,), "it is a tuple of 1: (1,)"),
        (tuple[int, str], (1, 2), "at [1] it is of type int: 2"),
        (Literal["a", 1], True, "it is of type bool: True"),
        (Row, [1], "it is of type list: [1]"),
        (type[int], 3, "it is of type int: 3"),
        (list[Even], [2, 3], "at [1] it is no Even, but of type int: 3"),
        (str, b"x" * 1000, None),
    ],
)
def test_a_value_that_does_not_fit_is_told(annotation: Any, value: Any, words: str | None) -> None:
    found = check_type(annotation, value)
    assert not found.success
    assert words is None or found.description == words
    assert len(found.description or "") < 200


class Speechless:
    def __repr__(self) -> str:
        raise RuntimeError


def test_a_value_without_a_repr_is_told_by_its_type() -> None:
    assert "Speechless" in (check_type(int, Speechless()).description or "")


def test_the_types_of_a_function() -> None:
    def fn(context, a: list[int], b: NotImported, c) -> tuple[int, str]: ...  # noqa: F821

    def steps(a: Any) -> int:
        yield Output("x")

    found = declared_types(fn, {"c": Even}, output_names=("one", "two"))
    assert {name: type_.display_name for name, type_ in found.inputs.items()} == {"a": "list[int]", "c": "Even"}
    assert {name: type_.display_name for name, type_ in found.outputs.items()} == {"one": "int", "two": "str"}
    assert declared_types(steps).outputs == {}
    assert declared_types(fn, {"a": Any}).inputs == {}


def made(*assets: Any, **more: Any) -> Any:
    return materialize(list(assets), progress=False, raise_on_error=False, instance=Instance.ephemeral(), **more)


def error_of(result: Any, name: str | None = None) -> str:
    (failure, *others) = [each for each in result.failures if name in (None, each.key.to_user_string())]
    assert others == []
    assert isinstance(failure.error, TypeCheckDidNotPass)
    return str(failure.error)


def test_an_input_of_another_type_fails_and_tells_piece_type_and_value() -> None:
    ran = []

    @asset(partitions_def=LETTERS)
    def up(context):
        return context.partition_key

    @asset(partitions_def=LETTERS)
    def down(up: int):
        ran.append(up)

    result = made(up, down, partitions="b")
    assert error_of(result) == "down[b]: the input 'up' is declared as int, but it is of type str: 'b'."
    assert ran == []


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, "x"),
        (int, Output("x")),
        (Output[int], Output("x")),
        (MaterializeResult[int], MaterializeResult(value="x")),
        (Optional[int], "x"),
    ],
)
def test_a_value_of_another_type_fails_and_is_not_stored(annotation: Any, value: Any) -> None:
    def down():
        return value

    down.__annotations__["return"] = annotation
    result = made(asset(down))
    assert error_of(result).endswith("but it is of type str: 'x'.")


def test_an_asset_without_a_value_has_nothing_to_check() -> None:
    @asset
    def table() -> MaterializeResult[int]:
        return MaterializeResult(metadata={"rows": 3})

    assert made(table).success


def test_coroutines_are_checked_and_generators_are_not() -> None:
    @asset
    async def later() -> int:
        return "x"

    @asset
    def steps() -> int:
        yield Output("x")

    assert error_of(made(later)).startswith("later: its value is declared as int")
    assert made(steps).success


def test_a_declared_type_wins_over_the_annotation() -> None:
    @asset(dagster_type=str)
    def words() -> int:
        return "x"

    @asset(ins={"words": AssetIn(dagster_type=str)})
    def down(words: int):
        return words

    assert made(words, down).success


def test_a_type_with_a_check_tells_why_and_with_what_metadata() -> None:
    @asset(dagster_type=Type(lambda _, value: TypeCheck(False, "an odd one", {"rest": 1}), name="Even"))
    def odd():
        return 3

    result = made(odd)
    assert error_of(result) == "odd: its value is declared as Even, but an odd one."
    assert result.failures[0].error.metadata["rest"].value == 1
    assert result.failures[0].error.dagster_type.name == "Even"


def test_a_check_sees_the_run_and_its_resources() -> None:
    seen = []

    def check(context: Any, value: Any) -> bool:
        seen.append((context.resources.limit, context.run_id))
        context.log.debug("looked")
        return value < context.resources.limit

    @asset(dagster_type=Type(check, name="Small"), required_resource_keys={"limit"})
    def small():
        return 3

    result = made(small, resources={"limit": 5})
    assert result.success
    assert seen == [(5, result.run_id)]


@pytest.mark.parametrize(
    ("check", "error", "words"),
    [
        (lambda _, value: 1 / 0, ZeroDivisionError, "division by zero"),
        (lambda _, value: "yes", InvalidDefinitionError, "Bad answers True, False or a TypeCheck; got 'yes'"),
    ],
)
def test_a_check_that_fails_fails_the_piece(check: Any, error: type, words: str) -> None:
    @asset(dagster_type=Type(check, name="Bad"))
    def one():
        return 1

    (failure,) = made(one).failures
    assert isinstance(failure.error, error)
    assert words in str(failure.error)


def test_a_check_may_answer_with_a_numpy_bool() -> None:
    positive = Type(lambda _, frame: (frame["x"] > 0).all(), name="Positive")
    assert positive.type_check(None, pd.DataFrame({"x": [1]})).success
    assert not positive.type_check(None, pd.DataFrame({"x": [-1]})).success


def test_several_partitions_are_a_dict_or_one_frame_as_the_annotation_asks() -> None:
    @asset(partitions_def=LETTERS)
    def frames(context):
        return pd.DataFrame({"x": [context.partition_key]})

    @asset
    def one(frames: pd.DataFrame) -> int:
        return len(frames)

    @asset
    def several(frames: dict[str, pd.DataFrame]) -> int:
        return len(frames)

    @asset
    def wrong(frames: list):
        return frames

    assert made(frames, one, several, partitions="all").success
    words = error_of(made(frames, wrong, partitions="all"))
    assert words.startswith("wrong: the input 'frames' is declared as list, but it is of type dict")


def test_an_input_that_may_be_missing_is_none_whatever_its_type() -> None:
    @asset
    def up():
        return 1

    @asset(ins={"up": AssetIn(wait_for=0)})
    def down(up: int):
        return up is None

    result = materialize([up, down], selection="down", progress=False, instance=Instance.ephemeral())
    assert result.asset_value("down") is True


def test_nothing_says_that_no_value_is_handed_over() -> None:
    @asset
    def up():
        return 1

    @asset(ins={"before": AssetIn("up", dagster_type=Nothing)})
    def down():
        return 2

    assert down.dependency_keys == {AssetKey("up")}
    assert made(up, down).asset_value("down") == 2
    with pytest.raises(InvalidDefinitionError, match="'up' is of type Nothing, so that no value is handed over"):

        @asset(ins={"up": AssetIn(dagster_type=Nothing)})
        def wrong(up): ...


def test_an_asset_of_type_nothing_stores_nothing() -> None:
    @asset(dagster_type=Nothing)
    def quiet():
        return None

    @asset(dagster_type=Nothing)
    def loud():
        return 3

    assert made(quiet).success
    assert not made(loud).success


@pytest.mark.parametrize("wrong", [3, [int], {"a": int}])
def test_what_is_no_type_is_refused_where_it_is_written(wrong: Any) -> None:
    with pytest.raises(InvalidDefinitionError, match="@asset: dagster_type is a class, a generic"):
        asset(dagster_type=wrong)
    with pytest.raises(InvalidDefinitionError, match="AssetIn: dagster_type is a class"):
        AssetIn(dagster_type=wrong)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Type(3, name="a"), "a function of a context and a value; got 3"),
        (lambda: Type(lambda _, value: True), "give it one by name="),
        (lambda: Type(lambda _, value: True, name=3), "The name of a Type is a string; got 3"),
        (lambda: TypeCheck("yes"), "success is True or False; got 'yes'"),
        (lambda: PythonObjectType(3), "made from a class, or several; got 3"),
        (lambda: usable_as_type("Name")(3), "decorates a class; got 3"),
        (lambda: make_python_type_usable_as_type(3, 4), "takes a class and a Type; got 3, 4"),
    ],
)
def test_wrong_types(make: Any, words: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=words):
        make()


def test_own_classes_as_types() -> None:
    @usable_as_type
    class Reading: ...

    @usable_as_type(name="Sight", description="what was seen")
    class Seen: ...

    class Foreign: ...

    make_python_type_usable_as_type(Foreign, Even)
    names = [(found.display_name, found.description) for found in map(type_from, (Reading, Seen, Foreign, Point))]
    assert names == [("Reading", None), ("Sight", "what was seen"), ("Even", "can be halved"), ("Point", None)]
    assert check_type(Reading, Reading()).success
    assert check_type(list[Foreign], [2]).success
    assert not check_type(list[Foreign], [3]).success


@pytest.mark.parametrize("place", [AssetOut, In, Out])
def test_what_is_no_type_is_refused_in_every_place(place: Any) -> None:
    with pytest.raises(InvalidDefinitionError, match=f"{place.__name__}: dagster_type is a class, a generic"):
        place(dagster_type=3)


def test_each_of_several_outputs_has_its_type() -> None:
    @multi_asset(outs={"a": AssetOut(), "b": AssetOut()})
    def both() -> tuple[int, str]:
        return 1, 2

    @multi_asset(outs={"c": AssetOut(dagster_type=int), "d": AssetOut()})
    def others():
        return "1", 2

    assert error_of(made(both), "b") == "b: the output 'b' is declared as str, but it is of type int: 2."
    assert error_of(made(others), "c") == "c: the output 'c' is declared as int, but it is of type str: '1'."
