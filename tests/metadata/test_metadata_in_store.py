"""Metadata of every kind comes back from the store equal; what the store has of other kinds is text."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebook_assets import (
    Definitions,
    Instance,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
    asset,
    explain,
    materialize,
)
from notebook_assets.metadata import metadata_from_json, metadata_to_json
from notebook_assets.metadata.value_base import KINDS
from notebook_assets.workspace.definition_note import show_definition

NAMES = st.text(max_size=6)
CELLS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES
RULES = st.builds(TableColumnConstraints, st.booleans(), st.booleans(), st.lists(NAMES, max_size=2))
TAGS = st.dictionaries(NAMES, NAMES, max_size=2)
COLUMNS = st.builds(TableColumn, NAMES, NAMES, st.none() | NAMES, st.none() | RULES, st.none() | TAGS)
SCHEMAS = st.builds(
    TableSchema, st.lists(COLUMNS, max_size=3), st.builds(TableConstraints, st.lists(NAMES, max_size=2))
)
ROWS = st.lists(st.fixed_dictionaries({"a": CELLS, "b": CELLS}), min_size=1, max_size=3)
KEY_PARTS = st.lists(st.text("abc/-", min_size=1, max_size=3), min_size=1, max_size=2)
DEPS = st.lists(st.builds(TableColumnDep, KEY_PARTS, NAMES), max_size=3, unique=True)
LINEAGES = st.builds(TableColumnLineage, st.dictionaries(NAMES, DEPS, max_size=3))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
VALUES = st.one_of(
    NAMES.map(MetadataValue.text),
    NAMES.map(MetadataValue.md),
    NAMES.map(MetadataValue.url),
    st.text("ab/.", max_size=5).map(MetadataValue.path),
    st.text("ab/.", max_size=5).map(MetadataValue.notebook),
    st.integers().map(MetadataValue.int),
    st.floats(allow_nan=False).map(MetadataValue.float),
    st.booleans().map(MetadataValue.bool),
    JSON.map(MetadataValue.json),
    st.floats(0, 4e9).map(MetadataValue.timestamp),
    KEY_PARTS.map(MetadataValue.asset),
    st.builds(lambda a, b, c: MetadataValue.job(a, b, repository_name=c), NAMES, NAMES, st.none() | NAMES),
    NAMES.map(MetadataValue.run),
    NAMES.map(MetadataValue.pool),
    st.sampled_from([len, Instance, json.dumps]).map(MetadataValue.python_artifact),
    st.just(MetadataValue.null()),
    ROWS.map(lambda rows: MetadataValue.table([TableRecord(row) for row in rows])),
    st.builds(MetadataValue.table, st.just([]), SCHEMAS),
    SCHEMAS.map(MetadataValue.table_schema),
    LINEAGES.map(MetadataValue.column_lineage),
)


@given(VALUES)
def test_every_value_comes_back_equal(value: MetadataValue) -> None:
    text = metadata_to_json({"x": value})
    assert "NaN" not in text or "NaN" in repr(value)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert metadata_from_json(text) == {"x": value}


def test_a_cell_without_a_number_comes_back() -> None:
    given_table = MetadataValue.table([{"a": math.nan}])
    (found,) = metadata_from_json(metadata_to_json({"x": given_table})).values()
    assert math.isnan(found.value.records[0].data["a"])
    assert found.value.schema == given_table.schema


def one_of_each() -> dict[str, MetadataValue]:
    schema = TableSchema([TableColumn("a", "int")])
    return {
        "text": MetadataValue.text("t"),
        "int": MetadataValue.int(3),
        "float": MetadataValue.float(0.5),
        "bool": MetadataValue.bool(True),
        "url": MetadataValue.url("https://a"),
        "path": MetadataValue.path("a"),
        "notebook": MetadataValue.notebook("a.ipynb"),
        "json": MetadataValue.json([1]),
        "md": MetadataValue.md("*a*"),
        "timestamp": MetadataValue.timestamp(5),
        "null": MetadataValue.null(),
        "asset": MetadataValue.asset(["a", "b"]),
        "job": MetadataValue.job("j", "place"),
        "run": MetadataValue.run("r1"),
        "pool": MetadataValue.pool("p"),
        "python_artifact": MetadataValue.python_artifact(len),
        "table": MetadataValue.table([{"a": 1}], schema),
        "table_schema": MetadataValue.table_schema(schema),
        "column_lineage": MetadataValue.column_lineage(TableColumnLineage({"a": [TableColumnDep("b", "c")]})),
    }


def test_every_kind_goes_through_a_run_and_a_definition() -> None:
    assert set(one_of_each()) == set(KINDS)

    @asset(metadata=one_of_each())
    def table():
        return MaterializeResult(metadata=one_of_each())

    store = Instance.ephemeral()
    materialize([table], instance=store, progress=False)
    record = store.latest("table")
    assert record is not None
    assert record.metadata == one_of_each()
    assert dict(table.get_asset_spec().metadata_values) == one_of_each()
    described = store.description("table")
    assert described is not None
    assert described.metadata == one_of_each()


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("data", [None, 3, [], {}, "x", [1, 2, 3], {"records": 3}, {"a": [[3]]}, [["a"]]])
def test_stored_data_of_another_form_never_raise(kind: str, data: Any) -> None:
    (found,) = metadata_from_json(json.dumps({"x": [kind, data]})).values()
    assert found.kind in (kind, "text")


def test_a_kind_to_come_is_text() -> None:
    (found,) = metadata_from_json('{"x": ["hologram", {"depth": 3}]}').values()
    assert found == MetadataValue.text('{"depth": 3}')


def test_a_materialization_and_a_new_definition_show_their_metadata() -> None:
    @asset(metadata={"page": MetadataValue.url("https://example.org/definition")})
    def table():
        return MaterializeResult(metadata={"<b>rows</b>": 8760, "page": MetadataValue.url("https://example.org/made")})

    store = Instance.ephemeral()
    materialize([table], instance=store, progress=False)
    record = store.latest("table")
    assert record is not None
    html = record._repr_html_()
    assert '<a href="https://example.org/made"' in html
    assert "&lt;b&gt;rows&lt;/b&gt;</dt><dd>8,760</dd>" in html
    assert '<a href="https://example.org/definition"' in show_definition(table)._repr_html_()
    shown = explain(table, instance=store, definitions=Definitions([table]))
    assert '<a href="https://example.org/made"' in shown._repr_html_()
    assert "rows</b>  8,760" in repr(shown)
