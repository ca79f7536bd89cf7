"""Metadata values beside the reference: which plain values become which kind, the classes with their fields, tables."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notebook_assets
from notebook_assets import InvalidDefinitionError, MetadataValue
from notebook_assets.metadata import normalize_metadata

BRANDED = {"AssetMetadataValue", "JobMetadataValue", "RunMetadataValue"}


class Word(str, enum.Enum):  # noqa: UP042  # what people wrote before StrEnum
    A = "x"


class Count(enum.IntEnum):
    A = 1


def plain(value: Any) -> Any:
    """Return the parts of a library's value that the other has too: lists for tuples, keys as lists."""
    if type(value).__name__ == "AssetKey":
        return list(value.path)
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    name = type(value).__name__.removeprefix("Dagster")
    if name.startswith("Table"):
        return name, [plain(getattr(value, field)) for field in FIELDS[name]]
    return value


FIELDS = {
    "TableRecord": ["data"],
    "TableColumn": ["name", "type", "description", "constraints", "tags"],
    "TableColumnConstraints": ["nullable", "unique", "other"],
    "TableConstraints": ["other"],
    "TableSchema": ["columns", "constraints"],
    "TableColumnDep": ["asset_key", "column_name"],
    "TableColumnLineage": ["deps_by_column"],
    "TableMetadataValue": ["records", "schema"],
    "TableSchemaMetadataValue": ["schema"],
    "TableColumnLineageMetadataValue": ["lineage"],
}


def kind_and_value(value: Any) -> tuple[str, Any]:
    """Return the class and the value; what stands for itself, by its class alone."""
    name = type(value).__name__.removeprefix("Dagster")
    return name, None if value.value is value else plain(value.value)


def of_reference(value: Any) -> Any:
    """Return what the reference makes of a plain value, seen by an event; None where it refuses it."""
    try:
        return kind_and_value(dagster.AssetMaterialization("a", metadata={"x": value}).metadata["x"])
    except Exception:
        return None


def of_ours(value: Any) -> Any:
    try:
        return kind_and_value(normalize_metadata({"x": value})["x"])
    except InvalidDefinitionError:
        return None


