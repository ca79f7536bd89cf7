"""Run configurations put together at random: which are refused, and what assets and resources get of the others."""

import functools
from collections.abc import Iterator
from typing import Any

import dagster
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import notebook_assets

REFUSED = "refused"


pytestmark = pytest.mark.usefixtures("quiet_reference")


def defined(dg: Any) -> Any:
    """Return a job of assets that take configuration in several ways, its classes, and where each puts what it saw."""
    seen: dict[str, Any] = {}

    class Report(dg.Config):  # type: ignore[misc]
        title: str
        rows: int = 3

    class Limits(dg.Config):  # type: ignore[misc]
        most: int = 5

    class Database(dg.ConfigurableResource):  # type: ignore[misc]
        url: str = "here"

    @dg.asset
    def one(config: Report) -> None:
        seen["one"] = (config.title, config.rows)

    @dg.asset(config_schema={"rows": int, "more": dg.Field(str, default_value="m")})
    def two(context) -> None:  # type: ignore[no-untyped-def]
        seen["two"] = dict(context.op_execution_context.op_config)

    @dg.asset(key_prefix="p")
    def three(config: Limits, db: Database) -> None:
        seen["three"] = (config.most, db.url)

    @dg.op(config_schema=dg.Field(int, default_value=1))
    def inner(context):  # type: ignore[no-untyped-def]
        seen["four"] = context.op_config
        return 1

    @dg.graph_asset
    def four():  # type: ignore[no-untyped-def]
        return inner()

    @dg.asset
    def five() -> None:
        seen["five"] = True

    definitions = dg.Definitions(
        [one, two, three, four, five], resources={"db": Database()}, jobs=[dg.define_asset_job("all_of_them")]
    )
    return definitions.resolve_job_def("all_of_them"), (Report, Limits, Database), seen


DEFINED = functools.cache(defined)


def seen_by(dg: Any, make_config: Any) -> Any:
    """Return what each asset saw of a configuration; or that it was refused before any of them ran."""
    job, classes, seen = DEFINED(dg)
    seen.clear()
    try:
        result = job.execute_in_process(make_config(dg, *classes), instance=STORES[dg])
    except Exception:  # the libraries have errors of their own
        assert not seen
        return REFUSED
    assert result.success
    return dict(seen)


STORES: dict[Any, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def stores() -> Iterator[None]:
    with dagster.DagsterInstance.ephemeral() as theirs, notebook_assets.Instance.ephemeral() as ours:
        STORES.update({dagster: theirs, notebook_assets: ours})
        yield


LEFT_OUT = object()
# By part of a configuration: what is right, and what is (mostly) wrong.
PARTS: dict[str, tuple[list[Any], list[Any]]] = {
    "one": (
        [{"config": {"title": "t"}}, {"config": {"title": "t", "rows": 4}}, "Report"],
        [
            LEFT_OUT,
            {},
            None,
            {"config": {}},
            {"config": {"title": 3}},
            {"title": "t"},
            {"config": {"title": "t", "q": 1}},
        ],
    ),
    "two": (
        [{"config": {"rows": 1}}, {"config": {"rows": 1, "more": "x"}}],
        [
            LEFT_OUT,
            {},
            {"config": {"rows": "1"}},
            {"config": {"rows": None}},
            {"config": {"rows": 1}, "inputs": {}},
            [1],
        ],
    ),
    "p__three": (
        [LEFT_OUT, {}, {"config": {"most": 2}}, {"config": {}}, "Limits"],
        [None, {"config": None}, {"config": {"most": "2"}}, {"config": 3}, {"outputs": {}}, {"ops": {}}],
    ),
    "four": (
        [LEFT_OUT, {}, {"ops": {"inner": {"config": 7}}}, {"ops": {}}, {"ops": {"inner": {}}}],
        [None, {"config": 7}, {"ops": {"inner": {"config": "x"}}}, {"ops": {"outer": {}}}, {"ops": {"inner": 7}}],
    ),
    "five": ([LEFT_OUT, LEFT_OUT, {}], [None, {"config": {}}, {"config": {"a": 1}}, {"config": None}]),
    "other": ([LEFT_OUT], [{}, {"config": {}}]),
    "resources": (
        [LEFT_OUT, {}, {"db": {"config": {"url": "there"}}}, {"db": {"config": {}}}, {"db": {}}, "Database"],
        [
            {"db": {"config": {"url": 1}}},
            {"db": {"url": "x"}},
            {"dbs": {}},
            {"db": {"config": {"q": 1}}},
            {"db": None},
            None,
        ],
    ),
    "": (
        [{}, {"loggers": {}}, {"execution": {}}, {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}],
        [
            {"op": {}},
            {"solids": {}},
            {"loggers": {"paper": {}}},
            {"execution": {"config": {"q": 1}}},
            {"resource": {}},
            {"ops": None},
            {"ops": 3},
        ],
    ),
}


RIGHT = {part: st.sampled_from(right) for part, (right, _) in PARTS.items()}


def written(form: str, drawn: dict[str, Any]) -> Any:
    """Return what makes the configuration, as a dict or as a RunConfig, for either library."""

    def make(dg: Any, report: Any, limits: Any, database: Any) -> Any:
        is_object = form == "RunConfig"
        objects = {
            "Report": report(title="object") if is_object else {"config": {"title": "object", "rows": 3}},
            "Limits": limits(most=8) if is_object else {"config": {"most": 8}},
            "Database": {"db": database(url="object") if is_object else {"config": {"url": "object"}}},
        }
        parts = {
            name: objects[value] if isinstance(value, str) else value
            for name, value in drawn.items()
            if value is not LEFT_OUT
        }
        others = parts.pop("")
        resources = {"resources": parts.pop("resources")} if "resources" in parts else {}
        whole = {"ops": parts, **resources, **others}
        return dg.RunConfig(**whole) if is_object else whole

    return make


def only_here(part: str, value: Any) -> bool:
    """Whether it is taken on purpose: a part in which nothing stands, and loggers, which nothing is done with."""
    return value is None or (part == "" and "loggers" in value)


@pytest.mark.parametrize("form", ["dict", "RunConfig"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_refused_and_read_alike(form: str, part: str) -> None:
    """All other parts are right: what is refused there is refused here, and what is not reaches the same assets."""
    first = {each: right[0] for each, (right, _) in PARTS.items()}
    for value in [each for values in PARTS[part] for each in values]:
        make = written(form, {**first, part: value})
        ours, theirs = seen_by(notebook_assets, make), seen_by(dagster, make)
        if ours != theirs:
            assert only_here(part, value), value
            assert (ours, theirs) == (seen_by(notebook_assets, written(form, first)), REFUSED)


@settings(max_examples=30, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["dict", "RunConfig"]), st.fixed_dictionaries(RIGHT))
def test_right_parts_reach_the_same_assets_together(form: str, drawn: dict[str, Any]) -> None:
    make = written(form, drawn)
    ours = seen_by(notebook_assets, make)
    assert ours == seen_by(dagster, make) != REFUSED
