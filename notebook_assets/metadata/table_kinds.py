"""The kinds of metadata that hold tables: records, schema, column lineage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.metadata.table_parts import (
    TableColumn,
    TableColumnDep,
    TableColumnLineage,
    TableRecord,
    TableSchema,
    parsed,
    plain_schema,
    schema_of,
)
from notebook_assets.metadata.value_base import MetadataValue, of_kind
from notebook_assets.metadata.value_checks import shown


@of_kind
@dataclass(frozen=True)
class TableMetadataValue(MetadataValue):
    """A small table.

    Args:
        records: Its rows, which all have the same columns.
        schema: Its columns; by default what the first row suggests, none where there is no row.

    Raises:
        InvalidDefinitionError: The rows differ in their columns, or the schema is none.

    >>> TableMetadataValue([TableRecord({"airport": "EWR", "delay": 3.5})]).schema.columns[1].type
    'float'
    """

    kind: ClassVar[str] = "table"
    records: Sequence[TableRecord]
    schema: TableSchema = None  # type: ignore[assignment]  # None asks for what the first record suggests

    def __post_init__(self) -> None:
        given: object = self.records
        if not isinstance(given, Sequence) or isinstance(given, str | bytes):
            raise InvalidDefinitionError(f"MetadataValue.table takes a list of TableRecord; got {shown(given)}.")
        records = tuple(each if isinstance(each, TableRecord) else TableRecord(each) for each in given)
        names = [list(record.data) for record in records]
        odd = next((found for found in names if set(found) != set(names[0])), None)
        if odd is not None:
            raise InvalidDefinitionError(
                f"The rows of MetadataValue.table have the same columns; got {names[0]} and {odd}."
            )
        object.__setattr__(self, "records", records)
        object.__setattr__(self, "schema", self._checked_schema(records, self.schema))

    @classmethod
    def _checked_schema(cls, records: Sequence[TableRecord], schema: TableSchema | None) -> TableSchema:
        if schema is None:
            first = records[0].data.items() if records else ()
            return TableSchema([TableColumn(name, cls.infer_column_type(value)) for name, value in first])
        if not isinstance(schema, TableSchema):
            raise InvalidDefinitionError(f"The schema of MetadataValue.table is a TableSchema; got {shown(schema)}.")
        return schema

    @staticmethod
    def infer_column_type(value: object) -> str:
        """Return the type of a column that holds ``value``.

        >>> [TableMetadataValue.infer_column_type(value) for value in (1, 1.5, True, "a", None)]
        ['int', 'float', 'bool', 'string', 'string']
        """
        if isinstance(value, bool):
            return "bool"
        return "int" if isinstance(value, int) else "float" if isinstance(value, float) else "string"

    @property
    def value(self) -> TableMetadataValue:
        """Itself."""
        return self

    def plain(self) -> dict[str, Any]:
        """Return its rows and its columns; numbers that JSON lacks as an object of their own."""
        rows = [{name: _plain_cell(value) for name, value in record.data.items()} for record in self.records]
        return {"records": rows, "schema": plain_schema(self.schema)}

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value for its rows and its columns."""

        def table(data: Any) -> TableMetadataValue:
            rows = [{name: _cell_of(value) for name, value in row.items()} for row in data["records"]]
            return cls([TableRecord(row) for row in rows], schema_of(data["schema"]))

        return parsed(cls.kind, table, data)


@of_kind
@dataclass(frozen=True)
class TableSchemaMetadataValue(MetadataValue):
    """The columns of a table.

    >>> TableSchemaMetadataValue(TableSchema([TableColumn("airport")])).schema.columns[0].name
    'airport'
    """

    kind: ClassVar[str] = "table_schema"
    schema: TableSchema

    def __post_init__(self) -> None:
        if not isinstance(self.schema, TableSchema):
            raise InvalidDefinitionError(f"MetadataValue.table_schema takes a TableSchema; got {shown(self.schema)}.")

    @property
    def value(self) -> TableSchema:
        """The schema."""
        return self.schema

    def plain(self) -> dict[str, Any]:
        """Return the columns."""
        return plain_schema(self.schema)

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value for the columns."""
        return cls(parsed(cls.kind, schema_of, data))


@of_kind
@dataclass(frozen=True, init=False)
class TableColumnLineageMetadataValue(MetadataValue):
    """Which columns of other assets the columns of a table are made from.

    >>> lineage = TableColumnLineage({"delay": [TableColumnDep("flights", "dep_delay")]})
    >>> TableColumnLineageMetadataValue(lineage).value == lineage
    True
    """

    kind: ClassVar[str] = "column_lineage"
    lineage: TableColumnLineage

    def __init__(self, column_lineage: TableColumnLineage) -> None:
        if not isinstance(column_lineage, TableColumnLineage):
            raise InvalidDefinitionError(
                f"MetadataValue.column_lineage takes a TableColumnLineage; got {shown(column_lineage)}."
            )
        object.__setattr__(self, "lineage", column_lineage)

    @property
    def value(self) -> TableColumnLineage:
        """The lineage."""
        return self.lineage

    def plain(self) -> dict[str, list[Any]]:
        """Return for each column the parts of the keys and the columns that it is made from."""
        deps = self.lineage.deps_by_column
        return {name: [[dep.key.path, dep.column_name] for dep in of] for name, of in deps.items()}

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value for such columns."""

        def lineage(data: Any) -> TableColumnLineage:
            return TableColumnLineage(
                {name: [TableColumnDep(key, column) for key, column in of] for name, of in data.items()}
            )

        return cls(parsed(cls.kind, lineage, data))


def _plain_cell(value: Any) -> Any:
    return {"number": repr(value)} if isinstance(value, float) and not math.isfinite(value) else value


def _cell_of(value: Any) -> Any:
    return float(value["number"]) if isinstance(value, Mapping) else value
