"""What is said of assets without making them: ObserveResult, AssetObservation, DataVersionsByPartition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from notebook_assets.assets.checks_results import AssetCheckResult, check_result_named, checked_results
from notebook_assets.assets.results import DataVersion
from notebook_assets.errors import InvalidDefinitionError
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions.arguments import check_mapping, check_text

DATA_VERSION_TAG = "notebook_assets/data_version"
"""The tag of an AssetObservation that names the contents that were seen."""
_OLD_TAGS = (DATA_VERSION_TAG, "dagster/data_version")


@dataclass(frozen=True)
class DataVersionsByPartition:
    """The data versions of several partitions of a source; returned by its observation function.

    >>> DataVersionsByPartition({"EWR": "v1", "JFK": DataVersion("v2")}).data_versions_by_partition["EWR"]
    DataVersion(value='v1')
    """

    data_versions_by_partition: Mapping[str, DataVersion]

    def __init__(self, data_versions_by_partition: Mapping[str, str | DataVersion]) -> None:
        if not isinstance(data_versions_by_partition, Mapping):
            raise InvalidDefinitionError(
                f"DataVersionsByPartition takes a dict by partition key; got {data_versions_by_partition!r}."
            )
        for key in data_versions_by_partition:
            if not isinstance(key, str):
                raise InvalidDefinitionError(f"DataVersionsByPartition: a partition key is a text; got {key!r}.")
        versions = {
            str(key): version if isinstance(version, DataVersion) else DataVersion(version)
            for key, version in data_versions_by_partition.items()
        }
        object.__setattr__(self, "data_versions_by_partition", versions)


@dataclass(frozen=True)
class ObserveResult:
    """What an observation function saw of a source.

    Args:
        asset_key: The source; needed only where a function observes several.
        metadata: What to keep beside the observation; numbers are plotted.
        check_results: Results of checks that the function carried out.
        data_version: Names the contents that were seen: equal names mean equal contents.
        tags: What to keep beside the observation.

    >>> ObserveResult(data_version=DataVersion("v1"), metadata={"rows": 3}).values["rows"].value
    3
    """

    asset_key: CoercibleToAssetKey | None = None
    metadata: Mapping[str, Any] | None = None
    check_results: Sequence[AssetCheckResult] | None = None
    data_version: DataVersion | None = None
    tags: Mapping[str, str] | None = None
    values: Mapping[str, MetadataValue] = field(init=False, compare=False, repr=False)
    """The metadata, normalised; ``metadata`` itself is what was given."""

    def __post_init__(self) -> None:
        if self.asset_key is not None:
            object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        check_mapping(self.metadata, "ObserveResult: metadata", '{"rows": 3}')
        object.__setattr__(self, "values", normalize_metadata(self.metadata, "metadata of an ObserveResult"))
        object.__setattr__(self, "metadata", dict(self.metadata or {}))
        object.__setattr__(self, "check_results", checked_results(self.check_results, "ObserveResult"))
        check_mapping(self.tags, "ObserveResult: tags", '{"owner": "ann"}')
        if self.data_version is not None and not isinstance(self.data_version, DataVersion):
            raise InvalidDefinitionError(
                f"The data_version of an ObserveResult is a DataVersion; write DataVersion({self.data_version!r})."
            )

    def check_result_named(self, check_name: str) -> AssetCheckResult:
        """Return the result of one of its checks.

        Raises:
            InvalidInvocationError: There is none of that name.
        """
        return check_result_named(self.check_results or (), check_name)


@dataclass(frozen=True)
class AssetObservation:
    """The event that something was seen of an asset, or of one partition of it, which was not made by that.

    Args:
        asset_key: The asset.
        description: What was seen.
        metadata: What to keep beside it.
        partition: The partition, if it is about one.
        tags: What to keep beside it. The tag ``notebook_assets/data_version`` names the contents that were seen.

    >>> AssetObservation("file", metadata={"rows": 3}, partition="2013-01-01").asset_key
    AssetKey(['file'])
    """

    asset_key: CoercibleToAssetKey
    description: str | None = None
    metadata: Mapping[str, Any] | None = None
    partition: str | None = None
    tags: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "asset_key", AssetKey.from_coercible(self.asset_key))
        check_text(self.description, "AssetObservation: description", '"3 new rows"')
        check_text(self.partition, "AssetObservation: partition", '"2013-01-01"')
        check_mapping(self.metadata, "AssetObservation: metadata", '{"rows": 3}')
        object.__setattr__(self, "metadata", normalize_metadata(self.metadata, "metadata of an AssetObservation"))
        check_mapping(self.tags, "AssetObservation: tags", '{"owner": "ann"}')

    @property
    def values(self) -> Mapping[str, MetadataValue]:
        """The metadata, normalised."""
        return self.metadata or {}

    def with_metadata(self, metadata: Mapping[str, Any] | None) -> AssetObservation:
        """Return a copy with this metadata in place of its own."""
        return replace(self, metadata=metadata)

    @property
    def label(self) -> str:
        """The parts of its asset's key, with blanks between them."""
        return " ".join(AssetKey.from_coercible(self.asset_key).path)

    @property
    def data_version(self) -> str | None:
        """The name of the contents that were seen, if a tag gives one."""
        return next((self.tags[tag] for tag in _OLD_TAGS if self.tags and tag in self.tags), None)
