"""Names that parameters had before, and SourceAsset: each works, warns where it was written, and says what to write."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import dagster
import pytest

import notebook_assets
from notebook_assets import (
    AssetIn,
    AssetOut,
    AssetSpec,
    DataVersion,
    InvalidDefinitionError,
    SourceAsset,
    StaticPartitionsDefinition,
    asset,
    define_asset_job,
    graph_asset,
    load_assets_from_modules,
    multi_asset,
    multi_observable_source_asset,
    observable_source_asset,
    op,
)


def plain() -> int:
    return 1


def both() -> tuple[int, int]:
    return 1, 2


@op
def an_op() -> int:
    return 1


def a_module() -> ModuleType:
    """A module that defines one asset."""
    module = ModuleType("a_module")
    module.__dict__["plain"] = asset(plain)
    return module


POLICY = object()  # conditions are kept as they are given

FORMER: dict[str, tuple[Callable[[], Any], str, Callable[[Any], Any], Any]] = {
    "non_argument_deps of @asset": (
        lambda: asset(non_argument_deps={"x"})(plain),
        r"write deps=",
        lambda made: [key.to_user_string() for key in made.dependency_keys],
        ["x"],
    ),
    "non_argument_deps of @multi_asset": (
        lambda: multi_asset(outs={"a": AssetOut()}, non_argument_deps={"x"})(plain),
        r"write deps=",
        lambda made: len(made.dependency_keys),
        1,
    ),
    "auto_materialize_policy of @asset": (
        lambda: asset(auto_materialize_policy=POLICY)(plain),
        r"write automation_condition=",
        lambda made: made.spec.automation_condition,
        POLICY,
    ),
    "auto_materialize_policy of @graph_asset": (
        lambda: graph_asset(auto_materialize_policy=POLICY, name="a")(lambda: an_op()),
        r"write automation_condition=",
        lambda made: made.spec.automation_condition,
        POLICY,
    ),
    "legacy_freshness_policy of @graph_asset": (
        lambda: graph_asset(legacy_freshness_policy=POLICY, name="a")(lambda: an_op()),
        r"write freshness_policy=",
        lambda made: made.spec.freshness_policy,
        POLICY,
    ),
    "auto_materialize_policy of AssetSpec": (
        lambda: AssetSpec("a", auto_materialize_policy=POLICY),
        r"write automation_condition=",
        lambda made: replace(made, description="kept in copies").automation_condition,
        POLICY,
    ),
    "auto_materialize_policy of AssetOut": (
        lambda: AssetOut(auto_materialize_policy=POLICY),
        r"write automation_condition=",
        lambda made: multi_asset(outs={"a": made})(plain).spec.automation_condition,
        POLICY,
    ),
    "legacy_freshness_policy of @asset": (
        lambda: asset(legacy_freshness_policy=POLICY)(plain),
        r"write freshness_policy=",
        lambda made: made.spec.freshness_policy,
        POLICY,
    ),
    "legacy_freshness_policy of AssetOut": (
        lambda: AssetOut(legacy_freshness_policy=POLICY),
        r"write freshness_policy=",
        lambda made: made.freshness_policy,
        POLICY,
    ),
    "legacy_freshness_policy of @observable_source_asset": (
        lambda: observable_source_asset(legacy_freshness_policy=POLICY)(lambda: DataVersion("1")),
        r"write freshness_policy=",
        lambda made: made.freshness_policy,
        POLICY,
    ),
    "compute_kind of @asset": (
        lambda: asset(compute_kind="sql")(plain),
        r"write kinds=\{'sql'\}",
        lambda made: made.spec.kinds,
        {"sql"},
    ),
    "compute_kind of @multi_asset": (
        lambda: multi_asset(specs=[AssetSpec("a", kinds={"x"}), AssetSpec("b")], compute_kind="sql")(both),
        r"write kinds=\{'sql'\}",
        lambda made: [spec.kinds for spec in made.specs],
        [{"x", "sql"}, {"sql"}],
    ),
    "auto_materialize_policy of load_assets_from_modules": (
        lambda: load_assets_from_modules([a_module()], auto_materialize_policy=POLICY),
        r"write automation_condition=",
        lambda made: [each.spec.automation_condition for each in made],
        [POLICY],
    ),
    "legacy_freshness_policy of load_assets_from_modules": (
        lambda: load_assets_from_modules([a_module()], legacy_freshness_policy=POLICY),
        r"write freshness_policy=",
        lambda made: [each.spec.freshness_policy for each in made],
        [POLICY],
    ),
    "partitions_def of define_asset_job": (
        lambda: define_asset_job("nightly", partitions_def=StaticPartitionsDefinition(["a"])),
        r"Leave it out",
        lambda made: made.partitions_def,
        StaticPartitionsDefinition(["a"]),
    ),
    "SourceAsset": (
        lambda: SourceAsset("a", io_manager_key="files", freshness_policy=POLICY),
        r"write AssetSpec\(\.\.\.\), with \.with_io_manager_key\(\.\.\.\)",
        lambda made: (made.io_manager_key, made.freshness_policy),
        ("files", POLICY),
    ),
}


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_works_and_warns_where_it_was_written(name: str) -> None:
    """The warning is told of the user's line: a notebook shows only those."""
    make, words, look, wanted = FORMER[name]
    with pytest.warns(DeprecationWarning, match=words) as caught:
        made = make()
    assert [each.filename for each in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert look(made) == wanted


@pytest.mark.parametrize(
    "make",
    [
        lambda: asset(kinds={"a"}, compute_kind="sql"),
        lambda: asset(automation_condition=POLICY, auto_materialize_policy=POLICY),
        lambda: AssetSpec("a", automation_condition=POLICY, auto_materialize_policy=POLICY),
        lambda: asset(deps=["a"], non_argument_deps={"a"}),
        lambda: asset(compute_kind=3),  # type: ignore[call-overload]
    ],
)
def test_a_former_name_beside_the_new_one_is_refused(make: Callable[[], Any]) -> None:
    """Two places for one thing would leave open which counts."""
    with pytest.raises(InvalidDefinitionError):
        make()


def test_nothing_else_warns() -> None:
    """Definitions that use today's names only, sources with a function that observes them among them."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @asset(deps=["x"], kinds={"sql"}, automation_condition=POLICY, freshness_policy=POLICY)
        def daily() -> int:
            return 1

        @observable_source_asset
        def prices() -> DataVersion:
            return DataVersion("1")

        @multi_observable_source_asset(specs=[AssetSpec("one"), AssetSpec("two")])
        def both() -> None: ...

        assert daily.to_source_asset().key == daily.key
        assert AssetSpec("raw").with_io_manager_key("files").io_manager_key == "files"


@pytest.mark.parametrize("package", [dagster, notebook_assets], ids=lambda package: package.__name__)
def test_the_same_names_are_deprecated_in_the_reference(package: Any) -> None:
    """A Dagster user meets the warnings that they know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        policy = dagster.AutoMaterializePolicy.eager()
        legacy = dagster.LegacyFreshnessPolicy(maximum_lag_minutes=5)
    for make in (
        lambda: package.SourceAsset("a"),
        lambda: package.asset(non_argument_deps={"x"})(plain),
        lambda: package.asset(auto_materialize_policy=policy)(plain),
        lambda: package.asset(legacy_freshness_policy=legacy)(plain),
        lambda: package.AssetSpec("a", auto_materialize_policy=policy),
        lambda: package.AssetSpec("a", legacy_freshness_policy=legacy),
        lambda: package.AssetOut(auto_materialize_policy=policy),
        lambda: package.AssetOut(legacy_freshness_policy=legacy),
    ):
        with pytest.warns(DeprecationWarning, match="deprecated|is called deps now"):
            make()


def test_parameters_stand_where_the_reference_has_them() -> None:
    """What is given by place means the same: of outputs and inputs of several."""
    assert AssetOut("p", None, None, "about").description == "about"
    given = AssetOut(
        None, "k", int, "about", False, "files", {"m": 1}, "g", "1", None, None, ["team:a"], {"t": "1"}, {"k"}
    )
    assert (given.is_required, given.io_manager_key, given.kinds) == (False, "files", {"k"})
    assert AssetIn("k", {"m": 1}, None, "files").input_manager_key == "files"
