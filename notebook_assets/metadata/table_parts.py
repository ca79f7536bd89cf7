"""Tables in metadata: their rows, their columns with constraints, and which columns they are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata.value_checks import shown

T = TypeVar("T")


def _checked(what: str, value: Any, wanted: str, is_right: bool) -> None:
    if not is_right:
        raise InvalidDefinitionError(f"{what} is {wanted}; got {shown(value)}.")


def _text(what: str, value: Any) -> None:
    _checked(what, value, "a string", isinstance(value, str))


def _truth(what: str, value: Any) -> None:
    _checked(what, value, "True or False", isinstance(value, bool))


def _all(what: str, values: Any, kind: type[T], wanted: str) -> tuple[T, ...]:
    is_list = isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping)
    _checked(what, values, wanted, is_list)
    found = tuple(values)
    for value in found:
        _checked(what, value, wanted, isinstance(value, kind))
    return found


def _cell(name: Any, value: Any) -> str | int | float | bool | None:
    _checked("A column of a TableRecord", name, "named by a string", isinstance(name, str))
    plain = value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value
    is_right = plain is None or isinstance(plain, str | int | float | bool)
    _checked(f"The value of {name!r} in a TableRecord", value, "a text, a number, a bool or None", is_right)
    return plain  # type: ignore[no-any-return]  # as just checked


@dataclass(frozen=True)
class TableRecord:
    """A row of a table: its values by the names of its columns.

    >>> TableRecord({"airport": "EWR", "delay": 3.5}).data["delay"]
    3.5
    """

    data: Mapping[str, str | int | float | bool | None]

    def __post_init__(self) -> None:
        _checked("The data of a TableRecord", self.data, "a dict", isinstance(self.data, Mapping))
        object.__setattr__(self, "data", {name: _cell(name, value) for name, value in self.data.items()})


@dataclass(frozen=True)
class TableColumnConstraints:
    """What holds for the values of a column.

    Args:
        nullable: Whether values may be missing.
        unique: Whether no value occurs twice.
        other: Further constraints, in words.

    >>> TableColumnConstraints(nullable=False, other=["at least 0"]).other
    ('at least 0',)
    """

    nullable: bool = True
    unique: bool = False
    other: Sequence[str] | None = None

    def __post_init__(self) -> None:
        _truth("TableColumnConstraints: nullable", self.nullable)
        _truth("TableColumnConstraints: unique", self.unique)
        found = _all("TableColumnConstraints: other", self.other or (), str, "a list of strings")
        object.__setattr__(self, "other", found)


@dataclass(frozen=True)
class TableConstraints:
    """What holds for a table as a whole, in words.

    >>> TableConstraints(["one row an hour"]).other
    ('one row an hour',)
    """

    other: Sequence[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "other", _all("TableConstraints: other", self.other, str, "a list of strings"))


@dataclass(frozen=True)
class TableColumn:
    """A column of a table.

    Args:
        name: Its name.
        type: The type of its values, as its database or library calls it.
        description: What it is, for people.
        constraints: What holds for its values.
        tags: Names and values.

    >>> TableColumn("delay", "float", "minutes after schedule").type
    'float'
    """

    name: str
    type: str = "string"
    description: str | None = None
    constraints: TableColumnConstraints | None = None
    tags: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        _text("The name of a TableColumn", self.name)
        _text(f"The type of the column {self.name!r}", self.type)
        if self.description is not None:
            _text(f"The description of the column {self.name!r}", self.description)
        constraints = TableColumnConstraints() if self.constraints is None else self.constraints
        is_right = isinstance(constraints, TableColumnConstraints)
        _checked(f"constraints of the column {self.name!r}", constraints, "a TableColumnConstraints", is_right)
        tags = {} if self.tags is None else self.tags
        is_right = isinstance(tags, Mapping) and all(isinstance(word, str) for pair in tags.items() for word in pair)
        _checked(f"tags of the column {self.name!r}", tags, "a dict of strings", is_right)
        object.__setattr__(self, "constraints", constraints)
        object.__setattr__(self, "tags", dict(tags))


@dataclass(frozen=True)
class TableSchema:
    """The columns of a table, and what holds for it.

    >>> TableSchema([TableColumn("airport"), TableColumn("delay", "float")]).columns[1].name
    'delay'
    """

    columns: Sequence[TableColumn]
    constraints: TableConstraints | None = None

    def __post_init__(self) -> None:
        columns = _all("TableSchema: columns", self.columns, TableColumn, "a list of TableColumn")
        constraints = TableConstraints(()) if self.constraints is None else self.constraints
        is_right = isinstance(constraints, TableConstraints)
        _checked("TableSchema: constraints", constraints, "a TableConstraints", is_right)
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "constraints", constraints)

    @staticmethod
    def from_name_type_dict(name_type_dict: Mapping[str, str]) -> TableSchema:
        """Return the schema for a dict from the names of columns to their types.

        >>> TableSchema.from_name_type_dict({"delay": "float"}).columns[0].type
        'float'
        """
        return TableSchema([TableColumn(name, type_name) for name, type_name in name_type_dict.items()])


@dataclass(frozen=True)
class TableColumnDep:
    """A column of another asset, from which a column is made.

    >>> TableColumnDep("flights", "dep_delay").asset_key
    AssetKey(['flights'])
    """

    asset_key: CoercibleToAssetKey
    column_name: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        _text("The column_name of a TableColumnDep", self.column_name)

    @property
    def key(self) -> AssetKey:
        """The key of the asset."""
        return AssetKey.from_coercible(self.asset_key)


@dataclass(frozen=True)
class TableColumnLineage:
    """Which columns of other assets each column of a table is made from, in alphabetical order.

    Raises:
        InvalidDefinitionError: A column names another one twice.

    >>> TableColumnLineage({"delay": [TableColumnDep("flights", "dep_delay")]}).deps_by_column["delay"][0].column_name
    'dep_delay'
    """

    deps_by_column: Mapping[str, Sequence[TableColumnDep]] = field()

    def __post_init__(self) -> None:
        deps = self.deps_by_column
        _checked("TableColumnLineage: deps_by_column", deps, "a dict of lists", isinstance(deps, Mapping))
        found = {
            name: _all(f"What {name!r} is made from", of, TableColumnDep, "a list of TableColumnDep")
            for name, of in deps.items()
        }
        for name, columns in found.items():
            _text("The name of a column", name)
            if len(set(columns)) < len(columns):
                raise InvalidDefinitionError(f"TableColumnLineage: the column {name!r} names another column twice.")
        in_order = {name: tuple(sorted(of, key=lambda dep: (dep.key, dep.column_name))) for name, of in found.items()}
        object.__setattr__(self, "deps_by_column", in_order)


def plain_schema(schema: TableSchema) -> dict[str, Any]:
    """Return what JSON can hold of a schema.

    >>> plain_schema(TableSchema([TableColumn("a", "int")]))["columns"][0]["type"]
    'int'
    """
    return {
        "columns": [_plain_column(column) for column in schema.columns],
        "constraints": list(schema.constraints.other if schema.constraints else ()),
    }


def _plain_column(column: TableColumn) -> dict[str, Any]:
    rules = column.constraints or TableColumnConstraints()
    return {
        "name": column.name,
        "type": column.type,
        "description": column.description,
        "nullable": rules.nullable,
        "unique": rules.unique,
        "other": list(rules.other or ()),
        "tags": dict(column.tags or {}),
    }


def schema_of(data: Any) -> TableSchema:
    """Return the schema that :func:`plain_schema` wrote.

    >>> schema_of(plain_schema(TableSchema([TableColumn("a")]))) == TableSchema([TableColumn("a")])
    True
    """
    return TableSchema([_column_of(column) for column in data["columns"]], TableConstraints(data["constraints"]))


def _column_of(data: Any) -> TableColumn:
    rules = TableColumnConstraints(data["nullable"], data["unique"], data["other"])
    return TableColumn(data["name"], data["type"], data["description"], rules, data["tags"])


def parsed(kind: str, make: Callable[[Any], T], data: Any) -> T:
    """Return what ``make`` gives for stored data.

    Raises:
        InvalidDefinitionError: The data are of another form.
    """
    try:
        return make(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidDefinitionError(f"Stored metadata of the kind {kind} is of another form: {error!r}.") from None
