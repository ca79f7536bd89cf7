"""MetadataValue: the base of all kinds, and a method for each."""

# mypy: no-warn-return-any
# The classes of the kinds are found by name, since they are made from this one; what each method returns, it says.

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar

from notebook_assets.errors import InvalidDefinitionError, did_you_mean
from notebook_assets.keys import CoercibleToAssetKey
from notebook_assets.lazy import lazy_module

_display: Any = lazy_module("notebook_assets.display")  # on a floor above, since it knows the kinds

if TYPE_CHECKING:
    from notebook_assets.metadata import naming_kinds as naming
    from notebook_assets.metadata import simple_kinds as simple
    from notebook_assets.metadata import table_kinds as tables
    from notebook_assets.metadata.table_parts import TableColumnLineage, TableRecord, TableSchema

_Whole: TypeAlias = int  # inside MetadataValue, int, float and bool are methods
_Number: TypeAlias = float
_Truth: TypeAlias = bool

V = TypeVar("V", bound="MetadataValue")

KINDS: dict[str, type[MetadataValue]] = {}
"""The class of each kind, by its name."""


class MetadataValue:
    """What may be attached to a definition or to a materialization; its kind decides how it is shown.

    Made by the static methods, or from a plain Python value by writing that. Each kind is a class of its own, whose
    ``value`` is what it stands for.

    Raises:
        InvalidDefinitionError: A value is none of its kind.

    >>> MetadataValue.url("https://example.org")
    UrlMetadataValue(url='https://example.org')
    >>> MetadataValue.int(3).value
    3
    >>> MetadataValue.float("12 rows")
    Traceback (most recent call last):
    ...
    notebook_assets.errors.InvalidDefinitionError: MetadataValue.float takes a number; got '12 rows'.
    """

    kind: ClassVar[str] = ""

    if TYPE_CHECKING:  # each kind has it as a field or as a property; a property here would hide the field

        @property
        def value(self) -> Any:
            """What it stands for."""

    @property
    def is_number(self) -> _Truth:
        """Whether it can be plotted."""
        return self.kind in ("int", "float")

    def _repr_html_(self) -> str:
        html: str = _display.page(_display.metadata_rich(self).html)
        return html

    def plain(self) -> Any:
        """Return what JSON can hold of it, from which :meth:`from_plain` makes it again."""
        return self.value

    @classmethod
    def from_plain(cls, data: Any) -> MetadataValue:
        """Return the value that :meth:`plain` was asked for.

        Raises:
            InvalidDefinitionError: The data are of no such value.
        """
        make: Callable[[Any], MetadataValue] = cls  # each kind has a constructor of its own
        return make(data)

    @staticmethod
    def text(text: str) -> simple.TextMetadataValue:
        """A plain text."""
        return _made("text", text)

    @staticmethod
    def int(value: _Whole) -> simple.IntMetadataValue:
        """A whole number; plotted over partitions."""
        return _made("int", value)

    @staticmethod
    def float(value: _Number) -> simple.FloatMetadataValue:
        """A number; plotted over partitions."""
        return _made("float", value)

    @staticmethod
    def bool(value: _Truth) -> simple.BoolMetadataValue:
        """True or false."""
        return _made("bool", value)

    @staticmethod
    def url(url: str) -> simple.UrlMetadataValue:
        """An address, shown as a link."""
        return _made("url", url)

    @staticmethod
    def path(path: str | os.PathLike[str]) -> simple.PathMetadataValue:
        """A path in a file system."""
        return _made("path", path)

    @staticmethod
    def notebook(path: str | os.PathLike[str]) -> simple.NotebookMetadataValue:
        """The path of a notebook."""
        return _made("notebook", path)

    @staticmethod
    def json(data: Any) -> simple.JsonMetadataValue:
        """Anything that JSON can hold; a copy is kept, with numbers that JSON lacks as text."""
        return _made("json", data)

    @staticmethod
    def md(data: str) -> simple.MarkdownMetadataValue:
        """A text in Markdown."""
        return _made("md", data)

    @staticmethod
    def timestamp(value: datetime | _Number) -> simple.TimestampMetadataValue:
        """A moment: an aware datetime, or seconds since 1970 in UTC.

        Raises:
            InvalidDefinitionError: A datetime without a time zone, which names no moment.
        """
        return _made("timestamp", value)

    @staticmethod
    def null() -> simple.NullMetadataValue:
        """Nothing."""
        return _made("null")

    @staticmethod
    def python_artifact(python_artifact: Callable[..., Any]) -> naming.PythonArtifactMetadataValue:
        """A function or a class, by its module and its name.

        Raises:
            InvalidDefinitionError: It is none, or has no name.
        """
        kind: Any = KINDS["python_artifact"]
        made: naming.PythonArtifactMetadataValue = kind.of(python_artifact)
        return made

    @staticmethod
    def asset(asset_key: CoercibleToAssetKey) -> naming.AssetMetadataValue:
        """Another asset."""
        return _made("asset", asset_key)

    @staticmethod
    def job(job_name: str, location_name: str, *, repository_name: str | None = None) -> naming.JobMetadataValue:
        """A job, by its name and the place that it is defined in."""
        return _made("job", job_name, location_name, repository_name)

    @staticmethod
    def run(run_id: str) -> naming.RunMetadataValue:
        """A run, by its id."""
        return _made("run", run_id)

    dagster_run = run  # as the reference calls it

    @staticmethod
    def pool(pool: str) -> naming.PoolMetadataValue:
        """A pool, by its name."""
        return _made("pool", pool)

    @staticmethod
    def table(
        records: Sequence[TableRecord | Mapping[str, Any]], schema: TableSchema | None = None
    ) -> tables.TableMetadataValue:
        """A small table.

        Args:
            records: Its rows, which all have the same columns.
            schema: Its columns; by default what the first row suggests.

        Raises:
            InvalidDefinitionError: The rows differ in their columns, or there are neither rows nor a schema.
        """
        return _made("table", records, schema)

    @staticmethod
    def table_schema(schema: TableSchema) -> tables.TableSchemaMetadataValue:
        """The columns of a table."""
        return _made("table_schema", schema)

    @staticmethod
    def column_lineage(lineage: TableColumnLineage) -> tables.TableColumnLineageMetadataValue:
        """Which columns of other assets the columns of a table are made from."""
        return _made("column_lineage", lineage)


def _made(kind: str, *arguments: Any) -> Any:
    return KINDS[kind](*arguments)


def of_kind(cls: type[V]) -> type[V]:
    """Enter a class into the kinds, under its ``kind``; a decorator."""
    KINDS[cls.kind] = cls
    return cls


def kind_named(name: str) -> type[MetadataValue]:
    """Return the class of a kind.

    Raises:
        InvalidDefinitionError: There is no such kind.

    >>> kind_named("int").__name__
    'IntMetadataValue'
    """
    if name not in KINDS:
        raise InvalidDefinitionError(
            f"Metadata is of one of the kinds {', '.join(KINDS)}; got {name!r}.{did_you_mean(str(name), KINDS)}"
        )
    return KINDS[name]
