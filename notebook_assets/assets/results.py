"""What an asset's function may give back beside a plain value: Output, MaterializeResult, AssetMaterialization."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import PurePath
from typing import Any, Final, Generic, TypeVar

from notebook_assets.assets.checks_results import AssetCheckResult, check_result_named, checked_results
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions.arguments import check_mapping, check_text
from notebook_assets.partitions.shown import SelfShown

T = TypeVar("T")
_NO_WORD = re.compile(r"[^a-zA-Z0-9_]")


class _NoValue:
    """The absence of a value, where ``None`` would be one."""

    def __repr__(self) -> str:
        return "NO_VALUE"

    def __reduce__(self) -> str:
        return "NO_VALUE"  # copied or pickled it stays the only one of its kind


NO_VALUE: Final = _NoValue()


@dataclass(frozen=True)
class DataVersion:
    """A name for the contents of a value: equal names mean equal contents.

    >>> DataVersion("2024-04-12/7")
    DataVersion(value='2024-04-12/7')
    """

    value: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, str):
            raise InvalidDefinitionError(f"A data version is a string; got {self.value!r}.")
        if not _is_unicode(self.value):
            raise InvalidDefinitionError(f"A data version is kept as Unicode, which {self.value!r} is not.")


@dataclass(frozen=True)
class Output(SelfShown, Generic[T]):
    """A value together with metadata, to be returned or yielded by an asset's function.

    Args:
        value: The value to store.
        output_name: Always ``"result"`` for an asset of one output.
        metadata: Attached to the materialization; numbers are plotted over the partitions.
        data_version: Names the contents; by default a digest of them.
        tags: Attached to the materialization.

    >>> Output([1, 2], metadata={"rows": 2}).metadata["rows"].value
    2
    """

    value: T
    output_name: str = "result"
    metadata: Mapping[str, Any] | None = None
    data_version: DataVersion | None = None
    tags: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "metadata", _checked_metadata(self.metadata, "Output metadata"))
        object.__setattr__(self, "tags", _checked_tags(self.tags, "Output"))
        _check_data_version(self.data_version, "Output")

    @property
    def values(self) -> Mapping[str, MetadataValue]:
        """The metadata, normalised."""
        return self.metadata or {}

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> Output[T]:
        """Return a copy with this metadata in place of its own.

        >>> Output(1, metadata={"rows": 2}).with_metadata({"columns": 3}).values["columns"].value
        3
        """
        return replace(self, metadata=metadata)


@dataclass(frozen=True)
class MaterializeResult(SelfShown, Generic[T]):
    """Says that the function itself stored the asset (or, with ``value``, what is to be stored), with metadata.

    ``check_results`` are those of the checks that the asset's ``check_specs`` name.

    >>> MaterializeResult(metadata={"rows": 2}).has_value
    False
    """

    asset_key: CoercibleToAssetKey | None = None
    metadata: Mapping[str, Any] | None = None
    check_results: Sequence[AssetCheckResult] | None = None
    data_version: DataVersion | None = None
    tags: Mapping[str, str] | None = None
    value: T | _NoValue = NO_VALUE
    values: Mapping[str, MetadataValue] = field(init=False, compare=False, repr=False)
    """The metadata, normalised; ``metadata`` itself is what was given."""

    def __post_init__(self) -> None:
        if self.asset_key is not None:
            object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        object.__setattr__(self, "values", _checked_metadata(self.metadata, "MaterializeResult metadata"))
        object.__setattr__(self, "metadata", dict(self.metadata or {}))
        object.__setattr__(self, "tags", _checked_tags(self.tags, "MaterializeResult"))
        _check_data_version(self.data_version, "MaterializeResult")
        object.__setattr__(self, "check_results", checked_results(self.check_results, "MaterializeResult"))

    def check_result_named(self, check_name: str) -> AssetCheckResult:
        """Return the result of one of its checks.

        Raises:
            InvalidInvocationError: There is none of that name.

        >>> result = MaterializeResult(check_results=[AssetCheckResult(passed=True, check_name="rows")])
        >>> result.check_result_named("rows").passed
        True
        """
        return check_result_named(self.check_results or (), check_name)

    @property
    def has_value(self) -> bool:
        """Whether there is a value to store."""
        return self.value is not NO_VALUE


@dataclass(frozen=True)
class AssetMaterialization:
    """The event that an asset, or one partition of it, was made; yielded to attach metadata to it.

    >>> AssetMaterialization("table", metadata={"rows": 3}).asset_key
    AssetKey(['table'])
    """

    asset_key: CoercibleToAssetKey
    description: str | None = None
    metadata: Mapping[str, Any] | None = None
    partition: str | None = None
    tags: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        check_text(self.description, "AssetMaterialization: description", '"3 new rows"')
        check_text(self.partition, "AssetMaterialization: partition", '"2013-01-01"')
        object.__setattr__(self, "metadata", _checked_metadata(self.metadata, "AssetMaterialization metadata"))
        object.__setattr__(self, "tags", _checked_tags(self.tags, "AssetMaterialization"))

    @staticmethod
    def file(
        path: str | PathLike[str],
        description: str | None = None,
        asset_key: CoercibleToAssetKey | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> AssetMaterialization:
        """Return the event that a file was made; its metadata says where it is.

        Args:
            path: Where it is.
            description: What was made.
            asset_key: The asset; by default the words of the path: letters, digits and underscores.
            partition: The partition, if it is one.
            tags: What to keep beside it.

        >>> AssetMaterialization.file("/data/flights.csv").asset_key
        AssetKey(['data', 'flights', 'csv'])
        """
        words = [word for word in _NO_WORD.split(str(path)) if word]
        key = words if asset_key is None else asset_key
        return AssetMaterialization(key, description, {"path": PurePath(path)}, partition, tags)

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> AssetMaterialization:
        """Return a copy with this metadata in place of its own.

        >>> AssetMaterialization("table", metadata={"rows": 2}).with_metadata({"columns": 3}).values["columns"].value
        3
        """
        return replace(self, metadata=metadata)

    @property
    def label(self) -> str:
        """The parts of its asset's key, with blanks between them."""
        return " ".join(AssetKey.from_coercible(self.asset_key).path)

    @property
    def values(self) -> Mapping[str, MetadataValue]:
        """The metadata, normalised."""
        return self.metadata or {}


def _is_unicode(text: str) -> bool:
    """Whether it holds no lone surrogates, which no UTF-8 can keep."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _checked_metadata(metadata: Mapping[str, Any] | None, what: str) -> dict[str, MetadataValue]:
    check_mapping(metadata, what, '{"rows": 3}')
    return normalize_metadata(metadata, what)


def _checked_tags(tags: Mapping[str, str] | None, what: str) -> dict[str, str]:
    check_mapping(tags, f"tags of {what}", '{"owner": "ann"}')
    for name, value in (tags or {}).items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise InvalidDefinitionError(f"The tags of {what} map strings to strings; got {name!r}: {value!r}.")
    return dict(tags or {})


def _check_data_version(version: object, what: str) -> None:
    if version is not None and not isinstance(version, DataVersion):
        raise InvalidDefinitionError(f"The data_version of {what} is a DataVersion; write DataVersion({version!r}).")
