"""Schemas, resources and partitioned configurations at their edges: as in the reference, or a clear error."""

from __future__ import annotations

import contextlib
import copy
import pickle
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    Config,
    ConfigurableResource,
    DailyPartitionsDefinition,
    Enum,
    EnumValue,
    EnvVar,
    Field,
    InitResourceContext,
    asset,
    build_input_context,
    build_output_context,
    build_resources,
    static_partitioned_config,
)
from notebook_assets.errors import (
    InvalidConfigDefinitionError,
    InvalidConfigError,
    InvalidDefinitionError,
    InvalidInvocationError,
    NotebookAssetsError,
)
from notebook_assets.resources.config_types import processed

REFUSED = "refused"


def configured(side: Any, schema: Callable[[Any], Any], given: Any) -> Any:
    """Return what an op of one side is given for a configuration."""
    seen: list[Any] = []
    try:

        @side.op(config_schema=schema(side))
        def one(context) -> None:  # the reference takes few annotations here
            seen.append(context.op_config)

        @side.job
        def all_ops() -> None:
            one()

        all_ops.execute_in_process(run_config={"ops": {"one": {"config": given}}})
    except Exception:
        return REFUSED
    return seen[0]


@pytest.mark.parametrize(
    ("schema", "given"),
    [
        (lambda of: of.Shape({"a": int}, field_aliases={"a": "b"}), {"b": 1}),
        (lambda of: of.Shape({"a": int}, field_aliases={"a": "b"}), {"a": 1}),
        (lambda of: of.Shape({"a": int}, field_aliases={"a": "b"}), {"c": 1}),
        (lambda of: of.Shape({"a": int}, field_aliases={"a": "b"}), {"b": "x"}),
        (lambda of: of.Shape({"a": int}, field_aliases={"x": "b"}), {"b": 1}),
        (lambda of: of.Shape({"a": int, "c": int}, field_aliases={"a": "b"}), {"b": 1, "c": 2}),
        (lambda of: of.Shape({"a": int, "b": int}, field_aliases={"a": "b"}), {"b": 2}),
        (lambda of: of.Shape({"a": int, "b": int}, field_aliases={"a": "b"}), {"a": 1, "b": 2}),
        (lambda of: of.Shape({"a": of.Field(int, default_value=3)}, field_aliases={"a": "b"}), {}),
        (lambda of: of.Shape({"a": int}, field_aliases={"a": 1}), {"a": 1}),
        (lambda of: of.Shape({"a": int}, field_aliases=["a"]), {"a": 1}),
        (lambda of: of.Enum("Letters", [of.EnumValue("A"), of.EnumValue("A")]), "A"),
        (lambda of: copy.deepcopy({"a": of.Field(int, is_required=False)}), {}),
        (lambda of: copy.copy(of.Field({"a": int})), {"a": 1}),
        *[
            (lambda of, kind=kind: {"a": of.Field(kind, default_value=None)}, {})
            for kind in (bool, int, str, float, dict, list, {"a": int}, [int], Any)
        ],
        (lambda of: {"a": of.Field(of.Noneable(int), default_value=None)}, {}),
        (lambda of: {"a": of.Field(of.StringSource, default_value=None)}, {}),
    ],
)
def test_schemas_take_and_refuse_as_the_reference(schema: Callable[[Any], Any], given: Any) -> None:
    """Other names of fields, defaults that are None, enumerations with a word twice, copies."""
    assert configured(notebook_assets, schema, given) == configured(dagster, schema, given)


def test_fields_can_be_copied_and_pickled() -> None:
    """What is not required stays so."""
    for made in (
        copy.deepcopy(Field(int, is_required=False)),
        pickle.loads(pickle.dumps(Field(int, is_required=False))),
    ):
        assert processed({"a": made}, {}) == {}


def test_an_enumeration_says_which_word_it_has_twice() -> None:
    with pytest.raises(InvalidConfigDefinitionError, match="'Letters' has the name 'A' twice"):
        Enum("Letters", [EnumValue("A"), EnumValue("B"), EnumValue("A")])


def test_two_names_of_one_field_are_one_too_many() -> None:
    with pytest.raises(InvalidConfigError, match="'a' and 'b' are two names of one field"):
        processed(notebook_assets.Shape({"a": int}, field_aliases={"a": "b"}), {"a": 1, "b": 2})


def deep() -> Any:
    found: Any = int
    for _ in range(2000):
        found = {"a": found}
    return found


def within_itself() -> Any:
    found: dict[str, Any] = {}
    found["a"] = found
    return found


@pytest.mark.parametrize("schema", [deep, within_itself])
def test_a_schema_without_end_is_refused_in_words(schema: Callable[[], Any]) -> None:
    with pytest.raises(InvalidConfigDefinitionError, match="nested too deep, or contains itself"):
        asset(config_schema=schema())(lambda context: 1)


