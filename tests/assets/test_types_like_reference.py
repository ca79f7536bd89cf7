"""Which values pass which annotations, beside the reference; and what of that differs on purpose."""

from __future__ import annotations

# ruff: noqa: UP006, UP045 - older ways of writing annotations are what is tested
import collections.abc
import functools
import logging
import typing
import warnings
from typing import Any, Optional

import dagster
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import notebook_assets
from notebook_assets import check_type


class Own:
    pass


class Sub(Own):
    pass


VALUES = [
    None, 1, 1.5, True, "a", b"a", [1], ["a"], [], [None], [[1]], {}, {"a": 1}, {"a": "b"}, {1: {"a": 1}}, (1, "a"),
    (1, 2), (), {1}, {"a"}, Own(), Sub(), np.int64(1), np.float64(1), np.array([1]), [Own()], frozenset([1]), len, int,
]  # fmt: skip
ANNOTATIONS = [
    int, float, str, bool, bytes, complex, list, dict, tuple, set, None, Any, object, Own, np.ndarray, pd.DataFrame,
    Optional[int], int | None, Optional[list[int]], Optional[Own], typing.List, typing.List[int], list[int], list[Own],
    list[list[int]], list[Optional[int]], typing.Dict, typing.Dict[str, int], dict[str, int],
    dict[int, dict[str, int]], dict[str, Own], typing.Tuple, typing.Tuple[int, str], tuple[int, str], set[int],
    typing.Set[str], typing.SupportsInt, collections.abc.Sequence,
]  # fmt: skip
WIDER = [collections.abc.Sequence[int], collections.abc.Mapping[str, int]]


@functools.cache
def of_reference(place: int, kind: str) -> Any:
    return reference_type((ANNOTATIONS if kind == "same" else WIDER)[place])


def reference_type(annotation: Any) -> Any:
    """Return the type that the reference makes of an annotation of what an asset returns."""

    def fn(): ...

    fn.__annotations__ = {"return": annotation}
    return dagster.asset(name="a")(fn).op.output_defs[0].dagster_type


@pytest.mark.parametrize("place", range(len(ANNOTATIONS)), ids=map(str, ANNOTATIONS))
def test_the_same_values_pass_an_annotation(place: int) -> None:
    theirs = of_reference(place, "same")
    told = [(value, theirs.type_check(None, value).success) for value in VALUES]
    assert [check_type(ANNOTATIONS[place], value).success for value in VALUES] == [success for _, success in told]


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2) | st.tuples(inner, inner)
    ),
    max_leaves=5,
)
KINDS = st.recursive(
    st.sampled_from([int, float, str, bool, Any]),
    lambda inner: inner.flatmap(lambda kind: st.sampled_from([list[kind], dict[str, kind], Optional[kind], set[int]])),
    max_leaves=3,
)


@settings(max_examples=200, deadline=None)
@given(KINDS, NESTED)
def test_nested_values_and_annotations_as_they_come(annotation: Any, value: Any) -> None:
    assert check_type(annotation, value).success == reference_type(annotation).type_check(None, value).success


@pytest.mark.parametrize("place", range(len(WIDER)))
def test_sequences_and_mappings_are_more_than_lists_and_dicts(place: int) -> None:
    """The reference takes only lists and dicts for them; what passes there passes here."""
    theirs = [of_reference(place, "wider").type_check(None, value).success for value in VALUES]
    ours = [check_type(WIDER[place], value).success for value in VALUES]
    assert all(mine or not other for mine, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    "annotation", [int | str, tuple[int, ...], frozenset[int], typing.Literal["a"], collections.abc.Iterable[int]]
)
def test_annotations_that_only_the_reference_refuses(annotation: Any) -> None:
    with pytest.raises(dagster.DagsterInvalidDefinitionError):
        reference_type(annotation)
    assert [value for value in VALUES if not check_type(annotation, value).success]


def outcome(library: Any, define: Any) -> str:
    """Say how a run ends in one of the libraries."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), library.DagsterInstance.ephemeral() as instance:
        warnings.simplefilter("ignore")
        try:
            assets = define(library)
        except library.DagsterInvalidDefinitionError:
            return "refused"
        more = {} if library is dagster else {"progress": False}
        try:
            library.materialize(assets, instance=instance, **more)
        except library.DagsterTypeCheckDidNotPass:
            return "did not pass"
        except Exception as error:
            return type(error).__name__
        return "made"


def returning(value: Any, **options: Any) -> Any:
    def define(library: Any) -> list[Any]:
        return [library.asset(name="a", **{name: of(library) for name, of in options.items()})(lambda: value)]

    return define


def handing(value: Any, annotation: Any = None, **options: Any) -> Any:
    def define(library: Any) -> list[Any]:
        def b(a): ...

        if annotation is not None:
            b.__annotations__["a"] = annotation
        ins = {"a": library.AssetIn(**{name: of(library) for name, of in options.items()})}
        return [library.asset(name="a")(lambda: value), library.asset(ins=ins)(b)]

    return define


@pytest.mark.parametrize(
    "define",
    [
        returning("x", dagster_type=lambda _: int),
        returning(1, dagster_type=lambda _: int),
        returning(["a"], dagster_type=lambda _: list[int]),
        returning(3, dagster_type=lambda dg: dg.DagsterType(lambda _, value: value == 3, name="Three")),
        returning(4, dagster_type=lambda dg: dg.DagsterType(lambda _, value: value == 3, name="Three")),
        returning(4, dagster_type=lambda dg: dg.DagsterType(lambda _, value: dg.TypeCheck(False), name="None")),
        returning(4, dagster_type=lambda dg: dg.PythonObjectDagsterType((int, str))),
        returning(4.5, dagster_type=lambda dg: dg.PythonObjectDagsterType((int, str))),
        returning(4.5, dagster_type=lambda dg: dg.Any),
        returning(None, dagster_type=lambda dg: dg.Nothing),
        returning(3, dagster_type=lambda _: 3),
        returning(3, dagster_type=lambda dg: dg.DagsterType(lambda _, value: 1 / 0, name="Bad")),
        handing(1, str),
        handing("a", str),
        handing(None, int),
        handing(1, str, dagster_type=lambda dg: dg.Any),
        handing(1, dagster_type=lambda dg: dg.String),
        handing(1, dagster_type=lambda dg: dg.Int),
        handing(1, dagster_type=lambda dg: dg.Nothing),
    ],
)
def test_runs_end_alike(define: Any) -> None:
    assert outcome(notebook_assets, define) == outcome(dagster, define)


IN_RUNS = [int, float, bool, None, Any, list, dict, Optional[int], list[int], dict[str, int], tuple[int, str]]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.sampled_from(IN_RUNS),
    st.sampled_from([*VALUES[:4], *VALUES[6:9], *VALUES[12:14], *VALUES[15:17]]),
    st.booleans(),
)
def test_a_run_refuses_the_same_values_of_outputs_and_inputs(annotation: Any, value: Any, is_output: bool) -> None:
    def success(library: Any) -> bool:
        def a():
            return value

        def b(a): ...

        if is_output:
            a.__annotations__["return"] = annotation
        else:
            b.__annotations__["a"] = annotation
        return bool(library.materialize_to_memory([library.asset(a), library.asset(b)], raise_on_error=False).success)

    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    assert success(notebook_assets) == success(dagster)
