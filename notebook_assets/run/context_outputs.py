"""OutputReports: what a function says by its context of what it makes: metadata, data versions, observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notebook_assets.assets import AssetMaterialization, AssetObservation, AssetsDefinition, DataVersion
from notebook_assets.errors import InvalidDefinitionError, InvalidInvocationError, a_kind, did_you_mean
from notebook_assets.keys import AssetKey, CoercibleToAssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions.arguments import check_mapping


class OutputReports:
    """The outputs of a call by name and by key, and what is told of them; the context itself says what it makes.

    >>> from notebook_assets import build_asset_context
    >>> context = build_asset_context()
    >>> context.add_output_metadata({"rows": 3})
    >>> context.get_output_metadata("result")
    {'rows': IntMetadataValue(value=3)}
    """

    __slots__ = ()

    _definition: AssetsDefinition
    _selected: Sequence[AssetKey]
    _key: str | None
    _range_keys: Sequence[str] | None
    added: dict[AssetKey, dict[str, MetadataValue]]
    added_by_partition: dict[tuple[AssetKey, str], dict[str, MetadataValue]]
    data_versions: dict[AssetKey, str]
    events: list[AssetObservation | AssetMaterialization]

    @property
    def _piece(self) -> str:
        raise NotImplementedError

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset that is being made."""
        raise NotImplementedError

    @property
    def selected_output_names(self) -> frozenset[str]:
        """The names of the outputs that this call is to give."""
        return frozenset(name for name, key in self._definition.outputs.items() if key in self._selected)

    def asset_key_for_output(self, output_name: str = "result") -> AssetKey:
        """Return the key of the asset that an output is.

        Raises:
            InvalidInvocationError: There is no such output.
        """
        outputs = self._definition.outputs
        if output_name not in outputs:
            raise InvalidInvocationError(
                f"{self._definition.label} has no output {output_name!r}; it has {list(outputs)}."
                f"{did_you_mean(output_name, outputs)}"
            )
        return outputs[output_name]

    def output_for_asset_key(self, asset_key: AssetKey) -> str:
        """Return the name of the output that an asset is.

        Raises:
            UnknownAssetError: The function makes no such asset.
        """
        key = self._definition.get_asset_spec(asset_key).asset_key
        return next(name for name, each in self._definition.outputs.items() if each == key)

    @property
    def added_metadata(self) -> dict[str, MetadataValue]:
        """What was attached so far, to whichever output."""
        return {name: value for found in self.added.values() for name, value in found.items()}

    def metadata_of(self, key: AssetKey) -> Mapping[str, MetadataValue]:
        """Return what was attached to an asset so far; of several partitions, to all of them."""
        return self.added.get(key, {})

    def metadata_of_partition(self, key: AssetKey, partition: str) -> Mapping[str, MetadataValue]:
        """Return what was attached so far to one of several partitions, and not to all of them."""
        return self.added_by_partition.get((key, partition), {})

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None, mapping_key: str | None = None
    ) -> None:
        """Attach metadata to the materialization; numbers are plotted over the partitions.

        Args:
            metadata: Names and values.
            output_name: Which output, where the function gives several.
            mapping_key: Only for code that names it.

        Raises:
            InvalidDefinitionError: A value is of a kind that can't be kept.
            InvalidInvocationError: There are several outputs and none is named, or there is none of that name.
        """
        if self._definition.is_multi:
            if output_name is None:
                raise InvalidInvocationError(
                    f"{self._definition.label} has several outputs; say which by output_name=: "
                    f"{', '.join(sorted(self.selected_output_names))}."
                )
            key = self.asset_key_for_output(output_name)
        else:
            key = self._selected[0] if output_name is None else self.asset_key_for_output(output_name)
        self._add(key, metadata, "add_output_metadata")

    def _add(self, key: AssetKey, metadata: Mapping[str, Any], where: str) -> None:
        check_mapping(metadata, f"{where}: metadata", '{"rows": 3}')
        self.added.setdefault(key, {}).update(normalize_metadata(metadata, "output metadata"))

    def add_asset_metadata(
        self,
        metadata: Mapping[str, Any],
        asset_key: CoercibleToAssetKey | None = None,
        partition_key: str | None = None,
    ) -> None:
        """Attach metadata to the materialization, as :meth:`add_output_metadata`.

        Args:
            metadata: Names and values.
            asset_key: The asset, where the function makes several.
            partition_key: The partition, where one call makes several; by default all of them get it.

        Raises:
            InvalidInvocationError: Another asset or partition is named than what is being made.
        """
        key = self.asset_key if asset_key is None else AssetKey.from_coercible(asset_key)
        keys = (self._key,) if self._range_keys is None else self._range_keys
        if key not in self._selected or (partition_key is not None and partition_key not in keys):
            raise InvalidInvocationError(
                f"Metadata can be added to {self._piece} only, which is being made; got asset_key={asset_key!r}, "
                f"partition_key={partition_key!r}."
            )
        if partition_key is None or self._range_keys is None:
            self._add(key, metadata, "add_asset_metadata")
            return
        check_mapping(metadata, "add_asset_metadata: metadata", '{"rows": 3}')
        found = self.added_by_partition.setdefault((key, str(partition_key)), {})
        found.update(normalize_metadata(metadata, "output metadata"))

    def set_data_version(self, asset_key: CoercibleToAssetKey, data_version: DataVersion) -> None:
        """Name the contents of the value, in place of a digest of it: equal names mean equal contents."""
        if not isinstance(data_version, DataVersion):
            raise InvalidDefinitionError(f"A data version is a DataVersion; write DataVersion({data_version!r}).")
        self.data_versions[AssetKey.from_coercible(asset_key)] = data_version.value

    def log_event(self, event: AssetObservation | AssetMaterialization) -> None:
        """Report what was seen, or made, of any asset, as yielding it does.

        Raises:
            InvalidInvocationError: It is neither.
        """
        if not isinstance(event, AssetObservation | AssetMaterialization):
            raise InvalidInvocationError(
                f"context.log_event takes an AssetObservation or an AssetMaterialization; got {a_kind(event)}."
            )
        self.events.append(event)
