"""What Definitions refuse, and when: where they are written, or when they are validated; beside the reference."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    AssetCheckKey,
    AssetKey,
    AssetSpec,
    Definitions,
    InvalidDefinitionError,
    UnknownAssetError,
    UnknownResourceError,
    UnknownUpstreamError,
    asset,
    asset_check,
    graph,
    job,
    multi_asset,
    op,
    repository,
    resource,
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


class Things:
    """What the cases below are made of, in one of the two packages."""

    def __init__(self, dg: Any) -> None:
        self.dg = dg
        named = {name: dg.asset(name=name) for name in ("a", "other")}

        @named["a"]
        def a() -> int:
            return 1

        @named["a"]
        def again() -> int:
            return 2

        @dg.asset
        def needs_more(somewhere: int) -> int:
            return somewhere

        @dg.asset
        def left(right: int) -> int:
            return right

        @dg.asset
        def right(left: int) -> int:
            return left

        @dg.asset_check(asset=a)
        def rows() -> Any:
            return dg.AssetCheckResult(passed=True)

        @dg.asset_check(asset=a, name="rows")
        def rows_again() -> Any:
            return dg.AssetCheckResult(passed=True)

        @dg.asset(required_resource_keys={"r"})
        def with_resource() -> None: ...

        @dg.asset(io_manager_key="special")
        def with_manager() -> int:
            return 1

        @dg.asset_check(asset=a, required_resource_keys={"r"})
        def check_with_resource() -> Any:
            return dg.AssetCheckResult(passed=True)

        @dg.op(required_resource_keys={"r"})
        def using() -> None: ...

        @dg.op
        def plain() -> None: ...

        @dg.job
        def of_ops() -> None:
            using()

        @dg.job(name="of_ops")
        def of_ops_again() -> None:
            plain()

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["x"]))
        def of_x() -> None: ...

        @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["y"]))
        def of_y() -> None: ...

        self.__dict__.update({name: value for name, value in locals().items() if name not in ("self", "dg", "named")})


# How far it goes in the reference: refused where it is written, when it is validated, or not at all.
CASES: dict[str, tuple[str, Callable[[Any, Any], Any]]] = {
    "one asset twice": ("fine", lambda defs, t: defs([t.a, t.a])),
    "two assets of one key": ("validated", lambda defs, t: defs([t.a, t.again])),
    "an asset and a spec of one key": ("validated", lambda defs, t: defs([t.a, t.dg.AssetSpec("a")])),
    "an unknown upstream": ("validated", lambda defs, t: defs([t.needs_more])),
    "an unknown upstream in parts": ("validated", lambda defs, t: defs.merge(defs([t.needs_more]), defs([t.a]))),
    "an upstream in another part": (
        "fine",
        lambda defs, t: defs.merge(defs([t.needs_more]), defs([t.dg.AssetSpec("somewhere")])),
    ),
    "a check in another part": ("fine", lambda defs, t: defs.merge(defs(asset_checks=[t.rows]), defs([t.a]))),
    "a circle": ("validated", lambda defs, t: defs([t.left, t.right])),
    "a circle in parts": ("validated", lambda defs, t: defs.merge(defs([t.left]), defs([t.right]))),
    "one check twice": ("fine", lambda defs, t: defs([t.a], asset_checks=[t.rows, t.rows])),
    "two checks of one key": ("validated", lambda defs, t: defs([t.a], asset_checks=[t.rows, t.rows_again])),
    "a resource that is not there": ("validated", lambda defs, t: defs([t.with_resource])),
    "a resource that is there": ("fine", lambda defs, t: defs([t.with_resource], resources={"r": 1})),
    "a resource in another part": (
        "fine",
        lambda defs, t: defs.merge(defs([t.with_resource]), defs(resources={"r": 1})),
    ),
    "an IO manager that is not there": ("validated", lambda defs, t: defs([t.with_manager])),
    "a resource of a check": ("validated", lambda defs, t: defs([t.a], asset_checks=[t.check_with_resource])),
    "a resource of a job": ("validated", lambda defs, t: defs(jobs=[t.of_ops])),
    "a resource of a job that is there": ("fine", lambda defs, t: defs(jobs=[t.of_ops], resources={"r": 1})),
    "two jobs of one name": ("validated", lambda defs, t: defs(jobs=[t.of_ops, t.of_ops_again], resources={"r": 1})),
    "one job twice": ("fine", lambda defs, t: defs(jobs=[t.of_ops, t.of_ops], resources={"r": 1})),
    "a job of what is not there": ("validated", lambda defs, t: defs([t.a], jobs=[t.dg.define_asset_job("q", "zz")])),
    "a job of two partitions": ("validated", lambda defs, t: defs([t.of_x, t.of_y], jobs=[t.dg.define_asset_job("q")])),
    "no asset": ("written", lambda defs, t: defs([3])),
    "a list in a list": ("written", lambda defs, t: defs([[t.a]])),
    "a text": ("written", lambda defs, t: defs("a")),
    "an asset as a job": ("written", lambda defs, t: defs(jobs=[t.a])),
    "resources in a list": ("written", lambda defs, t: defs(resources=[1])),
    "a resource key that is no text": ("written", lambda defs, t: defs(resources={1: 2})),
    "other resources in parts": (
        "written",
        lambda defs, t: defs.merge(defs(resources={"r": 1}), defs(resources={"r": 2})),
    ),
    "same resources in parts": ("fine", lambda defs, t: defs.merge(defs(resources={"r": 1}), defs(resources={"r": 1}))),
    "other metadata in parts": ("fine", lambda defs, t: defs.merge(defs(metadata={"m": 1}), defs(metadata={"m": 2}))),
    "what is no part": ("written", lambda defs, t: defs.merge(3)),
    "no parts": ("fine", lambda defs, t: defs.merge()),
}


def stage(dg: Any, make: Callable[[Any, Any], Any]) -> str:
    try:
        found = make(dg.Definitions, Things(dg))
    except Exception:
        return "written"
    try:
        dg.Definitions.validate_loadable(found)
    except Exception:
        return "validated"
    return "fine"


@pytest.mark.parametrize("case", CASES)
def test_what_is_refused_there_is_refused_here_and_never_later(case: str) -> None:
    wanted, make = CASES[case]
    assert stage(dagster, make) == wanted
    order = ("written", "validated", "fine")
    found = stage(notebook_assets, make)
    assert (found == "fine") == (wanted == "fine")
    assert order.index(found) <= order.index(wanted)


def test_definitions_with_an_unknown_upstream_say_so_when_they_are_asked_and_shown() -> None:
    @asset
    def daily(hourly: int) -> int:
        return hourly

    @asset
    def alone() -> None: ...

    parts = Definitions([daily, alone])
    assert parts.problem is not None
    for ask in (
        lambda: parts.graph,
        lambda: parts.resolve_all_asset_specs(),
        lambda: parts.resolve_job_def("__ASSET_JOB"),
    ):
        with pytest.raises(
            UnknownUpstreamError, match="daily takes the input 'hourly', but there is no asset 'hourly'"
        ):
            ask()
    assert repr(parts) == "Definitions(alone)"
    assert "there is no asset &#39;hourly&#39;" in parts._repr_html_()
    whole = Definitions.merge(parts, Definitions([AssetSpec("hourly")]))
    assert (whole.problem, set(whole.graph.keys())) == (None, {AssetKey("hourly"), daily.key, alone.key})


def test_validation_sets_nothing_up_and_names_near_matches() -> None:
    set_up = []

    @resource
    def database() -> int:
        set_up.append(1)
        return 1

    @asset(required_resource_keys={"database"}, io_manager_key="files")
    def rows() -> int:
        return 1

    Definitions.validate_loadable(Definitions([rows], resources={"database": database, "files": database}))
    assert set_up == []
    with pytest.raises(UnknownResourceError, match=r"rows needs the IO manager 'files'.*Did you mean 'file'"):
        Definitions.validate_loadable(Definitions([rows], resources={"database": 1, "file": 2}))

    @multi_asset(specs=[AssetSpec("stored")])
    def storing() -> None: ...

    Definitions.validate_loadable(Definitions([storing]))


def test_graphs_count_as_jobs() -> None:
    ran = []

    @op
    def one() -> None:
        ran.append(1)

    @graph
    def counting() -> None:
        one()

    found = Definitions(jobs=[counting, counting]).resolve_job_def("counting")
    assert found.execute_in_process().success
    assert ran == [1]


def test_a_repository_may_list_its_jobs_by_name() -> None:
    @op
    def one() -> None: ...

    @job
    def counting() -> None:
        one()

    @repository
    def by_name() -> Any:
        return {"jobs": {"counting": counting, "made": lambda: counting}}

    assert by_name.job_names == ["counting"]


def test_checks_and_metadata_can_be_asked_for() -> None:
    @asset
    def a() -> None: ...

    @asset_check(asset=a)
    def rows() -> Any: ...

    definitions = Definitions([a], asset_checks=[rows], metadata={"m": 1})
    assert definitions.get_asset_checks_def(rows.check_key) is rows
    with pytest.raises(UnknownAssetError, match=r"no check 'a:rwos'.*'a:rows'"):
        definitions.get_asset_checks_def(AssetCheckKey(a.key, "rwos"))
    changed = definitions.with_definition_metadata_update(lambda found: {**found, "n": 2})
    assert {name: value.value for name, value in changed.metadata.items()} == {"m": 1, "n": 2}
    assert definitions.has_implicit_global_asset_job_def()
    assert not Definitions().has_implicit_global_asset_job_def()
    with pytest.raises(InvalidDefinitionError, match="Definitions are merged with Definitions"):
        Definitions.merge(3)  # type: ignore[arg-type]


LEFT_OUT = {
    "component_tree": "components are not here",
    "count": "of tuples",
    "dig_for_warning": "inside",
    "get_repository_def": "Definitions answer the same themselves",
    "has_resolved_repository_def": "inside",
    "index": "of tuples",
    "merge_unbound_defs": "inside",
    "permissive_map_resolved_asset_specs": "inside",
    "resolve_implicit_job_def_def_for_assets": "inside",
    "with_reconstruction_metadata": "a server",
}
OF_REPOSITORIES = {
    "get_component_tree": "components are not here",
    "get_env_vars_by_top_level_resource": "a server",
    "get_implicit_asset_job_names": "inside",
    "get_implicit_job_def_for_assets": "inside",
    "get_maybe_subset_job_def": "job.get_subset",
    "replace_repository_load_data": "inside",
    "repository_load_data": "inside",
}


def test_definitions_have_the_public_names_of_the_reference_but_those_that_are_left_out() -> None:
    def names(kind: Any) -> set[str]:
        return {
            name for name in dir(kind) if not name.startswith("_") and "sensor" not in name and "schedule" not in name
        }

    assert names(dagster.Definitions) - names(Definitions()) == set(LEFT_OUT)
    ours = names(notebook_assets.RepositoryDefinition("all", []))
    assert names(dagster.RepositoryDefinition) - ours == set(OF_REPOSITORIES)