TAGS: list[Any] = [None, {}, {"x": "y"}, {"x": 1}, {"x": {"b": 1}}, {"x": None}, {1: "x"}, {"x": object()}, "x", 1]


@pytest.mark.parametrize("tags", TAGS, ids=range(len(TAGS)))
def test_tags_of_partitions_are_as_in_the_reference(tags: Any) -> None:
    """Texts, or what JSON holds; none where the function gives None."""

    def told(side: Any) -> Any:
        @side.static_partitioned_config(["p"], tags_for_partition_key_fn=lambda key: tags)
        def config(key: str) -> dict[str, Any]:
            return {}

        try:
            return config.get_tags_for_partition_key("p")
        except (NotebookAssetsError, dagster.DagsterError, dagster._check.CheckError):
            return REFUSED

    assert told(notebook_assets) == told(dagster)


def test_a_partition_without_configuration_runs() -> None:
    """Where the function gives None, as in the reference."""

    @static_partitioned_config(["p"])
    def config(key: str) -> None:
        return None

    assert config.get_run_config_for_partition_key("p") == {}


class Torn(ConfigurableResource):
    name: str
    error: Any = None

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        torn.append(self.name)
        if self.error is not None:
            raise self.error


torn: list[str] = []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_all_is_torn_down_though_people_press_stop(stop: type[BaseException]) -> None:
    """Then what they pressed is raised."""
    torn.clear()
    things = {"a": Torn(name="a"), "b": Torn(name="b", error=stop()), "c": Torn(name="c", error=stop())}
    with pytest.raises(stop), build_resources(things):
        pass
    assert torn == ["c", "b", "a"]


def test_what_lacks_its_decorator_is_told_of_it() -> None:
    """A resource whose generator is no ``with`` block."""

    class Plain(ConfigurableResource):
        def yield_for_execution(self, context: InitResourceContext) -> Iterator[Any]:  # type: ignore[override]
            yield self

    class Decorated(ConfigurableResource):
        @contextlib.contextmanager
        def yield_for_execution(self, context: InitResourceContext) -> Iterator[Any]:
            yield 3

    said = r"Plain\.yield_for_execution.*decorate it with @contextmanager"
    with pytest.raises(InvalidDefinitionError, match=said), build_resources({"plain": Plain()}):
        pass
    with build_resources({"decorated": Decorated()}) as resources:
        assert resources.decorated == 3


@pytest.mark.parametrize("base", [Config, ConfigurableResource])
def test_a_field_may_be_called_self(base: Any) -> None:
    """It is given by name, like any other."""
    made = type("Made", (base,), {"__annotations__": {"self": int}, "__module__": __name__})
    assert made(self=3).__dict__["self"] == 3


@pytest.mark.filterwarnings("ignore:Field name")
@pytest.mark.parametrize("name", ["setup_for_execution", "create_resource", "yield_for_execution"])
def test_a_field_called_like_a_method_of_resources_is_refused(name: str) -> None:
    """It would replace the method, and no run could set the resource up."""
    with pytest.raises(InvalidDefinitionError, match=f"Made: {name} is the name of a method of resources"):
        type("Made", (ConfigurableResource,), {"__annotations__": {name: int}, name: 3, "__module__": __name__})


@pytest.mark.parametrize(
    "slip",
    [
        lambda: build_resources({1: 2}).__enter__(),  # type: ignore[dict-item]
        lambda: build_resources(1).__enter__(),  # type: ignore[arg-type]
        lambda: build_input_context(metadata=1),  # type: ignore[arg-type]
        lambda: build_output_context(metadata=1),  # type: ignore[arg-type]
        lambda: build_output_context(definition_metadata={1: 2}),  # type: ignore[dict-item]
        lambda: build_output_context(output_metadata=1),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_dict_by_texts_is_refused(slip: Callable[[], Mapping[str, Any]]) -> None:
    with pytest.raises(InvalidInvocationError, match="such as"):
        slip()


@pytest.mark.parametrize(
    "slip",
    [
        lambda: asset(name=EnvVar("HOME"))(lambda: 1),
        lambda: asset(name="a", group_name=EnvVar("HOME"))(lambda: 1),
        lambda: DailyPartitionsDefinition("2024-01-01", timezone=EnvVar("HOME")),
    ],
    ids=["name", "group", "timezone"],
)
def test_a_variable_is_no_text_of_a_definition(slip: Callable[[], Any]) -> None:
    """The error says how its value is written."""
    with pytest.raises(InvalidDefinitionError, match=r"is a text.*os\.environ\['HOME'\]"):
        slip()
