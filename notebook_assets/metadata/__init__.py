"""Metadata values: what may be attached to a definition or to a materialization, and how it is kept as JSON."""

from notebook_assets.metadata.as_json import metadata_from_json, metadata_to_json
from notebook_assets.metadata.cutting import LONGEST_TEXT, cut_text
from notebook_assets.metadata.naming_kinds import (
    AssetMetadataValue,
    JobMetadataValue,
    PoolMetadataValue,
    PythonArtifactMetadataValue,
    RunMetadataValue,
)
from notebook_assets.metadata.normalizing import normalize_metadata
from notebook_assets.metadata.simple_kinds import (
    BoolMetadataValue,
    FloatMetadataValue,
    IntMetadataValue,
    JsonMetadataValue,
    MarkdownMetadataValue,
    NotebookMetadataValue,
    NullMetadataValue,
    PathMetadataValue,
    TextMetadataValue,
    TimestampMetadataValue,
    UrlMetadataValue,
)
from notebook_assets.metadata.table_kinds import (
    TableColumnLineageMetadataValue,
    TableMetadataValue,
    TableSchemaMetadataValue,
)
from notebook_assets.metadata.table_parts import (
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
)
from notebook_assets.metadata.value_base import MetadataValue, kind_named

__all__ = [
    "LONGEST_TEXT",
    "AssetMetadataValue",
    "BoolMetadataValue",
    "FloatMetadataValue",
    "IntMetadataValue",
    "JobMetadataValue",
    "JsonMetadataValue",
    "MarkdownMetadataValue",
    "MetadataValue",
    "NotebookMetadataValue",
    "NullMetadataValue",
    "PathMetadataValue",
    "PoolMetadataValue",
    "PythonArtifactMetadataValue",
    "RunMetadataValue",
    "TableColumn",
    "TableColumnConstraints",
    "TableColumnDep",
    "TableColumnLineage",
    "TableColumnLineageMetadataValue",
    "TableConstraints",
    "TableMetadataValue",
    "TableRecord",
    "TableSchema",
    "TableSchemaMetadataValue",
    "TextMetadataValue",
    "TimestampMetadataValue",
    "UrlMetadataValue",
    "cut_text",
    "kind_named",
    "metadata_from_json",
    "metadata_to_json",
    "normalize_metadata",
]
