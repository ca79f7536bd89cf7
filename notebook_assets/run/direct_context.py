"""DirectExecutionContext: the context of a function that is called by hand, without a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from notebook_assets.assets import AssetsDefinition, AssetSpec
from notebook_assets.assets.signature import read_signature
from notebook_assets.errors import InvalidInvocationError, did_you_mean
from notebook_assets.keys import AssetKey
from notebook_assets.metadata import MetadataValue, normalize_metadata
from notebook_assets.partitions import PartitionKeyRange
from notebook_assets.partitions.arguments import check_instance, check_mapping, check_text
from notebook_assets.resources import Resources
from notebook_assets.resources.config_types import MISSING, processed
from notebook_assets.resources.resource_setup import ResourceSetup
from notebook_assets.run.context import AssetExecutionContext
from notebook_assets.store import Instance

RUN_ID = "EPHEMERAL"
"""What the run of a function that is called by hand is called."""


def _nothing() -> None: ...


_NOT_CALLED_YET = AssetsDefinition(
    specs=(AssetSpec("not_called_yet"),), fn=_nothing, signature=read_signature(_nothing)
)
"""Stands for the definition until the context is handed to one."""


class DirectExecutionContext(AssetExecutionContext):
    """A context without a run, as :func:`~notebook_assets.build_asset_context` and its like make it.

    >>> from notebook_assets import build_asset_context
    >>> context = build_asset_context(resources={"greeting": "hello"}, partition_key="2024-01-01")
    >>> context.resources.greeting, context.partition_key, context.run_id
    ('hello', '2024-01-01', 'EPHEMERAL')
    """

    __built_context__ = True  # how a definition that is called knows one

    def __init__(
        self,
        resources: Mapping[str, object] | None = None,
        resources_config: Mapping[str, Any] | None = None,
        config: Any = None,
        instance: Instance | None = None,
        partition_key: str | None = None,
        partition_key_range: PartitionKeyRange | None = None,
        mapping_key: str | None = None,
        run_tags: Mapping[str, str] | None = None,
    ) -> None:
        check_mapping(resources, "resources", '{"database": connection}')
        check_instance(instance, Instance, "instance", "Instance.ephemeral()")
        check_text(partition_key, "partition_key", '"2024-01-01"')
        check_instance(partition_key_range, PartitionKeyRange, "partition_key_range", 'PartitionKeyRange("a", "c")')
        if partition_key is not None and partition_key_range is not None:
            raise InvalidInvocationError("Give partition_key or partition_key_range, not both.")
        self._setup = ResourceSetup(resources or {}, resources_config, instance, RUN_ID)
        values = Resources({name: self._setup.get(name) for name in resources or {}})
        super().__init__(_NOT_CALLED_YET, partition_key, {}, values, RUN_ID, instance, run_tags)
        self._called: Any = None
        self._given_resources = dict(resources or {})
        self._given_key = partition_key
        self._range = partition_key_range
        self._config = config
        self._mapping_key = mapping_key
        self._output_metadata: dict[tuple[str | None, str | None], dict[str, MetadataValue]] = {}

    def bind(self, definition: Any) -> None:
        """Learn which asset, op or check is called; it may be another one the next time.

        Raises:
            InvalidInvocationError: The definition brings along a resource that was given too.
        """
        self._called = definition
        own = dict(getattr(definition, "resource_defs", {}))
        both = sorted(self._given_resources.keys() & own.keys())
        if both:
            raise InvalidInvocationError(
                f"The resource {both[0]!r} is given by the definition and for the call; leave out one of them."
            )
        values = self.resources
        if own:
            setup = ResourceSetup({**own, **self._given_resources}, None, self.instance, RUN_ID)
            values = Resources({name: setup.get(name) for name in (*own, *self._given_resources)})
        known = definition if isinstance(definition, AssetsDefinition) else _NOT_CALLED_YET
        config = self._config
        super().__init__(known, self._given_key, {}, values, RUN_ID, self.instance, self.run_tags, config=config)

    @property
    def asset_key(self) -> AssetKey:
        """The key of the asset that is called.

        Raises:
            InvalidInvocationError: None was called yet.
        """
        return self.assets_def.key

    @property
    def assets_def(self) -> AssetsDefinition:
        """The definition of the asset that is called.

        Raises:
            InvalidInvocationError: None was called yet.
        """
        if not isinstance(self._called, AssetsDefinition):
            raise InvalidInvocationError(
                "This context was built for a test; it knows of an asset only when one is called with it."
            )
        return self._called

    @property
    def op_config(self) -> Any:
        """The configuration, with the defaults of the schema of what is called.

        Raises:
            InvalidConfigError: It does not fit the schema.
        """
        of_op = getattr(self._called, "config_of", None)
        if of_op is not None:
            return of_op(MISSING if self._config is None else self._config, "config")
        signature = getattr(self._called, "signature", None)
        schema = getattr(signature, "config_class", None) or getattr(self._called, "config_schema", None)
        return self._config if schema is None else processed(schema, self._config or {}, "config")

    @property
    def given_config(self) -> Any:
        """The configuration as it was given, None where it was not."""
        return self._config

    @property
    def op_def(self) -> Any:
        """The op, or the definition of the asset, that is called."""
        return self._called

    @property
    def partition_key(self) -> str:
        """The partition key that was given.

        Raises:
            InvalidInvocationError: None was given.
        """
        if self._key is None:
            raise InvalidInvocationError("The context was built without a partition_key; give it one.")
        return self._key

    @property
    def has_partition_key_range(self) -> bool:
        """Whether a range of partitions was given."""
        return self._range is not None

    @property
    def partition_key_range(self) -> PartitionKeyRange:
        """The range of partitions that was given; of one key, from that key to itself."""
        return self._range if self._range is not None else PartitionKeyRange(self.partition_key, self.partition_key)

    @property
    def partition_keys(self) -> Sequence[str]:
        """The keys of the partitions that were given."""
        if self._range is None:
            return [self.partition_key]
        partitions = self.assets_def.partitions_def
        if partitions is None:
            raise InvalidInvocationError(f"{self.asset_key} has no partitions, but the context was built with a range.")
        return partitions.get_partition_keys_in_range(self._range)

    def add_output_metadata(
        self, metadata: Mapping[str, Any], output_name: str | None = None, mapping_key: str | None = None
    ) -> None:
        """Keep metadata of an output, for :meth:`get_output_metadata`.

        Raises:
            InvalidInvocationError: The op that is called has no such output.
        """
        check_mapping(metadata, "add_output_metadata: metadata", '{"rows": 3}')
        outs = getattr(self._called, "outs", None)
        if output_name is not None and outs is not None and output_name not in outs:
            raise InvalidInvocationError(
                f"The op {self._called.name!r} has no output {output_name!r}; it has {list(outs)}."
                f"{did_you_mean(output_name, outs)}"
            )
        kept = self._output_metadata.setdefault((output_name or "result", mapping_key), {})
        kept.update(normalize_metadata(metadata, "output metadata"))

    def get_mapping_key(self) -> str | None:
        """Return the mapping key that was given."""
        return self._mapping_key

    def get_output_metadata(
        self, output_name: str = "result", mapping_key: str | None = None
    ) -> Mapping[str, MetadataValue] | None:
        """Return the metadata that the function attached, None where it attached none."""
        return self._output_metadata.get((output_name, mapping_key))

    def close(self) -> None:
        """Tear down the resources that were set up."""
        self._setup.close()

    def __enter__(self) -> DirectExecutionContext:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<context built for a test>"
