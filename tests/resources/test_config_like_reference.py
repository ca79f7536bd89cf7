"""Dictionary schemas: which values are refused, and what the others become, is as in the reference."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import dagster
import dagster_shared.check
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from notebook_assets.errors import InvalidConfigError
from notebook_assets.resources import config_collections, config_scalars, config_shapes
from notebook_assets.resources.config_types import MISSING, processed

os.environ["CONFIG_FOR_TESTS"] = "7"

REFUSED = "refused"


class Words:
    """The constructors of one side, by the names that both sides share."""

    def __init__(self, *modules: Any) -> None:
        self.modules = modules

    def __getattr__(self, name: str) -> Any:
        for module in self.modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(name)


OURS = Words(config_shapes, config_collections, config_scalars)
THEIRS = Words(dagster)

Build = Callable[[Words], Any]


def scalar(name: str) -> Build:
    return lambda words: getattr(words, name)


def plain(kind: Any) -> Build:
    return lambda words: kind


def enum(words: Words) -> Any:
    return words.Enum("Level", [words.EnumValue("LOW", 1), words.EnumValue("HIGH")])


LEAVES: list[Build] = [
    *map(plain, (int, float, str, bool, dict, list, Any)),
    *map(scalar, ("StringSource", "IntSource", "BoolSource")),
    enum,
]
NAMES = st.sampled_from(["a", "b", "env"])
VALUES = st.recursive(
    st.sampled_from([None, True, 0, 3, 1.5, "x", "LOW", "", "CONFIG_FOR_TESTS"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def field_of_schema(draw: st.DrawFn, inner: st.SearchStrategy[Build]) -> Build:
    build = draw(inner)
    form = draw(st.sampled_from(["bare", "field", "optional", "required"]))
    options: dict[str, Any] = {"optional": {"is_required": False}, "required": {"is_required": True}}.get(form, {})
    return build if form == "bare" else lambda words: words.Field(build(words), **options)


@st.composite
def fields(draw: st.DrawFn, inner: st.SearchStrategy[Build]) -> Build:
    kind = draw(st.sampled_from(["Shape", "Permissive", "Selector", "dict"]))
    parts = draw(st.dictionaries(NAMES, field_of_schema(inner), min_size=1, max_size=2))

    def build(words: Words) -> Any:
        made = {name: part(words) for name, part in parts.items()}
        return made if kind == "dict" else getattr(words, kind)(made)

    return build


def grown(inner: st.SearchStrategy[Build]) -> st.SearchStrategy[Build]:
    return st.one_of(
        fields(inner),
        inner.map(lambda build: lambda words: words.Array(build(words))),
        inner.map(lambda build: lambda words: [build(words)]),
        inner.map(lambda build: lambda words: words.Noneable(build(words))),
        inner.map(lambda build: lambda words: words.Map(str, build(words))),
        inner.map(lambda build: lambda words: {str: build(words)}),
    )


SCHEMAS = st.recursive(st.sampled_from(LEAVES), grown, max_leaves=4)


def here(schema: Any, value: Any) -> Any:
    try:
        return processed(schema, value)
    except InvalidConfigError:
        return REFUSED


def there(schema: Any, value: Any) -> Any:
    @dagster.op(config_schema=schema)
    def one(context) -> None: ...  # type: ignore[no-untyped-def]  # the reference allows its own types only

    @dagster.job
    def work() -> None:
        one()

    given = {} if value is MISSING else {"ops": {"one": {"config": value}}}
    try:
        return dagster.validate_run_config(work, given)["ops"]["one"].get("config")
    except dagster.DagsterInvalidConfigError:
        return REFUSED


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS, VALUES | st.just(MISSING))
def test_random_values_are_refused_and_processed_like_reference(build: Build, value: Any) -> None:
    """A random schema takes the same random values, and makes the same of them."""
    try:
        theirs = there(build(THEIRS), value)
    except dagster_shared.check.CheckError:
        assume(False)  # it fails at None in a map, instead of refusing or taking it
    ours = here(build(OURS), value)
    assert ours == theirs
    assert type(ours) is type(theirs)


@pytest.mark.parametrize("value", [None, 3, "x", {}, {"a": 1}, {"a": 1, "b": 2}, {"a": None}, [1], MISSING])
@pytest.mark.parametrize(
    "build",
    [
        lambda words: words.Field(int, default_value=4),
        lambda words: words.Field({"a": words.Field(int, default_value=3)}),
        lambda words: {"a": words.Field({"b": words.Field(int, default_value=3)}, is_required=False)},
        lambda words: words.Selector({"a": words.Field(int, default_value=2)}),
        lambda words: words.Selector({"a": words.Field({"b": words.Field(int, default_value=3)})}),
        lambda words: {"a": words.Noneable(int)},
        lambda words: words.ScalarUnion(scalar_type=int, non_scalar_schema={"a": int}),
    ],
)
def test_defaults_like_reference(build: Build, value: Any) -> None:
    """Defaults fill in what is not given as they do there."""
    assert here(build(OURS), value) == there(build(THEIRS), value)
