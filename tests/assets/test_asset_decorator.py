"""@asset, AssetIn, AssetDep, AssetSpec and SourceAsset: what each parameter does, and every error's text."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd
import pytest

from notebook_assets import (
    AssetDep,
    AssetIn,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    DailyPartitionsDefinition,
    IdentityPartitionMapping,
    InvalidDefinitionError,
    IOManager,
    LastPartitionMapping,
    SourceAsset,
    TimeWindowPartitionMapping,
    asset,
)
from notebook_assets.assets.signature import read_signature
from notebook_assets.run import AssetExecutionContext

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-11")


class Manager(IOManager):
    def handle_output(self, context: Any, obj: Any) -> None: ...
    def load_input(self, context: Any) -> Any: ...


def plain() -> int:
    """Say one.

    More that is not told.
    """
    return 1


def of_up(up): ...


MANAGER = Manager()
PARAMETERS: list[tuple[dict[str, Any], Any, Any]] = [
    ({}, lambda it: it.key, AssetKey("plain")),
    ({"name": "other"}, lambda it: it.key, AssetKey("other")),
    ({"key_prefix": "raw"}, lambda it: it.key, AssetKey(["raw", "plain"])),
    ({"key_prefix": "raw/in"}, lambda it: it.key, AssetKey(["raw", "in", "plain"])),
    ({"key_prefix": ["raw", "in"], "name": "x"}, lambda it: it.key, AssetKey(["raw", "in", "x"])),
    ({"key": ["a", "b"]}, lambda it: it.key, AssetKey(["a", "b"])),
    ({"key": AssetKey("k")}, lambda it: it.key, AssetKey("k")),
    ({"deps": ["a", AssetKey(["b", "c"])]}, lambda it: it.dependency_keys, {AssetKey("a"), AssetKey(["b", "c"])}),
    ({"deps": [SourceAsset("s"), AssetSpec("t")]}, lambda it: it.dependency_keys, {AssetKey("s"), AssetKey("t")}),
    ({"deps": ["a", "a"]}, lambda it: len(it.dependencies), 1),
    (
        {"deps": [AssetDep("a", partition_mapping=LastPartitionMapping())]},
        lambda it: it.get_partition_mapping(AssetKey("a")),
        LastPartitionMapping(),
    ),
    (
        {"deps": [AssetDep("a", metadata={"allow_missing_partitions": True})]},
        lambda it: it.dependencies[0].allows_missing,
        True,
    ),
    ({"metadata": {"rows": 3}}, lambda it: it.spec.metadata_values["rows"].value, 3),
    ({"tags": {"team": "x"}}, lambda it: it.spec.tags, {"team": "x"}),
    ({"description": "Mine."}, lambda it: it.spec.description, "Mine."),
    ({}, lambda it: it.spec.description, "Say one."),
    ({"required_resource_keys": {"db"}}, lambda it: it.required_resource_keys, {"db"}),
    ({"resource_defs": {"db": 1}}, lambda it: it.resource_defs, {"db": 1}),
    ({"io_manager_key": "files"}, lambda it: it.io_manager_key, "files"),
    ({"io_manager_def": MANAGER}, lambda it: it.resource_defs[it.io_manager_key], MANAGER),
    ({"io_manager_def": MANAGER, "io_manager_key": "m"}, lambda it: it.resource_defs, {"m": MANAGER}),
    ({"partitions_def": DAYS}, lambda it: it.partitions_def, DAYS),
    ({"group_name": "g"}, lambda it: it.spec.group, "g"),
    ({}, lambda it: it.spec.group, "default"),
    ({"output_required": False}, lambda it: (it.output_required, it.spec.skippable), (False, True)),
    ({"code_version": "7"}, lambda it: it.code, "7"),
    ({"owners": ["a@b.org", "team:x"]}, lambda it: it.spec.owners, ("a@b.org", "team:x")),
    ({"kinds": {"parquet"}}, lambda it: it.spec.kinds, {"parquet"}),
]


@pytest.mark.parametrize(
    ("options", "look", "expected"), PARAMETERS, ids=[str(options)[:40] for options, _, _ in PARAMETERS]
)
def test_each_parameter(options: dict[str, Any], look: Any, expected: Any) -> None:
    assert look(asset(**options)(plain)) == expected


WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (plain, {"key": "k", "name": "n"}, r"takes key, or name and key_prefix, not both"),
    (plain, {"key": "k", "key_prefix": "n"}, r"takes key, or name and key_prefix, not both"),
    (plain, {"name": "a\nb"}, r"can't hold control characters"),
    (plain, {"deps": "up"}, r"plain: deps is a list; got 'up'. Write deps=\['up'\]"),
    (plain, {"deps": 3}, r"plain: deps is a list; got 3"),
    (plain, {"deps": [3]}, r"Expected an asset, an asset key or a string; got int: 3"),
    (of_up, {"ins": {"upp": AssetIn("x")}}, r"of_up: ins names 'upp'.* it has \['up'\]. Did you mean 'up'\?"),
    (of_up, {"ins": {"up": "x"}}, r"of_up: ins\['up'\] is an AssetIn; got str. Write AssetIn\('x'\)"),
    (of_up, {"ins": ["up"]}, r"of_up: ins maps parameter names to AssetIn; got \['up'\]"),
    (
        of_up,
        {"deps": [AssetDep("up", partition_mapping=LastPartitionMapping())]},
        r"of_up: it names up twice with different partition mappings",
    ),
    (plain, {"group_name": "a b"}, r"plain: a group name is made of letters, digits and underscores; got 'a b'"),
    (plain, {"partitions_def": "daily"}, r"partitions_def is a PartitionsDefinition.*got str"),
    (plain, {"tags": {"a": 1}}, r"plain: tags map strings to strings; got 'a': 1"),
    (plain, {"owners": ["bob"]}, r"plain: an owner is an e-mail address or 'team:' and a name; got 'bob'"),
    (plain, {"owners": "bob@x"}, r"owners is a list; got 'bob@x'"),
    (plain, {"kinds": "a"}, r"kinds is a list"),
    (plain, {"metadata": {"a": object()}}, r"metadata of plain 'a' is of type object, which metadata can't keep"),
]


@pytest.mark.parametrize(("fn", "options", "text"), WRONG, ids=[text[:40] for _, _, text in WRONG])
def test_each_error(fn: Any, options: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidDefinitionError, match=text):
        asset(**options)(fn)


def test_decorating_something_else() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"decorates a function; got 'daily'. Options are named"):
        asset("daily")  # type: ignore[call-overload]


def test_a_definition_looks_like_its_function_and_can_be_called() -> None:
    defined = asset(plain)
    assert (defined.__name__, defined.__wrapped__, defined(), repr(defined)) == ("plain", plain, 1, "<asset plain>")
    assert isinstance(defined, AssetsDefinition)
    assert not defined.is_generator


@pytest.mark.parametrize(
    ("asset_in", "key"),
    [
        (AssetIn(), AssetKey("up")),
        (AssetIn("other"), AssetKey("other")),
        (AssetIn(["a", "b"]), AssetKey(["a", "b"])),
        (AssetIn(key_prefix="a/b"), AssetKey(["a", "b", "up"])),
        (AssetIn(key_prefix=["a"]), AssetKey(["a", "up"])),
    ],
)
def test_an_input_names_its_asset(asset_in: AssetIn, key: AssetKey) -> None:
    assert asset(ins={"up": asset_in})(of_up).dependency_keys == {key}


def test_wrong_inputs() -> None:
    with pytest.raises(InvalidDefinitionError, match=r"key or key_prefix, not both; got key='a', key_prefix='b'"):
        AssetIn("a", key_prefix="b")
    with pytest.raises(InvalidDefinitionError, match=r"AssetIn: partition_mapping is a PartitionMapping.*got str"):
        AssetIn(partition_mapping="last")  # type: ignore[arg-type]
    with pytest.raises(InvalidDefinitionError, match=r"AssetDep: partition_mapping is .*got the class LastPart.*Write"):
        AssetDep("a", partition_mapping=LastPartitionMapping)  # type: ignore[arg-type]


def test_two_inputs_may_be_one_asset_by_one_mapping() -> None:
    mapping = IdentityPartitionMapping()

    def both(one, two): ...

    same = {"one": AssetIn("up", partition_mapping=mapping), "two": AssetIn("up", partition_mapping=mapping)}
    assert [entry.input_name for entry in asset(ins=same)(both).dependencies] == ["one", "two"]
    with pytest.raises(InvalidDefinitionError, match="twice with different partition mappings"):
        asset(ins={**same, "two": AssetIn("up", partition_mapping=TimeWindowPartitionMapping(-1, -1))})(both)


def test_deps_may_repeat_an_input() -> None:
    assert [entry.input_name for entry in asset(deps=["up"])(of_up).dependencies] == ["up"]


# Signatures


def with_context(context, up): ...
def with_underscore(_, up): ...
def with_private_context(_context, up): ...
def annotated(ctx: AssetExecutionContext, up): ...
def annotated_unresolved(ctx: NotImported.AssetExecutionContext, up): ...  # type: ignore[name-defined]  # noqa: F821
def by_keyword(*, context, up): ...
def inputs_by_keyword(*, up): ...
def any_inputs(**inputs): ...
def without(up): ...


@functools.wraps(with_context)
def wrapped(*arguments, **named): ...


@pytest.mark.parametrize(
    ("fn", "context", "inputs"),
    [
        (with_context, "context", ("up",)),
        (with_underscore, "_", ("up",)),
        (with_private_context, "_context", ("up",)),
        (annotated, "ctx", ("up",)),
        (annotated_unresolved, "ctx", ("up",)),
        (by_keyword, "context", ("up",)),
        (inputs_by_keyword, None, ("up",)),
        (any_inputs, None, ()),
        (without, None, ("up",)),
        (wrapped, "context", ("up",)),
        (lambda: 1, None, ()),
    ],
)
def test_signatures(fn: Any, context: str | None, inputs: tuple[str, ...]) -> None:
    read = read_signature(fn)
    assert (read.context, read.inputs) == (context, inputs)
    assert read.context_is_keyword is (fn is by_keyword)
    assert read.takes_any_input is (fn is any_inputs)


def test_frames_and_none_are_read_from_annotations() -> None:
    def typed(a: pd.DataFrame, b: dict, c) -> None: ...

    assert read_signature(typed).frames == {"a"}
    assert read_signature(typed).returns_nothing
    typed.__annotations__ = {"a": "pd.DataFrame", "b": "pl.DataFrame", "c": "Unresolvable[", "return": "None"}
    assert read_signature(typed).frames == {"a"}
    assert read_signature(typed).returns_nothing


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("def fn(*ups): ...", r"fn: the parameter \*ups names no upstream asset"),
        ("def fn(up, /): ...", r"fn: the parameter up names no upstream asset"),
        ("def fn(up, context): ...", r"fn: the context is its first parameter"),
        ("def fn(*context): ...", r"fn: the context is its first parameter"),
    ],
)
def test_signatures_that_name_no_assets(source: str, text: str) -> None:
    names: dict[str, Any] = {}
    exec(source, names)
    with pytest.raises(InvalidDefinitionError, match=text):
        read_signature(names["fn"])


def test_inputs_of_a_function_that_takes_any() -> None:
    defined = asset(ins={"a": AssetIn("x"), "b": AssetIn()})(any_inputs)
    assert defined.dependency_keys == {AssetKey("x"), AssetKey("b")}


# Specs and source assets


def test_a_spec_normalises_what_it_is_given() -> None:
    spec = AssetSpec(["a", "b"], deps=["c", AssetDep("d")], kinds=["x"], owners=["team:y"], metadata={"n": 1})  # type: ignore[arg-type]
    assert spec.asset_key == AssetKey(["a", "b"])
    assert [dep.asset_key.name for dep in spec.asset_deps] == ["c", "d"]
    assert spec.with_io_manager_key("files").io_manager_key == "files"
    assert spec.io_manager_key is None
    assert spec == AssetSpec(["a", "b"], deps=["c", "d"], kinds={"x"}, owners=("team:y",), metadata={"n": 1})


def test_a_source_asset_brings_its_io_manager() -> None:
    one, two = SourceAsset("a", io_manager_def=MANAGER), SourceAsset(["p", "a"], io_manager_def=MANAGER)
    assert one.resource_defs == {one.io_manager_key: MANAGER}
    assert one.io_manager_key != two.io_manager_key
    assert SourceAsset("a").io_manager_key == "io_manager"
    assert SourceAsset("a", io_manager_key="files", io_manager_def=MANAGER).resource_defs == {"files": MANAGER}
    assert SourceAsset("a", partitions_def=DAYS, group_name="g", tags={"x": "y"}).spec.group == "g"