SAME = [
    "text", "", Word.A, 1, Count.A, 10**30, 1.5, float("inf"), True, None, [1, "a", None], {"a": {"b": [1]}}, {1: 2},
    {"a": (1, 2)}, [], {}, Path("a") / "b", np.float64(1.5), b"bytes", {1, 2}, frozenset([1]), object(), int, len,
    {"a": object()}, [object()], {"a": {1}}, range(3), pd.DataFrame({"a": [1]}),
]  # fmt: skip
WIDER = [(1, 2), np.int64(1), np.bool_(True), np.float32(1), date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize("value", SAME, ids=lambda value: repr(value).partition(" at 0x")[0])
def test_plain_values_become_the_same_kind(value: Any) -> None:
    assert of_ours(value) == of_reference(value)


@pytest.mark.parametrize("value", WIDER, ids=lambda value: repr(value).partition(" at 0x")[0])
def test_values_that_only_the_reference_refuses(value: Any) -> None:
    assert of_reference(value) is None
    assert of_ours(value) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_random_values_become_the_same_kind(value: Any) -> None:
    assert of_ours(value) == of_reference(value)


def schema(library: Any) -> Any:
    rules = library.TableColumnConstraints(nullable=False, unique=True, other=["at least 0"])
    columns = [library.TableColumn("a", "int", "how many", rules, {"pii": "no"}), library.TableColumn("b")]
    return library.TableSchema(columns, library.TableConstraints(["one a day"]))


def lineage(library: Any) -> Any:
    deps = [library.TableColumnDep("raw", "x"), library.TableColumnDep(library.AssetKey(["p", "raw"]), "y")]
    return library.TableColumnLineage({"a": deps, "b": []})


def records(library: Any) -> list[Any]:
    return [library.TableRecord({"a": 1, "b": "x", "c": 1.5, "d": True, "e": None})]


MAKERS = [
    lambda dg: dg.MetadataValue.text("t"),
    lambda dg: dg.TextMetadataValue("t"),
    lambda dg: dg.TextMetadataValue(text="t").text,
    lambda dg: dg.MetadataValue.int(3),
    lambda dg: dg.IntMetadataValue(value=3),
    lambda dg: dg.MetadataValue.float(1.5),
    lambda dg: dg.FloatMetadataValue(1.5),
    lambda dg: dg.MetadataValue.bool(True),
    lambda dg: dg.BoolMetadataValue(True),
    lambda dg: dg.MetadataValue.url("https://a"),
    lambda dg: dg.UrlMetadataValue("https://a").url,
    lambda dg: dg.MetadataValue.path("a/b"),
    lambda dg: dg.PathMetadataValue(Path("a/b")).fspath,
    lambda dg: dg.MetadataValue.notebook("a.ipynb"),
    lambda dg: dg.NotebookMetadataValue("a.ipynb").fspath,
    lambda dg: dg.MetadataValue.json({"a": [1, None]}),
    lambda dg: dg.MetadataValue.json((1, 2)),
    lambda dg: dg.JsonMetadataValue({"a": 1}).data,
    lambda dg: dg.MetadataValue.md("*a*"),
    lambda dg: dg.MarkdownMetadataValue("*a*").md_str,
    lambda dg: dg.MetadataValue.python_artifact(len),
    lambda dg: dg.MetadataValue.python_artifact(Path),
    lambda dg: [dg.PythonArtifactMetadataValue("m", "n").module, dg.PythonArtifactMetadataValue("m", "n").name],
    lambda dg: dg.MetadataValue.timestamp(5.0),
    lambda dg: dg.MetadataValue.timestamp(datetime(2024, 1, 1, tzinfo=UTC)),
    lambda dg: dg.TimestampMetadataValue(5.0),
    lambda dg: dg.MetadataValue.asset(dg.AssetKey(["a", "b"])),
    lambda dg: dg.DagsterAssetMetadataValue(dg.AssetKey("a")).asset_key,
    lambda dg: dg.MetadataValue.job("j", "place", repository_name="r"),
    lambda dg: dg.DagsterJobMetadataValue("j", "place").location_name,
    lambda dg: dg.DagsterJobMetadataValue("j", "place", "r").repository_name,
    lambda dg: dg.MetadataValue.dagster_run("r1"),
    lambda dg: dg.DagsterRunMetadataValue("r1").run_id,
    lambda dg: dg.MetadataValue.pool("p"),
    lambda dg: dg.MetadataValue.null(),
    lambda dg: dg.NullMetadataValue(),
    lambda dg: dg.MetadataValue.table(records(dg)).records,
    lambda dg: dg.MetadataValue.table(records(dg)).schema,
    lambda dg: dg.TableMetadataValue(records(dg), schema(dg)).schema,
    lambda dg: dg.TableMetadataValue([], schema(dg)).records,
    lambda dg: dg.MetadataValue.table_schema(schema(dg)),
    lambda dg: dg.TableSchemaMetadataValue(schema(dg)).schema,
    lambda dg: dg.TableSchema.from_name_type_dict({"a": "int"}),
    lambda dg: dg.MetadataValue.column_lineage(lineage(dg)),
    lambda dg: dg.TableColumnLineageMetadataValue(lineage(dg)).lineage,
    lambda dg: dg.MetadataValue.text("t") == dg.TextMetadataValue("t"),
    lambda dg: schema(dg) == schema(dg),
    lambda dg: lineage(dg) == lineage(dg),
]


@pytest.mark.parametrize("make", MAKERS, ids=range(len(MAKERS)))
def test_the_classes_have_the_same_fields_and_values(make: Any) -> None:
    def told(library: Any) -> Any:
        found = make(library)
        return kind_and_value(found) if isinstance(found, library.MetadataValue) else plain(found)

    assert told(notebook_assets) == told(dagster)


REFUSED = [
    lambda dg: dg.MetadataValue.text(1),
    lambda dg: dg.MetadataValue.md(1),
    lambda dg: dg.MetadataValue.int("1"),
    lambda dg: dg.MetadataValue.float("1"),
    lambda dg: dg.MetadataValue.bool(1),
    lambda dg: dg.MetadataValue.json({"a": object()}),
    lambda dg: dg.MetadataValue.timestamp(datetime(2024, 1, 1)),
    lambda dg: dg.MetadataValue.python_artifact(dagster),
    lambda dg: dg.MetadataValue.asset(3),
    lambda dg: dg.MetadataValue.table("ab"),
    lambda dg: dg.MetadataValue.table([dg.TableRecord({"a": 1}), dg.TableRecord({"b": 1})]),
    lambda dg: dg.MetadataValue.table(records(dg), schema=[]),
    lambda dg: dg.MetadataValue.table_schema([]),
    lambda dg: dg.MetadataValue.column_lineage({}),
    lambda dg: dg.TableRecord({"a": [1]}),
    lambda dg: dg.TableRecord([1]),
    lambda dg: dg.TableColumn(1),
    lambda dg: dg.TableColumn("a", type=3),
    lambda dg: dg.TableColumn("a", constraints="unique"),
    lambda dg: dg.TableColumn("a", tags=["x"]),
    lambda dg: dg.TableColumnConstraints(nullable="no"),
    lambda dg: dg.TableConstraints([1]),
    lambda dg: dg.TableSchema([("a", "int")]),
    lambda dg: dg.TableColumnDep(3, "a"),
    lambda dg: dg.TableColumnLineage({"a": ["b"]}),
    lambda dg: dg.TableColumnLineage({"a": [dg.TableColumnDep("x", "b"), dg.TableColumnDep("x", "b")]}),
]


@pytest.mark.parametrize("make", REFUSED, ids=range(len(REFUSED)))
def test_what_both_refuse(make: Any) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  # the reference has errors of several kinds
        make(dagster)
    with pytest.raises(InvalidDefinitionError):
        make(notebook_assets)


@pytest.mark.parametrize(
    "make",
    [
        lambda dg: dg.MetadataValue.float(3),
        lambda dg: dg.MetadataValue.timestamp(5),
        lambda dg: dg.MetadataValue.asset("a"),
        lambda dg: dg.MetadataValue.table([{"a": 1}]),
        lambda dg: dg.MetadataValue.table([]),
    ],
    ids=range(5),
)
def test_what_only_the_reference_refuses(make: Any) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011
        make(dagster)
    assert make(notebook_assets).value is not None


@pytest.mark.parametrize(
    "make", [lambda dg: dg.MetadataValue.url(None), lambda dg: dg.TableColumnDep("a", 3)], ids=["url", "column"]
)
def test_what_only_this_package_refuses(make: Any) -> None:
    make(dagster)
    with pytest.raises(InvalidDefinitionError):
        make(notebook_assets)


def test_values_of_two_kinds_are_never_equal() -> None:
    """In the reference they are, if they hold the same."""
    assert MetadataValue.text("1") != MetadataValue.md("1")
    assert dagster.MetadataValue.text("1") == dagster.MetadataValue.md("1")


def test_every_class_of_the_reference_is_here_but_those_of_code_locations() -> None:
    theirs = {name for name in dir(dagster) if name.endswith("MetadataValue")}
    missing = {name for name in theirs if not hasattr(notebook_assets, name)}
    assert missing == {"CodeReferencesMetadataValue"}
    assert {getattr(notebook_assets, f"Dagster{name}").__name__ for name in BRANDED} == BRANDED
    assert isinstance(notebook_assets.TextMetadataValue("a"), MetadataValue)
